"""Settling what the raters together say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotator.agreement.consensus import (
    Settled,
    TiePolicy,
    entropy,
    ewe,
    majority,
    mean,
    median,
    plurality,
    soft,
)
from annotator.agreement.dawid_skene import dawid_skene
from annotator.agreement.disagreement import spread
from annotator.app.ratings_table import categories_of, decode, rating_table
from annotator.app.session import Session, find_scheme
from annotator.domain.corpus import Consensus, Value
from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import Registry
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr
from annotator.storage.rows import Kind, consensus_id
from annotator.storage.writer import Transaction


@dataclass(frozen=True, slots=True)
class Method:
    """A consensus rule: what people call it, which items it fits, its function of `Ratings`, and the names of the
    further options that the function takes."""

    label: Callable[[], str]
    fits: Callable[[Item], bool]
    settle: Callable[..., Settled]
    options: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the rule is called, for people."""
        return self.label()


def _has_categories(item: Item) -> bool:
    return item.type != "number"


def _has_numbers(item: Item) -> bool:
    return item.numeric


CONSENSUS_METHODS: Registry[Method] = Registry("annotator.consensus", "consensus method")
CONSENSUS_METHODS.add(
    "majority",
    Method(lambda: tr("Most frequent category"), _has_categories, majority, ("ties", "above", "seed")),
)
CONSENSUS_METHODS.add(
    "plurality",
    Method(lambda: tr("Most frequent category, or no agreement"), _has_categories, plurality, ("above",)),
)
CONSENSUS_METHODS.add("soft", Method(lambda: tr("Share of each category"), _has_categories, soft))
CONSENSUS_METHODS.add("mean", Method(lambda: tr("Mean of the numbers"), _has_numbers, mean))
CONSENSUS_METHODS.add("median", Method(lambda: tr("Median of the numbers"), _has_numbers, median))
CONSENSUS_METHODS.add("ewe", Method(lambda: tr("Mean weighted by reliability (EWE)"), _has_numbers, ewe))
CONSENSUS_METHODS.add(
    "dawid-skene",
    Method(lambda: tr("Raters' errors modelled (Dawid-Skene)"), _has_categories, dawid_skene),
)


@dataclass(frozen=True, slots=True)
class ConsensusResult:
    """How many segments were settled; `undecided` are those without a value on some item, by a tie or otherwise,
    `no_agreement` those of them where it was not a tie but too small a share."""

    scheme: str
    method: str
    segments: int
    ties: int
    undecided: int
    items: tuple[str, ...]
    left_out: tuple[str, ...]
    no_agreement: int = 0
    warnings: tuple[str, ...] = ()


def settle_consensus(
    session: Session,
    scheme: str | None,
    method: str,
    *,
    ties: TiePolicy | None = None,
    above: float | None = None,
    seed: int | None = None,
) -> ConsensusResult:
    """Settles all items of a scheme that the method fits, replacing what it settled before; can be undone.

    Parameters
    ----------
    ties, above, seed
        As `majority` and `plurality` take them; their own defaults where not given. Raises `AnnotatorError` where
        the method does not take one that is given.
    """
    chosen = CONSENSUS_METHODS[method]
    options = _options(method, chosen, {"ties": ties, "above": above, "seed": seed})
    with session.reading() as reader:
        instrument = find_scheme(reader, scheme).measured()
        table = rating_table(reader, instrument.name, "none")
    if not len(table.units):
        raise AnnotatorError(
            tr('Nobody has rated with the scheme "{scheme}" yet.', scheme=instrument.name),
            tr("Rate in the window, or import ratings."),
        )
    fitting = [item for item in instrument.items if chosen.fits(item)]
    if not fitting:
        good = [name for name, entry in CONSENSUS_METHODS.items() if any(map(entry.fits, instrument.items))]
        raise AnnotatorError(
            tr('The method "{method}" fits no item of {scheme}.', method=method, scheme=instrument.name),
            tr("Use {methods}.", methods=tr(" or ").join(good)),
        )
    settled = {item: chosen.settle(table.of(item), **options) for item in fitting}
    rows = [
        _row(segment, unit, instrument.name, method, settled)
        for unit, segment in enumerate(table.segment_ids)
    ]

    def write(transaction: Transaction) -> None:
        kept = {consensus_id(row.segment_id, row.scheme, row.method) for row in rows}
        held = transaction.consensus(instrument.name, method)
        stale = [consensus_id(row.segment_id, row.scheme, row.method) for row in held]
        transaction.remove(Kind.CONSENSUS, [key for key in stale if key not in kept])
        transaction.put(*rows)

    session.transact(tr("Settle a consensus of {scheme}", scheme=instrument.title), write)
    return ConsensusResult(
        scheme=instrument.name,
        method=method,
        segments=len(rows),
        ties=sum(bool(row.ties) for row in rows),
        undecided=sum(any(value is None for value in row.values.values()) for row in rows),
        items=tuple(item.name for item in fitting),
        left_out=tuple(item.name for item in instrument.items if item not in fitting),
        no_agreement=sum(_no_agreement(row) for row in rows),
        warnings=tuple(
            tr("{item}: {warning}", item=item.title or item.name, warning=warning)
            for item, found in settled.items()
            for warning in found.warnings
        ),
    )


