"""AC2, Scott's pi, correlations, sets, ratio scales, blocks of the bootstrap, habits and outlook: against their
definitions, written as plainly as can be."""

import csv
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.agreement import bootstrap
from annotator.agreement.alpha import krippendorff_alpha
from annotator.agreement.bootstrap import with_intervals
from annotator.agreement.correlation import pearson, spearman
from annotator.agreement.distances import masi_alpha, masi_distance, ratio_alpha
from annotator.agreement.habits import habits
from annotator.agreement.kappa import fleiss_kappa, gwet_ac1, gwet_ac2, scott_pi
from annotator.agreement.planning import outlook
from annotator.agreement.ratings import Ratings

codes = st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=4, max_size=15).map(np.array)


def plain_ac2(table, k, power):
    """Over pairs of raters, one unit at a time."""
    steps = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / (k - 1)
    weights = 1 - steps**power
    observed = np.mean(
        [np.mean([weights[a, b] for a, b in itertools.permutations(row, 2)]) for row in table.astype(int)]
    )
    shares = np.bincount(table.astype(int).ravel(), minlength=k) / table.size
    expected = weights.sum() * (shares * (1 - shares)).sum() / (k * (k - 1))
    return (observed - expected) / (1 - expected)


@given(codes)
def test_ac2_is_its_definition(table):
    ratings = Ratings.from_matrix(table, n_categories=4)
    for name, power in (("linear", 1), ("quadratic", 2)):
        found = gwet_ac2(ratings, name)
        if len(np.unique(table)) == 1:
            assert found.value is None
            assert found.reason
        else:
            assert found.value == pytest.approx(plain_ac2(table, 4, power), abs=1e-12)


def test_ac2_of_two_categories_is_ac1(krippendorff_codes):
    table = Ratings.from_table([[118, 5], [2, 0]])
    assert gwet_ac2(table).value == pytest.approx(gwet_ac1(table).value, abs=1e-12)
    assert round(gwet_ac1(krippendorff_codes).value, 5) == 0.77544
    assert gwet_ac2(krippendorff_codes).value > gwet_ac1(krippendorff_codes).value


@given(codes)
def test_pi_is_fleiss_of_two_raters(table):
    ratings = Ratings.from_matrix(table[:, :2], n_categories=4)
    assert scott_pi(ratings).value == pytest.approx(fleiss_kappa(ratings).value, abs=1e-12)


def test_pi_leaves_out_what_only_one_rated():
    full = Ratings.from_matrix([[0, 0], [1, 1], [0, 1]], n_categories=2)
    more = Ratings.from_matrix([[0, 0], [1, 1], [0, 1], [1, np.nan]], n_categories=2)
    assert scott_pi(more).value == scott_pi(full).value
    assert "two raters only" in scott_pi(Ratings.from_matrix([[0, 0, 1]] * 3, n_categories=2)).reason


class TestCorrelation:
    def table(self):
        rng = np.random.default_rng(0)
        table = rng.normal(size=(60, 1)) + rng.normal(size=(60, 4))
        table[rng.random(table.shape) < 0.3] = np.nan
        return table

    def test_is_the_mean_over_pairs_of_shared_units(self):
        from scipy.stats import pearsonr, spearmanr

        table = self.table()
        r, rho = [], []
        for a, b in itertools.combinations(range(4), 2):
            both = ~np.isnan(table[:, [a, b]]).any(axis=1)
            r.append(pearsonr(table[both, a], table[both, b])[0])
            rho.append(spearmanr(table[both, a], table[both, b])[0])
        ratings = Ratings.from_matrix(table)
        assert pearson(ratings).value == pytest.approx(np.mean(r), abs=1e-12)
        assert spearman(ratings).value == pytest.approx(np.mean(rho), abs=1e-12)

    def test_interval_is_that_of_plain_resampling(self):
        table = self.table()[:, :2]
        table = table[~np.isnan(table).any(axis=1)]
        rng = np.random.default_rng(1)
        drawn = [np.corrcoef(table[rng.integers(len(table), size=len(table))].T)[0, 1] for _ in range(4000)]
        (found,) = with_intervals([pearson(Ratings.from_matrix(table))], replicates=4000)
        assert found.ci == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.03)

    def test_level_and_scale_do_not_matter(self):
        table = self.table()
        other = table * [1, 2, 3, 4] + [5, -5, 100, 0]
        assert pearson(Ratings.from_matrix(other)).value == pytest.approx(
            pearson(Ratings.from_matrix(table)).value, abs=1e-9
        )

    @pytest.mark.parametrize("function", [pearson, spearman])
    @pytest.mark.parametrize(
        ("table", "reason"),
        [
            ([[1, 2], [2, 3]], "three segments"),
            ([[1, 2], [1, 3], [1, 4]], "same number"),
            ([[1, np.nan]] * 4, "one rater"),
            (np.arange(44).reshape(4, 11), "up to 10 raters"),
        ],
    )
    def test_undefined_for_a_reason(self, function, table, reason):
        found = function(Ratings.from_matrix(table))
        assert found.value is None
        assert reason in found.reason


