"""Trainings that were kept: stored with all that is needed to repeat them, shown again, held against the corpus."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from annotator import __version__
from annotator.app.embeddings import asked_for
from annotator.app.problem import Material, gather
from annotator.app.session import Session
from annotator.app.training import Trained, Training
from annotator.domain.corpus import Run, Split, now
from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.scheme import Item
from annotator.domain.translation import tr
from annotator.features.sets import clip_features, clip_version, package_of
from annotator.learning.evaluate import Evaluation, Prediction


@dataclass(frozen=True)
class KeptRun:
    """A stored run with its result; `stale` says why it may not hold any more, in a sentence, or is empty."""

    id: str
    name: str
    created: str
    training: Training
    trained: Trained
    item: Item
    scheme: str
    split: Split
    stale: str

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "run": self.id,
            "name": self.name,
            "created": self.created,
            "stale": self.stale or None,
            "options": self.training.to_dict(),
            **self.trained.to_dict(),
        }


def store_run(session: Session, training: Training, trained: Trained, material: Material) -> str:
    """Keeps a training and gives its key. The same training on the same data is the same run: it is kept once."""
    options = {
        **training.to_dict(),
        "data": material.digest,
        "feature_version": clip_features(training.features).version,
        "split_id": material.split.id,
        "program": __version__,
    }
    split, item = material.split, material.target.item
    results = {
        **trained.to_dict(),
        "predictions": [asdict(one) for one in trained.evaluation.predictions],
        "item": {field.name: getattr(item, field.name) for field in fields(item)},
        "scheme": material.target.scheme.name,
        "split_about": {
            "id": split.id,
            "group_keys": list(split.group_keys),
            "part_names": list(split.part_names),
            "folds": bool(split.options.get("folds")),
        },
    }
    asked = {**options, "target": _full_name(training, material)}
    key = uuid.uuid5(uuid.NAMESPACE_OID, repr(sorted(asked.items()))).hex
    name = f"{training.target} · {training.model} · {training.features} · {training.split}"
    run = Run(key, name, _plain(options), _plain(results), now())
    with session.reading() as reader:
        known = reader.runs(key)
    if not known or _without_time(known[0]) != _without_time(run):
        session.transact(tr("Keep a training"), lambda transaction: transaction.put(run), undoable=False)
    return key


def _full_name(training: Training, material: Material) -> str:
    """The target with its scheme: an item is the same with and without it."""
    target = material.target
    if target.several is not None or not target.scheme.name:
        return training.target
    return f"{target.scheme.name}:{target.item.name}"


def kept_runs(session: Session) -> list[KeptRun]:
    """All stored runs, the oldest first, each held against what the corpus holds now."""
    with session.reading() as reader:
        runs = reader.runs()
        splits = {split.id for split in reader.splits()}
    digests: dict[tuple[str, str, bool], str | None] = {}
    return [_kept(session, run, splits, digests) for run in runs]


def find_run(session: Session, name: str) -> KeptRun:
    """A stored run by its key or the beginning of it; `last` is the newest."""
    runs = kept_runs(session)
    hits = runs[-1:] if name == "last" else [run for run in runs if run.id.startswith(name)]
    if len(hits) == 1 and name:
        return hits[0]
    if len(hits) > 1:
        raise AnnotatorError(
            tr('"{name}" is the beginning of {n} runs.', name=name, n=len(hits)), tr("Write more of its key.")
        )
    raise AnnotatorError(
        tr('The corpus has no run "{name}".', name=name), closest(name, [run.id[:8] for run in runs])
    )


def delete_run(session: Session, name: str) -> KeptRun:
    """Takes a stored run away; undo brings it back."""
    from annotator.storage.rows import Kind

    kept = find_run(session, name)
    session.transact(tr("Delete a training"), lambda transaction: transaction.remove(Kind.RUN, [kept.id]))
    return kept


def _kept(
    session: Session, run: Run, splits: set[str], digests: dict[tuple[str, str, bool], str | None]
) -> KeptRun:
    training, results = Training.from_dict(run.options), run.results
    about = results["split_about"]
    split = Split(
        id=about["id"],
        name=training.split,
        method="",
        seed=0,
        group_keys=tuple(about["group_keys"]),
        parts={},
        groups={},
        options={"folds": about["folds"], "shares": dict.fromkeys(about["part_names"], 0.0)},
    )
    item = Item(**{**results["item"], "labels": tuple(results["item"]["labels"])})
    stale = _stale(session, run, training, splits, digests)
    return KeptRun(
        run.id,
        run.name,
        run.created,
        training,
        _trained(run.id, results),
        item,
        results["scheme"],
        split,
        stale,
    )


def _stale(
    session: Session,
    run: Run,
    training: Training,
    splits: set[str],
    digests: dict[tuple[str, str, bool], str | None],
) -> str:
    if run.options["split_id"] not in splits:
        return tr('The split "{split}" is not in the corpus any more.', split=training.split)
    if not asked_for(training.features):
        return tr(
            "It needs the package {package}, which has not been asked for here.",
            package=package_of(training.features),
        )
    try:
        version = clip_version(training.features)
    except AnnotatorError:
        return tr('The feature set "{set}" is not there any more.', set=training.features)
    if version != run.options["feature_version"]:
        return tr('The feature set "{set}" is defined in another way by now.', set=training.features)
    asked = (training.target, training.split, training.skip_missing)
    if asked not in digests:
        try:
            target, split, skip = asked
            digests[asked] = gather(session, target, split, with_sound=skip).digest
        except AnnotatorError:
            digests[asked] = None
    if digests[asked] != run.options["data"]:
        return tr("Ratings, segments or recordings have changed since this training.")
    return ""


def _trained(key: str, results: Mapping[str, Any]) -> Trained:
    names = {field.name for field in fields(Evaluation)}
    evaluation = Evaluation(
        **{name: value for name, value in results.items() if name in names and name != "predictions"},
        predictions=tuple(Prediction(**one) for one in results["predictions"]),
    )
    given = {field.name: results.get(field.name) for field in fields(Trained)}
    return Trained(
        **{
            **given,
            "evaluation": evaluation,
            "origin": results["labels_from"],
            "saved": None,
            "run": key,
            "warnings": tuple(results.get("warnings", ())),
        }
    )


def outcome(trained: Trained) -> Any:
    """All that a training found, to be compared with what it finds again."""
    return _plain(
        {**trained.evaluation.to_dict(), "predictions": [asdict(p) for p in trained.evaluation.predictions]}
    )


def _without_time(run: Run) -> Any:
    return (run.id, run.name, _plain(run.options), _plain(run.results))


def _plain(value: Any) -> Any:
    """Data as it comes back from the database: lists for tuples, text for keys."""
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, list | tuple) else value