def _options(method: str, chosen: Method, given: Mapping[str, Any]) -> dict[str, Any]:
    options = {name: value for name, value in given.items() if value is not None}
    for name in options:
        if name not in chosen.options:
            good = [other for other, entry in CONSENSUS_METHODS.items() if name in entry.options]
            raise AnnotatorError(
                tr('The method "{method}" has no option "{name}".', method=method, name=name),
                tr("Leave it out, or use {methods}.", methods=tr(" or ").join(good)),
            )
    return options


def _no_agreement(row: Consensus) -> bool:
    """Whether an item was rated, is without a value, and not for a tie."""
    return any(
        value is None and row.counts[item] > 0 and item not in row.ties for item, value in row.values.items()
    )


def consensus_uncertainty(session: Session, scheme: str, method: str) -> dict[str, dict[str, float | None]]:
    """How unsure each settled value is, by segment and item.

    Of categories the entropy of the kept shares over that of level ones: 0 unanimous (or, of a model, certain), 1 all
    categories level. Of items on a scale the standard deviation (divisor n - 1) of the ratings as they are now,
    `None` for a single one.
    """
    with session.reading() as reader:
        instrument = find_scheme(reader, scheme).measured()
        rows = reader.consensus(instrument.name, method)
        table = rating_table(reader, instrument.name, "none")
    unsure: dict[str, dict[str, float | None]] = {row.segment_id: {} for row in rows}
    for item in instrument.items:
        if item.numeric:
            found = spread(table.of(item), "interval").tolist()
            by_segment = dict(zip(table.segment_ids, found, strict=False))
        else:
            shares = [
                [row.distributions.get(item.name, {}).get(c, 0.0) for c in item.categories] for row in rows
            ]
            found = entropy(np.array(shares).reshape(len(rows), len(item.categories))).tolist()
            by_segment = dict(zip((row.segment_id for row in rows), found, strict=True))
        for row in rows:
            if item.name in row.values:
                value = by_segment.get(row.segment_id, np.nan) if row.counts.get(item.name) else np.nan
                unsure[row.segment_id][item.name] = None if np.isnan(value) else value
    return unsure


@dataclass(frozen=True, slots=True)
class SettledState:
    """What is settled of a scheme by one method, as it stands; `undecided` as in `ConsensusResult`."""

    scheme: Scheme
    method: str
    segments: int
    ties: int
    undecided: int


def settled_states(session: Session) -> tuple[SettledState, ...]:
    """All that is settled in the corpus, by scheme and method."""
    with session.reading() as reader:
        found = [
            (scheme.measured(), method, reader.consensus(scheme.name, method))
            for scheme in reader.schemes()
            for method in reader.consensus_methods(scheme.name)
        ]
    return tuple(
        SettledState(
            scheme=scheme,
            method=method,
            segments=len(rows),
            ties=sum(bool(row.ties) for row in rows),
            undecided=sum(any(value is None for value in row.values.values()) for row in rows),
        )
        for scheme, method, rows in found
    )


def _row(segment: str, unit: int, scheme: str, method: str, settled: dict[Item, Settled]) -> Consensus:
    values: dict[str, Value] = {}
    distributions: dict[str, dict[str, float]] = {}
    counts: dict[str, int] = {}
    ties: list[str] = []
    for item, found in settled.items():
        given = unit < len(found.value)  # an item that nobody answered on the last segments
        values[item.name] = decode(item, float(found.value[unit])) if given else None
        counts[item.name] = int(found.counts[unit]) if given else 0
        if given and found.ties[unit]:
            ties.append(item.name)
        if given and found.distribution.shape[1] and counts[item.name]:
            shares = zip(categories_of(item), found.distribution[unit].tolist(), strict=True)
            distributions[item.name] = {category: share for category, share in shares if share > 0}
    return Consensus(segment, scheme, method, values, distributions, counts, tuple(ties))