class TestSets:
    def test_distances(self):
        pairs = [("", ""), ("ab", "ab"), ("a", "b"), ("", "a"), ("ab", "a"), ("ab", "bc")]
        distances = [masi_distance(frozenset(a), frozenset(b)) for a, b in pairs]
        assert distances == pytest.approx([0, 0, 1, 1, 1 - 1 / 2 * 2 / 3, 1 - 1 / 3 * 1 / 3])

    def test_single_labels_make_it_nominal_alpha(self, krippendorff_codes):
        sets = [frozenset(str(code)) for code in range(5)]
        found = masi_alpha(krippendorff_codes, sets)
        assert found.value == pytest.approx(0.743421052631579, abs=1e-12)
        assert (found.name, found.variant) == ("krippendorff_alpha", "masi")

    def test_too_many_different_sets(self):
        assert (
            "too many"
            in masi_alpha(Ratings.from_matrix([[0, 1]], n_categories=600), [frozenset()] * 600).reason
        )


def test_ratio_alpha_with_an_interval(krippendorff_example):
    assert ratio_alpha(krippendorff_example).value == pytest.approx(0.7974027747116121, abs=1e-12)
    (found,) = with_intervals([ratio_alpha(krippendorff_example)])
    assert found.ci[0] < found.value < found.ci[1]
    table = np.random.default_rng(0).random((400, 2))
    assert "too many" in ratio_alpha(Ratings.from_matrix(table)).reason


def test_blocks_of_units_give_the_interval_of_units(monkeypatch):
    rng = np.random.default_rng(2)
    table = rng.normal(size=(6000, 1)) + rng.normal(size=(6000, 3))
    alpha = krippendorff_alpha(Ratings.from_matrix(table), "interval")
    (each,) = with_intervals([alpha], replicates=4000)
    monkeypatch.setattr(bootstrap, "_MOST_GROUPS", 1000)
    (blocks,) = with_intervals([alpha], replicates=4000)
    (clustered,) = with_intervals([alpha], replicates=4000, clusters=np.arange(6000))
    for found in (blocks, clustered):
        assert found.ci != each.ci
        assert np.subtract(*found.ci) == pytest.approx(np.subtract(*each.ci), rel=0.1)
        assert found.ci[0] < alpha.value < found.ci[1]


