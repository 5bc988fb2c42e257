"""Reads Label Studio's JSON and JSON-MIN exports of audio projects.

Label Studio documentation, "Label Studio JSON format of annotated tasks": a task has `data` with the address of the
sound and `annotations[]` by people; each has `result[]` of which those with one `id` describe one region,
`value {start, end, channel, labels}` in seconds.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from annotator.audio.source import AUDIO_SUFFIXES
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Item
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings, Imported, ImportedSegment
from annotator.exchange.jsonfile import list_in, number_in, read_json, text_in
from annotator.exchange.labelled import Answers, Stretch, observed_item, scheme_of
from annotator.exchange.textfile import first_text
from annotator.exchange.timed import possible

TIER = "label-studio"
_SCHEME = "label-studio"

#: What an upload is called: the first digits of a random key, then the name of the file.
_UPLOADED = re.compile(r"[0-9a-f]{8}-(.+)")
_LISTS = ("labels", "choices")
_NUMBERS = ("rating", "number")


@dataclass(slots=True)
class _Region:
    stretch: Stretch
    text: str = ""
    picked: dict[str, list[str]] = field(default_factory=dict)  # by the name of the control
    numbers: dict[str, float] = field(default_factory=dict)


class _Reader:
    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.segments: dict[Stretch, ImportedSegment] = {}
        self.regions: list[tuple[str, _Region]] = []  # with who drew it
        self.unread: Counter[str] = Counter()

    def task(self, number: int, task: Any) -> None:
        """Takes in one task of either export."""
        name = tr("task {n}", n=number)
        if not isinstance(task, dict):
            self.findings.drop(0, tr('"{text}" is no task.', text=name))
            return
        file = _file_of(task.get("data") if isinstance(task.get("data"), dict) else task)
        if file is None:
            self.findings.drop(0, tr('"{text}" names no audio file.', text=name))
            return
        if "data" in task or "annotations" in task:
            annotations = list_in(task, "annotations") or list_in(task, "completions")
            if list_in(task, "predictions"):
                self.unread[tr("predictions of models")] += len(list_in(task, "predictions"))
            for annotation in annotations:
                self._annotation(file, annotation)
        else:
            rows = {name: value for name, value in task.items() if isinstance(value, list)}
            self._regions(file, _rater(task.get("annotator")), _from_min(rows))

    def _annotation(self, file: str, annotation: Any) -> None:
        if not isinstance(annotation, dict):
            return
        if annotation.get("was_cancelled"):
            self.unread[tr("skipped annotations")] += 1
            return
        self._regions(file, _rater(annotation.get("completed_by")), list_in(annotation, "result"))

    def _regions(self, file: str, rater: str, results: list[Any]) -> None:
        regions: dict[str, _Region] = {}
        for number, result in enumerate(results):
            value = result.get("value") if isinstance(result, dict) else None
            if not isinstance(value, dict):
                self.unread[tr("results without a value")] += 1
                continue
            start, end = number_in(value, "start"), number_in(value, "end")
            if (start is None) != (end is None) or (
                start is not None and end is not None and not possible(start, end, file, self.findings)
            ):
                continue
            # What is said of the whole file has no times; each such result has an id of its own.
            key = str(result.get("id") or number) if start is not None else ""
            region = regions.setdefault(key, _Region(Stretch(file, start, end)))
            self._value(region, str(result.get("from_name") or "label"), str(result.get("type") or ""), value)
        self.regions += [(rater, region) for region in regions.values()]

    def _value(self, region: _Region, name: str, kind: str, value: dict[str, Any]) -> None:
        known = False
        for field_name in _LISTS:
            for label in list_in(value, field_name):
                if isinstance(label, str) and label.strip():
                    region.picked.setdefault(name, []).append(label.strip())
                    known = True
        for field_name in _NUMBERS:
            number = number_in(value, field_name)
            if number is not None:
                region.numbers[name] = number
                known = True
        texts = value.get("text")
        written = [one for one in (texts if isinstance(texts, list) else [texts]) if isinstance(one, str)]
        if written:
            region.text = " ".join(" ".join(written).split())
            known = True
        if not known and not ("start" in value and not kind):
            self.unread[tr("results of the kind {kind}", kind=kind or "?")] += 1

    def imported(self, path: Path) -> Imported:
        """All that was read."""
        several = {
            name
            for _, region in self.regions
            for name, labels in region.picked.items()
            if len(set(labels)) > 1
        }
        boxes = {
            label: Item(label, "boolean", title=label)
            for _, region in self.regions
            for name in several & region.picked.keys()
            for label in region.picked[name]
        }
        answers = Answers(self.findings, _SCHEME)
        for rater, region in self.regions:
            self._answers(answers, rater, region, several, boxes)
        if not self.segments and not answers.ratings():
            raise AnnotatorError(
                tr("{path} holds no annotation that can be used.", path=path),
                " ".join(self.findings.dropped[:3]),
            )
        for kind, n in sorted(self.unread.items()):
            self.findings.warn(tr("Not read: {kind} ({n}).", n=n, kind=kind))
        known = dict(boxes)
        for name, values in answers.values().items():
            if name not in known and (item := observed_item(name, values, self.findings)) is not None:
                known[name] = item
        return Imported(
            tuple(self.segments.values()),
            answers.ratings(),
            self.findings.warnings,
            self.findings.dropped,
            schemes=scheme_of(_SCHEME, answers, self.findings, known),
            tier=TIER,
        )

    def _answers(
        self, answers: Answers, rater: str, region: _Region, several: set[str], boxes: dict[str, Item]
    ) -> None:
        stretch = region.stretch
        if stretch.start is not None and stretch.end is not None:
            held = self.segments.get(stretch)
            if held is None or (region.text and not held.text):
                self.segments[stretch] = ImportedSegment(
                    stretch.file, stretch.start, stretch.end, region.text
                )
            elif region.text and region.text != held.text:
                self.findings.drop(
                    0, tr('A second text for one region was left out: "{text}".', text=region.text)
                )
        elif region.text:
            self.findings.drop(0, tr('"{text}" is about a whole file and was left out.', text=region.text))
        for name, labels in region.picked.items():
            if name in several:
                for label in boxes:
                    if label in labels:
                        answers.add(stretch, rater, label, 1)
            else:
                answers.add(stretch, rater, name, labels[0])
        for name, number in region.numbers.items():
            answers.add(stretch, rater, name, number)


def read_labelstudio(path: Path) -> Imported:
    """Regions as segments with their text; labels, choices and ratings as answers of who completed them.

    A control from which somebody picked several labels becomes one box to tick for each label. Predictions, skipped
    annotations and results of other kinds are counted in the warnings. Raises `AnnotatorError` where the file is no
    such export or holds nothing usable.
    """
    findings = Findings()
    tasks = read_json(path, findings)
    tasks = [tasks] if isinstance(tasks, dict) else tasks
    if not isinstance(tasks, list):
        raise AnnotatorError(
            tr("{path} holds no tasks of Label Studio.", path=path), tr("Export it as JSON.")
        )
    reader = _Reader(findings)
    for number, task in enumerate(tasks, start=1):
        reader.task(number, task)
    return reader.imported(path)


def _rater(who: Any) -> str:
    """The name of who completed an annotation: an account's address, or its number."""
    if isinstance(who, dict):
        return text_in(who, "email") or text_in(who, "username") or tr("annotator {n}", n=who.get("id", "?"))
    if isinstance(who, str) and who.strip():
        return who.strip()
    return tr("annotator {n}", n=who) if isinstance(who, int) else ""


