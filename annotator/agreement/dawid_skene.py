"""Categories as a hidden truth seen through raters who each err in their own way.

The model of Dawid & Skene [1]_: every unit has one true category, drawn with the shares of the categories; rater r
answers c where the truth is t with probability `confusion[r, t, c]`, whatever the others say. Expectation
maximisation starts from the shares of the votes and alternates between the raters' confusions given the truths and
the truths given the confusions, until the truths no longer move.

A rater who confuses two categories systematically is corrected for it, so that a unit can be given a category that
few of its raters chose. What this is worth depends on how well the confusions are known: with few ratings per rater
and category it is worth less than a plain count.

References
----------
.. [1] A. P. Dawid, A. M. Skene, "Maximum likelihood estimation of observer error-rates using the EM algorithm",
   Appl. Stat. 28(1), 1979.
"""

from dataclasses import dataclass

import numpy as np

from annotator.agreement.consensus import Settled
from annotator.agreement.ratings import Floats, Ratings, validate_once
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr, tr_n

#: Truths that move less than this between two rounds have settled.
TOLERANCE = 1e-7

MOST_ROUNDS = 1000

#: Ratings per category below which a rater's confusions are mostly guessed.
FEWEST_PER_CATEGORY = 5

#: Smallest probability: one rare slip must not rule a category out for good.
_FLOOR = 1e-10

#: Probabilities closer than this are level.
_LEVEL = 1e-6


@dataclass(frozen=True, eq=False)
class Truths:
    """The fitted model: (n_units, k) probabilities of the true category, rows of 0 for units without a rating;
    (k,) shares of the categories; (n_raters, k, k) confusions; rounds taken, and whether they were enough."""

    probabilities: Floats
    shares: Floats
    confusion: Floats
    rounds: int
    converged: bool


def fit_truths(ratings: Ratings, *, most_rounds: int = MOST_ROUNDS) -> Truths:
    """Fits the model to category codes, one rating per rater and unit.

    >>> table = [[0, 0, 1], [1, 1, 0], [0, 0, 1], [1, 1, 0], [0, 0, 0], [1, 1, 1]]
    >>> truths = fit_truths(Ratings.from_matrix(table, n_categories=2))
    >>> truths.probabilities.argmax(axis=1).tolist(), truths.converged
    ([0, 1, 0, 1, 0, 1], True)
    """
    if ratings.n_categories == 0:
        raise AnnotatorError(
            tr("The Dawid-Skene model needs categories; these ratings are numbers."), tr("Use ewe or mean.")
        )
    validate_once(ratings)
    rated = ratings.per_unit > 0
    truth = ratings.counts / np.maximum(ratings.per_unit, 1)[:, None]
    shares, confusion = _maximise(ratings, truth)
    rounds, converged = 0, not rated.any()
    while not converged and rounds < most_rounds:
        rounds += 1
        before, truth = truth, _expect(ratings, shares, confusion) * rated[:, None]
        shares, confusion = _maximise(ratings, truth)
        converged = bool(np.abs(truth - before).max() < TOLERANCE)
    return Truths(truth, shares, confusion, rounds, converged)


def dawid_skene(ratings: Ratings) -> Settled:
    """The most probable true category of each unit; `distribution` holds the probabilities.

    Two categories equally probable at the top are a tie and leave the unit undecided. `warnings` says where the
    rounds were not enough, and how many raters gave too few ratings for their confusions to be known.

    >>> dawid_skene(Ratings.from_matrix([[0, 0, 1], [1, 1, 1]], n_categories=2)).value.tolist()
    [0.0, 1.0]
    """
    truths = fit_truths(ratings)
    ordered = np.sort(truths.probabilities, axis=1)
    rated = ratings.per_unit > 0
    ties = rated & (ordered[:, -1] - ordered[:, -2] < _LEVEL if ratings.n_categories > 1 else False)
    value = np.where(rated & ~ties, truths.probabilities.argmax(axis=1), np.nan)
    return Settled(value, ratings.per_unit, truths.probabilities, ties, _warnings(ratings, truths))


def _maximise(ratings: Ratings, truth: Floats) -> tuple[Floats, Floats]:
    """Shares of the categories and confusions of the raters that make the ratings most likely, given the truths."""
    k, n_raters = ratings.n_categories, ratings.n_raters
    shares = truth.sum(axis=0) / max(truth.sum(), 1.0)
    cell = ratings.raters * k + ratings.codes
    seen = np.stack(
        [np.bincount(cell, truth[ratings.units, t], n_raters * k).reshape(n_raters, k) for t in range(k)],
        axis=1,
    )
    total = seen.sum(axis=2, keepdims=True)
    return shares, np.divide(seen, total, out=np.full_like(seen, 1 / k), where=total > 0)


def _expect(ratings: Ratings, shares: Floats, confusion: Floats) -> Floats:
    """Probabilities of the truths, given shares and confusions: sums of logarithms, so that nothing underflows."""
    k = ratings.n_categories
    likelihood = np.log(np.maximum(confusion, _FLOOR))
    logs = np.stack(
        [
            np.bincount(ratings.units, likelihood[ratings.raters, t, ratings.codes], ratings.n_units)
            for t in range(k)
        ],
        axis=1,
    ) + np.log(np.maximum(shares, _FLOOR))
    weights: Floats = np.exp(logs - logs.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _warnings(ratings: Ratings, truths: Truths) -> tuple[str, ...]:
    warnings = []
    if not truths.converged:
        warnings.append(
            tr("The estimate was still moving after {n} rounds; take it with care.", n=truths.rounds)
        )
    needed = FEWEST_PER_CATEGORY * ratings.n_categories
    given = ratings.per_rater[ratings.per_rater > 0]
    few = int(np.count_nonzero(given < needed))
    if few:
        warnings.append(
            tr_n(
                "{n} of {total} raters gave fewer than {needed} ratings, too few to know how they err; compare with"
                " the majority.",
                "{n} of {total} raters gave fewer than {needed} ratings, too few to know how they err; compare with"
                " the majority.",
                few,
                total=len(given),
                needed=needed,
            )
        )
    return tuple(warnings)