class TestHabits:
    def rate(self, seed=0, n=90):
        rng = np.random.default_rng(seed)
        return np.clip(rng.integers(1, 10, size=(n, 1)) + rng.integers(-1, 2, size=(n, 4)), 1, 9).astype(
            float
        )

    def hints(self, table, **options):
        return [h.hints for h in habits(Ratings.from_matrix(table), "interval", length=8, **options)]

    def test_nothing_stands_out_among_equals(self):
        order = np.arange(360)
        assert self.hints(self.rate(), order=order) == [()] * 4

    def test_who_is_higher_than_the_others(self):
        table = self.rate()
        table[:, 2] += 2
        found = habits(Ratings.from_matrix(table), "interval", length=8)
        assert found[2].bias == pytest.approx(2, abs=0.3)
        assert [h.hints for h in found] == [(), (), ("bias",), ()]

    def test_who_hardly_moves_or_gives_one_answer(self):
        table = self.rate()
        table[:, 1] = 5 + (table[:, 1] - 5) * 0.3
        assert "narrow" in self.hints(table)[1]
        table[:, 1] = 5
        assert "one_answer" in self.hints(table)[1]

    def test_who_drifts(self):
        table = self.rate()
        table[:, 3] += np.linspace(-2, 2, 90)
        found = habits(Ratings.from_matrix(table), "interval", length=8, order=np.arange(360))
        assert found[3].drift == pytest.approx(8 / 3, abs=0.4)
        assert "drift" in found[3].hints
        assert all("drift" not in h.hints for h in found[:3])

    def test_other_segments_are_not_another_habit(self):
        """Two raters of sad songs and two of happy ones, alike within each half."""
        table = np.full((80, 4), np.nan)
        rng = np.random.default_rng(1)
        table[:40, :2] = 2 + rng.integers(0, 2, size=(40, 2))
        table[40:, 2:] = 8 + rng.integers(0, 2, size=(40, 2))
        assert self.hints(table) == [()] * 4

    def test_bias_is_measured_from_the_median_of_the_others(self):
        table = self.rate()
        expected = [np.mean(table[:, r] - np.median(np.delete(table, r, axis=1), axis=1)) for r in range(4)]
        assert [h.bias for h in habits(Ratings.from_matrix(table), "interval", length=8)] == pytest.approx(
            expected
        )

    def test_few_ratings_say_nothing(self):
        table = self.rate(n=10)
        table[:, 0] = 9
        assert self.hints(table) == [()] * 4

    def test_categories_know_no_bias(self):
        table = np.random.default_rng(0).integers(0, 3, size=(60, 3)).astype(float)
        table[:, 0] = 2
        first, *_ = habits(Ratings.from_matrix(table, n_categories=3), "nominal", length=0)
        assert (first.bias, first.range_used, first.hints) == (None, None, ("one_answer",))


class TestOutlook:
    def test_today_s_number_of_raters_gives_today_s_width_and_more_give_less(self):
        rng = np.random.default_rng(0)
        table = rng.normal(size=(200, 1)) + rng.normal(size=(200, 4))
        (alpha,) = with_intervals([krippendorff_alpha(Ratings.from_matrix(table), "interval")])
        found = outlook(alpha)
        assert [o.raters for o in found] == list(range(2, 11))
        assert found[2].width == pytest.approx(alpha.ci[1] - alpha.ci[0])
        widths = [o.width for o in found]
        assert widths == sorted(widths, reverse=True)
        means = [o.mean_reliability for o in found]
        assert means == sorted(means)

    def test_it_foretells_what_more_raters_bring(self):
        rng = np.random.default_rng(3)
        table = rng.normal(size=(400, 1)) + rng.normal(size=(400, 6))
        three, six = (
            with_intervals([krippendorff_alpha(Ratings.from_matrix(table[:, :k]), "interval")])[0]
            for k in (3, 6)
        )
        assert outlook(three)[4].width == pytest.approx(six.ci[1] - six.ci[0], rel=0.2)

    def test_nothing_without_an_interval(self):
        assert outlook(krippendorff_alpha(Ratings.from_matrix([[1, 2], [2, 2]]), "interval")) == ()


def resampled(table, clusters, rng, rounds=300):
    """Percentiles of the mean rank correlation, every resample ranked anew by scipy."""
    from scipy.stats import spearmanr

    members = [np.flatnonzero(clusters == c) for c in np.unique(clusters)]
    values = []
    for _ in range(rounds):
        drawn = np.concatenate([members[n] for n in rng.integers(len(members), size=len(members))])
        r = spearmanr(table[drawn])[0]
        values.append(r if table.shape[1] == 2 else np.mean(r[np.triu_indices(len(r), 1)]))
    return np.quantile(values, (0.025, 0.975))


