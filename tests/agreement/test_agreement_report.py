"""What stands in the report of an item, and what it says to people without statistics."""

import csv
import json

import numpy as np
import pytest

from annotator.agreement import report as report_module
from annotator.agreement.disagreement import mean_difference, spread, worst_units
from annotator.agreement.ratings import Ratings
from annotator.agreement.report import report_item
from annotator.agreement.summary import band
from annotator.domain.errors import AnnotatorError

YES_NO = ["no", "yes"]


def report(ratings, level="nominal", categories=YES_NO, **options):
    names = [f"R{i}" for i in range(ratings.n_raters)]
    return report_item(
        ratings, item="tense", level=level, categories=categories, rater_names=names, **options
    )


def names_of(item):
    return [(c.name, c.variant) for c in item.coefficients]


def test_plain_data_has_every_promised_field_and_is_json():
    ratings = Ratings.from_matrix(
        [[0, 0, 1], [1, 1, 1], [0, 0, 0], [1, np.nan, 1], [1, 0, np.nan], [0, np.nan, np.nan]], n_categories=2
    )
    repeats = Ratings([0, 1], [0, 0], [0, 1], 2)
    data = json.loads(json.dumps(report(ratings, repeats=repeats).to_dict(), allow_nan=False))
    assert (data["item"], data["n_items"], data["n_raters"]) == ("tense", 6, 3)
    assert (data["n_ratings"], data["n_single"]) == (14, 1)
    assert data["ratings_per_item"] == {"min": 1, "median": 2.5, "max": 3}
    assert data["percent_agreement"] == pytest.approx((1 / 3 + 1 + 1 + 1 + 0) / 5)
    assert data["prevalence"] == {"no": 7 / 14, "yes": 7 / 14}
    assert set(data["coefficients"][0]) >= {"name", "variant", "value", "ci", "reason"}
    assert all(len(c["ci"]) == 2 for c in data["coefficients"])
    assert data["pairwise"][0] == {"a": "R0", "b": "R1", "n_shared": 4, "value": 0.5, "reason": ""}
    assert [(r["rater"], r["n"]) for r in data["raters"]] == [("R0", 6), ("R1", 4), ("R2", 4)]
    assert data["raters"][0]["self_agreement"] == 1.0
    assert data["raters"][1]["self_agreement"] is None
    assert "twice" in data["raters"][1]["self_agreement_reason"]
    assert data["worst"][0] == {"unit": 4, "score": 1.0, "n": 2}
    assert data["worst"][1]["unit"] == 0
    assert data["measure"] == {"name": "cohen_kappa", "variant": "nominal"}
    assert data["summary"].startswith("1 of 6 segments has a single rating")


@pytest.mark.parametrize(
    ("level", "n_raters", "expected"),
    [
        ("nominal", 2, {"krippendorff_alpha nominal", "gwet_ac1 nominal", "cohen_kappa nominal", "scott_pi nominal"}),
        ("nominal", 3, {"krippendorff_alpha nominal", "gwet_ac1 nominal", "fleiss_kappa nominal"}),
        ("ordinal", 2, {"krippendorff_alpha ordinal", "weighted_kappa linear", "weighted_kappa quadratic",
                        "gwet_ac2 quadratic", "icc 1,1", "icc 1,k", "pearson pair", "spearman pair"}),
        ("interval", 3, {"krippendorff_alpha interval", "icc 1,1", "icc 1,k", "icc 2,1", "icc 2,k", "icc 3,1",
                         "icc 3,k", "pearson mean of pairs", "spearman mean of pairs"}),
        ("interval", 2, {"krippendorff_alpha interval", "icc 1,1", "icc 1,k", "icc 2,1", "icc 2,k", "icc 3,1",
                         "icc 3,k", "ccc interval", "pearson pair", "spearman pair"}),
    ],
)  # fmt: skip
def test_coefficients_follow_the_level_and_the_raters(level, n_raters, expected):
    rng = np.random.default_rng(0)
    table = np.clip(rng.integers(3, size=(60, 1)) + rng.integers(2, size=(60, n_raters)), 0, 2)
    item = report(Ratings.from_matrix(table, n_categories=3), level, ["low", "mid", "high"])
    assert {" ".join(name) for name in names_of(item)} == expected
    for coefficient in item.coefficients:
        assert coefficient.ci[0] <= coefficient.value <= coefficient.ci[1]
        assert coefficient.n_ratings == 60 * n_raters


def test_ratings_missing_make_fleiss_generalised():
    table = np.array([[0, 0, 1], [1, 1, np.nan], [0, 0, 0], [1, 0, 1]])
    assert ("fleiss_kappa", "generalised") in names_of(report(Ratings.from_matrix(table, n_categories=2)))


def test_every_category_against_the_others():
    """The first category is never confused with another, the second is."""
    ratings = Ratings.from_counts([[2, 0, 0], [0, 2, 0], [0, 1, 1], [0, 0, 2]])
    item = report(ratings, categories=["a", "b", "c"])
    first = item.per_category[0]
    assert (first.category, first.prevalence, first.alpha.value) == ("a", 0.25, pytest.approx(1.0))
    assert item.per_category[1].alpha.value < 1
    assert sum(c.prevalence for c in item.per_category) == pytest.approx(1)


