"""Coefficients against published values, other implementations, and what must not change them."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from annotator.agreement.alpha import krippendorff_alpha
from annotator.agreement.icc import FORMS, ccc, icc
from annotator.agreement.kappa import cohen_kappa, fleiss_kappa, gwet_ac1, percent_agreement
from annotator.agreement.ratings import Ratings
from annotator.domain.errors import AnnotatorError

quick = settings(max_examples=40, deadline=None)
EXACT = 1e-9
COHEN_1960 = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
FOUR_STEPS = [[44, 5, 1, 0], [6, 20, 4, 0], [1, 3, 18, 2], [0, 1, 2, 13]]


def table_of_votes(draw, *, numbers=False):
    """A units x raters table with gaps, at least one unit with two ratings."""
    n_units, n_raters = draw(st.integers(2, 12)), draw(st.integers(2, 5))
    cell = st.one_of(st.none(), st.floats(-9, 9, width=16) if numbers else st.integers(0, 3))
    rows = draw(
        st.lists(
            st.lists(cell, min_size=n_raters, max_size=n_raters), min_size=n_units, max_size=n_units
        ).filter(lambda rows: any(sum(v is not None for v in row) >= 2 for row in rows))
    )
    return np.array([[np.nan if v is None else v for v in row] for row in rows], dtype=float)


votes = st.composite(table_of_votes)()
numbers = st.composite(lambda draw: table_of_votes(draw, numbers=True))()


class TestPublishedValues:
    def test_fleiss_1971(self, fleiss_counts):
        ratings = Ratings.from_counts(fleiss_counts)
        kappa = fleiss_kappa(ratings)
        assert kappa.variant == "nominal"
        assert kappa.value == pytest.approx(0.20993070442195522, abs=EXACT)
        assert krippendorff_alpha(ratings).value == pytest.approx(0.21557405653322692, abs=EXACT)
        assert (kappa.n_units, kappa.n_ratings) == (10, 140)

    def test_cohen_1960(self):
        kappa = cohen_kappa(Ratings.from_table(COHEN_1960))
        assert kappa.value == pytest.approx(0.49152542372881347, abs=EXACT)
        assert kappa.ci == pytest.approx((0.3916, 0.5915), abs=5e-5)
        assert kappa.ci_method == "analytic"

    def test_cohen_1968_own_weights(self):
        kappa = cohen_kappa(Ratings.from_table(COHEN_1960), [[0, 1, 3], [1, 0, 6], [3, 6, 0]])
        assert (kappa.name, kappa.variant) == ("weighted_kappa", "custom")
        assert kappa.value == pytest.approx(0.3478260869565216, abs=EXACT)

    def test_cohen_small_table(self):
        assert cohen_kappa(Ratings.from_table([[20, 5], [10, 15]])).value == pytest.approx(0.4, abs=EXACT)

    @pytest.mark.parametrize(("weights", "value"), [("linear", 0.7983193277), ("quadratic", 0.8757309942)])
    def test_weighted(self, weights, value):
        kappa = cohen_kappa(Ratings.from_table(FOUR_STEPS), weights)
        assert (kappa.name, kappa.variant) == ("weighted_kappa", weights)
        assert kappa.value == pytest.approx(value, abs=1e-10)

    @pytest.mark.parametrize(
        ("level", "value"),
        [
            ("nominal", 0.743421052631579),
            ("ordinal", 0.8153875037548814),
            ("interval", 0.8491071428571428),
            ("ratio", 0.7974027747116121),
        ],
    )
    def test_krippendorff_2011(self, krippendorff_example, krippendorff_codes, level, value):
        coded = level in ("nominal", "ordinal")
        alpha = krippendorff_alpha(krippendorff_codes if coded else krippendorff_example, level)
        assert alpha.value == pytest.approx(value, abs=EXACT)
        assert (alpha.n_units, alpha.n_ratings) == (11, 40)

    def test_missing_ratings_in_ac1_and_generalised_fleiss(self, krippendorff_codes):
        assert gwet_ac1(krippendorff_codes).value == pytest.approx(0.77544, abs=5e-6)
        kappa = fleiss_kappa(krippendorff_codes)
        assert kappa.variant == "generalised"
        assert kappa.value == pytest.approx(0.7612, abs=5e-5)

    @pytest.mark.parametrize(
        ("form", "value", "low", "high"),
        [
            ("1,1", 0.1657, -0.13, 0.72),
            ("2,1", 0.2898, 0.02, 0.76),
            ("3,1", 0.7148, 0.34, 0.95),
            ("1,k", 0.4428, -0.88, 0.91),
            ("2,k", 0.6201, 0.07, 0.93),
            ("3,k", 0.9093, 0.68, 0.99),
        ],
    )
    def test_shrout_fleiss_1979(self, shrout_fleiss, form, value, low, high):
        result = icc(shrout_fleiss, form)
        assert result.value == pytest.approx(value, abs=5e-5)
        assert result.ci == pytest.approx((low, high), abs=5e-3)

    @pytest.mark.parametrize(
        ("table", "agreement", "kappa", "ac1"),
        [([[118, 5], [2, 0]], 0.944, -0.0234, 0.9408), ([[80, 10], [5, 5]], 0.85, 0.3182, 0.8080)],
    )
    def test_kappa_paradox(self, table, agreement, kappa, ac1):
        ratings = Ratings.from_table(table)
        assert percent_agreement(ratings).value == pytest.approx(agreement, abs=EXACT)
        assert cohen_kappa(ratings).value == pytest.approx(kappa, abs=5e-5)
        assert gwet_ac1(ratings).value == pytest.approx(ac1, abs=5e-5)

    @pytest.mark.real_data
    def test_emotify(self, real_data: Path):
        """Nine yes-no labels, 400 tracks, every row another listener."""
        with open(real_data / "emotify" / "data.csv", newline="") as file:
            rows = list(csv.DictReader(file, skipinitialspace=True))
        tracks = np.array([int(row["track id"]) for row in rows]) - 1
        expected = {
            "amazement": (0.0347, 0.4361), "solemnity": (0.0764, 0.6329), "tenderness": (0.1446, 0.7789),
            "nostalgia": (0.1113, 0.7246), "calmness": (0.1723, 0.8137), "power": (0.1755, 0.8195),
            "joyful_activation": (0.2460, 0.8737), "tension": (0.1350, 0.7698), "sadness": (0.1116, 0.7268),
        }  # fmt: skip
        for label, (alpha, mean_of_k) in expected.items():
            ticked = np.array([float(row[label]) for row in rows])
            ratings = Ratings(tracks, np.arange(len(rows)), ticked, n_categories=2)
            assert krippendorff_alpha(ratings).value == pytest.approx(alpha, abs=5e-5)
            assert icc(ratings, "1,k").value == pytest.approx(mean_of_k, abs=5e-5)
            if label == "amazement":
                assert gwet_ac1(ratings).value == pytest.approx(0.7057, abs=5e-5)


class TestOtherImplementations:
    @quick
    @given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=40))
    def test_cohen_is_that_of_scikit_learn(self, pairs):
        ratings = Ratings.from_matrix(pairs, n_categories=5)
        a, b = np.array(pairs).T
        if len(set(a) | set(b)) == 1:
            assert cohen_kappa(ratings).value is None
            return
        for ours, theirs in (("nominal", None), ("linear", "linear"), ("quadratic", "quadratic")):
            rival = cohen_kappa_score(a, b, weights=theirs, labels=range(5))
            assert cohen_kappa(ratings, ours).value == pytest.approx(rival, abs=EXACT)

    @pytest.mark.parametrize("table", [COHEN_1960, FOUR_STEPS, [[20, 5], [10, 15]]])
    @pytest.mark.parametrize(
        ("ours", "theirs"), [("nominal", None), ("linear", "linear"), ("quadratic", "fc")]
    )
    def test_analytic_interval_is_that_of_statsmodels(self, table, ours, theirs):
        rival = cohens_kappa(np.array(table), wt=theirs)
        kappa = cohen_kappa(Ratings.from_table(table), ours)
        assert kappa.value == pytest.approx(rival.kappa, abs=EXACT)
        assert kappa.ci == pytest.approx((rival.kappa_low, rival.kappa_upp), abs=EXACT)

    @quick
    @given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=2, max_size=30))
    def test_fleiss_is_that_of_statsmodels(self, rows):
        ratings = Ratings.from_matrix(rows, n_categories=4)
        if len(np.unique(rows)) == 1:
            assert fleiss_kappa(ratings).value is None
            return
        rival = statsmodels_fleiss(aggregate_raters(np.array(rows), 4)[0])
        assert fleiss_kappa(ratings).value == pytest.approx(rival, abs=EXACT)

    @quick
    @given(votes)
    def test_alpha_is_that_of_the_coincidence_matrix(self, table):
        """The definition, pair by pair, at three levels."""
        ratings = Ratings.from_matrix(table, n_categories=4)
        units = [row[~np.isnan(row)].astype(int) for row in table]
        coincidences = np.zeros((4, 4))
        for unit in (u for u in units if len(u) >= 2):
            for i, a in enumerate(unit):
                for j, b in enumerate(unit):
                    coincidences[a, b] += (i != j) / (len(unit) - 1)
        margin = coincidences.sum(axis=0)
        n = margin.sum()
        ranks = np.cumsum(margin) - margin / 2
        steps = np.subtract.outer(np.arange(4), np.arange(4))
        distances = {
            "nominal": (steps != 0) * 1.0,
            "ordinal": np.subtract.outer(ranks, ranks) ** 2,
            "interval": steps**2.0,
        }
        for level, distance in distances.items():
            expected = (np.outer(margin, margin) * distance).sum() / (n - 1)
            value = krippendorff_alpha(ratings, level).value
            if expected == 0:
                assert value is None
            else:
                assert value == pytest.approx(1 - (coincidences * distance).sum() / expected, abs=EXACT)

    def test_concordance_is_quadratically_weighted_kappa(self):
        ratings = Ratings.from_table(FOUR_STEPS)
        numbers = Ratings(ratings.units, ratings.raters, ratings.values)
        assert ccc(numbers).value == pytest.approx(cohen_kappa(ratings, "quadratic").value, abs=EXACT)


def categorical(ratings: Ratings):
    return [
        percent_agreement(ratings).value,
        fleiss_kappa(ratings).value,
        gwet_ac1(ratings).value,
        krippendorff_alpha(ratings).value,
    ]


def same(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        assert (a is None) == (b is None)
        assert a is None or a == pytest.approx(b, abs=EXACT)


class TestWhatMustNotMatter:
    @quick
    @given(votes, st.randoms())
    def test_order_of_units_raters_and_ratings(self, table, random):
        units, raters = list(range(len(table))), list(range(table.shape[1]))
        random.shuffle(units)
        random.shuffle(raters)
        shuffled = Ratings.from_matrix(table[units][:, raters], n_categories=4)
        order = list(range(len(shuffled.values)))
        random.shuffle(order)
        shuffled = Ratings(
            shuffled.units[order], shuffled.raters[order], shuffled.values[order], n_categories=4
        )
        ratings = Ratings.from_matrix(table, n_categories=4)
        same(categorical(ratings), categorical(shuffled))
        for level in ("ordinal", "interval"):
            same(
                [krippendorff_alpha(ratings, level).value],
                [krippendorff_alpha(shuffled, level).value],
            )

    @quick
    @given(votes, st.permutations(range(4)))
    def test_names_of_categories(self, table, names):
        renamed = np.where(np.isnan(table), np.nan, np.array(names)[np.nan_to_num(table).astype(int)])
        same(
            categorical(Ratings.from_matrix(table, n_categories=4)),
            categorical(Ratings.from_matrix(renamed, n_categories=4)),
        )

    @quick
    @given(votes)
    def test_direction_of_an_ordered_scale(self, table):
        same(
            [krippendorff_alpha(Ratings.from_matrix(table, n_categories=4), "ordinal").value],
            [krippendorff_alpha(Ratings.from_matrix(3 - table, n_categories=4), "ordinal").value],
        )

    @quick
    @given(numbers)
    def test_place_of_zero(self, table):
        near, far = Ratings.from_matrix(table), Ratings.from_matrix(table + 2.0**20)
        same(
            [krippendorff_alpha(near, "interval").value, icc(near).value],
            [krippendorff_alpha(far, "interval").value, icc(far).value],
        )

    def test_offset_of_a_thousand_million_leaves_the_digits(self, shrout_fleiss):
        far = Ratings(shrout_fleiss.units, shrout_fleiss.raters, shrout_fleiss.values + 1e9)
        for form in FORMS:
            assert icc(far, form).value == pytest.approx(icc(shrout_fleiss, form).value, abs=EXACT)

    @quick
    @given(votes.filter(lambda table: len(np.unique(table[~np.isnan(table)])) > 1))
    def test_perfect_agreement_is_one(self, table):
        agreed = np.repeat(np.nanmax(np.nan_to_num(table), axis=1, keepdims=True), 3, axis=1)
        if len(np.unique(agreed)) == 1:
            return
        ratings = Ratings.from_matrix(agreed, n_categories=4)
        assert categorical(ratings) == pytest.approx([1.0] * 4)
        for level in ("ordinal", "interval", "ratio"):
            assert krippendorff_alpha(ratings, level).value == pytest.approx(1.0)
        for form in FORMS:
            assert icc(ratings, form).value == pytest.approx(1.0)

    @quick
    @given(numbers)
    @example(np.array([[np.nan, 0, 4], [np.nan, 0, 4], [np.nan, 1, 3]]))  # units alike, raters apart
    @example(np.array([[0, 4, np.nan], [0, 4, np.nan], [3, 2, np.nan]]))
    def test_no_coefficient_is_ever_nan(self, table):
        ratings = Ratings.from_matrix(table)
        results = [icc(ratings, form) for form in FORMS]
        results += [krippendorff_alpha(ratings, "interval"), ccc(ratings)]
        for result in results:
            assert (result.value is None) == bool(result.reason)
            assert result.value is None or np.isfinite(result.value)
            assert result.ci is None or result.ci[0] - 1e-9 <= result.value <= result.ci[1] + 1e-9


class TestUndefined:
    NOMINAL = (cohen_kappa, fleiss_kappa, gwet_ac1, krippendorff_alpha, percent_agreement)
    NUMERIC = (icc, ccc)

    @pytest.mark.parametrize("measure", NOMINAL + NUMERIC)
    @pytest.mark.parametrize(
        ("units", "raters", "word"),
        [([], [], "no ratings"), ([0, 1], [0, 0], "one rater"), ([0, 1], [0, 1], "more than one rater")],
    )
    def test_nothing_to_compare(self, measure, units, raters, word):
        result = measure(Ratings(np.array(units, int), np.array(raters, int), [1.0] * len(units), 2))
        assert result.value is None
        assert word in result.reason

    @pytest.mark.parametrize("measure", NOMINAL[:4] + NUMERIC)
    def test_everyone_always_answers_the_same(self, measure):
        result = measure(
            Ratings.from_matrix(
                np.full((6, 2), 0.1 if measure in self.NUMERIC else 1.0),
                n_categories=0 if measure in self.NUMERIC else 2,
            )
        )
        assert result.value is None
        assert "same" in result.reason
        assert result.to_dict()["ci"] == [None, None]

    def test_everyone_always_answers_the_same_is_full_percent_agreement(self):
        assert percent_agreement(Ratings.from_matrix(np.ones((6, 2)), n_categories=2)).value == 1.0

    def test_two_rater_measures_with_three(self):
        ratings = Ratings.from_matrix([[0, 1, 1], [1, 1, 0]], n_categories=2)
        for measure in (cohen_kappa, ccc):
            assert "two raters only" in measure(ratings).reason

    def test_two_way_forms_without_a_complete_block(self):
        ratings = Ratings.from_matrix([[1, 2, np.nan], [np.nan, 3, 4], [5, 6, np.nan]])
        assert "every one of the 3 raters" in icc(ratings, "2,1").reason
        assert icc(ratings, "1,1").value is not None

    def test_means_all_equal(self):
        ratings = Ratings.from_matrix([[0, 2], [2, 0], [1, 1]])
        assert icc(ratings, "1,1").value == pytest.approx(-1)
        assert "same mean" in icc(ratings, "1,k").reason


class TestBadInput:
    def test_a_rater_who_rates_a_unit_twice(self):
        with pytest.raises(AnnotatorError, match="Rater 1 rated unit 0 twice"):
            krippendorff_alpha(Ratings([0, 0, 0], [1, 1, 0], [0, 1, 1], n_categories=2))

    @pytest.mark.parametrize(
        ("units", "raters", "values", "n_categories", "word"),
        [
            ([0], [0, 1], [1.0], 2, "as many"),
            ([0], [0], [float("nan")], 0, "finite"),
            ([0], [0], [2.0], 2, "not one of the codes"),
            ([0], [0], [0.5], 2, "not one of the codes"),
            ([-1], [0], [1.0], 2, "units must be"),
            ([0], [0.5], [1.0], 2, "raters must be"),
        ],
    )
    def test_ratings_are_checked(self, units, raters, values, n_categories, word):
        with pytest.raises(AnnotatorError, match=word):
            Ratings(np.array(units), np.array(raters), np.array(values), n_categories)

    def test_every_unit_needs_a_cluster(self):
        with pytest.raises(AnnotatorError, match="Unit 2 has no cluster"):
            Ratings([2], [0], [1.0], 2, clusters=np.array([0, 0]))

    def test_numbers_are_not_categories(self):
        with pytest.raises(AnnotatorError, match="numbers, not categories"):
            fleiss_kappa(Ratings.from_matrix([[0.5, 1], [1, 1]]))

    def test_ratio_scales_start_at_zero(self):
        with pytest.raises(AnnotatorError, match="below 0"):
            krippendorff_alpha(Ratings.from_matrix([[-1, 1], [1, 1]]), "ratio")

    @pytest.mark.parametrize(
        "call",
        [
            lambda r: krippendorff_alpha(r, "cardinal"),
            lambda r: icc(r, "4,1"),
            lambda r: cohen_kappa(r, "cubic"),
        ],
    )
    def test_unknown_variants_list_the_valid_ones(self, call):
        with pytest.raises(AnnotatorError, match="Valid: "):
            call(Ratings.from_table([[2, 1], [1, 2]]))
