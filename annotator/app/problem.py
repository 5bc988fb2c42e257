"""What a training is about, put together from the corpus: segments with targets, parts, groups and single votes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotator.app.ratings_table import encode, rating_table
from annotator.app.session import Session, find_split
from annotator.app.targets import Target, find_target
from annotator.domain.corpus import Recording, Segment, Split
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.learning.problem import Extra, Problem, Votes
from annotator.storage.reader import Reader


@dataclass(frozen=True)
class Material:
    """The segments of a split that have a value of a target, with all that describes them but their features.

    `excluded` counts the segments of the split without a value, `missing` those with a value but without sound.
    """

    target: Target
    split: Split
    segments: tuple[Segment, ...]
    recordings: dict[str, Recording]
    votes: Votes | None
    excluded: int
    missing: int = 0

    @property
    def digest(self) -> str:
        """SHA-256 of everything a result depends on but the options: values, sound, parts, groups and votes."""
        split, votes = self.split, self.votes
        lines = [corpus_digest(self.target, self.segments, self.recordings)]
        lines += sorted(f"{s.id} {split.parts[s.id]} {split.groups[s.id]}" for s in self.segments)
        lines.append(f"{split.part_names} {bool(split.options.get('folds'))}")
        if votes is not None:
            ids = [segment.id for segment in self.segments]
            order = sorted(
                f"{ids[row]} {rater} {value!r}"
                for row, rater, value in zip(
                    votes.rows.tolist(), votes.raters.tolist(), votes.values.tolist(), strict=True
                )
            )
            lines += [f"{votes.threshold}", *order]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def problem(self, X: np.ndarray, extra: Extra | None = None) -> Problem:
        """The problem that these segments are with their features, (segments, columns)."""
        goal, split = self.target, self.split
        ids = [segment.id for segment in self.segments]
        names = sorted({split.groups[segment] for segment in ids})
        numbers = {name: n for n, name in enumerate(names)}
        labels: tuple[str, ...] = ()
        if goal.several is not None:
            y, labels = goal.several.rows(ids), goal.labels
        elif goal.item.numeric:
            y = np.array([float(goal.values[segment]) for segment in ids])  # type: ignore[arg-type]
        else:
            y = np.array([goal.label(segment) for segment in ids], dtype=object)
            labels = tuple(label for label in goal.labels if label in set(y.tolist()))
        return Problem(
            X=X,
            y=y,
            parts=np.array([split.parts[segment] for segment in ids]),
            part_order=split.part_names,
            folds=bool(split.options.get("folds")),
            groups=np.array([numbers[split.groups[segment]] for segment in ids], dtype=np.intp),
            labels=labels,
            segment_ids=tuple(ids),
            votes=self.votes,
            extra=extra,
            soft=goal.several is not None and goal.several.kind == "shares",
        )


def gather(session: Session, target: str, split: str, *, with_sound: bool = False) -> Material:
    """Looks up what is to be learned; segments come by recording and place, so that keys do not matter.

    `with_sound` leaves out segments whose audio file is not there.

    Raises `AnnotatorError` where target or split are not there, or no segment has a value.
    """
    with session.reading() as reader:
        frozen = find_split(reader, split)
        goal = find_target(reader, target)
        recordings = {recording.id: recording for recording in reader.recordings()}
        members = [
            segment
            for segment in reader.segments(ids=sorted(frozen.parts))
            if segment.recording_id in recordings
        ]
        members.sort(key=lambda s: (recordings[s.recording_id].path, s.start, s.end, s.id))
        segments = [segment for segment in members if goal.values.get(segment.id) is not None]
        there = (
            {key for key, one in recordings.items() if session.audio_path(one).is_file()}
            if with_sound
            else ()
        )
        heard = [s for s in segments if s.recording_id in there] if with_sound else segments
        votes = _votes(reader, goal, heard)
    if not segments:
        raise AnnotatorError(
            tr(
                'No segment of the split "{split}" has a settled value of "{target}".',
                split=split,
                target=target,
            ),
            tr("Settle a consensus, or make a split over the rated tier."),
        )
    if not heard:
        raise AnnotatorError(
            tr("No audio file of these segments is there."), tr("Put the files back, or add them again.")
        )
    excluded, missing = len(members) - len(segments), len(segments) - len(heard)
    return Material(goal, frozen, tuple(heard), recordings, votes, excluded, missing)


def corpus_digest(target: Target, segments: Sequence[Segment], recordings: dict[str, Recording]) -> str:
    """SHA-256 of what a model is trained on: every segment with its sound and its settled value, in any order."""
    several = target.several

    def said(segment: str) -> str:
        return repr(target.values[segment]) if several is None else repr(several.rates[segment])

    lines = sorted(
        f"{s.id} {recordings[s.recording_id].sha256} {s.start} {s.end} {said(s.id)}" for s in segments
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _votes(reader: Reader, goal: Target, segments: Sequence[Segment]) -> Votes | None:
    """The single ratings behind the settled values; `None` where one rater, or the data set itself, gave them."""
    rows = {segment.id: n for n, segment in enumerate(segments)}
    if goal.several is not None:
        return _several_votes(goal, rows)
    if not goal.scheme.name:
        return None  # a derived target: nobody rated it
    table = rating_table(reader, goal.scheme.name, "none")
    if len(table.rater_names) < 2:
        return None
    given = [
        (rows[table.segment_ids[unit]], int(rater), values[goal.item.name])
        for unit, rater, repeat, values in zip(
            table.units, table.raters, table.repeats, table.values, strict=True
        )
        if repeat == 0 and table.segment_ids[unit] in rows and values.get(goal.item.name) is not None
    ]
    if goal.item.numeric:
        answers = np.array([float(value) for _, _, value in given])  # type: ignore[arg-type]
    else:
        names = goal.labels
        answers = np.array([names[int(encode(goal.item, value))] for _, _, value in given], dtype=object)
    return Votes(
        rows=np.array([row for row, _, _ in given], dtype=np.intp),
        raters=np.array([rater for _, rater, _ in given], dtype=np.intp),
        values=answers,
    )


def _several_votes(goal: Target, rows: dict[str, int]) -> Votes | None:
    if goal.several is None:
        return None
    given = [
        (rows[segment], rater, values) for segment, rater, values in goal.several.votes if segment in rows
    ]
    if len({rater for _, rater, _ in given}) < 2:
        return None
    return Votes(
        rows=np.array([row for row, _, _ in given], dtype=np.intp),
        raters=np.array([rater for _, rater, _ in given], dtype=np.intp),
        values=np.array([values for _, _, values in given], dtype=np.float64),
        threshold=goal.several.threshold,
    )