class TestNothingToSay:
    @pytest.mark.parametrize(
        ("table", "reason"),
        [
            (np.zeros((0, 2)), "no ratings"),
            (np.zeros((5, 1)), "one rater"),
            (np.array([[0, np.nan], [np.nan, 1]]), "more than one rater"),
        ],
    )
    @pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
    def test_every_coefficient_says_why(self, table, reason, level):
        item = report(Ratings.from_matrix(table, n_categories=2), level)
        json.dumps(item.to_dict(), allow_nan=False)
        assert all(c.value is None and c.ci is None and reason in c.reason for c in item.coefficients)
        assert item.percent_agreement.value is None
        assert reason in item.summary

    def test_one_category(self):
        item = report(Ratings.from_matrix(np.zeros((9, 3)), n_categories=2))
        assert item.percent_agreement.value == 1.0
        assert all(c.value is None and c.reason for c in item.coefficients)
        assert all(p.value is None and "same category" in p.reason for p in item.pairwise)
        assert "100 % of the time" in item.summary
        assert "cannot be computed" in item.summary

    def test_percent_agreement_of_numbers(self):
        item = report(Ratings.from_matrix([[0.1, 0.2], [0.5, 0.9], [0.7, 0.6]]), "interval")
        assert item.percent_agreement.value is None
        assert "hardly ever equal" in item.percent_agreement.reason
        assert item.mean_difference == pytest.approx(0.2)
        assert "lie 0.2 apart" in item.summary
        assert item.prevalence == {}


class TestWords:
    def test_the_kappa_paradox_is_explained(self):
        item = report(Ratings.from_table([[118, 5], [2, 0]]))
        assert "94 % of the time" in item.summary
        assert 'ratings are "no"' in item.summary
        assert "Gwet's AC1, which is less sensitive to this, is 0.94" in item.summary

    def test_no_paradox_no_lecture(self):
        assert "contradict" not in report(Ratings.from_table([[40, 5], [5, 40]])).summary

    def test_single_and_mean_of_k_say_which_is_which(self, shrout_fleiss):
        text = report(shrout_fleiss, "interval").summary
        assert "one rater's answer is 0.17 (ICC 1,1), that of the mean of a segment's 4 raters 0.44" in text

    @pytest.mark.parametrize(
        ("value", "word"),
        [(-0.01, "poor"), (0, "slight"), (0.2, "slight"), (0.21, "fair"), (0.5, "moderate"),
         (0.8, "substantial"), (0.81, "almost perfect"), (1, "almost perfect")],
    )  # fmt: skip
    def test_landis_and_koch(self, value, word):
        assert band(value) == word


class TestWorst:
    def test_numbers_far_apart_come_first_and_unanimous_ones_never(self):
        ratings = Ratings.from_matrix([[1, 1, 1], [1, 5, 9], [4, 5, np.nan], [7, np.nan, np.nan]])
        units, scores = worst_units(ratings, "interval")
        assert units.tolist() == [1, 2]
        assert scores == pytest.approx([4, np.sqrt(0.5)])
        assert spread(ratings, "interval")[3] != spread(ratings, "interval")[3]  # nan: nothing to compare

    def test_of_equals_the_one_with_more_ratings(self):
        ratings = Ratings.from_matrix([[0, 1, np.nan], [0, 1, 2]], n_categories=3)
        assert worst_units(ratings, "nominal")[0].tolist() == [1, 0]
        assert worst_units(ratings, "nominal", most=1)[0].tolist() == [1]

    def test_mean_difference_by_pairs(self):
        rng = np.random.default_rng(0)
        table = rng.normal(size=(30, 4))
        pairs = [abs(table[:, a] - table[:, b]) for a in range(4) for b in range(a)]
        assert mean_difference(Ratings.from_matrix(table)) == pytest.approx(np.mean(pairs))


def test_crowds_get_no_table_of_pairs(monkeypatch):
    monkeypatch.setattr(report_module, "MOST_PAIRED_RATERS", 2)
    item = report(Ratings.from_matrix([[0, 0, 1], [1, 1, 0]], n_categories=2))
    assert item.pairwise == ()
    assert "more than 2 raters" in item.pairwise_reason
    assert len(item.raters) == 3


def test_same_seed_same_report():
    ratings = Ratings.from_table([[20, 5], [10, 15]])
    assert report(ratings, seed=1) == report(ratings, seed=1)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"level": "cardinal"}, "Unknown level"),
        ({"categories": ["no"]}, "1 categories are named"),
        ({"rater_names": ["Ann"]}, "1 raters are named"),
    ],
)
def test_names_must_match(options, word):
    call = {"item": "x", "level": "nominal", "categories": YES_NO, "rater_names": ["Ann", "Bo"], **options}
    with pytest.raises(AnnotatorError, match=word):
        report_item(Ratings.from_table([[2, 1], [1, 2]]), **call)


@pytest.mark.real_data
def test_emotify_single_listeners_disagree_and_their_mean_is_reliable(real_data):
    """8,407 listeners who heard one track each: the two kinds of reliability side by side, none of it slow."""
    with open(real_data / "emotify" / "data.csv", newline="") as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    ticked = np.array([float(row["joyful_activation"]) for row in rows])
    tracks = np.array([int(row["track id"]) for row in rows]) - 1
    item = report(Ratings(tracks, np.arange(len(rows)), ticked, n_categories=2))
    assert (item.n_items, item.n_raters, item.n_ratings) == (400, 8407, 8407)
    assert item.coefficient("krippendorff_alpha", "nominal").value == pytest.approx(0.2460, abs=5e-5)
    assert item.coefficient("icc", "1,k").value == pytest.approx(0.8737, abs=5e-5)
    low, high = item.coefficient("krippendorff_alpha", "nominal").ci
    assert 0.2 < low < 0.246 < high < 0.3
    assert item.raters[0].vs_rest is None
    assert "in common" in item.raters[0].vs_rest_reason
