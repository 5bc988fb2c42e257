"""Settling what the raters together say."""

from collections.abc import Callable
from dataclasses import dataclass

from annotator.agreement.consensus import Settled, majority, mean, median, soft
from annotator.agreement.ratings import Ratings
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
    """A consensus rule: what people call it, which items it fits, and its function."""

    label: Callable[[], str]
    fits: Callable[[Item], bool]
    settle: Callable[[Ratings], Settled]

    @property
    def title(self) -> str:
        """What the rule is called, for people."""
        return self.label()


def _has_categories(item: Item) -> bool:
    return item.type != "number"


def _has_numbers(item: Item) -> bool:
    return item.numeric


CONSENSUS_METHODS: Registry[Method] = Registry("annotator.consensus", "consensus method")
CONSENSUS_METHODS.add("majority", Method(lambda: tr("Most frequent category"), _has_categories, majority))
CONSENSUS_METHODS.add("soft", Method(lambda: tr("Share of each category"), _has_categories, soft))
CONSENSUS_METHODS.add("mean", Method(lambda: tr("Mean of the numbers"), _has_numbers, mean))
CONSENSUS_METHODS.add("median", Method(lambda: tr("Median of the numbers"), _has_numbers, median))


@dataclass(frozen=True, slots=True)
class ConsensusResult:
    """How many segments were settled; `undecided` are those without a value on some item, by a tie or otherwise."""

    scheme: str
    method: str
    segments: int
    ties: int
    undecided: int
    items: tuple[str, ...]
    left_out: tuple[str, ...]


def settle_consensus(session: Session, scheme: str | None, method: str) -> ConsensusResult:
    """Settles all items of a scheme that the method fits, replacing what it settled before; can be undone."""
    chosen = CONSENSUS_METHODS[method]
    with session.reading() as reader:
        instrument = find_scheme(reader, scheme)
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
    settled = {item: chosen.settle(table.of(item)) for item in fitting}
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
            (scheme, method, reader.consensus(scheme.name, method))
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
