"""Intervals: they contain the estimate, shrink with more data, widen with clusters, and can be repeated."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.agreement.alpha import krippendorff_alpha, moments_sample
from annotator.agreement.bootstrap import with_intervals
from annotator.agreement.coefficient import Weighing
from annotator.agreement.icc import FORMS, ccc, icc
from annotator.agreement.kappa import cohen_kappa, counts_sample, fleiss_kappa, gwet_ac1, percent_agreement
from annotator.agreement.ratings import Ratings
from annotator.domain.errors import AnnotatorError

CODED = {
    "percent": percent_agreement,
    "fleiss": fleiss_kappa,
    "ac1": gwet_ac1,
    "alpha": krippendorff_alpha,
    "ordinal": lambda r: krippendorff_alpha(r, "ordinal"),
    "cohen": lambda r: cohen_kappa(first_two(r)),
    "weighted": lambda r: cohen_kappa(first_two(r), "quadratic"),
}
NUMERIC = {
    "alpha": lambda r: krippendorff_alpha(r, "interval"),
    "ccc": lambda r: ccc(first_two(r)),
    **{f"icc {form}": lambda r, form=form: icc(r, form) for form in FORMS},
}


def simulated(n_units, n_raters=3, n_categories=4, seed=0, missing=0.0):
    rng = np.random.default_rng(seed)
    truth = rng.integers(n_categories, size=(n_units, 1))
    guess = rng.integers(n_categories, size=(n_units, n_raters))
    table = np.where(rng.random(guess.shape) < 0.6, truth, guess).astype(float)
    table[rng.random(guess.shape) < missing] = np.nan
    return Ratings.from_matrix(table, n_categories=n_categories)


def numbers(n_units, n_raters=3, seed=0):
    rng = np.random.default_rng(seed)
    return Ratings.from_matrix(rng.normal(size=(n_units, 1)) + rng.normal(size=(n_units, n_raters)))


def first_two(ratings):
    kept = ratings.raters < 2
    return Ratings(ratings.units[kept], ratings.raters[kept], ratings.values[kept], ratings.n_categories)


def every_unit_its_own_cluster(ratings):
    return np.arange(ratings.n_units)


def interval(coefficient, clusters, **options):
    """Bootstrapped even where an analytic interval exists."""
    return with_intervals([coefficient], clusters=clusters, **options)[0]


@pytest.mark.parametrize("name", CODED)
def test_contains_the_estimate_and_shrinks_with_more_units_coded(name):
    check_width(CODED[name], simulated)


@pytest.mark.parametrize("name", NUMERIC)
def test_contains_the_estimate_and_shrinks_with_more_units_numbers(name):
    check_width(NUMERIC[name], numbers)


def check_width(measure, make):
    widths = []
    for n_units in (40, 160, 640):
        ratings = make(n_units)
        result = interval(measure(ratings), every_unit_its_own_cluster(ratings))
        low, high = result.ci
        assert result.ci_method == "bootstrap"
        assert low <= result.value <= high
        assert low < high
        widths.append(high - low)
    assert widths[0] > widths[1] > widths[2]
    assert 2 < widths[0] / widths[2] < 12  # about 4, the root of 16; more for skewed ones


@pytest.mark.parametrize("name", CODED)
def test_weighing_a_unit_twice_is_having_it_twice(name):
    """The formula over weights is the coefficient of the resampled ratings."""
    ratings = simulated(30, missing=0.3 if name not in ("cohen", "weighted") else 0.0)
    check_weights(CODED[name], ratings)


@pytest.mark.parametrize("name", NUMERIC)
def test_weighing_a_number_twice_is_having_it_twice(name):
    check_weights(NUMERIC[name], numbers(30))


def check_weights(measure, ratings):
    coefficient = measure(ratings)
    rng = np.random.default_rng(5)
    weights = rng.multinomial(ratings.n_units, np.full(ratings.n_units, 1 / ratings.n_units), size=4)
    of_samples = weights[:, coefficient.sample.units].astype(float)
    values = coefficient.formula(coefficient.sample.records)(Weighing(of_samples))
    for row, value in zip(weights, values, strict=True):
        drawn = np.repeat(np.arange(ratings.n_units), row)
        parts = [np.flatnonzero(ratings.units == unit) for unit in drawn]
        chosen = np.concatenate(parts)
        units = np.repeat(np.arange(len(drawn)), [len(part) for part in parts])
        again = Ratings(units, ratings.raters[chosen], ratings.values[chosen], ratings.n_categories)
        assert measure(again).value == pytest.approx(value, abs=1e-9)


def test_agrees_with_the_analytic_interval():
    ratings = simulated(400, n_raters=2)
    analytic = cohen_kappa(ratings)
    bootstrapped = interval(analytic, every_unit_its_own_cluster(ratings), replicates=4000)
    assert with_intervals([analytic])[0].ci == analytic.ci
    assert bootstrapped.ci == pytest.approx(analytic.ci, abs=0.01)


def test_covers_the_true_value():
    """About nineteen in twenty intervals hold the value of the population the units came from."""
    truth = fleiss_kappa(simulated(50_000, seed=99)).value
    hits = 0
    for seed in range(100):
        low, high = with_intervals([fleiss_kappa(simulated(100, seed=seed))], replicates=400)[0].ci
        hits += low <= truth <= high
    assert 88 <= hits <= 99


def test_clusters_widen_the_interval():
    """Ten copies of each unit are no new evidence."""
    few = simulated(40)
    rows = np.tile(np.arange(len(few.units)), 10)
    copies = np.repeat(np.arange(10), len(few.units))
    many = Ratings(few.units[rows] + 40 * copies, few.raters[rows], few.values[rows], few.n_categories)
    clusters = np.tile(np.arange(40), 10)
    naive = with_intervals([fleiss_kappa(many)])[0].ci
    honest = with_intervals([fleiss_kappa(many)], clusters=clusters)[0].ci
    original = with_intervals([fleiss_kappa(few)])[0].ci
    assert np.ptp(naive) < 0.5 * np.ptp(original)
    assert np.ptp(honest) == pytest.approx(np.ptp(original), rel=0.2)


def test_both_ways_of_drawing_agree():
    """Few distinct records are drawn as counts, many one by one."""
    coarse = simulated(2000, n_raters=2, n_categories=2)
    fine = simulated(2000, n_raters=2, n_categories=2)
    jittered = moments_sample(fine).records + np.random.default_rng(0).normal(0, 1e-9, (2000, 3)) * [0, 0, 1]
    first = krippendorff_alpha(coarse, "interval")
    second = krippendorff_alpha(fine, "interval", sample=type(first.sample)(jittered, np.arange(2000)))
    drawn = with_intervals([first, second], replicates=4000)
    assert drawn[0].ci == pytest.approx(drawn[1].ci, abs=0.01)


def test_same_seed_same_interval():
    kappa = fleiss_kappa(simulated(60))
    first, again, other = (with_intervals([kappa], seed=seed)[0].ci for seed in (3, 3, 4))
    assert first == again != other


def test_coefficients_of_one_sample_share_their_resamples():
    ratings = simulated(60)
    sample = counts_sample(ratings)
    alone = with_intervals([gwet_ac1(ratings)])[0].ci
    together = with_intervals([fleiss_kappa(ratings, sample=sample), gwet_ac1(ratings, sample=sample)])[1].ci
    assert together == pytest.approx(alone)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=2, max_size=12))
def test_contains_the_estimate_or_says_why_not(rows):
    ratings = Ratings.from_matrix(rows, n_categories=3)
    for result in with_intervals(
        [f(ratings) for f in (fleiss_kappa, gwet_ac1, krippendorff_alpha)], replicates=99
    ):
        if result.ci is None:
            assert result.reason
        else:
            assert result.ci[0] <= result.value <= result.ci[1]


def test_a_single_cluster_has_no_interval():
    ratings = simulated(30)
    result = with_intervals([fleiss_kappa(ratings)], clusters=np.zeros(30, int))[0]
    assert result.value is not None
    assert result.ci is None
    assert "one song" in result.reason


def test_a_category_chosen_once_has_no_interval():
    """More than a third of the resamples would not see it at all."""
    table = np.zeros((50, 2))
    table[7] = 1
    result = with_intervals([krippendorff_alpha(Ratings.from_matrix(table, n_categories=2))])[0]
    assert result.value == pytest.approx(1)
    assert result.ci is None
    assert "resamples" in result.reason


def test_units_without_ratings_are_not_drawn():
    ratings = simulated(40)
    spaced = Ratings(3 * ratings.units, ratings.raters, ratings.values, ratings.n_categories)
    assert with_intervals([fleiss_kappa(spaced)]) == with_intervals([fleiss_kappa(ratings)])


def test_no_resamples_no_interval():
    assert with_intervals([fleiss_kappa(simulated(40))], replicates=0)[0].ci is None
    with pytest.raises(AnnotatorError, match="must not be negative"):
        with_intervals([], replicates=-1)
