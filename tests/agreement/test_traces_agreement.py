"""Traces: lags that were put in are found, figures are their plain definitions, windows are the table cut up."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.agreement.alpha import krippendorff_alpha
from annotator.agreement.icc import ccc
from annotator.agreement.ratings import Ratings
from annotator.agreement.traces import figures, lags, mean_trace, over_time, pool, shifted
from annotator.domain.errors import AnnotatorError

RATE = 4.0


def slow_sound(rng: np.random.Generator, n: int) -> np.ndarray:
    """What raters follow: noise that changes over some seconds."""
    return np.convolve(rng.normal(size=n + 40), np.hanning(25), mode="valid")[:n] / 3


def late_raters(delays: list[int], noise: float = 0.1, n: int = 320) -> np.ndarray:
    rng = np.random.default_rng(7)
    sound = slow_sound(rng, n + 40)
    return np.array([sound[20 - d : 20 - d + n] + rng.normal(0, noise, n) for d in delays])


def test_lags_that_were_put_in_are_found_and_taken_out() -> None:
    table = late_raters([0, 0, 0, 6, -4])
    found = lags(table, RATE)
    assert found == pytest.approx([0, 0, 0, 1.5, -1.0], abs=0.25)
    before, after = figures(table), figures(shifted(table, RATE, found))
    assert after.alpha > before.alpha + 0.1
    assert after.pearson > before.pearson
    assert lags(shifted(table, RATE, found), RATE) == pytest.approx(0, abs=0.25)


def test_lags_are_relative_and_within_bounds() -> None:
    table = late_raters([0, 0, 12])
    assert lags(table, RATE)[2] == pytest.approx(3.0, abs=0.25)
    assert np.abs(lags(table, RATE, most=1.0)).max() <= 1.0
    assert lags(table, RATE, most=0).tolist() == [0, 0, 0]
    # Who is late by as much as everybody is not late.
    assert lags(late_raters([8, 8, 8]), RATE) == pytest.approx(0, abs=0.25)


def test_holes_and_listeners_who_never_move() -> None:
    table = late_raters([0, 0, 4, 0])
    table[0, :80] = np.nan
    table[3] = 0.2
    found = lags(table, RATE)
    assert np.isnan(found[3])
    assert found[:3] == pytest.approx([0, 0, 1.0], abs=0.3)
    moved = shifted(table, RATE, found)
    assert (moved[3] == 0.2).all()
    assert np.isnan(moved[2, -3:]).all()


def plain(table: np.ndarray) -> tuple[float, float]:
    """Concordance and correlation, one pair of raters at a time."""
    found = []
    for x, y in itertools.combinations(table, 2):
        both = ~np.isnan(x) & ~np.isnan(y)
        x, y = x[both], y[both]
        cov = np.mean((x - x.mean()) * (y - y.mean()))
        found.append((2 * cov / (x.var() + y.var() + (x.mean() - y.mean()) ** 2), np.corrcoef(x, y)[0, 1]))
    a, b = np.mean(found, axis=0)
    return float(a), float(b)


def test_figures_are_their_definitions() -> None:
    table = late_raters([0, 1, 3], noise=0.3)
    table[1, 40:60] = np.nan
    table[:, 100] = np.nan
    found = figures(table)
    assert (found.ccc, found.pearson) == pytest.approx(plain(table), abs=1e-12)
    expected = krippendorff_alpha(Ratings.from_matrix(table.T), "interval").value
    assert found.alpha == pytest.approx(expected, abs=1e-12)
    assert found.n_steps == 319
    assert figures(table[:2]).ccc == pytest.approx(ccc(Ratings.from_matrix(table[:2].T)).value, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.permutations(range(4)), st.floats(0.1, 5), st.floats(-3, 3))
def test_who_comes_first_and_the_scale_do_not_matter(seed, order, factor, offset) -> None:
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(4, 1)) * 0.2 + slow_sound(rng, 60) + rng.normal(0, 0.2, (4, 60))
    a, b = figures(table), figures(table[list(order)] * factor + offset)
    assert (a.alpha, a.ccc, a.pearson) == pytest.approx((b.alpha, b.ccc, b.pearson), abs=1e-9)
    same = figures(np.tile(table[0], (3, 1)))
    assert (same.alpha, same.ccc, same.pearson) == pytest.approx((1, 1, 1))


def test_windows_are_the_table_cut_up() -> None:
    table = late_raters([0, 1, 2])
    course = over_time(table, RATE, window=5, hop=2.5)
    assert course.seconds[0] == 2.5
    assert np.diff(course.seconds) == pytest.approx(2.5)
    assert course.seconds[-1] <= 80 - 2.5
    assert course.alpha[3] == pytest.approx(figures(table[:, 30:50]).alpha)
    assert len(over_time(table[:, :10], RATE, window=5).seconds) == 0


def test_the_mean_has_the_interval_of_student() -> None:
    from scipy.stats import t

    table = np.array([[0.1, 0.2, np.nan], [0.3, np.nan, np.nan], [0.8, np.nan, np.nan]])
    found = mean_trace(table)
    low, high = t.interval(0.95, 2, 0.4, np.std(table[:, 0], ddof=1) / 3**0.5)
    assert (found.low[0], found.value[0], found.high[0]) == pytest.approx((low, 0.4, high))
    assert found.raters.tolist() == [3, 1, 0]
    assert found.value[1] == 0.2
    assert np.isnan(found.value[2])
    assert np.isnan(found.low[1:]).all()


def test_pooled_steps_know_their_segment() -> None:
    a, b = late_raters([0, 1]), late_raters([0, 2])[:, :50]
    b[0, :10] = np.nan
    ratings = pool([a, b])
    assert ratings.n_units == 320 + 40
    assert np.bincount(ratings.clusters).tolist() == [320, 40]
    assert pool([a]).n_raters == 2
    whole = krippendorff_alpha(pool([a]), "interval").value
    assert whole == pytest.approx(figures(a).alpha)


@pytest.mark.parametrize("table", [np.zeros((0, 0)), np.zeros((1, 5)), np.full((3, 5), np.nan), np.ones((3, 5)),
                                   np.array([[1.0], [2.0]])])  # fmt: skip
def test_too_little_is_undefined_not_wrong(table: np.ndarray) -> None:
    found = figures(table)
    assert np.isnan(found.ccc)
    assert np.isnan(found.pearson)
    assert np.isnan(found.alpha) or found.alpha <= 0
    assert len(lags(table, RATE)) == len(table)
    assert len(mean_trace(table).value) == table.shape[1]


@pytest.mark.parametrize(("call", "words"), [
    (lambda: figures([1.0, 2.0]), "table of raters by steps"),
    (lambda: lags([[1.0, 2.0]], 0), "above 0"),
    (lambda: lags([[1.0, 2.0]], 1, most=-1), "negative"),
    (lambda: over_time(np.zeros((2, 9)), 2, window=0.5), "fewer than two steps"),
    (lambda: figures([[np.inf, 1.0]]), "not finite"),
])  # fmt: skip
def test_wrong_input_is_named(call, words: str) -> None:
    with pytest.raises(AnnotatorError, match=words):
        call()