@pytest.mark.parametrize(("n_raters", "steps", "clustered"), [(2, 0, False), (3, 1.5, False), (3, 0, True)])
def test_interval_of_spearman_is_that_of_resamples_ranked_anew(n_raters, steps, clustered):
    rng = np.random.default_rng(5)
    songs = np.repeat(rng.normal(size=30), 8)[:, None] * (0.7 if clustered else 0.0)
    table = songs + rng.normal(size=(240, 1)) * 0.7 + rng.normal(size=(240, n_raters)) * 0.6
    table = np.round(table * steps) if steps else table
    clusters = np.repeat(np.arange(30), 8) if clustered else np.arange(240)
    found = spearman(Ratings.from_matrix(table, clusters=clusters))
    low, high = resampled(table, clusters, rng)
    assert found.ci[0] < found.value < found.ci[1]
    assert found.ci[1] - found.ci[0] == pytest.approx(high - low, rel=0.2)
    # As a song is no 8 independent segments, leaving the songs out makes the interval too narrow.
    alone = spearman(Ratings.from_matrix(table))
    assert (found.ci[1] - found.ci[0] > 1.2 * (alone.ci[1] - alone.ci[0])) == clustered


def test_interval_of_spearman_is_close_to_bonett_and_wright():
    rng = np.random.default_rng(6)
    table = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=2000)
    found = spearman(Ratings.from_matrix(table))
    error = np.sqrt((1 + found.value**2 / 2) / (2000 - 3))
    expected = np.tanh(np.arctanh(found.value) + np.array([-1.96, 1.96]) * error)
    assert found.ci == pytest.approx(expected, abs=0.003)


@given(codes, st.permutations([0, 1, 2]))
def test_spearman_is_that_of_scipy_whoever_comes_first(table, order):
    from scipy.stats import spearmanr

    found = spearman(Ratings.from_matrix(table))
    varied = [
        (a, b) for a, b in itertools.combinations(range(3), 2) if np.ptp(table[:, a]) and np.ptp(table[:, b])
    ]
    if not varied:
        assert found.value is None
        assert found.reason
        return
    plain = np.mean([spearmanr(table[:, a], table[:, b])[0] for a, b in varied])
    assert found.value == pytest.approx(plain, abs=1e-12)
    again = spearman(Ratings.from_matrix(table[:, list(order)]))
    assert again.value == pytest.approx(found.value, abs=1e-12)
    assert (again.ci is None) == (found.ci is None)


def test_equal_rankings_have_no_interval_and_a_reason():
    found = spearman(Ratings.from_matrix([[1, 10], [2, 20], [3, 40], [4, 80]]))
    assert (found.value, found.ci) == (1.0, None)
    assert "ranks the segments alike" in found.reason
    song = spearman(Ratings.from_matrix([[1, 2], [2, 1], [3, 4]], clusters=[0, 0, 0]))
    assert song.ci is None
    assert "one song" in song.reason


@pytest.mark.real_data
def test_emotify_sets(real_data):
    """Alpha over the chosen sets of 8,407 listeners equals the definition computed from the table of sets."""
    with open(real_data / "emotify" / "data.csv", newline="") as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    names = list(rows[0])[2:11]
    chosen = [frozenset(name for name in names if row[name] == "1") for row in rows]
    sets = sorted(set(chosen), key=sorted)
    place = {one: n for n, one in enumerate(sets)}
    tracks = np.array([int(row["track id"]) for row in rows]) - 1
    values = np.array([place[one] for one in chosen], dtype=float)
    found = masi_alpha(Ratings(tracks, np.arange(len(rows)), values, len(sets)), sets)
    distance = np.array([[masi_distance(a, b) for b in sets] for a in sets])
    observed = 0.0
    for track in range(400):
        codes = values[tracks == track].astype(int)
        observed += distance[np.ix_(codes, codes)].sum() / (len(codes) - 1)
    counts = np.bincount(values.astype(int))
    n = len(rows)
    expected = counts @ distance @ counts / (n - 1)
    assert found.value == pytest.approx(1 - observed / expected, abs=1e-9)