def _from_min(rows: dict[str, list[Any]]) -> list[Any]:
    """Results of JSON-MIN, where each control is a list of regions, as those of the full export."""
    return [
        {"from_name": name, "type": "", "id": f"{entry.get('start')} {entry.get('end')}", "value": entry}
        for name, entries in rows.items()
        for entry in entries
        if isinstance(entry, dict)
    ]


def _file_of(data: Any) -> str | None:
    """The name of the sound a task is about: the first member that is the address of an audio file."""
    for name in sorted(data, key=lambda name: name not in ("audio", "url")) if isinstance(data, dict) else ():
        address = text_in(data, name)
        parts = urlsplit(address) if "://" in address or address.startswith("/") else None
        local = parse_qs(parts.query).get("d") if parts is not None else None
        place = unquote(local[0] if local else parts.path if parts is not None else address)
        tail = place.replace("\\", "/").rsplit("/", 1)[-1]
        if Path(tail).suffix.lower() in AUDIO_SUFFIXES:
            uploaded = _UPLOADED.fullmatch(tail)
            return uploaded[1] if uploaded and "/upload/" in place else place.lstrip("/")
    return None


def is_labelstudio(path: Path) -> bool:
    """Whether a JSON file looks like such an export."""
    head = first_text(path, 100_000)
    return head.lstrip().startswith("[") and any(
        f'"{word}"' in head for word in ("completed_by", "annotations", "annotation_id", "completions")
    )
