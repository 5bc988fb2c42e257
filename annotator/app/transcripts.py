"""Segmenting by a transcript: sentences with their text and speaker, from a file with times or without."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from annotator.app.laying import Recipe, Segmented
from annotator.app.recording_names import RecordingNames
from annotator.app.segment import lay
from annotator.app.session import Session
from annotator.domain.corpus import Recording, Segment, new_id
from annotator.domain.errors import AnnotatorError, UsageError
from annotator.domain.progress import Job, part
from annotator.domain.timeline import to_samples
from annotator.domain.translation import tr, tr_n
from annotator.exchange.bundle import Findings, Imported
from annotator.exchange.textfile import read_text
from annotator.segmentation import vad
from annotator.segmentation.activity import Activity
from annotator.segmentation.languages import other_language
from annotator.segmentation.plain import Found, Located, locate, sentences_of
from annotator.segmentation.sentences import Cue, Sentence, timed_sentences
from annotator.segmentation.snapping import LISTENING, pauses, snapped
from annotator.segmentation.spans import spans_from_probabilities

#: The method's name on the command line, and the tier it fills unless told otherwise.
METHOD = "transcript"

#: Raised whenever the same file gives other segments.
VERSION = 2

#: Formats whose readers give text with times.
TIMED = ("srt", "vtt", "whisper", "textgrid", "elan", "ctm")

#: Endings of texts without times.
PLAIN = (".txt", ".text", ".md")


#: Median confidence below which the language is asked about.
ROUGH = 0.22

#: Share of the sentences that may lie beyond the end of the recording.
_BEYOND = 0.1

_TICKS = 100  # a second
_SPOKEN = 0.4  # share of a cue's time that is speech at least, with pauses within sentences and late ends
_MOST_OF_IT = 0.9  # share of a recording beyond which cues that cover it tell nothing


@dataclass(frozen=True, slots=True)
class Sentences:
    """The segments, which have no tier yet, that a transcript gives of one recording, and what to say of them."""

    recording: Recording
    segments: list[Segment]
    warnings: tuple[str, ...] = ()


def segment_by_transcript(
    session: Session,
    path: Path,
    *,
    recording: Recording | None = None,
    tier: str | None = None,
    language: str = "en",
    stretch: tuple[int, int] | None = None,
    replace_corrected: bool = False,
    dry_run: bool = False,
) -> Job[tuple[Segmented, ...]]:
    """Makes a segment of every sentence of a transcript, in one undoable step.

    Earlier segments of a method on the tier are replaced; those drawn or corrected by hand stay. See
    `find_sentences` for how a transcript is read and what can be wrong with it, and
    `annotator.app.segment.segment_recordings` for the other parameters.
    """
    found = yield from find_sentences(session, path, recording=recording, language=language, stretch=stretch)
    plain = path.suffix.lower() in PLAIN
    recipe = Recipe(METHOD, VERSION, {"file": path.name} | ({"language": language} if plain else {}))
    return lay(
        session, [(one.recording, one.segments, one.warnings) for one in found], tier or METHOD, recipe,
        operation=tr("Segment by transcript"), stretch=stretch, replace_corrected=replace_corrected,
        dry_run=dry_run,
    )  # fmt: skip


def find_sentences(
    session: Session,
    path: Path,
    *,
    recording: Recording | None = None,
    language: str = "en",
    stretch: tuple[int, int] | None = None,
) -> Job[tuple[Sentences, ...]]:
    """The segments that a transcript gives, one for every sentence; nothing is written.

    The file's ending decides how it is read. Where it has times, sentences are found in its text and timed by its
    words or cues; where it has none, they are looked for in the sound. Then their boundaries move into the nearest
    pauses.

    Parameters
    ----------
    recording
        What the transcript is of; found by the file's name, or by the names in it, where none is given.
    language
        Of a text without times: `en`, `id`, `it`, `ko`, or another that the voice engine speaks.
    stretch
        Samples [start, end): a text without times is looked for there alone; of one with times, the sentences are
        taken that lie there for the greater part.

    Raises
    ------
    AnnotatorError
        Where the file cannot be read, holds no text, belongs to no recording, or is not the recording's text.
    """
    if path.suffix.lower() in PLAIN:
        text = read_text(path, Findings())
        target = _named(session, path.stem, recording)
        return ((yield from _plain(session, target, text, language, stretch)),)
    return (yield from _timed(session, path, recording, stretch))


def _timed(
    session: Session, path: Path, recording: Recording | None, stretch: tuple[int, int] | None
) -> Job[tuple[Sentences, ...]]:
    found = _reader(path)(path)
    names = list(dict.fromkeys(segment.recording for segment in found.segments))
    targets = [_named(session, name, recording) for name in names]
    warnings = (*found.warnings, *found.dropped)
    made = []
    for number, (name, target) in enumerate(zip(names, targets, strict=True)):
        job = _listen(session, target)
        activity = yield from part(job, number / len(names), (number + 1) / len(names))
        cues = [
            Cue(
                one.start_seconds, one.end_seconds, one.text, one.speaker,
                tuple((word.start_seconds, word.end_seconds, word.text) for word in one.words),
            )
            for one in found.segments if one.recording == name and one.text.strip()
        ]  # fmt: skip
        given = timed_sentences(cues)
        _refuse_strangers(given, target, path)
        within = [one for one in given if one.start < target.seconds]
        settled = [
            Found(one.start, one.end, one.text, one.speaker) for one in snapped(within, pauses(activity))
        ]
        segments = [one for one in _segments(target, settled) if _mostly_within(one, stretch)]
        told = warnings if number == 0 else ()
        made.append(Sentences(target, segments, (*told, *_doubts(cues, activity, target))))
    return tuple(made)


def _refuse_strangers(given: Sequence[Sentence], recording: Recording, path: Path) -> None:
    """Refuses a timed transcript that cannot be of the recording."""
    if not given:
        raise AnnotatorError(tr("{path} holds no sentence.", path=path))
    if sum(one.end > recording.seconds + 1 for one in given) > _BEYOND * len(given):
        raise AnnotatorError(
            tr("{path} goes on after the end of {name}.", path=path, name=recording.name),
            tr("Is it the transcript of another recording?"),
        )


def _doubts(cues: Sequence[Cue], activity: Activity, recording: Recording) -> Iterator[str]:
    """What speaks against a timed transcript being that of the recording: nobody speaks where its text is."""
    speech = np.zeros(max(1, round(recording.seconds * _TICKS)), dtype=bool)
    text = speech.copy()
    for start, end in spans_from_probabilities(activity, LISTENING):
        speech[
            round(start * _TICKS / recording.sample_rate) : round(end * _TICKS / recording.sample_rate)
        ] = True
    for cue in cues:
        text[round(max(cue.start, 0) * _TICKS) : round(max(cue.end, 0) * _TICKS)] = True
    if not text.any():
        return
    spoken = float(speech[text].mean())
    # Cues are about as often spoken through as all of the recording where they have nothing to do with it.
    if spoken < _SPOKEN or (text.mean() < _MOST_OF_IT and spoken <= speech.mean()):
        yield tr(
            "Only {share:.0%} of the time that the transcript of {name} covers is speech. Is it of another recording?",
            share=spoken, name=recording.name,
        )  # fmt: skip


def _mostly_within(segment: Segment, stretch: tuple[int, int] | None) -> bool:
    return stretch is None or stretch[0] <= (segment.start + segment.end) // 2 < stretch[1]


def _plain(
    session: Session, recording: Recording, text: str, language: str, stretch: tuple[int, int] | None
) -> Job[Sentences]:
    sentences = sentences_of(text, recording.name)
    activity = yield from part(_listen(session, recording), 0.0, 0.3)
    with session.open_audio(recording) as source:
        job = locate(source, activity, sentences, language, stretch)
        found = yield from part(job, 0.3, 1.0)
    return Sentences(recording, _segments(recording, found.spans), tuple(_remarks(found, text, language)))


def _remarks(found: Located, text: str, language: str) -> Iterator[str]:
    """What a person should look at."""
    if likely := other_language(text, language):
        yield tr(
            "The text looks like {likely} and was read as {language}; with --language {likely} it may fit better.",
            likely=likely, language=language,
        )  # fmt: skip
    elif found.confidence < ROUGH:
        yield tr("The text fits the sound only roughly. Is the language right, and is it the whole text?")
    if found.missing:
        yield tr_n(
            "{n} sentence was not found in the recording: {text}",
            "{n} sentences were not found in the recording, the first of them: {text}",
            len(found.missing),
            text=found.missing[0],
        )
    if unsure := sum(one.status == "unsure" for one in found.spans):
        yield tr_n(
            "{n} sentence may be in the wrong place; its status is unsure.",
            "{n} sentences may be in the wrong place; their status is unsure.",
            unsure,
        )
    if extra := sum(one.status == "untranscribed" for one in found.spans):
        yield tr_n(
            "{n} stretch of speech is not in the text; its status is untranscribed.",
            "{n} stretches of speech are not in the text; their status is untranscribed.",
            extra,
        )


def _listen(session: Session, recording: Recording) -> Job[Activity]:
    with session.open_audio(recording) as source:
        return (yield from vad.analyse(source, session.cache))


def _reader(path: Path) -> Callable[[Path], Imported]:
    # All formats there are: a window that opens need not wait for them.
    from annotator.exchange.formats import FORMATS

    for name in TIMED:
        entry = FORMATS[name]
        if path.suffix.lower() in entry.suffixes and entry.read is not None:
            return entry.read
    raise UsageError(
        tr("What kind of transcript {path} is cannot be told from its name.", path=path),
        tr("Its name must end in one of: {names}.", names=", ".join(endings())),
    )


def endings() -> list[str]:
    """How the names of transcripts may end."""
    from annotator.exchange.formats import FORMATS

    return [*(suffix for name in TIMED for suffix in FORMATS[name].suffixes), *PLAIN]


def _named(session: Session, name: str, recording: Recording | None) -> Recording:
    """The recording that a transcript is of; the only one, where there is only one."""
    if recording is not None:
        return recording
    with session.reading() as reader:
        recordings = reader.recordings()
        return recordings[0] if len(recordings) == 1 else RecordingNames(reader).named(name)


def _segments(recording: Recording, spans: Sequence[Found]) -> list[Segment]:
    """Segments without a tier yet; what lies beyond the end of the recording is left out."""
    made = []
    for one in spans:
        start = to_samples(max(one.start, 0.0), recording.sample_rate)
        end = min(to_samples(one.end, recording.sample_rate), recording.samples)
        if start < end:
            made.append(
                Segment(
                    new_id(), recording.id, "", start, end,
                    text=one.text, speaker=one.speaker, origin=METHOD, status=one.status,
                )
            )  # fmt: skip
    return made
