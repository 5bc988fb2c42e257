"""Whether splits keep apart what must be apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotator.app.classes import class_title, classes_of, items_named
from annotator.app.info import group_counts
from annotator.app.session import Session, find_split
from annotator.app.shared_values import shared_values
from annotator.app.targets import find_target
from annotator.domain.corpus import RECORDING_KEY, Segment, Split, group_value
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.splits.audit import AuditTable, audit
from annotator.splits.findings import Finding
from annotator.storage.reader import Reader


@dataclass(frozen=True, slots=True)
class AuditResult:
    """Everything found, leaks first; `clean` means that there is no leak."""

    clean: bool
    findings: tuple[Finding, ...]
    splits: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "clean": self.clean,
            "splits": list(self.splits),
            "findings": [finding.to_dict() for finding in self.findings],
        }


def audit_corpus(session: Session, name: str | None = None, *, near_texts: bool = False) -> Job[AuditResult]:
    """Audits one split, or all of them, or the corpus itself where it has none.

    With `near_texts`, texts that say nearly the same count as the same. Links that were found earlier count always; see
    `annotator.app.links.find_links`.
    """
    with session.reading() as reader:
        names = reader.split_names() if name is None else [find_split(reader, name).name]
    findings: list[Finding] = []
    for n, split_name in enumerate(names or [None]):
        yield Progress(n, max(len(names), 1), tr("Auditing {name}", name=split_name or session.name))
        with session.reading() as reader:
            split = None if split_name is None else find_split(reader, split_name)
            findings += audit(audit_table(reader, split, near_texts=near_texts))
    findings.sort(key=lambda finding: finding.severity != "leak")
    return AuditResult(all(f.severity != "leak" for f in findings), tuple(findings), tuple(names))


def audit_table(reader: Reader, split: Split | None, *, near_texts: bool = False) -> AuditTable:
    """The columns that the audit looks at: the split's segments, or all of the corpus."""
    recordings = {recording.id: recording for recording in reader.recordings()}
    live = [segment for segment in reader.segments() if segment.recording_id in recordings]
    segments = live if split is None else [segment for segment in live if segment.id in split.parts]
    if not segments and split is None:
        raise AnnotatorError(
            tr("There is nothing to audit: the corpus has no segments."), tr("Segment it first.")
        )
    keys = {
        key: [group_value(recordings[s.recording_id], s, key) for s in segments]
        for key in dict.fromkeys(
            [*group_counts(recordings.values(), segments), *(split.group_keys if split else ())]
        )
        if key != RECORDING_KEY
    }
    classes = {} if split is None else _classes(reader, split, segments)
    return AuditTable(
        segments=[segment.id for segment in segments],
        recordings=[segment.recording_id for segment in segments],
        starts=np.array([segment.start for segment in segments], dtype=np.int64),
        ends=np.array([segment.end for segment in segments], dtype=np.int64),
        pcm_hashes=[recordings[segment.recording_id].pcm_hash for segment in segments],
        texts=[segment.text for segment in segments],
        keys=keys,
        parts=None if split is None else [split.parts[segment.id] for segment in segments],
        part_names=() if split is None else split.part_names,
        group_keys=() if split is None else split.group_keys,
        classes=None if not classes else next(iter(classes.values())),
        further_classes=tuple(classes.values())[1:],
        links=reader.links(),
        lengths={recording.id: recording.samples for recording in recordings.values()},
        near_texts=near_texts,
        shared_values=() if split is None else shared_values(reader, split, segments, keys),
        recording_names={recording.id: recording.name for recording in recordings.values()},
    )


def _classes(reader: Reader, split: Split, segments: Sequence[Segment]) -> dict[str, list[str | None]]:
    """The classes of each item that the split was stratified on, as they are settled now."""
    columns: dict[str, list[str | None]] = {}
    for item in items_named(reader, split.options.get("stratify")):
        codes, labels = classes_of(segments, find_target(reader, item))
        titles = [class_title(label) for label in labels]
        columns[item] = [titles[code] if code >= 0 else None for code in codes]
    return columns
