"""What the raters together say of each segment, as one set of label columns for training.

A corpus may hold several consensus methods for one scheme. Columns take, per scheme, the decisions of a person
first, then one method, the first in `METHODS` that was used; shares per category come from that method, or from
`soft`. Segments without a consensus have the labels their data set came with. Where a scheme has neither and nobody
gave a second opinion on any segment, the single ratings are the labels.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from annotator.domain.corpus import Annotation, Consensus, Rater, Value
from annotator.domain.scheme import Item, Scheme
from annotator.domain.trace import corrected
from annotator.exchange.bundle import ExportData

ADJUDICATED = "adjudicated"
REFERENCE = "reference"
SOFT = "soft"

SINGLE = "single"

#: Methods in order of preference: the plain ones, which training takes too, before the models, shares alone last.
METHODS = ("majority", "plurality", "mean", "median", "ewe", "dawid-skene", "mean-trace", SOFT)


@dataclass(frozen=True, slots=True)
class Label:
    """The settled answers to one scheme for one segment, raw as the raters gave them, and where they are from."""

    values: Mapping[str, Value]
    method: str
    distributions: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    uncertainty: Mapping[str, float] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing is settled: no value and no shares."""
        return not any(self.distributions.values()) and all(value is None for value in self.values.values())


def preferred_method(methods: Iterable[str]) -> str | None:
    """The method whose values become labels, `None` where there is none.

    >>> preferred_method({"soft", "majority"})
    'majority'
    """
    known = {name: rank for rank, name in enumerate(METHODS)}
    # A method from elsewhere is somebody's own choice and comes before ours.
    return min(methods, key=lambda name: (known.get(name, -1), name), default=None)


def settle(data: ExportData) -> dict[str, dict[str, Label]]:
    """Labels by scheme name and segment id; schemes without any are absent."""
    settled: dict[str, dict[str, Label]] = {}
    for scheme in data.schemes:
        given = _first_answers(data, scheme.name)
        labels = _references(data, given)
        labels |= _consensus([one for one in data.consensus if one.scheme == scheme.name])
        labels = labels or _single(data, given)
        labels = {segment: label for segment, label in labels.items() if not label.empty}
        if labels:
            settled[scheme.name] = labels
    return settled


def _first_answers(data: ExportData, scheme: str) -> list[Annotation]:
    """Answers that stand, without those given again to measure self-agreement."""
    return [a for a in data.annotations if a.scheme == scheme and a.repeat == 0 and not a.withdrawn]


def measured(data: ExportData, scheme: str, values: Mapping[str, Value]) -> Mapping[str, Value]:
    """An answer as labels are made of it: of traces the means."""
    return data.scheme_of[scheme].measured_values(values)


def _references(data: ExportData, given: list[Annotation]) -> dict[str, Label]:
    references = {rater.id for rater in data.raters if rater.kind == "reference"}
    return {
        one.segment_id: Label(measured(data, one.scheme, one.values), REFERENCE)
        for one in given
        if one.rater_id in references
    }


def _single(data: ExportData, given: list[Annotation]) -> dict[str, Label]:
    labels = {one.segment_id: Label(measured(data, one.scheme, one.values), SINGLE) for one in given}
    return labels if len(labels) == len(given) else {}


def _consensus(found: list[Consensus]) -> dict[str, Label]:
    by_method: dict[str, dict[str, Consensus]] = {}
    for one in found:
        by_method.setdefault(one.method, {})[one.segment_id] = one
    adjudicated = by_method.get(ADJUDICATED, {})
    method = preferred_method(by_method.keys() - {ADJUDICATED})
    derived = by_method[method] if method else {}
    soft = by_method.get(SOFT, {})
    labels = {}
    for segment in dict.fromkeys([*derived, *adjudicated]):
        source = adjudicated.get(segment) or derived[segment]
        shares = source.distributions or (soft[segment].distributions if segment in soft else {})
        # A decision may concern some of the items; the others stay as the raters settled them.
        values = {**derived[segment].values, **source.values} if segment in derived else source.values
        unsure = derived[segment].uncertainty if segment in derived else {}
        if segment in adjudicated:  # what a person decided is settled
            unsure = {**unsure, **dict.fromkeys(source.values, 0.0)}
        labels[segment] = Label(values, source.method, shares, unsure)
    return labels


def oriented(item: Item, value: Value) -> Value:
    """A value of a scale so that high means pleasant, excited or dominant; other values as they are.

    Of traces every step, with the rater's delay taken out.

    >>> oriented(Item("valence", "integer", minimum=1, maximum=9, direction=-1), 2)
    8
    """
    if isinstance(value, list):
        trace = corrected(value, item.rate, item.lag)
        return [step if step is None else item.oriented(step) for step in trace]
    if not item.numeric or value is None or isinstance(value, str | bool) or item.direction > 0:
        return value
    turned = item.oriented(value)
    return int(turned) if item.type == "integer" and turned == int(turned) else turned


def oriented_shares(item: Item, shares: Mapping[str, float]) -> dict[str, float]:
    """Shares per category, those of a scale's steps under the steps that `oriented` makes of them."""
    if not item.numeric or item.direction > 0:
        return dict(shares)
    return {str(oriented(item, item.parse(step))): share for step, share in shares.items()}


def pseudonyms(raters: Sequence[Rater]) -> dict[str, str]:
    """Names that may leave the house, by rater id: people are R1, R2, ... in the order of their ids.

    Those who decide where others differ are A1, A2, ... Reference labels and models are no people and keep their names.

    >>> pseudonyms([Rater("b", "Anna"), Rater("a", "Bo"), Rater("c", "reference", "reference")])
    {'a': 'R1', 'b': 'R2', 'c': 'reference'}
    """
    names: dict[str, str] = {}
    for kind, letter in (("human", "R"), ("adjudicator", "A")):
        people = sorted(rater.id for rater in raters if rater.kind == kind)
        names |= {id_: f"{letter}{number}" for number, id_ in enumerate(people, start=1)}
    return names | {rater.id: rater.name for rater in raters if rater.id not in names}


def methods_used(labels: Iterable[Label]) -> dict[str, int]:
    """How many labels each method settled, most first."""
    return dict(Counter(label.method for label in labels).most_common())


def column_names(schemes: Iterable[Scheme], taken: Iterable[str]) -> dict[tuple[str, str], str]:
    """Column of every (scheme, item): the item's name, with the scheme before it where that is not unique."""
    pairs = [(scheme.name, item.name) for scheme in schemes for item in scheme.measured().items]
    uses = Counter([name for _, name in pairs] + list(taken))
    return {(scheme, item): item if uses[item] == 1 else f"{scheme}.{item}" for scheme, item in pairs}
