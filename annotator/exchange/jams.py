"""Reads JAMS, annotations of music in JSON: moods, tags and segments.

Humphrey et al. 2014, "JAMS: A JSON Annotated Music Specification for Reproducible MIR Research", ISMIR; namespaces
as in jams 0.3: `mood_thayer` holds (valence, arousal), `tag_*` a tag, `segment_*` the name of a section.
"""

from collections import Counter
from pathlib import Path
from typing import Any

from annotator.audio.source import AUDIO_SUFFIXES
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Item
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings, Imported, ImportedSegment
from annotator.exchange.jsonfile import number_in, read_json, text_in
from annotator.exchange.labelled import REFERENCE, Answers, Stretch, scheme_of
from annotator.exchange.timed import possible

TIER = "jams"
MOODS, TAGS = "mood", "tags"

#: An observation this close to the length of the file, in seconds, is about all of it.
_WHOLE = 0.05


class _Reader:
    def __init__(self, path: Path, content: dict[str, Any], findings: Findings) -> None:
        self.findings = findings
        metadata = content.get("file_metadata")
        self.file = _file_of(path, content)
        self.duration = number_in(metadata, "duration")
        self.moods, self.tags = Answers(findings, MOODS), Answers(findings, TAGS)
        self.segments: list[ImportedSegment] = []
        self.raters = {REFERENCE: "reference"}
        self.unread: Counter[str] = Counter()

    def annotation(self, annotation: Any) -> None:
        """Takes in one annotation: all that one person or program says in one namespace."""
        namespace = text_in(annotation, "namespace")
        rater = self._rater(annotation)
        observations = _observations(annotation.get("data") if isinstance(annotation, dict) else None)
        if not namespace.startswith(("mood_thayer", "tag_", "segment_")):
            self.unread[namespace or "?"] += len(observations)
            return
        for observation in observations:
            stretch = self._stretch(observation)
            if stretch is None:
                continue
            value = observation.get("value")
            confidence = number_in(observation, "confidence")
            if namespace == "mood_thayer":
                self._mood(stretch, rater, value, confidence)
            elif not isinstance(value, str | int | float) or value == "":
                self.findings.drop(
                    0, tr('"{text}" is no value of {name}.', text=str(value)[:60], name=namespace)
                )
            elif namespace.startswith("segment_"):
                end = self.duration if stretch.end is None else stretch.end
                if end is not None and possible(stretch.start or 0.0, end, str(value), self.findings):
                    self.segments.append(
                        ImportedSegment(self.file, stretch.start or 0.0, end, " ".join(str(value).split()))
                    )
            else:
                # One tag is one box: several of them may hold at once.
                self.tags.add(stretch, rater, str(value).strip(), 1, confidence=confidence)

    def _mood(self, stretch: Stretch, rater: str, value: Any, confidence: float | None) -> None:
        if not (
            isinstance(value, list) and len(value) == 2 and all(isinstance(v, int | float) for v in value)
        ):
            self.findings.drop(0, tr('"{text}" is no pair of valence and arousal.', text=str(value)[:60]))
            return
        for item, number in zip(("valence", "arousal"), value, strict=True):
            self.moods.add(stretch, rater, item, float(number), confidence=confidence)

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
        if start is None or length is None:
            self.findings.drop(
                0, tr('"{text}" has no possible time.', text=str(observation.get("value"))[:60])
            )
            return None
        if start <= 0 and (length == 0 or (self.duration and length >= self.duration - _WHOLE)):
            return Stretch(self.file)
        if not possible(start, start + length, str(observation.get("value"))[:60], self.findings):
            return None
        return Stretch(self.file, start, start + length)

    def imported(self, path: Path) -> Imported:
        """All that was read."""
        ratings = (*self.moods.ratings(), *self.tags.ratings())
        for namespace, n in sorted(self.unread.items()):
            self.findings.warn(tr("Not read: {n} of the namespace {name}.", n=n, name=namespace))
        if not ratings and not self.segments:
            raise AnnotatorError(
                tr("{path} holds no mood, tag or segment that can be used.", path=path),
                " ".join([*self.findings.dropped, *self.findings.warnings][:3]),
            )
        boxes = {tag: Item(tag, "boolean", title=tag) for tag in self.tags.values()}
        moods = {
            name: Item(name, "number", title=name.capitalize(), minimum=-1.0, maximum=1.0)
            for name, values in self.moods.values().items()
            if all(-1 <= float(value) <= 1 for value in values)
        }
        return Imported(
            tuple(self.segments),
            ratings,
            schemes=(
                *scheme_of(MOODS, self.moods, self.findings, moods),
                *scheme_of(TAGS, self.tags, self.findings, boxes),
            ),
            warnings=self.findings.warnings,
            dropped=self.findings.dropped,
            raters=self.raters,
            tier=TIER,
        )


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
