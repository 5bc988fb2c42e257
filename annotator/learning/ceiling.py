"""What people reach: each rater scored against what the other raters say of the same segments.

A model can hardly be asked to agree with a consensus better than the people who made it. Every vote of a rater is
compared with the consensus of the others' votes for that segment: their most frequent label, or their mean. Segments
on which the others tie are left out. A rater's metrics are computed over all their segments and averaged over
raters, weighted by the number of segments, so that a rater of three segments does not count like one of 500. The
others are one fewer than the raters behind the full consensus, so the true ceiling is slightly higher.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.translation import tr
from annotator.learning.metrics import Scorer
from annotator.learning.problem import Problem, Votes
from annotator.learning.ratios import Floats, with_reasons


def human_ceiling(problem: Problem, rows: NDArray[np.intp]) -> dict[str, Any]:
    """Metrics of raters against each other over `rows` of the problem.

    Returns
    -------
    dict
        The problem's metrics, `None` where undefined; `n_raters` and `n_ratings` that entered; `n_tied` ratings left
        out because the others tied; `reasons` per undefined metric.
    """
    names = problem.scorer.names
    votes = _within(problem.votes, rows) if problem.votes is not None else None
    if votes is None or len(np.unique(votes.raters)) < 2:
        reason = tr("fewer than two raters rated these segments")
        return with_reasons(dict.fromkeys(names, np.nan), dict.fromkeys(names, reason)) | _counts(0, 0, 0)

    compared = _compared(problem, votes)
    usable = compared.usable
    if not usable.any():
        reason = tr("no segment was rated by two raters whose answers can be compared")
        return with_reasons(dict.fromkeys(names, np.nan), dict.fromkeys(names, reason)) | _counts(
            0, 0, compared.n_tied
        )

    raters, rater_of_vote = np.unique(votes.raters[usable], return_inverse=True)
    sums = compared.scorer.grouped_sums(
        compared.others[usable], compared.own[usable], rater_of_vote, len(raters)
    )
    weights = np.bincount(rater_of_vote).astype(np.float64)
    values = dict(zip(names, _weighted_means(compared.scorer.metrics(sums), weights), strict=True))
    reasons = dict.fromkeys(names, tr("no rater's answers vary enough"))
    return with_reasons(values, reasons) | _counts(len(raters), int(usable.sum()), compared.n_tied)


def _within(votes: Votes, rows: NDArray[np.intp]) -> Votes:
    """The votes for some rows, with rows and raters numbered anew."""
    kept = np.isin(votes.rows, rows)
    _, new_rows = np.unique(votes.rows[kept], return_inverse=True)
    _, new_raters = np.unique(votes.raters[kept], return_inverse=True)
    return Votes(
        new_rows.astype(np.intp), new_raters.astype(np.intp), votes.values[kept], threshold=votes.threshold
    )


def _compared(problem: Problem, votes: Votes) -> "_Comparison":
    if problem.task == "classification":
        return _compared_labels(problem.labels, votes)
    if problem.task == "regression":
        return _compared_numbers(problem.scorer, votes)
    return _compared_rates(problem, votes)


@dataclass(frozen=True)
class _Comparison:
    """Per vote, what the others say and the own answer as `scorer` takes them, and whether they can be compared."""

    scorer: Scorer
    others: NDArray[Any]
    own: NDArray[Any]
    usable: NDArray[np.bool_]
    n_tied: int = 0


def _compared_labels(labels: tuple[str, ...], votes: Votes) -> _Comparison:
    """Own label beside the most frequent one of the others."""
    # Labels that no consensus chose are wrong answers of a rater, not answers to forget.
    every_label = [*labels, *sorted(set(votes.values.tolist()) - set(labels))]
    codes = {label: code for code, label in enumerate(every_label)}
    own = np.array([codes[value] for value in votes.values], dtype=np.intp)
    counts = np.zeros((int(votes.rows.max()) + 1, len(codes)), dtype=np.intp)
    np.add.at(counts, (votes.rows, own), 1)
    others = counts[votes.rows]
    others[np.arange(len(own)), own] -= 1
    most = others.max(axis=1)
    n_winners = (others == most[:, None]).sum(axis=1)
    return _Comparison(
        scorer=Scorer("classification", n_classes=len(codes)),
        others=others.argmax(axis=1),
        own=own,
        usable=(most > 0) & (n_winners == 1),
        n_tied=int(((most > 0) & (n_winners > 1)).sum()),
    )


def _compared_numbers(scorer: Scorer, votes: Votes) -> _Comparison:
    """Own number beside the mean of the others."""
    own = votes.values.astype(np.float64)
    n_others = np.bincount(votes.rows)[votes.rows] - 1
    totals = np.bincount(votes.rows, weights=own)[votes.rows]
    others = (totals - own) / np.maximum(n_others, 1)
    return _Comparison(scorer=scorer, others=others, own=own, usable=n_others > 0)


def _compared_rates(problem: Problem, votes: Votes) -> _Comparison:
    """Own boxes beside those that enough of the others ticked, or own shares beside the shares of the others."""
    totals = np.zeros((int(votes.rows.max()) + 1, votes.values.shape[1]))
    np.add.at(totals, votes.rows, votes.values)
    n_others = np.bincount(votes.rows)[votes.rows] - 1
    rates = (totals[votes.rows] - votes.values) / np.maximum(n_others, 1)[:, None]
    if problem.task == "labels":
        others, own = rates >= votes.threshold, votes.values >= votes.threshold
        return _Comparison(problem.scorer, others.astype(np.float64), own.astype(np.float64), n_others > 0)
    sums = [side.sum(axis=1, keepdims=True) for side in (rates, votes.values)]
    usable = (n_others > 0) & (sums[0][:, 0] > 0) & (sums[1][:, 0] > 0)
    others, own = (side / np.maximum(n, 1e-12) for side, n in zip((rates, votes.values), sums, strict=True))
    return _Comparison(problem.scorer, others, own, usable)


def _weighted_means(values: Floats, weights: Floats) -> list[float]:
    """Mean of each column over the rows where it is defined, NaN where none is."""
    means = []
    for column in values.T:
        defined = ~np.isnan(column)
        means.append(
            float(np.average(column[defined], weights=weights[defined])) if defined.any() else np.nan
        )
    return means


def _counts(n_raters: int, n_ratings: int, n_tied: int) -> dict[str, int]:
    return {"n_raters": n_raters, "n_ratings": n_ratings, "n_tied": n_tied}
