"""Reads JAMS, annotations of music in JSON: moods, tags and segments.

Humphrey et al. 2014, "JAMS: A JSON Annotated Music Specification for Reproducible MIR Research", ISMIR; namespaces
as in jams 0.3: `mood_thayer` holds (valence, arousal), `tag_*` a tag, `segment_*` the name of a section.
"""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotator.audio.source import AUDIO_SUFFIXES
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Item
from annotator.domain.translation import tr
from annotator.exchange.bundle import TO_THE_END, Findings, Imported, ImportedSegment
from annotator.exchange.jsonfile import list_in, number_in, read_json, text_in
from annotator.exchange.labelled import REFERENCE, Answers, Stretch, scheme_of
from annotator.exchange.timed import possible

TIER = "jams"
MOODS, TAGS = "mood", "tags"

_NUMBER = re.compile(r"([^=\s]+)=([-+]?\d{1,15}(?:\.\d{1,17})?)")

#: An observation this close to the length of the file, in seconds, is about all of it.
_WHOLE = 0.05


@dataclass(frozen=True, slots=True)
class _Told:
    """What our own exports say of an annotation beside what JAMS has room for; empty in other files."""

    scheme: str = ""
    item: str = ""
    tier: str = ""
    repeat: int = 0
    shares: bool = False
    speakers: tuple[Any, ...] = ()

    @staticmethod
    def of(annotation: Any) -> "_Told":
        box = annotation.get("sandbox") if isinstance(annotation, dict) else None
        repeat = number_in(box, "repeat") or 0.0
        return _Told(
            text_in(box, "scheme"),
            text_in(box, "item"),
            text_in(box, "tier"),
            int(repeat) if 0 <= repeat < 1000 else 0,
            isinstance(box, dict) and box.get("shares") is True,
            tuple(list_in(box, "speakers")),
        )


class _Reader:
    def __init__(self, path: Path, content: dict[str, Any], findings: Findings) -> None:
        self.findings = findings
        self.file = _file_of(path, content)
        self.duration = number_in(content.get("file_metadata"), "duration")
        self.groups = _groups_of(content)
        self.answers: dict[str, Answers] = {}  # by scheme
        self.boxes: set[tuple[str, str]] = set()  # items that are boxes to tick, by scheme
        self.segments: list[ImportedSegment] = []
        self.raters = {REFERENCE: "reference", "consensus": "reference"}
        self.unread: Counter[str] = Counter()

    def annotation(self, annotation: Any) -> None:
        """Takes in one annotation: all that one person or program says in one namespace."""
        namespace = text_in(annotation, "namespace")
        told = _Told.of(annotation)
        observations = _observations(annotation.get("data") if isinstance(annotation, dict) else None)
        if told.shares or not namespace.startswith(("mood_thayer", "tag_", "segment_")):
            self.unread[tr("shares") if told.shares else namespace or "?"] += len(observations)
            return
        rater = self._rater(annotation)
        for number, observation in enumerate(observations):
            stretch = self._stretch(observation)
            if stretch is None:
                continue
            value = observation.get("value")
            if namespace == "mood_thayer":
                self._mood(stretch, rater, observation, told)
            elif not isinstance(value, str | int | float):
                self.findings.drop(
                    0, tr('"{text}" is no value of {name}.', text=str(value)[:60], name=namespace)
                )
            elif namespace.startswith("segment_"):
                speaker = told.speakers[number] if number < len(told.speakers) else ""
                self._segment(stretch, str(value), speaker if isinstance(speaker, str) else "", told.tier)
            elif str(value).strip():
                self._tag(stretch, rater, str(value).strip(), number_in(observation, "confidence"), told)

    def _segment(self, stretch: Stretch, text: str, speaker: str, tier: str) -> None:
        start, end = stretch.start or 0.0, TO_THE_END if stretch.end is None else stretch.end
        self.segments.append(
            ImportedSegment(self.file, start, end, " ".join(text.split()), speaker, tier=tier)
        )

    def _mood(self, stretch: Stretch, rater: str, observation: dict[str, Any], told: _Told) -> None:
        value = observation.get("value")
        if not (
            isinstance(value, list) and len(value) == 2 and all(isinstance(v, int | float) for v in value)
        ):
            self.findings.drop(0, tr('"{text}" is no pair of valence and arousal.', text=str(value)[:60]))
            return
        for item, number in zip(("valence", "arousal"), value, strict=True):
            self._answer(told.scheme or MOODS, stretch, rater, item, float(number),
                         number_in(observation, "confidence"), told.repeat)  # fmt: skip

    def _tag(self, stretch: Stretch, rater: str, tag: str, confidence: float | None, told: _Told) -> None:
        """A tag is a number (`ITEM=VALUE`), a category of the item that our own exports name, or a box of its own."""
        scheme = told.scheme or TAGS
        number = _NUMBER.fullmatch(tag)
        if number is not None:
            self._answer(scheme, stretch, rater, number[1], float(number[2]), confidence, told.repeat)
            return
        item = told.item or tag
        if tag in (item, f"no {item}"):
            self.boxes.add((scheme, item))
            self._answer(scheme, stretch, rater, item, int(tag == item), confidence, told.repeat)
        else:
            self._answer(scheme, stretch, rater, item, tag, confidence, told.repeat)

    def _answer(
        self,
        scheme: str,
        stretch: Stretch,
        rater: str,
        item: str,
        value: str | float,
        confidence: float | None,
        repeat: int,
    ) -> None:
        answers = self.answers.setdefault(scheme, Answers(self.findings, scheme))
        answers.add(stretch, rater, item, value, confidence=confidence, repeat=repeat)

    def _rater(self, annotation: Any) -> str:
        metadata = annotation.get("annotation_metadata") if isinstance(annotation, dict) else None
        metadata = metadata if isinstance(metadata, dict) else {}
        annotator, curator = metadata.get("annotator"), metadata.get("curator")
        name = text_in(annotator, "name") or text_in(annotator, "id") or text_in(curator, "name") or REFERENCE
        if text_in(metadata, "data_source").lower().startswith(("program", "automat", "machine")):
            self.raters[name] = "machine"
        return name

    def _stretch(self, observation: dict[str, Any]) -> Stretch | None:
        start, length = number_in(observation, "time"), number_in(observation, "duration")
        what = str(observation.get("value"))[:60]
        if start is None or length is None:
            self.findings.drop(0, tr('"{text}" has no possible time.', text=what))
            return None
        if start <= 0 and (length == 0 or (self.duration and length >= self.duration - _WHOLE)):
            return Stretch(self.file)
        return (
            Stretch(self.file, start, start + length)
            if possible(start, start + length, what, self.findings)
            else None
        )

    def imported(self, path: Path) -> Imported:
        """All that was read."""
        ratings = tuple(rating for answers in self.answers.values() for rating in answers.ratings())
        for namespace, n in sorted(self.unread.items()):
            self.findings.warn(tr("Not read: {n} of the namespace {name}.", n=n, name=namespace))
        if not ratings and not self.segments:
            raise AnnotatorError(
                tr("{path} holds no mood, tag or segment that can be used.", path=path),
                " ".join([*self.findings.dropped, *self.findings.warnings][:3]),
            )
        return Imported(
            tuple(self.segments),
            ratings,
            schemes=tuple(
                scheme
                for name, answers in self.answers.items()
                for scheme in scheme_of(name, answers, self.findings, self._known(name, answers))
            ),
            warnings=self.findings.warnings,
            dropped=self.findings.dropped,
            raters=self.raters,
            groups={self.file: self.groups} if self.groups else {},
            tier=TIER,
        )

    def _known(self, scheme: str, answers: Answers) -> dict[str, Item]:
        """Items whose kind is clear: boxes, and moods that keep to the usual scale."""
        known = {name: Item(name, "boolean", title=name) for of, name in self.boxes if of == scheme}
        for name, values in answers.values().items():
            numbers = [value for value in values if not isinstance(value, str)]
            usual = len(numbers) == len(values) and all(-1 <= number <= 1 for number in numbers)
            if name in ("valence", "arousal") and usual:
                known[name] = Item(name, "number", title=name.capitalize(), minimum=-1.0, maximum=1.0)
        return known


