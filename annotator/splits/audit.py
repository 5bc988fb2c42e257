"""Auditing a split: is anything on two sides that should be on one, and does every part hold what it needs?

==============  ========  ==================================================================================
kind            severity  meaning
==============  ========  ==================================================================================
group           leak      a value of one of the split's own keys, or a recording, is in more than one part
group           warning   the same for another known key; or for a recording that the split's keys cut on
                          purpose, because they have several values within it (the speakers of a talk show)
identical       leak      recordings with the same decoded audio are in different parts; a warning where the
                          keys cut all of them on purpose and no two of the segments share sound
overlap         leak      segments of one recording share sound and are in different parts
near_duplicate  leak      recordings that a link calls nearly the same (another bitrate, an excerpt, overlapping
                          windows) are in different parts; a warning as for `identical`
text            warning   the same sentence, or where asked nearly the same, is spoken in different parts
missing_class   warning   a class is absent from a part
empty_part      warning   a part holds no segment
missing_group   warning   segments have no value for one of the split's keys
consensus       warning   values that the split spreads or a model learns were settled by a rule that weighs raters
                          over the segments of several parts
normalisation   warning   ratings were brought to a common mean and spread over the segments of several parts
==============  ========  ==================================================================================

There is one finding for each value, recording, sound or text that crosses (for overlaps: each recording and two
parts), never one for each pair of segments; its sentence counts the segments, and `a` and `b` are an example to
listen to. Without a split, the audit looks at the corpus: identical audio under different group values, and keys
without values. Everything is O(n log n) in the number of segments.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from annotator.domain.corpus import RECORDING_KEY, Link
from annotator.domain.translation import tr, tr_n
from annotator.splits.audit_table import AuditTable, SharedValues
from annotator.splits.crossing import Copies, Crossing, copies, crossings, overlaps
from annotator.splits.findings import Finding, Kind, Severity
from annotator.splits.groups import Factor, factorise, natural
from annotator.splits.shared import is_copy, on_one_line
from annotator.splits.texts import same_texts, telling

__all__ = ["AuditTable", "Finding", "SharedValues", "audit"]

#: Longest piece of a text that a finding quotes.
_QUOTED = 60
#: Most recordings that a finding names.
_LISTED = 5

_ORDER: tuple[Kind, ...] = (
    "group", "identical", "near_duplicate", "overlap", "text", "missing_class", "empty_part", "missing_group",
    "consensus", "normalisation",
)  # fmt: skip


def audit(table: AuditTable) -> list[Finding]:
    """Everything found, leaks first; empty where all is well.

    Examples
    --------
    Bo speaks in both parts:

    >>> found = audit(
    ...     AuditTable(
    ...         segments=["s1", "s2", "s3"],
    ...         recordings=["r1", "r2", "r3"],
    ...         starts=np.zeros(3, dtype=np.int64),
    ...         ends=np.full(3, 16000),
    ...         pcm_hashes=["x", "y", "z"],
    ...         texts=["", "", ""],
    ...         keys={"speaker": ["Ann", "Bo", "Bo"]},
    ...         parts=["train", "train", "test"],
    ...         part_names=["train", "test"],
    ...         group_keys=["speaker"],
    ...     )
    ... )
    >>> [(finding.kind, finding.severity, finding.a, finding.b) for finding in found]
    [('group', 'leak', 's2', 's3')]
    """
    found = list(_corpus_findings(table) if table.parts is None else _Audit(table, table.parts).findings())
    return sorted(found, key=_rank)


def _rank(finding: Finding) -> tuple[bool, int, tuple[str, str], str]:
    return finding.severity != "leak", _ORDER.index(finding.kind), natural(finding.text), finding.a or ""


class _Audit:
    """One audit of one split: the columns as codes, and a method for each kind of finding."""

    def __init__(self, table: AuditTable, parts: Sequence[str | None]) -> None:
        self.table = table
        named = {name for name in parts if name is not None}
        self.names = list(table.part_names) or sorted(named, key=natural)
        numbers = {name: number for number, name in enumerate(self.names)}
        self.part = np.array([-1 if name is None else numbers[name] for name in parts], dtype=np.intp)
        self.recordings = factorise(RECORDING_KEY, table.recordings)
        self.keys = {
            key: factorise(key, values) for key, values in table.keys.items() if key != RECORDING_KEY
        }
        self.cut_on_purpose = self._cut_on_purpose()

    def _cut_on_purpose(self) -> NDArray[np.bool_]:
        """(recordings,) whether the split's keys have several values within a recording."""
        cut = np.zeros(len(self.recordings.values), dtype=bool)
        if RECORDING_KEY in self.table.group_keys:
            return cut
        for key in self.table.group_keys:
            codes = self.keys[key].codes
            having = codes >= 0
            held = np.unique(np.stack([self.recordings.codes[having], codes[having]]), axis=1)[0]
            cut |= np.bincount(held, minlength=len(cut)) > 1
        return cut

    def findings(self) -> Iterator[Finding]:
        yield from self.groups()
        yield from self.cut_recordings()
        yield from self.identical()
        yield from self.near_duplicates()
        yield from self.overlapping()
        yield from self.sentences()
        yield from self.classes()
        yield from self.empty_parts()
        yield from _missing_groups(self.table, self.table.group_keys, self.part >= 0)
        for shared in self.table.shared_values:
            yield from self.values_across_parts(shared)

    def groups(self) -> Iterator[Finding]:
        for key, factor in self.keys.items():
            severity: Severity = "leak" if key in self.table.group_keys else "warning"
            for found in crossings(factor.codes, self.part):
                text = tr(
                    'The {key} "{value}" is in more than one part: {parts}. '
                    "A model may recognise the {key} instead of what it should learn, and score too high.",
                    key=key,
                    value=factor.values[found.code],
                    parts=self.amounts(found),
                )
                yield self.finding("group", severity, found.rows[0], found.rows[1], None, text)

    def cut_recordings(self) -> Iterator[Finding]:
        for found in crossings(self.recordings.codes, self.part):
            on_purpose = bool(self.cut_on_purpose[found.code])
            text = tr(
                'The recording "{name}" is in more than one part: {parts}. '
                "Its room, microphone and background sound the same in all of them.",
                name=self.table.recording_name(self.recordings.values[found.code]),
                parts=self.amounts(found),
            )
            if on_purpose:
                text += " " + tr(
                    "The split asks for this: it goes by {keys}, of which this recording has several.",
                    keys=", ".join(self.table.group_keys),
                )
            severity: Severity = "warning" if on_purpose else "leak"
            yield self.finding("group", severity, found.rows[0], found.rows[1], None, text)

    def identical(self) -> Iterator[Finding]:
        sounds = factorise("sound", self.table.pcm_hashes)
        earlier, _ = overlaps(sounds.codes, self.table.starts, self.table.ends, self.part)
        overlapping = set(sounds.codes[earlier].tolist())
        for found in copies(sounds.codes, self.recordings.codes, self.part):
            pair = found.pair(self.part)
            if pair is None:
                continue
            on_purpose = found.code not in overlapping and self.cut_on_purpose[found.recordings].all()
            text = tr(
                "The same audio is in different parts, under the names {names}. "
                "A model is tested on what it was trained on.",
                names=_names_of_copies(self.table, self.recordings, found),
            )
            yield self.finding("identical", "warning" if on_purpose else "leak", *pair, 1.0, text)

    def near_duplicates(self) -> Iterator[Finding]:
        members = _members(self.recordings.codes)
        codes = {recording: code for code, recording in enumerate(self.recordings.values)}
        for link in self.table.links:
            if not link.holds or link.a not in codes or link.b not in codes:
                continue
            homes = [codes[link.a], codes[link.b]]
            rows = np.concatenate([members[home] for home in homes])
            pair = self.crossing_pair(link, rows)
            on_purpose = False
            if pair is None and is_copy(link, self.table.lengths):
                homes_of, sides = self.recordings.codes[rows], self.part[rows]
                found = next(copies(np.zeros(len(rows), dtype=np.intp), homes_of, sides), None)
                pair = None if found is None else found.pair(sides)
                pair = None if pair is None else (int(rows[pair[0]]), int(rows[pair[1]]))
                on_purpose = bool(self.cut_on_purpose[homes].all())
            if pair is None:
                continue
            text = tr(
                'Nearly the same sound ({percent} % alike) is in "{a}" ({part_a}) and in "{b}" ({part_b}). '
                "A model is tested on what it was trained on.",
                percent=round(100 * link.score),
                a=self.table.recording_name(self.table.recordings[pair[0]]),
                b=self.table.recording_name(self.table.recordings[pair[1]]),
                part_a=self.names[self.part[pair[0]]],
                part_b=self.names[self.part[pair[1]]],
            )
            yield self.finding("near_duplicate", "warning" if on_purpose else "leak", *pair, link.score, text)

    def crossing_pair(self, link: Link, rows: NDArray[np.intp]) -> tuple[int, int] | None:
        """Two of these rows, one of each recording, that hold the linked sound in different parts."""
        in_b = np.array([self.table.recordings[row] == link.b for row in rows])
        starts, ends = on_one_line(link, in_b, self.table.starts[rows], self.table.ends[rows])
        places = np.where(ends > starts, 0, -1)
        for one, other in zip(*overlaps(places, starts, ends, self.part[rows]), strict=True):
            if in_b[one] != in_b[other]:
                return int(rows[one]), int(rows[other])
        return None

    def overlapping(self) -> Iterator[Finding]:
        starts, ends = self.table.starts, self.table.ends
        earlier, later = overlaps(self.recordings.codes, starts, ends, self.part)
        shared = np.minimum(ends[earlier], ends[later]) - starts[later]
        portion = shared / np.minimum(ends[earlier] - starts[earlier], ends[later] - starts[later])
        low, high = np.sort(self.part[np.stack([earlier, later])], axis=0)
        cells = (self.recordings.codes[earlier] * len(self.names) + low) * len(self.names) + high
        order = np.lexsort((-portion, cells))  # of each recording and two parts, the largest overlap first
        _, first, counts = np.unique(cells[order], return_index=True, return_counts=True)
        for pair, count in zip(order[first].tolist(), counts.tolist(), strict=True):
            a, b = sorted((int(earlier[pair]), int(later[pair])), key=lambda row: int(self.part[row]))
            text = tr_n(
                'In "{name}", {n} segment shares sound with a segment of another part ({a}, {b}), '
                "up to {percent} % of the shorter one. A model is tested on sound it was trained on.",
                'In "{name}", {n} segments share sound with a segment of another part ({a}, {b}), '
                "up to {percent} % of the shorter one. A model is tested on sound it was trained on.",
                count,
                name=self.table.recording_name(self.table.recordings[a]),
                a=self.names[self.part[a]],
                b=self.names[self.part[b]],
                percent=max(1, round(100 * float(portion[pair]))),
            )
            yield self.finding("overlap", "leak", a, b, float(portion[pair]), text)

    def sentences(self) -> Iterator[Finding]:
        sentences = [telling(text) for text in self.table.texts]
        for alike in same_texts(self.table.texts) if self.table.near_texts else ():
            for row in alike:
                sentences[row] = sentences[alike[0]]
        said = factorise("text", sentences)
        for found in crossings(said.codes, self.part):
            text = tr(
                'The sentence "{sentence}" is in more than one part: {parts}. '
                "A model that hears words may recognise the sentence instead of what it should learn.",
                sentence=_quoted(self.table.texts[found.rows[0]]),
                parts=self.amounts(found),
            )
            yield self.finding("text", "warning", found.rows[0], found.rows[1], 1.0, text)

    def classes(self) -> Iterator[Finding]:
        for column in [] if self.table.classes is None else [self.table.classes, *self.table.further_classes]:
            yield from self.missing_classes(column)

    def missing_classes(self, column: Sequence[str | None]) -> Iterator[Finding]:
        labels = factorise("class", column)
        held = np.zeros((len(labels.values), len(self.names)), dtype=np.intp)
        counted = (labels.codes >= 0) & (self.part >= 0)
        np.add.at(held, (labels.codes[counted], self.part[counted]), 1)
        for label, amounts in zip(labels.values, held, strict=True):
            holding = np.flatnonzero(amounts)
            for number in np.flatnonzero((amounts == 0) & self.filled()) if len(holding) else ():
                text = tr(
                    'No segment of "{part}" is "{label}": its scores say nothing about this class.',
                    part=self.names[number],
                    label=label,
                )
                if len(holding) == 1:
                    text += " " + tr(
                        'All are in "{part}": a model trained without that part never meets the class.',
                        part=self.names[holding[0]],
                    )
                yield _about_part("missing_class", self.names[number], text)

    def empty_parts(self) -> Iterator[Finding]:
        for number in np.flatnonzero(~self.filled()):
            name = self.names[number]
            yield _about_part("empty_part", name, tr('The part "{part}" holds no segment.', part=name))

    def values_across_parts(self, shared: SharedValues) -> Iterator[Finding]:
        codes = np.full(len(self.part), -1, dtype=np.intp)
        codes[shared.rows] = 0
        for found in crossings(codes, self.part):
            if shared.kind == "consensus":
                text = tr(
                    'The values of "{item}" were settled by "{how}", which weighs raters by all their ratings, over '
                    "several parts: {parts}. What was said of test segments has shaped the values of training "
                    "segments. For a strict test settle by a rule that looks at one segment at a time, such as "
                    "majority or mean.",
                    item=shared.item,
                    how=shared.how,
                    parts=self.amounts(found),
                )
            else:
                text = tr(
                    'The ratings of "{item}" by {how} have mean 0 and spread 1 over several parts: {parts}. They were '
                    "normalised before they came into the corpus, test segments with training segments. Import them "
                    "as they were given, and normalise by the training side alone.",
                    item=shared.item,
                    how=shared.how,
                    parts=self.amounts(found),
                )
            yield self.finding(shared.kind, "warning", found.rows[0], found.rows[1], None, text)

    def filled(self) -> NDArray[np.bool_]:
        """(parts,) whether a part holds any segment."""
        return np.bincount(self.part[self.part >= 0], minlength=len(self.names)) > 0

    def amounts(self, found: Crossing) -> str:
        """Such as "train (12 segments), test (1 segment)"."""
        return ", ".join(
            tr_n("{part} ({n} segment)", "{part} ({n} segments)", count, part=self.names[part])
            for part, count in zip(found.parts, found.counts, strict=True)
        )

    def finding(
        self, kind: Kind, severity: Severity, a: int, b: int, score: float | None, text: str
    ) -> Finding:
        ids, part_a, part_b = self.table.segments, self.names[self.part[a]], self.names[self.part[b]]
        return Finding(kind, severity, ids[a], ids[b], part_a, part_b, score, text)


