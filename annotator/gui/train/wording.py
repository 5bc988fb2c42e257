"""What a training says in words: its metrics, and the sentences that give a figure its meaning."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from annotator.domain.scheme import Item
from annotator.domain.translation import tr
from annotator.gui.numbers import number, percent
from annotator.learning.evaluate import Evaluation

#: Differences below this, in the metric's own unit, are not worth a sentence.
_SMALL = 0.02


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of merit as people read it; `percent` where it is a share of cases or of classes."""

    name: str
    title: str
    meaning: str
    percent: bool = False
    larger_is_better: bool = True

    def text(self, value: float | None) -> str:
        """The value for people, a dash where it is undefined."""
        if value is None:
            return "–"
        return percent(value) if self.percent else number(value)

    def span(self, interval: tuple[float, float]) -> str:
        """An interval for people."""
        low, high = interval
        if self.percent:
            return tr("{low} to {high}", low=f"{low * 100:.0f}", high=percent(high))
        return tr("{low} to {high}", low=number(low), high=number(high))


def special_options(options: Mapping[str, Any]) -> list[str]:
    """What a training was asked beyond the usual, in words.

    >>> special_options({"seed": 1, "search": False, "augment": ["noise=20"]})
    ['seed 1', 'with noise=20']
    """
    found = []
    if seed := options.get("seed"):
        found.append(tr("seed {seed}", seed=seed))
    if options.get("class_weight", "balanced") != "balanced":
        found.append(tr("classes as frequent as they are"))
    for name, text in (
        ("search", tr("settings searched")),
        ("curve", tr("learning curve")),
        ("importance", tr("feature families")),
        ("skip_missing", tr("without missing sound")),
        ("start", tr("from another network")),
    ):
        if options.get(name):
            found.append(text)
    if changes := options.get("augment"):
        found.append(tr("with {changes}", changes=", ".join(changes)))
    if seconds := options.get("slice_seconds"):
        found.append(tr("with pieces of {seconds:g} s", seconds=seconds))
    return found


def metrics(task: str) -> tuple[Metric, ...]:
    """The metrics of a task in the order in which they are offered; the first is the one that counts."""
    if task == "labels":
        return (
            Metric(
                "macro_f1",
                tr("Macro F1"),
                tr(
                    "Mean over the labels of F1, which asks both for finding a label and for not crying wolf."
                ),
            ),
            Metric(
                "micro_f1", tr("Micro F1"), tr("F1 over all labels together: frequent labels count most.")
            ),
            Metric(
                "hamming",
                tr("Hamming loss"),
                tr("Share of all yes-or-no decisions that are wrong: smaller is better."),
                percent=True,
                larger_is_better=False,
            ),
        )
    if task == "shares":
        return (
            Metric("cosine", tr("Cosine"), tr("How alike the shares are: 1 where they have one direction.")),
            Metric(
                "kl",
                tr("KL divergence"),
                tr("What the model's shares lose of the people's, in nats: smaller is better."),
                larger_is_better=False,
            ),
        )
    if task == "regression":
        return (
            Metric(
                "ccc",
                tr("CCC"),
                tr(
                    "Concordance: 1 where the model gives the people's own numbers, 0 where it knows nothing."
                ),
            ),
            Metric(
                "pearson",
                tr("Pearson's r"),
                tr("Correlation: like concordance, but blind to a wrong level or a wrong spread."),
            ),
            Metric(
                "rmse",
                tr("RMSE"),
                tr("Root mean square error, in steps of the scale: smaller is better."),
                larger_is_better=False,
            ),
        )
    return (
        Metric(
            "uar",
            tr("UAR"),
            tr("Average recall: the mean of the shares found of each class. Rare classes count alike."),
            percent=True,
        ),
        Metric(
            "accuracy",
            tr("Accuracy"),
            tr("Share of segments predicted right. Frequent classes count most."),
            percent=True,
        ),
        Metric(
            "macro_f1",
            tr("Macro F1"),
            tr("Mean over the classes of F1, which asks both for finding a class and for not crying wolf."),
        ),
    )


def in_sentence(title: str) -> str:
    """A title as it stands within a sentence: abbreviations keep their capitals.

    >>> in_sentence("Joyful activation"), in_sentence("GEMS factor")
    ('joyful activation', 'GEMS factor')
    """
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def estimate(evaluation: Evaluation, metric: Metric) -> tuple[float | None, tuple[float, float] | None, str]:
    """The model's value, its 95 % interval, and why one of them is missing."""
    entry = evaluation.overall[metric.name]
    low, high = entry["ci"]
    return entry["value"], None if low is None else (low, high), entry.get("reason", "")


