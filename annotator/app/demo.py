"""The demo: the whole job, from audio to a trained baseline, on a small corpus that comes with the program."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotator.app.about import describe_corpus
from annotator.app.add import Added, add_recordings
from annotator.app.agreement import SchemeAgreement, measure_agreement
from annotator.app.audit import AuditResult, audit_corpus
from annotator.app.consensus import ConsensusResult, settle_consensus
from annotator.app.corpus_folder import open_or_create
from annotator.app.export import export_corpus
from annotator.app.importing import import_file
from annotator.app.info import Info, corpus_info
from annotator.app.laying import Segmented
from annotator.app.segment import segment_recordings
from annotator.app.session import Session
from annotator.app.split import PartSummary, fold_shares, make_split, summarise
from annotator.app.targets import find_target
from annotator.app.train import Trained, train
from annotator.domain.bundled import dataset
from annotator.domain.corpus import Recording
from annotator.domain.progress import Job, Progress, part
from annotator.domain.scheme import read_scheme
from annotator.domain.timeline import to_seconds
from annotator.domain.translation import tr
from annotator.exchange.bundle import ExportResult
from annotator.segmentation.boundaries import BoundaryScores, boundary_scores

#: What the demo's baseline is made of.
FEATURES, MODEL = "lowlevel", "logistic-regression"
SPLIT, FOLDS, SEED = "by-voice-and-artist", 4, 1


@dataclass(frozen=True)
class DemoResult:
    """Everything the demo did, in order."""

    folder: Path
    info: Info
    segmented: tuple[Segmented, ...]
    boundaries: BoundaryScores
    agreement: tuple[SchemeAgreement, ...]
    consensus: tuple[ConsensusResult, ...]
    split: dict[str, PartSummary]
    audit: AuditResult
    exported: tuple[ExportResult, ...]
    trained: Trained

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "corpus": str(self.folder),
            "info": self.info,
            "segment": list(self.segmented),
            "boundaries": self.boundaries,
            "agreement": [scheme.to_dict() for scheme in self.agreement],
            "consensus": list(self.consensus),
            "split": self.split,
            "audit": self.audit.to_dict(),
            "export": [result.to_dict() for result in self.exported],
            "train": self.trained.to_dict(),
        }


def run_demo(folder: Path) -> Job[tuple[Session, DemoResult]]:
    """Makes the demo corpus in `folder`/demo.corpus, or takes the one that is there, and runs the whole job on it.

    The session is handed over open; audio is copied into the corpus, exports go beside it.
    """
    home = dataset("demo")
    plan = tomllib.loads((home / "corpus.toml").read_text(encoding="utf-8"))
    yield Progress(0, 1, tr("Making the corpus"))
    schemes = [read_scheme(home / name) if name.endswith(".toml") else name for name in plan["schemes"]]
    session = open_or_create(folder / "demo.corpus", schemes)
    try:
        result = yield from _pipeline(session, home, plan, folder)
    except BaseException:
        session.close()
        raise
    return session, result


def _pipeline(session: Session, home: Path, plan: dict[str, Any], folder: Path) -> Job[DemoResult]:
    with session.reading() as reader:
        recordings = reader.recordings()
    if not recordings:
        recordings = yield from part(_fill(session, home, plan), 0.0, 0.3)
        describe_corpus(
            session,
            title=plan["title"],
            description=plan["description"],
            version=plan["version"],
            licence=plan["license"],
            language=",".join(dict.fromkeys(r["language"] for r in plan["recordings"] if "language" in r)),
        )
    talks = [
        r for r in recordings if r.name in {e["file"] for e in plan["recordings"] if e["kind"] == "talk"}
    ]
    segmented = yield from part(segment_recordings(session, talks, method="vad"), 0.3, 0.4)
    boundaries = _compare_tiers(session, talks)
    agreement = yield from part(measure_agreement(session), 0.4, 0.55)
    consensus = (
        settle_consensus(session, "mood", "majority"),
        settle_consensus(session, "valence-arousal", "mean"),
        settle_consensus(session, "emotify-9", "majority"),
    )
    with session.reading() as reader:
        made = SPLIT in reader.split_names()
    if not made:
        keys, goal = plan["split"]["groups"], plan["split"]["stratify"]
        job = make_split(
            session, SPLIT, shares=fold_shares(FOLDS), group_keys=keys, stratify=goal, seed=SEED, folds=True
        )
        yield from part(job, 0.55, 0.6)
    audit = yield from part(audit_corpus(session, SPLIT), 0.6, 0.62)
    job_csv = export_corpus(session, folder / "demo-csv", format="csv")
    tables = yield from part(job_csv, 0.62, 0.66)
    job_clips = export_corpus(
        session, folder / "demo-audiofolder", format="audiofolder", split=SPLIT, clips="flac"
    )
    clips = yield from part(job_clips, 0.66, 0.75)
    trained = yield from part(
        train(
            session, features=FEATURES, model=MODEL, target=plan["split"]["target"], split=SPLIT, seed=SEED
        ),
        0.75,
        1.0,
    )
    return DemoResult(
        folder=session.folder,
        info=corpus_info(session),
        segmented=segmented,
        boundaries=boundaries,
        agreement=agreement,
        consensus=consensus,
        split=_parts(session, plan["split"]["target"]),
        audit=audit,
        exported=(tables, clips),
        trained=trained,
    )


def _fill(session: Session, home: Path, plan: dict[str, Any]) -> Job[list[Recording]]:
    """Adds the recordings with their groups, the transcripts and the ratings."""
    rules = [f"{key}=table:{home / table['file']}" for table in plan["tables"] for key in table["keys"]]
    files = [home / entry["file"] for entry in plan["recordings"]]
    added: Added = yield from part(add_recordings(session, files, groups=rules, copy=True), 0.0, 0.7)
    groups = {entry["file"]: entry.get("groups", {}) for entry in plan["recordings"]}
    named = [recording.with_groups(groups[recording.name]) for recording in added.recordings]
    session.transact(tr("Name the shows"), lambda transaction: transaction.put(*named))
    for entry in plan["recordings"]:
        if "transcript" in entry:
            job = import_file(
                session, home / entry["transcript"], format=entry["format"], recording=entry["file"]
            )
            yield from part(job, 0.7, 0.8)
    for n, entry in enumerate(plan["ratings"]):
        job = import_file(session, home / entry["file"], format="csv", scheme=entry["scheme"])
        yield from part(job, 0.8 + 0.2 * n / len(plan["ratings"]), 0.8 + 0.2 * (n + 1) / len(plan["ratings"]))
    with session.reading() as reader:
        return reader.recordings()


def _compare_tiers(session: Session, talks: Sequence[Recording]) -> BoundaryScores:
    """How well the automatic segments meet the sentences of the transcripts, at 200 ms."""
    with session.reading() as reader:
        tiers = {tier.name: tier.id for tier in reader.tiers()}
        spans: dict[str, list[tuple[float, float]]] = {"vad": [], "transcript": []}
        offset = 0.0
        for recording in talks:
            for name, found in spans.items():
                for segment in reader.segments(tier_id=tiers[name], recording_id=recording.id):
                    start, end = (
                        to_seconds(at, recording.sample_rate) for at in (segment.start, segment.end)
                    )
                    found.append((offset + start, offset + end))
            offset += recording.seconds + 10.0  # far enough apart that no boundary meets one of the next talk
    return boundary_scores(spans["transcript"], spans["vad"], tolerance=0.2)


def _parts(session: Session, target: str) -> dict[str, PartSummary]:
    with session.reading() as reader:
        split = reader.splits(SPLIT)[0]
        recordings = {recording.id: recording for recording in reader.recordings()}
        return summarise(split, reader.segments(), recordings, find_target(reader, target))
