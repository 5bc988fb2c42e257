"""RAVDESS: acted speech and song of 24 actors, described in the file names.

A name is seven two-digit fields, `03-01-06-01-02-01-12.wav`: modality, vocal channel, emotion, intensity, statement,
repetition, actor. Livingstone & Russo 2018, PLoS ONE 13(5): e0196391.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from annotator.audio.files import audio_files
from annotator.domain.corpus import Value
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import find_scheme
from annotator.domain.translation import tr, tr_n
from annotator.exchange.recipes.recipe import (
    RecipeFile,
    RecipeResult,
    check_folder,
    listed,
    no_audio,
)

_NAME = re.compile(r"(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)")
_WITH_PICTURE, _SILENT, _AUDIO = "01", "02", "03"
_CHANNELS = {"01": "speech", "02": "song"}
_EMOTIONS = {
    "01": "neutral",
    "02": "calm",
    "03": "happy",
    "04": "sad",
    "05": "angry",
    "06": "fearful",
    "07": "disgust",
    "08": "surprised",
}
_INTENSITIES = {"01": "normal", "02": "strong"}
_STATEMENTS = {"01": "kids are talking by the door", "02": "dogs are sitting by the door"}
_REPETITIONS = ("01", "02")
_ACTORS = range(1, 25)


@dataclass(frozen=True, slots=True)
class _Take:
    """One recorded utterance; `fields` are all but the modality, which only says how it was published."""

    path: Path
    modality: str
    fields: tuple[str, ...]

    @property
    def actor(self) -> int:
        return int(self.fields[-1])

    def groups(self) -> dict[str, str]:
        # Folder names of the corpus: unlike bare numbers, "Actor_01" stays itself in every table.
        return {
            "actor": f"Actor_{self.actor:02d}",
            "gender": "female" if self.actor % 2 == 0 else "male",
            "statement": _STATEMENTS[self.fields[3]],
            "vocal_channel": _CHANNELS[self.fields[0]],
        }

    def labels(self) -> dict[str, Value]:
        return {"emotion": _EMOTIONS[self.fields[1]], "intensity": _INTENSITIES[self.fields[2]]}


def read_ravdess(folder: Path) -> RecipeResult:
    """Takes with emotion, intensity and actor from their names; scheme `emotions-ravdess`.

    Files that are video without sound are left out, and so are copies of a take that is there as audio alone.
    Raises `AnnotatorError` where no file is named in the way of the corpus.
    """
    check_folder(folder)
    found = audio_files(folder)
    if not found:
        raise no_audio(folder)
    parsed = [(path, _parse(path)) for path in found]
    takes = [take for _, take in parsed if take is not None]
    strange = [path.name for path, take in parsed if take is None]
    if not takes:
        raise AnnotatorError(
            tr("No file in {folder} is named as in RAVDESS: {names}.", folder=folder, names=listed(strange)),
            tr("Names look like 03-01-06-01-02-01-12.wav."),
        )
    warnings = []
    if strange:
        warnings.append(tr("Left out, as not named as in RAVDESS: {names}.", names=listed(strange)))
    kept, notes = _without_copies(takes)
    files = tuple(RecipeFile(take.path, take.groups(), take.labels()) for take in kept)
    return RecipeResult(files, find_scheme("emotions-ravdess"), (*warnings, *notes))


def _parse(path: Path) -> _Take | None:
    match = _NAME.fullmatch(path.stem)
    if match is None:
        return None
    modality, *fields = match.groups()
    channel, emotion, intensity, statement, repetition, actor = fields
    known = (
        modality in (_WITH_PICTURE, _SILENT, _AUDIO)
        and channel in _CHANNELS
        and emotion in _EMOTIONS
        and intensity in _INTENSITIES
        and statement in _STATEMENTS
        and repetition in _REPETITIONS
        and int(actor) in _ACTORS
    )
    return _Take(path, modality, tuple(fields)) if known else None


def _without_copies(takes: list[_Take]) -> tuple[list[_Take], list[str]]:
    """The takes that have sound, each once, audio before video; and sentences about the others."""
    silent = [take for take in takes if take.modality == _SILENT]
    sounding = sorted(
        (take for take in takes if take.modality != _SILENT), key=lambda t: t.modality, reverse=True
    )
    first: dict[tuple[str, ...], _Take] = {}
    copies = []
    for take in sounding:
        if take.fields in first:
            copies.append(f"{take.path.name} = {first[take.fields].path.name}")
        else:
            first[take.fields] = take
    notes = []
    if silent:
        notes.append(
            tr_n(
                "{n} video without sound was left out.",
                "{n} videos without sound were left out.",
                len(silent),
            )
        )
    if copies:
        notes.append(tr("Copies of the same take were left out: {names}.", names=listed(copies)))
    return sorted(first.values(), key=lambda take: take.path), notes