def reference(entry: dict[str, Any], metric: Metric) -> tuple[float | None, str]:
    """A value that stands beside the model's, and why it is missing."""
    return entry.get(metric.name), entry.get("reasons", {}).get(metric.name, "")


def unheard(group_keys: tuple[str, ...]) -> str:
    """What the model had never met in training, in words.

    >>> unheard(("speaker",)), unheard(("artist", "speaker"))
    ('on voices it never heard', 'on artists and voices it never heard')
    """
    known = {
        "speaker": tr("voices"), "actor": tr("voices"), "song": tr("songs"), "artist": tr("artists"),
        "album": tr("albums"), "show": tr("shows"), "episode": tr("episodes"), "recording": tr("recordings"),
    }  # fmt: skip
    things = list(dict.fromkeys(known.get(key, tr('groups by "{key}"', key=key)) for key in group_keys))
    if not things:
        return tr("on segments it never heard")
    return tr("on {things} it never heard", things=tr(" and ").join(things))


def headline(evaluation: Evaluation, metric: Metric, item: Item, group_keys: tuple[str, ...]) -> str:
    """The result in one sentence."""
    value, _, reason = estimate(evaluation, metric)
    where = unheard(group_keys)
    if value is None:
        return tr("{metric} is undefined here: {reason}.", metric=metric.title, reason=reason)
    title = in_sentence(item.title or item.name)
    thing = tr('answer to "{item}"', item=title) if item.type == "boolean" else title
    told = {"item": title, "thing": thing, "figure": metric.text(value), "where": where}
    sentences = {
        "accuracy": tr("The model finds the right {thing} in {figure} of cases {where}.", **told),
        "uar": tr(
            "The model finds the right {thing} in {figure} of cases, every class counting alike, {where}.",
            **told,
        ),
        "macro_f1": tr("The model reaches a mean F1 of {figure} over the classes of {item} {where}.", **told),
        "micro_f1": tr("The model reaches an F1 of {figure} over all labels of {item} {where}.", **told),
        "hamming": tr("The model is wrong in {figure} of the decisions on {item} {where}.", **told),
        "cosine": tr("The model's shares of {item} are alike to the people's by {figure} {where}.", **told),
        "kl": tr("The model's shares of {item} lose {figure} nats of the people's {where}.", **told),
        "ccc": tr(
            "The model's {item} agrees with the people's at a concordance of {figure} {where}.", **told
        ),
        "pearson": tr("The model's {item} correlates with the people's at {figure} {where}.", **told),
        "rmse": tr("The model misses the people's {item} by {figure} {where}.", **told),
    }
    return sentences[metric.name]


def surroundings(evaluation: Evaluation, metric: Metric) -> str:
    """What guessing, one person and a leaky split reach, as sentences after the headline."""
    parts: list[str] = []
    chance, _ = reference(evaluation.chance, metric)
    if chance is not None:
        parts.append(tr("Guessing reaches {figure}.", figure=metric.text(chance)))
    people, _ = reference(evaluation.human_ceiling, metric)
    if people is not None:
        parts.append(tr("One person against the others: {figure}.", figure=metric.text(people)))
    leaky, _ = reference(evaluation.ungrouped, metric)
    value, _, _ = estimate(evaluation, metric)
    if leaky is not None and value is not None:
        gain = leaky - value if metric.larger_is_better else value - leaky
        if gain > _SMALL:
            sentence = tr(
                "A random split that ignores groups would have claimed {figure}.", figure=metric.text(leaky)
            )
        else:
            sentence = tr(
                "A random split that ignores groups gives {figure}, no better than this.",
                figure=metric.text(leaky),
            )
        parts.append(sentence)
    return " ".join(parts)


def verdict(evaluation: Evaluation, metric: Metric) -> tuple[str, Literal["positive", "warning", "muted"]]:
    """Whether the model beats what needs no learning, and the role in which to write it."""
    value, interval, reason = estimate(evaluation, metric)
    if value is None:
        return "", "muted"
    if interval is None:
        return tr("No interval: {reason}.", reason=reason), "muted"
    bars = [reference(entry, metric)[0] for entry in (evaluation.chance, evaluation.majority)]
    known = [bar for bar in bars if bar is not None]
    span = metric.span(interval)
    if not known:
        return tr("95 % interval: {span}.", span=span), "muted"
    beaten = interval[0] > max(known) if metric.larger_is_better else interval[1] < min(known)
    if beaten:
        return tr("Better than what needs no learning: the 95 % interval is {span}.", span=span), "positive"
    return (
        tr("Not clearly better than what needs no learning: the 95 % interval is {span}.", span=span),
        "warning",
    )
