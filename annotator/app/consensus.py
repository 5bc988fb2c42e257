"""Settling what the raters together say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotator.agreement.consensus import (
    Settled,
    TiePolicy,
    ewe,
    majority,
    mean,
    median,
    numbers_apart,
    plurality,
    shares_apart,
    soft,
)
from annotator.agreement.dawid_skene import dawid_skene
from annotator.agreement.ratings import Floats, Ratings
from annotator.app.policy import require_open
from annotator.app.ratings_table import RatingsTable, categories_of, decode_all, rating_table
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
    """A consensus rule: what people call it, which items it fits, its function of `Ratings`, the names of the further
    options that the function takes, and how unsure what it settled is (a function of `Ratings` and `Settled`)."""

    label: Callable[[], str]
    fits: Callable[[Item], bool]
    settle: Callable[..., Settled]
    options: tuple[str, ...] = ()
    unsure: Callable[[Ratings, Settled], Floats] = shares_apart

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
CONSENSUS_METHODS.add(
    "mean", Method(lambda: tr("Mean of the numbers"), _has_numbers, mean, (), numbers_apart)
)
CONSENSUS_METHODS.add(
    "median", Method(lambda: tr("Median of the numbers"), _has_numbers, median, (), numbers_apart)
)
CONSENSUS_METHODS.add(
    "ewe", Method(lambda: tr("Mean weighted by reliability (EWE)"), _has_numbers, ewe, (), numbers_apart)
)
CONSENSUS_METHODS.add(
    "dawid-skene",
    Method(lambda: tr("Raters' errors modelled (Dawid-Skene)"), _has_categories, dawid_skene),
)


@dataclass(frozen=True, slots=True)
class ConsensusResult:
    """How many segments were settled; `undecided` are those without a value on some item, by a tie or otherwise,
    `no_agreement` those of them where it was not a tie but too small a share. `uncertainty` is the mean of each item's.

    Of values that were counted or modelled that is the entropy of the shares over that of level ones: 0 unanimous (or,
    of a model, certain), 1 all categories level. Of means and medians it is the standard deviation (divisor n - 1) of
    the ratings, which a single rating does not have.
    """

    scheme: str
    method: str
    segments: int
    ties: int
    undecided: int
    items: tuple[str, ...]
    left_out: tuple[str, ...]
    no_agreement: int = 0
    warnings: tuple[str, ...] = ()
    uncertainty: Mapping[str, float | None] = field(default_factory=dict)


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
        require_open(reader)
        instrument = find_scheme(reader, scheme).measured()
        table = rating_table(reader, instrument.name, "none", ids=True)
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
    unsure = {item: chosen.unsure(table.of(item), found) for item, found in settled.items()}
    rows = _rows(instrument.name, method, table, settled, unsure)

    def write(transaction: Transaction) -> None:
        kept = set(table.segment_ids)
        held = {row.segment_id for row in transaction.consensus(instrument.name, method)}
        stale = [consensus_id(segment, instrument.name, method) for segment in sorted(held - kept)]
        transaction.remove(Kind.CONSENSUS, stale)
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
        uncertainty={
            item.name: None if np.isnan(found).all() else float(np.nanmean(found))
            for item, found in unsure.items()
        },
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


def _rows(
    scheme: str,
    method: str,
    table: RatingsTable,
    settled: Mapping[Item, Settled],
    unsure: Mapping[Item, Floats],
) -> list[Consensus]:
    """One row a segment. Items that nobody answered on the last segments have shorter arrays."""
    n = len(table.segment_ids)
    values: list[dict[str, Value]] = [{} for _ in range(n)]
    distributions: list[dict[str, dict[str, float]]] = [{} for _ in range(n)]
    counts: list[dict[str, int]] = [{} for _ in range(n)]
    uncertainty: list[dict[str, float]] = [{} for _ in range(n)]
    ties: list[tuple[str, ...]] = [()] * n
    for item, found in settled.items():
        name, missing = item.name, n - len(found.value)
        told = decode_all(item, found.value) + [None] * missing
        given = found.counts.tolist() + [0] * missing
        for unit in range(n):
            values[unit][name] = told[unit]
            counts[unit][name] = given[unit]
        for unit in np.flatnonzero(found.ties).tolist():
            ties[unit] = (*ties[unit], name)
        doubt = unsure[item].tolist()
        for unit in np.flatnonzero(~np.isnan(unsure[item])).tolist():
            uncertainty[unit][name] = doubt[unit]
        _add_shares(item, found, distributions)
    return [
        Consensus(segment, scheme, method, *parts)
        for segment, *parts in zip(
            table.segment_ids, values, distributions, counts, ties, uncertainty, table.sources(), strict=True
        )
    ]


def _add_shares(item: Item, found: Settled, distributions: list[dict[str, dict[str, float]]]) -> None:
    """Puts the share of each category above 0 into the rows of the segments that have ratings."""
    if not found.distribution.shape[1]:
        return
    names = categories_of(item)
    kept: dict[int, dict[str, float]] = {unit: {} for unit in np.flatnonzero(found.counts).tolist()}
    units, codes = np.nonzero(found.distribution)
    shares = found.distribution[units, codes]
    for unit, code, share in zip(units.tolist(), codes.tolist(), shares.tolist(), strict=True):
        kept[unit][names[code]] = share
    for unit, given in kept.items():
        distributions[unit][item.name] = given
