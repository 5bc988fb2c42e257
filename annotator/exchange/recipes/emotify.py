"""Emotify: what single listeners felt at 400 pieces of music, at most three of nine emotions each.

`data.csv` has one row for each listening, `info.csv` one for each track with its file; listeners are not named, and
headers after the first begin with a space. Aljanaki, Wiering & Veltkamp 2016, Information Processing & Management
52(1): 115-128.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from annotator.audio.files import audio_files
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Scheme, find_scheme
from annotator.domain.translation import tr, tr_n
from annotator.exchange.bundle import Findings
from annotator.exchange.recipes.recipe import (
    Absent,
    RecipeFile,
    RecipeResult,
    find_table,
    need_columns,
)
from annotator.exchange.table import Row, read_table

TABLE, TRACKS = "data.csv", "info.csv"

_TRACK, _GENRE = "track id", "genre"

#: Of the listener and the listening: kept as the comment of a rating.
_REST = ("mood", "liked", "disliked", "age", "gender", "mother tongue")

#: Tracks that are the same music under two numbers, found by comparing their sound: one song, or splits would leak.
_SAME_SONG = {80: 54, 166: 163, 175: 172, 176: 170, 366: 359}

_GENRES = ("classical", "rock", "electronic", "pop")
_PER_GENRE = 100

#: What a track is taken to be where neither its file nor `info.csv` tells.
_RATE = 44_100
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Track:
    path: Path
    groups: dict[str, str]
    absent: Absent | None


def read_emotify(place: Path) -> RecipeResult:
    """Every row as one rating by "anonymous n", the n-th listener of that track; scheme `emotify-9`.

    Rows that choose more than three emotions, or none, are kept and counted in the warnings. Sound is looked for in
    `GENRE/N.mp3` anywhere below, and not needed. Raises `AnnotatorError` where the table is missing or another one.
    """
    path = find_table(place, TABLE)
    findings = Findings()
    table = read_table(path, findings)
    scheme = find_scheme("emotify-9")
    emotions = [item.name for item in scheme.items]
    need_columns(table, [_TRACK, *emotions])
    tracks = _Tracks(path.parent)
    listeners: Counter[Path] = Counter()
    files: list[RecipeFile] = []
    for row in table.rows:
        try:
            track = tracks.find(row.get(_TRACK), row.get(_GENRE))
            labels = {name: scheme.item(name).parse(row.get(name)) for name in emotions}
        except (AnnotatorError, ValueError) as error:
            findings.drop(row.line, str(error))
            continue
        listeners[track.path] += 1
        rater = f"anonymous {listeners[track.path]}"
        files.append(RecipeFile(track.path, track.groups, labels, rater, comment=_rest(row)))
    if not files:
        raise AnnotatorError(tr("No row of {path} can be used.", path=path), " ".join(findings.dropped[:3]))
    absent = {t.path: t.absent for t in tracks.found.values() if t.absent is not None and listeners[t.path]}
    warnings = [*findings.warnings, *findings.dropped, *_odd(files, scheme)]
    if absent:
        warnings.append(
            tr_n(
                "{n} track has no file; its ratings came in without sound.",
                "{n} tracks have no file; their ratings came in without sound.",
                len(absent),
            )
        )
    return RecipeResult(tuple(files), scheme, tuple(warnings), absent)


class _Tracks:
    """Finds the file of a track, or what is known of it."""

    def __init__(self, folder: Path) -> None:
        self.found: dict[int, _Track] = {}
        self._audio = {(path.parent.name, path.name): path for path in reversed(audio_files(folder))}
        self._home = folder / "audio" if (folder / "audio").is_dir() else folder
        self._seconds: dict[int, float] = {}
        if (folder / TRACKS).is_file():
            table = read_table(folder / TRACKS, Findings())
            number, seconds = table.column(("track id",)), table.column(("duration",))
            for row in table.rows:
                if row.get(number).isdecimal() and row.get(seconds):
                    self._seconds[int(row.get(number))] = float(row.get(seconds))

    def find(self, text: str, genre: str) -> _Track:
        """The track of that number; raises `ValueError`."""
        number = int(text) if text.isdecimal() else 0
        if not 1 <= number <= _PER_GENRE * len(_GENRES):
            raise ValueError(tr('"{number}" is no track of Emotify.', number=text))
        if number not in self.found:
            self.found[number] = self._make(number, genre)
        return self.found[number]

    def _make(self, number: int, genre: str) -> _Track:
        place, inside = divmod(number - 1, _PER_GENRE)
        genre = genre or _GENRES[place]
        name = f"{inside + 1}.mp3"
        path = self._audio.get((genre, name))
        groups = {"song": f"track {_SAME_SONG.get(number, number):03d}", "genre": genre}
        if path is not None:
            return _Track(path, groups, None)
        samples = round(self._seconds.get(number, _SECONDS) * _RATE)
        absent = Absent(_RATE, samples, tr("The file is not there; its length is as published."))
        return _Track(self._home / genre / name, groups, absent)


def _rest(row: Row) -> str:
    return "; ".join(f"{name}: {row.get(name)}" for name in _REST if row.get(name))


def _odd(files: list[RecipeFile], scheme: Scheme) -> list[str]:
    """Sentences about rows that do not keep to the rule of the game."""
    chosen = Counter(sum(bool(value) for value in file.labels.values()) for file in files)
    most = scheme.most or len(scheme.items)
    many = sum(n for size, n in chosen.items() if size > most)
    warnings = []
    if chosen[0]:
        warnings.append(tr_n("{n} row chooses no emotion.", "{n} rows choose no emotion.", chosen[0]))
    if many:
        warnings.append(
            tr_n(
                "{n} row chooses more than {most} emotions.",
                "{n} rows choose more than {most} emotions.",
                many,
                most=most,
            )
        )
    return warnings
