"""CREMA-D: votes on acted sentences, heard, seen, or both; `tabulatedVotes.csv` counts them.

A clip is named `1001_IEO_NEU_XX`: actor, sentence, acted emotion, level. Each clip stands three times in the table: the
number of a row divided by 100,000 is 1 for the voice alone, 2 for the face alone, 3 for both. Who voted is not in it.
Cao et al. 2014, IEEE Transactions on Affective Computing 5(4): 377-390.
"""

import random
from collections.abc import Iterator
from pathlib import Path

from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import find_scheme
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings
from annotator.exchange.recipes.recipe import (
    EMOTION,
    Absent,
    RecipeFile,
    RecipeResult,
    find_table,
    need_columns,
)
from annotator.exchange.table import Row, read_table

TABLE = "tabulatedVotes.csv"

_VOTES = {"A": "anger", "D": "disgust", "F": "fear", "H": "happy", "N": "neutral", "S": "sad"}
_ACTED = {"ANG": "anger", "DIS": "disgust", "FEA": "fear", "HAP": "happy", "NEU": "neutral", "SAD": "sad"}
_LEVELS = {"LO": "low", "MD": "medium", "HI": "high", "XX": "unspecified"}

#: What was judged, by the hundred thousands of a row's number: tiers, as votes on a face say nothing of the voice.
TIERS = {1: "voice", 2: "face", 3: "voice and face"}

_FILE = "fileName"

#: Clips last 1.3 to 5 s at 16 kHz; where they are not there, this length stands for theirs.
_RATE = 16_000
_SAMPLES = 40_000


def read_crema_d(place: Path) -> RecipeResult:
    """Every vote of the table as one rating; scheme `emotions-crema-d`. `place` is the table or a folder around it.

    The n-th vote on a clip is that of "anonymous n". Votes are counted in the table, not listed: which of them is the
    first is drawn at random for each clip, so that a pair of these raters is two voters drawn at random.

    Sound is found in `AudioWAV` beside the table or above it, and not needed. Raises `AnnotatorError` where the table
    is missing or another one; rows that cannot be read are reported.
    """
    path = find_table(place, TABLE)
    findings = Findings()
    table = read_table(path, findings)
    need_columns(table, [_FILE, *_VOTES])
    audio = _audio_folder(path, place)
    files: list[RecipeFile] = []
    absent: dict[Path, Absent] = {}
    first = table.columns[0]
    assumed = Absent(_RATE, _SAMPLES, tr("The file is not there; 2.5 s stand for its length."))
    for row in table.rows:
        try:
            votes = list(_read_row(row, first, audio))
        except ValueError as error:
            findings.drop(row.line, str(error))
            continue
        files += votes
        if votes and votes[0].path not in absent and not votes[0].path.is_file():
            absent[votes[0].path] = assumed
    if not files:
        raise AnnotatorError(tr("No row of {path} can be used.", path=path), " ".join(findings.dropped[:3]))
    warnings = [*findings.warnings, *findings.dropped]
    if absent:
        warnings.append(
            tr(
                "{n} clips are not in {folder}; their votes came in without sound.",
                n=len(absent),
                folder=audio,
            )
        )
    return RecipeResult(tuple(files), find_scheme("emotions-crema-d"), tuple(warnings), absent)


def _audio_folder(table: Path, place: Path) -> Path:
    for folder in (table.parent, table.parent.parent, place):
        if (folder / "AudioWAV").is_dir():
            return folder / "AudioWAV"
    return table.parent / "AudioWAV"


def _read_row(row: Row, first: str, audio: Path) -> Iterator[RecipeFile]:
    """One rating for each vote; raises `ValueError` with what is wrong."""
    name, number = row.get(_FILE), row.get(first)
    fields = name.split("_")
    tier = TIERS.get(int(number) // 100_000) if number.isdecimal() else None
    if len(fields) != 4 or fields[2] not in _ACTED or fields[3] not in _LEVELS or tier is None:
        raise ValueError(tr('"{number}, {name}" is no clip of CREMA-D.', number=number, name=name))
    counts = {emotion: row.get(column) for column, emotion in _VOTES.items()}
    if not all(count.isdecimal() for count in counts.values()):
        raise ValueError(tr("a count of votes is no number."))
    votes = [emotion for emotion, count in counts.items() for _ in range(int(count))]
    random.Random(int(number)).shuffle(votes)
    groups = {
        "actor": f"Actor_{fields[0]}",
        "sentence": fields[1],
        "acted": _ACTED[fields[2]],
        "level": _LEVELS[fields[3]],
    }
    path = audio / f"{name}.wav"
    for n, emotion in enumerate(votes, start=1):
        yield RecipeFile(path, groups, {EMOTION: emotion}, f"anonymous {n}", tier)
