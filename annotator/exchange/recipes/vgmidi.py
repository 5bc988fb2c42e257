"""VGMIDI: how single listeners heard valence and arousal change along 95 piano pieces.

`vgmidi_raw_1.json` holds `pieces` (name, length in seconds, number of measures) and `annotations`: two lists for each
piece and listener, one number from -1 to 1 for each measure. Ferreira & Whitehead 2019, "Learning to generate music
with sentiment", ISMIR 2019.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from annotator.domain.corpus import Trace
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Scheme, find_scheme
from annotator.domain.trace import from_numbers, resampled, steps
from annotator.domain.translation import tr, tr_n
from annotator.exchange.bundle import Findings
from annotator.exchange.recipes.recipe import Absent, RecipeFile, RecipeResult, find_table, listed
from annotator.exchange.textfile import read_text

FILE = "vgmidi_raw*.json"

#: Steps a second at which traces are kept: each piece has measures of its own length, a scheme has one rate. A measure
#: lasts a second and more, so that nothing is lost; the comment of each rating holds the number of measures.
RATE = 2.0

_SAMPLE_RATE = 44_100
_USUAL_MEASURE = 2.0  # seconds, where no piece tells
_ABOUT_LISTENER = ("age", "country", "gender", "musicianship", "isKnown")
_KEY = re.compile(r"(piece\d+)_(\d+)")


def vgmidi_scheme() -> Scheme:
    """Valence and arousal as in `va-trace`, at the rate at which these traces are kept."""
    plane = find_scheme("va-trace")
    return replace(
        plane,
        name="vgmidi-trace",
        title=tr("Valence and arousal of VGMIDI, continuous"),
        source="Ferreira & Whitehead 2019, ISMIR 2019; one answer for each measure, resampled to two a second.",
        items=tuple(replace(item, rate=RATE) for item in plane.items),
    )


def read_vgmidi(place: Path) -> RecipeResult:
    """Every listener's traces as one rating by "anonymous n", the n-th listener of that piece.

    Sound is looked for where `pieces` says, beside the file, and not needed. Traces of pieces that are not listed are
    kept with an assumed length. Raises `AnnotatorError` where the file is missing or another one.
    """
    path = find_table(place, FILE)
    findings = Findings()
    rows, told = _read(path, findings)
    pieces = _Pieces(path.parent, told)
    scheme = vgmidi_scheme()
    heard: Counter[str] = Counter()
    files: list[RecipeFile] = []
    still = 0
    for key in sorted(rows, key=_order):
        try:
            piece, number = _parts(key)
            drawn = {item.name: _drawn(scheme, item.name, rows[key]) for item in scheme.items}
            lengths = {len(trace) for trace in drawn.values()}
            if len(lengths) > 1:
                raise ValueError(tr("valence and arousal have different lengths."))
        except (AnnotatorError, ValueError) as error:
            findings.drop(0, f"{key}: {error}")
            continue
        measures = lengths.pop()
        held = pieces.find(piece, measures)
        if measures != held.measures and held.listed:
            findings.warn(
                tr(
                    "{key} has {n} steps for {measures} measures.",
                    key=key,
                    n=measures,
                    measures=held.measures,
                )
            )
        still += all(len(set(trace)) == 1 for trace in drawn.values())
        heard[piece] += 1
        rate = measures / held.seconds
        values: dict[str, Trace] = {
            name: from_numbers(resampled(trace, rate, RATE, length=steps(held.seconds, RATE)))
            for name, trace in drawn.items()
        }
        comment = _comment(rows[key], number, measures)
        files.append(RecipeFile(held.path, held.groups, values, f"anonymous {heard[piece]}", comment=comment))
    if not files:
        raise AnnotatorError(tr("No row of {path} can be used.", path=path), " ".join(findings.dropped[:3]))
    return RecipeResult(
        tuple(files), scheme, (*findings.warnings, *findings.dropped, *pieces.odd(still)), pieces.absent()
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    path: Path
    groups: dict[str, str]
    seconds: float
    measures: int
    listed: bool


class _Pieces:
    """What is known of each piece; of those that are not listed, what the others make likely."""

    def __init__(self, folder: Path, told: Mapping[str, Any]) -> None:
        self._folder = folder
        self._told = {key: entry for key, entry in told.items() if _usable(entry)}
        usual = [entry["duration"] / entry["measures"] for entry in self._told.values()]
        self._measure = median(usual) if usual else _USUAL_MEASURE
        self._names = Counter(str(entry.get("name", "")) for entry in self._told.values())
        self._found: dict[str, _Piece] = {}
        self._rows: Counter[str] = Counter()

    def find(self, key: str, measures: int) -> _Piece:
        """The piece of that key; `measures` of its first listener count where it is not listed."""
        self._rows[key] += 1
        if key not in self._found:
            self._found[key] = self._make(key, measures)
        return self._found[key]

    def _make(self, key: str, measures: int) -> _Piece:
        entry = self._told.get(key)
        if entry is None:
            path = self._folder / "audio" / f"{key}.wav"
            return _Piece(path, {"song": key}, measures * self._measure, measures, listed=False)
        name = str(entry.get("name") or key)
        groups = {"song": name if self._names[name] == 1 else f"{name} ({key})"}
        origin = str(entry.get("midi", "")).split("_")
        if len(origin) >= 4:
            groups |= {"series": origin[0], "console": origin[1], "game": origin[2]}
        audio = str(entry.get("audio") or f"audio/{key}.wav")
        path = self._folder / audio
        return _Piece(path, groups, float(entry["duration"]), int(entry["measures"]), listed=True)

    def absent(self) -> dict[Path, Absent]:
        """The pieces whose sound is not there."""
        words = {
            True: tr("The file is not there; its length is as published."),
            False: tr("The file is not there and its piece is not listed; its length is a guess."),
        }
        return {
            piece.path: Absent(_SAMPLE_RATE, round(piece.seconds * _SAMPLE_RATE), words[piece.listed])
            for piece in self._found.values()
            if not piece.path.is_file()
        }

    def odd(self, still: int) -> list[str]:
        """Sentences about what is kept and looks odd; `still` traces never move."""
        warnings = []
        strangers = [key for key, piece in self._found.items() if not piece.listed]
        if strangers:
            warnings.append(
                tr(
                    "{n} traces are of pieces that the file does not list ({names}); their length is a guess.",
                    n=sum(self._rows[key] for key in strangers),
                    names=listed(sorted(strangers, key=_number), 5),
                )
            )
        if still:
            warnings.append(tr_n("{n} listener never moved.", "{n} listeners never moved.", still))
        silent = len(self.absent())
        if silent:
            warnings.append(
                tr_n(
                    "{n} piece has no sound; its traces came in without it.",
                    "{n} pieces have no sound; their traces came in without it.",
                    silent,
                )
            )
        return warnings


def _read(path: Path, findings: Findings) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        data = json.loads(read_text(path, findings))
    except json.JSONDecodeError as error:
        raise AnnotatorError(
            tr("{path} is damaged at line {line}: {reason}.", path=path, line=error.lineno, reason=error.msg),
            tr("Give the file as it was published."),
        ) from None
    rows, pieces = (
        (data.get("annotations"), data.get("pieces", {})) if isinstance(data, dict) else (None, None)
    )
    if not isinstance(rows, dict) or not isinstance(pieces, dict):
        raise AnnotatorError(
            tr('{path} has no "annotations" and "pieces".', path=path),
            tr("Give the file as it was published."),
        )
    return rows, pieces


def _drawn(scheme: Scheme, name: str, row: object) -> Trace:
    if not isinstance(row, dict) or name not in row:
        raise ValueError(tr("there is no {item}.", item=name))
    trace = scheme.item(name).parse(row[name])
    if not isinstance(trace, list):
        raise ValueError(tr("{item} is empty.", item=name))
    return trace


def _usable(entry: object) -> bool:
    def positive(value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and value > 0

    return isinstance(entry, dict) and positive(entry.get("duration")) and positive(entry.get("measures"))


def _parts(key: str) -> tuple[str, str]:
    found = _KEY.fullmatch(key)
    if found is None:
        raise ValueError(tr("no piece and listener are named so."))
    return found[1], found[2]


def _number(key: str) -> int:
    return int(key.removeprefix("piece"))


def _order(key: str) -> tuple[int, int, str]:
    found = _KEY.fullmatch(key)
    return (_number(found[1]), int(found[2]), "") if found else (0, 0, key)


def _comment(row: Mapping[str, Any], number: str, measures: int) -> str:
    told = [f"{name}: {row[name]}" for name in _ABOUT_LISTENER if row.get(name) not in (None, "")]
    return "; ".join([*told, f"listener: {number}", f"measures: {measures}"])
