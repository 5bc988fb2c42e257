"""Raters against each other, the rest and themselves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.agreement import pairwise as pairwise_module
from annotator.agreement.icc import ccc
from annotator.agreement.kappa import cohen_kappa
from annotator.agreement.pairwise import pairwise, self_agreement, versus_rest
from annotator.agreement.ratings import Ratings
from annotator.domain.errors import AnnotatorError

quick = settings(max_examples=40, deadline=None)
LEVELS = ("nominal", "ordinal", "interval")
ONE_PAIR = {
    "nominal": cohen_kappa,
    "ordinal": lambda ratings: cohen_kappa(ratings, "quadratic"),
    "interval": ccc,
}


def tables(most_raters=4):
    cell = st.one_of(st.none(), st.integers(0, 3))
    return (
        st.integers(2, most_raters)
        .flatmap(lambda k: st.lists(st.lists(cell, min_size=k, max_size=k), min_size=2, max_size=15))
        .map(lambda rows: np.array([[np.nan if v is None else v for v in row] for row in rows]))
    )


def rated(table):
    return Ratings.from_matrix(table, n_categories=4)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("level", LEVELS)
@quick
@given(table=tables())
def test_every_pair_is_the_coefficient_of_those_two(level, sparse, table):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairwise_module, "_DENSE_FROM", 2.0 if sparse else 0.0)
        patch.setattr(pairwise_module, "_BLOCK_CELLS", 8)  # several blocks
        result = pairwise(rated(table), level)
    k = len(result.values)
    for a in range(k):
        for b in range(a):
            both = ~np.isnan(table[:, a]) & ~np.isnan(table[:, b])
            assert result.shared[a, b] == result.shared[b, a] == both.sum()
            alone = ONE_PAIR[level](rated(table[both][:, [a, b]]))
            if both.sum() < 2 or alone.value is None:
                assert np.isnan(result.values[a, b])
            else:
                assert result.values[a, b] == pytest.approx(alone.value, abs=1e-9)
                assert result.values[b, a] == pytest.approx(alone.value, abs=1e-9)


@pytest.mark.parametrize("level", LEVELS)
@quick
@given(table=tables(2))
def test_the_rest_of_two_is_the_other(level, table):
    ratings = rated(table)
    if ratings.n_raters < 2:
        return
    pair = pairwise(ratings, level)
    rest = versus_rest(ratings, level)
    assert rest.values == pytest.approx(np.full(2, pair.values[0, 1]), nan_ok=True, abs=1e-9)
    assert rest.n.tolist() == [pair.shared[0, 1]] * 2


@pytest.mark.parametrize("level", LEVELS)
def test_a_contrarian_stands_out_against_the_rest(level):
    rng = np.random.default_rng(1)
    truth = rng.integers(4, size=(200, 1))
    table = np.where(rng.random((200, 5)) < 0.8, truth, rng.integers(4, size=(200, 5))).astype(float)
    table[:, 3] = rng.integers(4, size=200)
    table[rng.random(table.shape) < 0.3] = np.nan
    rest = versus_rest(rated(table), level)
    assert rest.values.argmin() == 3
    assert abs(rest.values[3]) < 0.15
    assert np.delete(rest.values, 3).min() > 0.4


def test_the_rest_is_shared_among_the_others():
    """By hand: rater 0 meets half of the others' votes on each unit."""
    ratings = rated(np.array([[0, 0, 1], [1, 1, 0]], float))
    assert versus_rest(ratings, "nominal").values[0] == pytest.approx(0.0)


class TestSelfAgreement:
    @pytest.mark.parametrize("level", LEVELS)
    @quick
    @given(pairs=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=20))
    def test_is_the_coefficient_of_first_and_second_answer(self, level, pairs):
        first, second = np.array(pairs, dtype=float).T
        units, nobody = np.arange(len(pairs)), np.zeros(len(pairs), int)
        result = self_agreement(Ratings(units, nobody, first, 4), Ratings(units, nobody, second, 4), level)
        alone = ONE_PAIR[level](rated(np.array(pairs, float)))
        assert result.n.tolist() == [len(pairs)]
        if alone.value is None:
            assert np.isnan(result.values[0])
        else:
            assert result.values[0] == pytest.approx(alone.value, abs=1e-9)

    def test_repeats_find_their_own_rater_and_unit(self):
        table = np.array([[0, 3], [1, 2], [2, 1], [3, 0.0]])
        first = rated(table)
        order = [5, 2, 7, 0, 3]
        again = Ratings(first.units[order], first.raters[order], first.values[order], 4)
        result = self_agreement(first, again, "nominal")
        assert result.values.tolist() == [1.0, 1.0]
        assert result.n.tolist() == [2, 3]

    def test_a_repeat_without_a_first_answer_is_left_out(self):
        first = Ratings([0, 1], [0, 0], [0, 1], 2)
        again = Ratings([0, 1, 2, 1], [0, 0, 0, 3], [0, 1, 1, 1], 2)
        result = self_agreement(first, again, "nominal")
        assert result.n.tolist() == [2, 0, 0, 0]
        assert result.values[0] == 1.0
        assert np.isnan(result.values[3])

    def test_a_shift_between_the_passes_counts_as_disagreement(self):
        units, nobody = np.arange(4), np.zeros(4, int)
        first, again = Ratings(units, nobody, [1, 2, 3, 4.0]), Ratings(units, nobody, [11, 12, 13, 14.0])
        assert self_agreement(first, again, "interval").values[0] < 0.1


def test_a_repeat_among_first_answers_is_refused():
    with pytest.raises(AnnotatorError, match="twice"):
        pairwise(Ratings([0, 0], [0, 0], [0, 1], 2), "nominal")
