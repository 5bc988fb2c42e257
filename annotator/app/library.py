"""The Python library: a corpus as pandas frames, and the same operations as the command line, for notebooks."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.app.corpus_folder import create_corpus, open_corpus_folder
from annotator.app.session import Session, find_split
from annotator.domain.corpus import group_value
from annotator.domain.progress import finish
from annotator.domain.scores import score_values, scores_of
from annotator.domain.timeline import to_seconds

if TYPE_CHECKING:
    import pandas as pd

    from annotator.app.add import Added
    from annotator.app.agreement import SchemeAgreement
    from annotator.app.audit import AuditResult
    from annotator.app.consensus import ConsensusResult
    from annotator.app.growth import SplitComparison
    from annotator.app.importing import ImportResult
    from annotator.app.laying import Segmented
    from annotator.app.links import Links
    from annotator.app.naive import NaiveComparison
    from annotator.app.split import SplitResult
    from annotator.app.train import Trained


class Corpus:
    """An open corpus.

    Frames are read anew each time they are asked for; their columns never change their names. Operations run to
    their end and give the same results as the commands of the same name.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with new_corpus(folder + "/a.corpus", ["valence-arousal"]) as corpus:
    ...         list(corpus.segments.columns)
    ['segment', 'recording', 'tier', 'start', 'end', 'text', 'speaker', 'origin']
    """

    def __init__(self, session: Session) -> None:
        self.session = session

    def __enter__(self) -> "Corpus":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the session."""
        self.session.close()

    # Frames

    @property
    def recordings(self) -> "pd.DataFrame":
        """One row a recording: `recording, path, seconds, sample_rate, channels, warning`, then the group keys."""
        with self.session.reading() as reader:
            found = reader.recordings()
        keys = sorted({key for recording in found for key in recording.groups})
        rows = [
            (
                r.id,
                r.path,
                r.seconds,
                r.sample_rate,
                r.channels,
                r.warning,
                *(r.groups.get(key) for key in keys),
            )
            for r in found
        ]
        return _frame(rows, ["recording", "path", "seconds", "sample_rate", "channels", "warning", *keys])

    @property
    def segments(self) -> "pd.DataFrame":
        """One row a segment: `segment, recording, tier, start, end` (seconds), `text, speaker, origin`."""
        with self.session.reading() as reader:
            rates = {recording.id: recording.sample_rate for recording in reader.recordings()}
            tiers = {tier.id: tier.name for tier in reader.tiers()}
            rows = [
                (
                    s.id, s.recording_id, tiers[s.tier_id], to_seconds(s.start, rates[s.recording_id]),
                    to_seconds(s.end, rates[s.recording_id]), s.text, s.speaker, s.origin,
                )
                for s in reader.segments() if s.recording_id in rates
            ]  # fmt: skip
        return _frame(rows, ["segment", "recording", "tier", "start", "end", "text", "speaker", "origin"])

    @property
    def ratings(self) -> "pd.DataFrame":
        """One row an answer to an item: `segment, rater, scheme, item, value, repeat, confidence, finished,
        comment, flagged`.
        """
        with self.session.reading() as reader:
            raters = {rater.id: rater.name for rater in reader.raters()}
            about = ("repeat", "confidence", "finished", "comment", "flagged")
            rows = [
                (
                    a.segment_id,
                    raters[a.rater_id],
                    a.scheme,
                    item,
                    value,
                    *(getattr(a, name) for name in about),
                )
                for a in reader.annotations()
                for item, value in a.values.items()
            ]
        return _frame(rows, ["segment", "rater", "scheme", "item", "value", *about])

    @property
    def scores(self) -> "pd.DataFrame":
        """One row a score of an answer: `segment, rater, scheme, score, kind, value, repeat`.

        Factors and superfactors; `annotator.domain.scores` has the formulae.
        """
        with self.session.reading() as reader:
            raters = {rater.id: rater.name for rater in reader.raters()}
            rows = [
                (
                    a.segment_id,
                    raters[a.rater_id],
                    scheme.name,
                    score.name,
                    score.kind,
                    values[score.name],
                    a.repeat,
                )
                for scheme, scores in ((scheme, scores_of(scheme)) for scheme in reader.schemes())
                if scores
                for a in reader.annotations(scheme=scheme.name)
                for values in (score_values(scheme, a.values),)
                for score in scores
            ]
        return _frame(rows, ["segment", "rater", "scheme", "score", "kind", "value", "repeat"])

    @property
    def consensus(self) -> "pd.DataFrame":
        """One row a settled item: `segment, scheme, method, item, value, n, tie, uncertainty`."""
        with self.session.reading() as reader:
            rows = [
                (
                    c.segment_id,
                    c.scheme,
                    c.method,
                    item,
                    value,
                    c.counts.get(item, 0),
                    item in c.ties,
                    c.uncertainty.get(item),
                )
                for c in reader.consensus()
                for item, value in c.values.items()
            ]
        return _frame(rows, ["segment", "scheme", "method", "item", "value", "n", "tie", "uncertainty"])

    @property
    def splits(self) -> "pd.DataFrame":
        """One row a segment of a split: `split, segment, part, group`."""
        with self.session.reading() as reader:
            rows = [
                (split.name, segment, part, split.groups[segment])
                for split in reader.splits()
                for segment, part in split.parts.items()
            ]
        return _frame(rows, ["split", "segment", "part", "group"])

    def groups(self, key: str) -> "pd.Series[Any]":
        """The value of a group key for every segment, by segment."""
        import pandas as pd

        with self.session.reading() as reader:
            recordings = {recording.id: recording for recording in reader.recordings()}
            values = {
                s.id: group_value(recordings[s.recording_id], s, key)
                for s in reader.segments()
                if s.recording_id in recordings
            }
        return pd.Series(values, name=key, dtype=object)

    # Operations

    def add(self, paths: Sequence[str | Path], *, groups: Sequence[str] = (), copy: bool = False) -> "Added":
        """Adds audio files and folders; see `annotator.app.add.add_recordings`."""
        from annotator.app.add import add_recordings

        return finish(add_recordings(self.session, [Path(path) for path in paths], groups=groups, copy=copy))

    def import_file(self, path: str | Path, *, dry_run: bool = False, **options: Any) -> "ImportResult":
        """Imports a file or folder of another tool; see `annotator.app.importing.import_file` for the options."""
        from annotator.app.importing import import_file

        return finish(import_file(self.session, Path(path), dry_run=dry_run, **options))

    def segment(
        self, method: str, *, tier: str | None = None, options: Mapping[str, float] | None = None
    ) -> "tuple[Segmented, ...]":
        """Cuts all recordings; see `annotator.app.segment.segment_recordings`."""
        from annotator.app.segment import segment_recordings

        with self.session.reading() as reader:
            recordings = reader.recordings()
        job = segment_recordings(
            self.session, recordings, method=method, tier=tier, options=dict(options or {})
        )
        return finish(job)

    def agreement(self, scheme: str | None = None, *, seed: int = 0) -> "tuple[SchemeAgreement, ...]":
        """How far the raters agree; see `annotator.app.agreement.measure_agreement`."""
        from annotator.app.agreement import measure_agreement

        return finish(measure_agreement(self.session, scheme, seed=seed))

    def settle(self, method: str, scheme: str | None = None, **options: Any) -> "ConsensusResult":
        """Settles a consensus; see `annotator.app.consensus.settle_consensus` for the options of a method."""
        from annotator.app.consensus import settle_consensus

        return settle_consensus(self.session, scheme, method, **options)

    def split(
        self,
        name: str,
        *,
        groups: Sequence[str],
        folds: int | None = None,
        parts: Mapping[str, float] | None = None,
        leave_one_out: bool = False,
        stratify: str | Sequence[str] | None = None,
        seed: int = 0,
        **options: Any,
    ) -> "SplitResult":
        """Makes a split into folds or parts, or leaves one group out.

        `stratify` is an item or a scheme, or several; `annotator.app.split.make_split` has the further options
        (`balance`, `by`, `texts`, `tier`, `allow_missing`).
        """
        from annotator.app.split import fold_shares, make_split

        if [folds is not None, parts is not None, leave_one_out].count(True) != 1:
            raise TypeError("give either folds or parts or leave_one_out")
        shares = fold_shares(folds) if folds is not None else None if parts is None else dict(parts)
        job = make_split(
            self.session,
            name,
            shares=shares,
            group_keys=groups,
            stratify=stratify if stratify is None or isinstance(stratify, str) else ",".join(stratify),
            seed=seed,
            folds=parts is None,
            **options,
        )
        return finish(job)

    def take_over_parts(self, name: str, table: str | Path, **options: Any) -> "SplitResult":
        """Keeps the parts that a data set came with; see `annotator.app.predefined.take_over_parts`."""
        from annotator.app.predefined import take_over_parts

        return finish(take_over_parts(self.session, name, Path(table), **options))

    def extend_split(self, name: str) -> "SplitResult":
        """Places what came later as the next version of a split; see `annotator.app.growth.extend_split`."""
        from annotator.app.growth import extend_split

        return finish(extend_split(self.session, name))

    def compare_splits(self, a: str, b: str) -> "SplitComparison":
        """How far two splits, or two versions of one, agree; see `annotator.app.growth.compare_splits`."""
        from annotator.app.growth import compare_splits

        return compare_splits(self.session, a, b)

    def find_links(self) -> "Links":
        """Listens for recordings that sound nearly the same; see `annotator.app.links.find_links`."""
        from annotator.app.links import find_links

        return finish(find_links(self.session))

    def audit(self, name: str | None = None, *, near_texts: bool = False) -> "AuditResult":
        """Looks for leaks; see `annotator.app.audit.audit_corpus`."""
        from annotator.app.audit import audit_corpus

        return finish(audit_corpus(self.session, name, near_texts=near_texts))

    def compare_with_naive(self, split: str, **options: Any) -> "NaiveComparison":
        """What a naive random split would have claimed; see `annotator.app.naive.compare_with_naive`."""
        from annotator.app.naive import compare_with_naive

        return finish(compare_with_naive(self.session, split, **options))

    def features(self, set_name: str) -> "pd.DataFrame":
        """A feature set for all working segments, indexed by segment."""
        import pandas as pd

        from annotator.app.embeddings import ask_for
        from annotator.app.features import clips_of
        from annotator.app.images import heard_by
        from annotator.app.targets import working_segments
        from annotator.features.extract import extract

        ask_for(set_name)
        with self.session.reading() as reader:
            segments = working_segments(reader)
            recordings = {recording.id: recording for recording in reader.recordings()}
        feature_set = heard_by(set_name, segments, recordings).feature_set
        clips = clips_of(self.session, segments, recordings)
        values = finish(extract(feature_set, clips, cache=self.session.cache))
        index = pd.Index([segment.id for segment in segments], name="segment")
        return pd.DataFrame(values, index=index, columns=list(feature_set.columns))

    def train(
        self, *, features: str, model: str, target: str, split: str, seed: int = 0, **options: Any
    ) -> "Trained":
        """Trains and evaluates a baseline, and keeps the run; see `annotator.app.train.train` for the options."""
        from annotator.app.train import train

        job = train(
            self.session, features=features, model=model, target=target, split=split, seed=seed, **options
        )
        return finish(job)

    def parts(self, split: str) -> "pd.Series[Any]":
        """The part of every segment of a split, by segment."""
        import pandas as pd

        with self.session.reading() as reader:
            return pd.Series(dict(find_split(reader, split).parts), name=split, dtype=object)


def _frame(rows: list[tuple[Any, ...]], columns: list[str]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame.from_records(rows, columns=columns)


def open_corpus(path: str | Path) -> Corpus:
    """Opens the corpus in a folder; raises `AnnotatorError` where there is none."""
    return Corpus(open_corpus_folder(Path(path)))


def new_corpus(path: str | Path, schemes: Sequence[str] = ()) -> Corpus:
    """Makes a corpus and opens it; schemes by name or TOML file."""
    return Corpus(create_corpus(Path(path), schemes))
