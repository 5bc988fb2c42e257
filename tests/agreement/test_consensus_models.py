"""Rules that weigh raters: EWE against its definition, Dawid-Skene against a plain loop, ties and thresholds."""

import csv

import numpy as np
import pytest

from annotator.agreement.consensus import entropy, ewe, ewe_weights, majority, mean, plurality
from annotator.agreement.dawid_skene import dawid_skene, fit_truths
from annotator.agreement.ratings import Ratings
from annotator.domain.errors import AnnotatorError


def simulate(n_units, skills, k=3, missing=0.0, seed=0):
    """True codes and a (n_units, n_raters) table in which rater r hits with probability skills[r]."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(k, size=n_units)
    shape = (n_units, len(skills))
    wrong = (truth[:, None] + rng.integers(1, k, size=shape)) % k
    table = np.where(rng.random(shape) < np.array(skills), truth[:, None], wrong).astype(float)
    table[rng.random(shape) < missing] = np.nan
    return truth, table


class TestEwe:
    def test_is_the_published_formula_on_complete_data(self):
        """Weights are correlations with the mean of the others; the estimate is the weighted mean."""
        rng = np.random.default_rng(1)
        table = rng.normal(size=(40, 1)) + rng.normal(size=(40, 4)) * [0.3, 0.6, 1.0, 5.0]
        weights = [
            max(np.corrcoef(table[:, r], np.delete(table, r, axis=1).mean(axis=1))[0, 1], 0) for r in range(4)
        ]
        ratings = Ratings.from_matrix(table)
        assert ewe_weights(ratings) == pytest.approx(weights, abs=1e-12)
        assert ewe(ratings).value == pytest.approx(table @ weights / sum(weights), abs=1e-12)

    def test_raters_who_run_against_the_others_weigh_nothing(self):
        table = [[1, 1, 3], [2, 2, 2], [3, 3, 1], [4, 4, 2]]
        assert ewe_weights(Ratings.from_matrix(table))[2] == 0

    def test_without_three_shared_units_it_is_the_mean(self):
        ratings = Ratings.from_matrix([[1, 3], [2, 5], [7, np.nan]])
        assert ewe(ratings).value.tolist() == mean(ratings).value.tolist() == [2, 3.5, 7]

    def test_a_newcomer_weighs_as_much_as_the_others_on_average(self):
        table = np.array([[1, 1, np.nan], [2, 3, np.nan], [3, 2, np.nan], [4, 4, 8.0], [5, 6, np.nan]])
        weights = ewe_weights(Ratings.from_matrix(table))
        assert weights[2] == pytest.approx(weights[:2].mean())

    def test_a_rater_who_never_moves_has_no_correlation(self):
        table = [[1, 2, 5], [2, 2.5, 5], [3, 4, 5], [4, 3, 5]]
        weights = ewe_weights(Ratings.from_matrix(table))
        assert weights[2] == pytest.approx(weights[:2].mean())

    def test_where_all_raters_of_a_unit_weigh_nothing_the_mean_stands(self):
        ratings = Ratings.from_matrix([[1, 4], [2, 3], [3, 2], [4, 1]])
        assert (ewe_weights(ratings) == 0).all()
        assert ewe(ratings).value.tolist() == [2.5, 2.5, 2.5, 2.5]


def plain_dawid_skene(table, k):
    """The algorithm as published, one unit and one rater at a time."""
    n, raters = table.shape
    truth = np.array(
        [[np.nanmean(row == c) if (~np.isnan(row)).any() else 0 for c in range(k)] for row in table]
    )
    truth /= truth.sum(axis=1, keepdims=True)
    for _ in range(500):
        shares = truth.mean(axis=0)
        confusion = np.full((raters, k, k), 1e-300)
        for i in range(n):
            for r in range(raters):
                if not np.isnan(table[i, r]):
                    confusion[r, :, int(table[i, r])] += truth[i]
        confusion /= confusion.sum(axis=2, keepdims=True)
        before, truth = truth.copy(), np.tile(shares, (n, 1))
        for i in range(n):
            for r in range(raters):
                if not np.isnan(table[i, r]):
                    truth[i] *= np.maximum(confusion[r, :, int(table[i, r])], 1e-10)
        truth /= truth.sum(axis=1, keepdims=True)
        if np.abs(truth - before).max() < 1e-7:
            break
    return truth


class TestDawidSkene:
    @pytest.mark.parametrize("missing", [0.0, 0.3])
    def test_is_the_published_algorithm(self, missing):
        _, table = simulate(60, [0.9, 0.8, 0.7, 0.6], missing=missing)
        table = table[~np.isnan(table).all(axis=1)]
        truths = fit_truths(Ratings.from_matrix(table, n_categories=3))
        assert truths.converged
        assert truths.probabilities == pytest.approx(plain_dawid_skene(table, 3), abs=1e-5)

    def test_beats_the_majority_where_one_rater_is_good_and_many_are_not(self):
        truth, table = simulate(2000, [0.95, 0.45, 0.45, 0.45, 0.45], seed=3)
        ratings = Ratings.from_matrix(table, n_categories=3)
        right = (dawid_skene(ratings).value == truth).mean()
        assert right > (majority(ratings, ties="random").value == truth).mean() + 0.1

    def test_a_rater_who_swaps_two_categories_still_informs(self):
        truth, table = simulate(800, [0.8, 0.8, 0.8], k=2, seed=4)
        table[:, 2] = 1 - table[:, 2]
        truths = fit_truths(Ratings.from_matrix(table, n_categories=2))
        assert truths.confusion[2, 0, 1] > 0.7
        assert truths.probabilities.sum(axis=1) == pytest.approx(np.ones(800))
        assert (truths.probabilities.argmax(axis=1) == truth).mean() > 0.85

    def test_raters_may_be_renamed_and_units_reordered(self):
        _, table = simulate(50, [0.9, 0.7, 0.6], missing=0.2, seed=5)
        table = table[~np.isnan(table).all(axis=1)]
        order = np.random.default_rng(0).permutation(len(table))
        first = dawid_skene(Ratings.from_matrix(table, n_categories=3)).value
        second = dawid_skene(Ratings.from_matrix(table[order][:, [2, 0, 1]], n_categories=3)).value
        assert first[order] == pytest.approx(second, nan_ok=True)

    def test_few_ratings_and_too_few_rounds_are_said(self):
        _, table = simulate(30, [0.9, 0.6, 0.5], seed=6)
        table[5:, 2] = np.nan
        ratings = Ratings.from_matrix(table, n_categories=3)
        (warning,) = dawid_skene(ratings).warnings
        assert warning.startswith("1 of 3 raters gave fewer than 15 ratings")
        assert not fit_truths(ratings, most_rounds=1).converged

    def test_two_raters_who_never_agree_decide_nothing(self):
        settled = dawid_skene(Ratings.from_matrix([[0, 1], [1, 0]], n_categories=2))
        assert settled.ties.all()
        assert settled.undecided.all()

    def test_units_without_a_rating_stay_so(self):
        ratings = Ratings([0, 0, 2], [0, 1, 0], [1, 1, 0], 2, clusters=[0, 1, 2])
        settled = dawid_skene(ratings)
        assert settled.undecided.tolist() == [False, True, False]
        assert settled.distribution[1].tolist() == [0, 0]

    def test_numbers_are_refused(self):
        with pytest.raises(AnnotatorError, match="needs categories"):
            dawid_skene(Ratings.from_matrix([[0.5, 1]]))


class TestTies:
    table = Ratings.from_matrix([[2, 1, np.nan], [0, 0, 1], [0, 1, 2], [np.nan] * 3], n_categories=3,
                                clusters=np.arange(4))  # fmt: skip

    def test_policies(self):
        assert majority(self.table).value[:3] == pytest.approx([np.nan, 0, np.nan], nan_ok=True)
        first = majority(self.table, ties="first")
        assert first.value[:3].tolist() == [1, 0, 0]
        assert first.ties.tolist() == [True, False, True, False]
        assert np.isnan(first.value[3])

    def test_a_drawn_value_is_one_of_the_level_ones_and_the_same_again(self):
        drawn = [majority(self.table, ties="random", seed=seed).value[:3].tolist() for seed in range(40)]
        assert {row[0] for row in drawn} == {1, 2}
        assert {row[2] for row in drawn} == {0, 1, 2}
        assert all(row[1] == 0 for row in drawn)
        assert drawn[7] == majority(self.table, ties="random", seed=7).value[:3].tolist()

    def test_unknown_policy(self):
        with pytest.raises(AnnotatorError, match="settling ties"):
            majority(self.table, ties="coin")


def test_plurality_needs_more_than_the_share_and_a_second_voice():
    table = Ratings.from_matrix(
        [[0, 0, 1, 2], [0, 0, 0, 1], [2, np.nan, np.nan, np.nan], [1, 1, 2, 2]], n_categories=3
    )
    assert plurality(table).value == pytest.approx([np.nan, 0, np.nan, np.nan], nan_ok=True)
    assert plurality(table, above=0.4).value == pytest.approx([0, 0, np.nan, np.nan], nan_ok=True)
    assert plurality(table).ties.tolist() == [False, False, False, True]


def test_entropy_runs_from_unanimous_to_level():
    shares = np.array([[1, 0, 0], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0]])
    assert entropy(shares) == pytest.approx([0, 1, np.log(2) / np.log(3)])


@pytest.mark.real_data
def test_crema_d_ties(real_data):
    """The published winners of 22,326 votes, ties written `A:D` included, and the known number of ties."""
    names = ["A", "D", "F", "H", "N", "S"]
    with open(real_data / "crema_d" / "tabulatedVotes.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    settled = majority(Ratings.from_counts([[int(row[c]) for c in names] for row in rows]))
    for row, value, tie in zip(rows, settled.value, settled.ties, strict=True):
        assert tie == (":" in row["emoVote"])
        assert tie or row["emoVote"] == names[int(value)]
    modality = np.array([int(row[""]) // 100_000 for row in rows])
    assert all(420 <= settled.ties[modality == m].sum() <= 644 for m in (1, 2, 3))
