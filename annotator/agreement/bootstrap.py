"""Percentile intervals by resampling units, or clusters of units.

Conventions
-----------
A resample draws as many units as there are, with replacement; where clusters (songs, speakers) are given it
draws whole clusters [2]_, because the segments of one song are no independent evidence. The 95 % interval
runs from the 2.5th to the 97.5th percentile of the coefficient over the resamples [1]_. The same seed gives
the same interval. Where more than 20,000 different units (or clusters) would be drawn, they are first shared out at
random, equally many each, among 2,000 blocks, and blocks are drawn: every block is a random sample of the whole, so
that the spread over the blocks is that over the units. Two rules where percentiles alone would mislead:

* chance-corrected coefficients are biased in small samples, so the percentiles can miss the estimate itself;
  the interval is then extended to contain it;
* a resample can leave the coefficient undefined (all ratings drawn are one category); with more than one in
  twenty of those, nobody knows where the outer 5 % lie, and there is no interval.

References
----------
.. [1] B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", ch. 13, 1993.
.. [2] A. C. Davison, D. V. Hinkley, "Bootstrap Methods and their Application", sec. 3.8, 1997 (clusters).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from annotator.agreement.coefficient import BLOCK, Coefficient, Sample, Weighing
from annotator.agreement.ratings import Floats, Indices
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

#: From more groups than this on, blocks of groups are drawn, and so many of them: the width of the interval is then
#: known to 1.6 %, better than a thousand resamples tell its ends.
_MOST_GROUPS = 20_000
_BLOCKS = 2_000

#: Drawing one binomial number takes about as long as drawing this many units one by one.
_BINOMIAL_COST = 16

#: Weights kept for further samples of the same groups: up to 2^23 doubles, 64 MB.
_KEPT = 1 << 23


def with_intervals(
    coefficients: Sequence[Coefficient],
    *,
    clusters: Indices | None = None,
    replicates: int = 1000,
    seed: int = 0,
) -> list[Coefficient]:
    """The coefficients with their 95 % intervals.

    Analytic intervals stay where units are independent (`clusters` is `None`); all others are bootstrapped.
    Coefficients made from one `Sample` share their resamples.

    Parameters
    ----------
    coefficients
        As the functions of `kappa`, `alpha` and `icc` return them; undefined ones are passed through.
    clusters
        (n_units,) index of each unit's cluster.
    replicates
        Number of resamples; 0 for none.
    seed
        Seed of the random generator.

    >>> from annotator.agreement.kappa import fleiss_kappa
    >>> from annotator.agreement.ratings import Ratings
    >>> kappa = fleiss_kappa(Ratings.from_counts([[3, 0], [0, 3], [2, 1], [1, 2], [0, 3], [3, 0]] * 5))
    >>> low, high = with_intervals([kappa], seed=1)[0].ci
    >>> low < kappa.value < high
    True
    """
    if replicates < 0:
        raise AnnotatorError(tr("The number of resamples must not be negative: {n}.", n=replicates))
    results = list(coefficients)
    waiting: dict[int, list[int]] = {}
    for i, coefficient in enumerate(results):
        analytic = clusters is None and coefficient.ci is not None
        if coefficient.value is not None and coefficient.sample is not None and not analytic:
            waiting.setdefault(id(coefficient.sample), []).append(i)
    drawn: _Drawn = {}
    for indices in waiting.values() if replicates else ():
        shared = [results[i] for i in indices]
        for i, done in zip(indices, _bootstrap(shared, clusters, replicates, seed, drawn), strict=True):
            results[i] = done
    return results


_Drawn: TypeAlias = dict[tuple[int, int], list[Floats]]
"""Weights of groups by their number before and after they were put into blocks: samples of the same groups are drawn
alike, and so only once."""


def _bootstrap(
    coefficients: Sequence[Coefficient],
    clusters: Indices | None,
    replicates: int,
    seed: int,
    drawn: _Drawn,
) -> list[Coefficient]:
    """Intervals of coefficients that share a sample."""
    sample = coefficients[0].sample
    assert sample is not None
    of_units = None if clusters is None else np.unique(clusters[sample.units], return_inverse=True)[1]
    n_groups = len(sample.units) if of_units is None else int(of_units.max()) + 1
    if n_groups < 2:
        reason = tr("There is no interval: all ratings belong to one song, speaker or segment.")
        return [replace(c, reason=reason, ci=None, ci_method="") for c in coefficients]
    rng = np.random.default_rng(seed)
    before = n_groups
    if n_groups > _MOST_GROUPS and (of_units is not None or len(sample.distinct[0]) > _MOST_GROUPS):
        blocks = rng.permutation(n_groups) % _BLOCKS
        of_units, n_groups = blocks if of_units is None else blocks[of_units], _BLOCKS
    prepared = [c.formula(sample.distinct[0]) for c in coefficients if c.formula is not None]
    values: list[list[Floats]] = [[] for _ in coefficients]
    if of_units is None:
        weighings = _resamples(sample, replicates, rng)
    else:
        weights = drawn.get((before, n_groups))
        if weights is None:
            every_group = np.arange(n_groups)
            sizes = _block_sizes(replicates, n_groups)
            weights = [_draw(every_group, n_groups, size, rng) for size in sizes]
            if replicates * n_groups <= _KEPT:
                drawn[before, n_groups] = weights
        weighings = _group_resamples(sample, of_units, weights)
    for weighing in weighings:
        for formula, collected in zip(prepared, values, strict=True):
            collected.append(formula(weighing))
    return [_with_percentiles(c, np.concatenate(v)) for c, v in zip(coefficients, values, strict=True)]


def _group_resamples(sample: Sample, of_units: Indices, weights: Sequence[Floats]) -> Iterator[Weighing]:
    """Weights of the groups, and which distinct records are in each."""
    from scipy.sparse import coo_array

    records, index = sample.distinct
    shape = weights[0].shape[1], len(records)
    members = coo_array((np.ones(len(index)), (of_units, index)), shape=shape).tocsr()
    for some in weights:
        yield Weighing(some, members)


def _resamples(sample: Sample, replicates: int, rng: np.random.Generator) -> Iterator[Weighing]:
    """Weights of the distinct records, in blocks of resamples."""
    records, index = sample.distinct
    n_records = len(records)
    shares = np.bincount(index) / len(index)
    for size in _block_sizes(replicates, n_records):
        if n_records * _BINOMIAL_COST < len(index):
            yield Weighing(rng.multinomial(len(index), shares, size=size).astype(np.float64))
        else:
            yield Weighing(_draw(index, n_records, size, rng))


def _draw(index: Indices, n_groups: int, size: int, rng: np.random.Generator) -> Floats:
    """(size, n_groups) how often each group is drawn in `len(index)` draws of members with replacement."""
    weights = np.empty((size, n_groups))
    for row in weights:
        drawn = rng.integers(len(index), size=len(index))
        row[:] = np.bincount(index[drawn], minlength=n_groups)
    return weights


def _block_sizes(replicates: int, width: int) -> Iterator[int]:
    step = max(1, BLOCK // width)
    for start in range(0, replicates, step):
        yield min(step, replicates - start)


def _with_percentiles(coefficient: Coefficient, values: Floats) -> Coefficient:
    assert coefficient.value is not None
    defined = values[~np.isnan(values)]
    if len(defined) < 0.95 * len(values):
        reason = tr(
            "There is no interval: too few segments or too little variety, {percent:.0f} % of the resamples"
            " leave the value undefined.",
            percent=100 * (1 - len(defined) / len(values)),
        )
        return replace(coefficient, reason=reason, ci=None, ci_method="")
    low, high = np.quantile(defined, (0.025, 0.975))
    ci = (min(float(low), coefficient.value), max(float(high), coefficient.value))
    return replace(coefficient, ci=ci, ci_method="bootstrap")
