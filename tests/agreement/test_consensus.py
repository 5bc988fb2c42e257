"""Settled values: who wins, who ties, and that nobody's answer is invented."""

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.agreement.consensus import majority, mean, median, soft
from annotator.agreement.ratings import Ratings
from annotator.domain.errors import AnnotatorError

quick = settings(max_examples=40, deadline=None)
cell = st.one_of(st.none(), st.integers(0, 3))
tables = st.lists(st.lists(cell, min_size=4, max_size=4), min_size=1, max_size=12).map(
    lambda rows: np.array([[np.nan if v is None else v for v in row] for row in rows], dtype=float)
)


def rated(table, n_categories=4):
    return Ratings.from_matrix(table, n_categories=n_categories, clusters=np.zeros(len(table), int))


@quick
@given(tables)
def test_majority_wins_unless_tied(table):
    settled = majority(rated(table))
    for row, value, tie, n in zip(table, settled.value, settled.ties, settled.counts, strict=True):
        given_values = row[~np.isnan(row)].astype(int)
        votes = np.bincount(given_values, minlength=4)
        winners = np.flatnonzero(votes == votes.max()) if len(given_values) else []
        assert n == len(given_values)
        assert tie == (len(winners) > 1)
        if len(winners) == 1:
            assert value == winners[0]
        else:
            assert np.isnan(value)
    assert (settled.undecided == np.isnan(settled.value)).all()


@quick
@given(tables)
def test_majority_of_numbers_is_that_of_codes(table):
    codes, numbers = majority(rated(table)), majority(rated(table, 0))
    assert codes.value == pytest.approx(numbers.value, nan_ok=True)
    assert (codes.ties == numbers.ties).all()
    assert numbers.distribution.shape == (len(table), 0)


@quick
@given(tables)
def test_shares_add_up_to_one(table):
    settled = soft(rated(table))
    assert settled.distribution.sum(axis=1) == pytest.approx((settled.counts > 0) * 1.0)
    sure = ~settled.undecided
    assert (settled.distribution[sure].argmax(axis=1) == settled.value[sure]).all()


@quick
@given(tables, st.sampled_from(["lower", "upper"]))
def test_median_is_a_value_somebody_chose(table, even):
    settled = median(rated(table), even=even)
    for row, value, tie in zip(table, settled.value, settled.ties, strict=True):
        chosen = np.sort(row[~np.isnan(row)])
        if not len(chosen):
            assert np.isnan(value)
            assert not tie
            continue
        assert value in chosen
        middles = chosen[(len(chosen) - 1) // 2], chosen[len(chosen) // 2]
        assert value == middles[even == "upper"]
        assert tie == (middles[0] != middles[1])


@quick
@given(tables)
def test_mean(table):
    settled = mean(rated(table, 0))
    for row, value in zip(table, settled.value, strict=True):
        chosen = row[~np.isnan(row)]
        assert np.isnan(value) if not len(chosen) else value == pytest.approx(chosen.mean())
    assert not settled.ties.any()


def test_an_absolute_majority_may_be_asked_for():
    table = rated(np.array([[0, 0, 1, 2], [0, 0, 0, 1]], float))
    assert majority(table).value.tolist() == [0, 0]
    strict = majority(table, above=0.5)
    assert np.isnan(strict.value[0])
    assert not strict.ties[0]
    assert strict.value[1] == 0


def test_shares_of_numbers_are_refused():
    with pytest.raises(AnnotatorError, match="need categories"):
        soft(Ratings.from_matrix([[0.5, 1]]))


def test_a_share_above_one_is_refused():
    with pytest.raises(AnnotatorError, match="share to exceed"):
        majority(rated(np.ones((1, 2))), above=1.0)


@pytest.mark.real_data
@pytest.mark.parametrize(("modality", "tied"), [(1, 644), (3, 420)])
def test_ties_in_crema_d(real_data, modality, tied):
    """The votes on 7,442 clips as sound alone and with the picture; tied labels stand there as "A:N"."""
    with open(real_data / "crema_d" / "tabulatedVotes.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if int(row[""]) // 100_000 == modality]
    settled = majority(Ratings.from_counts([[int(row[emotion]) for emotion in "ADFHNS"] for row in rows]))
    assert len(rows) == 7442
    assert int(settled.ties.sum()) == tied
    for row, value, tie in zip(rows, settled.value, settled.ties, strict=True):
        assert tie == (":" in row["emoVote"])
        assert tie or "ADFHNS"[int(value)] == row["emoVote"]