def _corpus_findings(table: AuditTable) -> Iterator[Finding]:
    """What can be said before there is a split."""
    everywhere = np.zeros(len(table.segments), dtype=np.intp)
    recordings = factorise(RECORDING_KEY, table.recordings)
    sounds = factorise("sound", table.pcm_hashes)
    for found in copies(sounds.codes, recordings.codes, everywhere):
        differing = [
            key for key, values in table.keys.items() if len({values[row] for row in found.rows}) > 1
        ]
        if table.keys and not differing:
            continue
        names = _names_of_copies(table, recordings, found)
        text = tr("The same audio is in the corpus under the names {names}.", names=names)
        if differing:
            text += " " + tr(
                "They differ in {keys}: a split may put them in different parts.", keys=", ".join(differing)
            )
        a, b = (table.segments[row] for row in found.rows[:2])
        yield Finding("identical", "warning", a, b, None, None, 1.0, text)
    yield from _missing_groups(table, list(table.keys), everywhere == 0)


def _missing_groups(table: AuditTable, keys: Sequence[str], counted: NDArray[np.bool_]) -> Iterator[Finding]:
    for key in keys:
        if key == RECORDING_KEY:
            continue
        lacking = np.flatnonzero(counted & (factorise(key, table.keys[key]).codes < 0))
        if not len(lacking):
            continue
        text = tr_n(
            "{n} of {total} segments has no {key}: nobody can tell whether its {key} is elsewhere too.",
            "{n} of {total} segments have no {key}: nobody can tell whether their {key} is elsewhere too.",
            len(lacking),
            total=int(counted.sum()),
            key=key,
        )
        part = None if table.parts is None else table.parts[lacking[0]]
        yield Finding("missing_group", "warning", table.segments[lacking[0]], None, part, None, None, text)


def _members(codes: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """The rows of each code."""
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.cumsum(np.bincount(codes))[:-1]) if len(codes) else []


def _about_part(kind: Kind, part: str, text: str) -> Finding:
    return Finding(kind, "warning", None, None, part, None, None, text)


def _names_of_copies(table: AuditTable, recordings: Factor, found: Copies) -> str:
    ids = {recordings.values[code] for code in found.recordings}
    names = sorted((table.recording_name(recording) for recording in ids), key=natural)
    return ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")


def _quoted(text: str) -> str:
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1].rstrip() + "…"
