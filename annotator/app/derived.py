"""Items made from the items that were rated: quadrants of the plane, bins of a scale, scores of factors, sets of boxes.

They are computed for a report and stored nowhere; the ratings stay what was answered.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from annotator.agreement.ratings import Ratings
from annotator.app.ratings_table import Level, RatingsTable
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Item, Scheme
from annotator.domain.scores import scores_of
from annotator.domain.translation import tr

#: Names of the quadrants, in the order of their codes, and of what lies too near an axis to be in one.
QUADRANTS = ("Q1", "Q2", "Q3", "Q4")
NEUTRAL = "neutral"

_MOST_BOXES = 62


@dataclass(frozen=True)
class Derived:
    """Ratings of a derived item, with its categories in the order of their codes, and what it was made of."""

    name: str
    title: str
    level: Level
    categories: tuple[str, ...]
    ratings: Ratings
    repeats: Ratings
    note: str


def default_band(item: Item) -> float:
    """Half width of the neutral band around the middle of a scale: half a step, or half a step of nine points.

    >>> default_band(Item("valence", "number", minimum=-1, maximum=1))
    0.125
    """
    return 0.5 if item.type == "integer" else (item.maximum - item.minimum) / 16


def quadrants(table: RatingsTable, across: Item, upwards: Item, *, band: float | None = None) -> Derived:
    """The quadrant of every answer to two items: Q1 pleasant and excited, Q2 unpleasant and excited, Q3 unpleasant and
    calm, Q4 pleasant and calm; `neutral` where either lies within `band` of the middle of its scale.

    `band` is a half width in points of the scale, `default_band` of each item where not given.
    """
    if band is not None and band < 0:
        raise AnnotatorError(tr("The neutral band must not be negative: {band:g}.", band=band))
    sides, neutral = [], np.zeros(len(table.units), dtype=np.bool_)
    answered = np.ones(len(table.units), dtype=np.bool_)
    for item in (across, upwards):
        half = default_band(item) if band is None else band
        column = _raw(table, item) - (item.minimum + item.maximum) / 2
        answered &= ~np.isnan(column)
        neutral |= np.abs(column) <= half + 1e-9
        sides.append(column * item.direction > 0)
    right, up = sides
    codes = np.where(neutral, 4, np.where(up, np.where(right, 0, 1), np.where(right, 3, 2)))
    n, inside = int(answered.sum()), int((neutral & answered).sum())
    widths = [default_band(item) if band is None else band for item in (across, upwards)]
    note = tr(
        "{n} of {total} ratings lie within {across:g} of the middle of {first} or {up:g} of the middle of {second}, and"
        " count as neutral.",
        n=inside, total=n, across=widths[0], up=widths[1], first=across.title or across.name,
        second=upwards.title or upwards.name,
    )  # fmt: skip
    return _derived(
        table,
        "quadrant",
        tr("Quadrant"),
        "nominal",
        (*QUADRANTS, NEUTRAL),
        codes.astype(np.float64),
        answered,
        note,
    )


def bins(table: RatingsTable, item: Item, edges: tuple[float, ...]) -> Derived:
    """An item on a scale cut at `edges`, ascending; a value on an edge belongs to the bin above it."""
    check_edges(item, edges)
    column = _raw(table, item)
    ends = [item.minimum, *edges, item.maximum]
    names = tuple(f"{a:g} .. {b:g}" for a, b in pairwise(ends))
    codes = np.searchsorted(np.array(edges), column, side="right").astype(np.float64)
    note = tr(
        "{item} cut at {edges}.", item=item.title or item.name, edges=", ".join(f"{e:g}" for e in edges)
    )
    name = f"{item.name}_bins"
    return _derived(table, name, tr("Bins of {item}", item=item.title or item.name), "ordinal", names, codes,
                    ~np.isnan(column), note)  # fmt: skip


def check_edges(item: Item, edges: tuple[float, ...]) -> None:
    """Raises `AnnotatorError` where an item cannot be cut at these edges."""
    if not item.numeric:
        raise AnnotatorError(
            tr("{item} has no scale to cut into bins.", item=item.name), tr("Name an item with numbers.")
        )
    if not edges or any(b <= a for a, b in pairwise(edges)):
        raise AnnotatorError(
            tr("Edges of bins must ascend."), tr("For example: {item}=-0.33,0.33.", item=item.name)
        )
    if edges[0] <= item.minimum or edges[-1] > item.maximum:
        raise AnnotatorError(
            tr("Edges of bins of {item} must lie between {low:g} and {high:g}.", item=item.name, low=item.minimum,
               high=item.maximum)
        )  # fmt: skip


def chosen_sets(table: RatingsTable, scheme: Scheme) -> tuple[Ratings, tuple[frozenset[str], ...]] | None:
    """The set of boxes that every first answer ticked, as codes, and the sets.

    `None` for schemes with fewer than two boxes, or more than a whole number has bits.
    """
    boxes = [item for item in scheme.items if item.type == "boolean"]
    if not 2 <= len(boxes) <= _MOST_BOXES:
        return None
    ticked = np.column_stack([table.column(item) for item in boxes])
    rows = np.flatnonzero((table.repeats == 0) & ~np.isnan(ticked).all(axis=1))
    masks = np.nan_to_num(ticked[rows]).astype(np.int64) @ (1 << np.arange(len(boxes)))
    different, codes = np.unique(masks, return_inverse=True)
    sets = tuple(
        frozenset(item.name for n, item in enumerate(boxes) if mask >> n & 1) for mask in different.tolist()
    )
    coded = codes.astype(np.float64)
    return Ratings(table.units[rows], table.raters[rows], coded, len(sets), table.clusters), sets


def factor_scores(table: RatingsTable, scheme: Scheme) -> list[Derived]:
    """The factor and superfactor scores of every answer, see `annotator.domain.scores`."""
    items = {item.name: item for item in scheme.items}
    made: dict[str, np.ndarray] = {}
    found: list[Derived] = []
    for score in scores_of(scheme):
        parts = np.column_stack([
            made[part] if part in made else _oriented(table, items[part]) for part in score.parts
        ])  # fmt: skip
        given = ~np.isnan(parts)
        answered = given.any(axis=1) & (2 * given.sum(axis=1) >= parts.shape[1])
        sums, counts = np.where(given, parts, 0.0).sum(axis=1), given.sum(axis=1)
        column = np.full(len(parts), np.nan)
        column[answered] = sums[answered] / counts[answered]
        made[score.name] = column
        found.append(_derived(table, score.name, score.title, "interval", (), column, answered, score.note))
    return found


def parse_bins(text: str) -> tuple[str, tuple[float, ...]]:
    """Item and edges from `ITEM=EDGE,EDGE,...`.

    >>> parse_bins("valence=-0.33,0.33")
    ('valence', (-0.33, 0.33))
    """
    name, _, edges = text.partition("=")
    try:
        return name.strip(), tuple(float(edge) for edge in edges.split(","))
    except ValueError:
        raise AnnotatorError(
            tr('"{text}" does not say where to cut.', text=text), tr("For example: valence=-0.33,0.33.")
        ) from None


def _raw(table: RatingsTable, item: Item) -> np.ndarray:
    return table.column(item) + (item.minimum if item.type == "integer" else 0.0)


def _oriented(table: RatingsTable, item: Item) -> np.ndarray:
    raw = _raw(table, item)
    return raw if item.direction > 0 else item.minimum + item.maximum - raw


def _derived(
    table: RatingsTable, name: str, title: str, level: Level, categories: tuple[str, ...], codes: np.ndarray,
    answered: np.ndarray, note: str,
) -> Derived:  # fmt: skip
    made = []
    for wanted in (table.repeats == 0, table.repeats > 0):
        rows = np.flatnonzero(wanted & answered)
        made.append(
            Ratings(table.units[rows], table.raters[rows], codes[rows], len(categories), table.clusters)
        )
    return Derived(name, title, level, categories, made[0], made[1], note)