def _groups_of(content: dict[str, Any]) -> dict[str, str]:
    """Group keys of the recording, which our own exports tell."""
    box = content.get("sandbox")
    groups = box.get("groups") if isinstance(box, dict) else None
    told = groups.items() if isinstance(groups, dict) else ()
    return {key: value for key, value in told if isinstance(value, str) and key and value}


def read_jams(path: Path) -> Imported:
    """Moods and tags as answers of who annotated, sections as segments; other namespaces are counted.

    The sound is the file that `file_metadata.identifiers` or `sandbox` names, else the one called like the JAMS file.
    An observation over the whole length, or of no length at the start, is about the whole recording. Raises
    `AnnotatorError` where the file is no JAMS or holds nothing usable.
    """
    findings = Findings()
    content = read_json(path, findings)
    if not isinstance(content, dict) or not isinstance(content.get("annotations"), list):
        raise AnnotatorError(tr("{path} is no JAMS file.", path=path), tr('It needs a list "annotations".'))
    reader = _Reader(path, content, findings)
    for annotation in content["annotations"]:
        reader.annotation(annotation)
    return reader.imported(path)


def _observations(data: Any) -> list[dict[str, Any]]:
    """Observations, be they a list of objects or, as dense arrays are kept, an object of lists."""
    if isinstance(data, dict):
        names = [
            name for name in ("time", "duration", "value", "confidence") if isinstance(data.get(name), list)
        ]
        rows = zip(*(data[name] for name in names), strict=False)
        return [dict(zip(names, row, strict=True)) for row in rows]
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []


def _file_of(path: Path, content: dict[str, Any]) -> str:
    metadata = content.get("file_metadata")
    identifiers = metadata.get("identifiers") if isinstance(metadata, dict) else None
    for place in (content.get("sandbox"), identifiers):
        for name in ("file", "file_name", "filename", "path", "audio"):
            given = text_in(place, name)
            if Path(given).suffix.lower() in AUDIO_SUFFIXES:
                return given
    return path.stem
