"""How much it matters that a split keeps groups together: what a naive random split would have claimed."""

from dataclasses import dataclass
from typing import Any

from annotator.app.classes import items_named
from annotator.app.session import Session, find_split
from annotator.app.targets import find_target
from annotator.app.train import Trained, train
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, part
from annotator.domain.translation import tr

#: Differences below this are what another seed could change.
_SMALL = 0.01


@dataclass(frozen=True)
class NaiveComparison:
    """One baseline under a split and under a naive random one of the same sizes.

    `metric` is `uar` (unweighted average recall) for categories and `ccc` (concordance) for numbers, larger is better.
    `interval` is the 95 % interval of `value`; `difference` is what the naive split claims beyond it. Undefined figures
    are `None`, with the `reason`.
    """

    trained: Trained
    metric: str
    value: float | None
    interval: tuple[float | None, float | None]
    naive: float | None
    reason: str = ""

    @property
    def difference(self) -> float | None:
        """The naive figure less that of the split."""
        return None if self.value is None or self.naive is None else self.naive - self.value

    @property
    def sentence(self) -> str:
        """The comparison in words."""
        if self.value is None or self.naive is None:
            return tr("The two cannot be compared. {reason}", reason=self.reason)
        told = {
            "metric": metric_title(self.metric),
            "value": f"{self.value:.2f}",
            "naive": f"{self.naive:.2f}",
        }
        difference = self.naive - self.value
        if difference > _SMALL:
            return tr(
                "Under this split the baseline reaches {metric} {value}. A naive random split of the same sizes would "
                "have claimed {naive}: {difference} more, by groups that stand on both of its sides.",
                difference=f"{difference:.2f}",
                **told,
            )
        return tr(
            "Under this split the baseline reaches {metric} {value}; a naive random split of the same sizes gives "
            "{naive}, no more. This baseline does not profit from groups on both sides; a stronger one may.",
            **told,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "split": self.trained.split,
            "target": self.trained.target,
            "features": self.trained.features,
            "model": self.trained.model,
            "metric": self.metric,
            "value": self.value,
            "ci": list(self.interval),
            "naive": self.naive,
            "difference": self.difference,
            "reason": self.reason or None,
            "text": self.sentence,
        }


def metric_title(metric: str) -> str:
    """What a metric is called."""
    return {"uar": tr("an average recall of"), "ccc": tr("a concordance of")}[metric]


def compare_with_naive(
    session: Session,
    split: str,
    *,
    target: str | None = None,
    features: str = "lowlevel",
    model: str | None = None,
    seed: int = 0,
    replicates: int = 1000,
) -> Job[NaiveComparison]:
    """Trains a baseline under a split and under random folds of the same sizes that ignore groups.

    Parameters
    ----------
    target
        What is learned, as `train` takes it; by default the first item that the split was stratified on.
    model
        By default logistic regression for categories and ridge regression for numbers.
    """
    with session.reading() as reader:
        frozen = find_split(reader, split)
        items = items_named(reader, frozen.options.get("stratify"))
        wanted = target or (items[0] if items else None)
        if wanted is None:
            raise AnnotatorError(
                tr('The split "{name}" was not stratified on anything that could be learned.', name=split),
                tr("Name what the baseline is to learn."),
            )
        numeric = find_target(reader, wanted).item.numeric
    trained = yield from part(
        train(
            session,
            features=features,
            model=model or ("ridge" if numeric else "logistic-regression"),
            target=wanted,
            split=split,
            seed=seed,
            replicates=replicates,
        ),
        0.0,
        1.0,
    )
    metric = "ccc" if numeric else "uar"
    estimate, naive = trained.evaluation.overall[metric], trained.evaluation.ungrouped
    low, high = estimate["ci"]
    reason = "" if estimate["value"] is not None else str(estimate.get("reason", ""))
    if naive.get(metric) is None and not reason:
        reason = str(naive["reasons"][metric])
    return NaiveComparison(trained, metric, estimate["value"], (low, high), naive.get(metric), reason)
