"""Agreement: ours beside statsmodels, scikit-learn and plain loops.

Every pair of figures is checked to be the same number before it is timed.
"""

import numpy as np
from rows import Row, arguments, report, skipped, timed

from annotator.agreement.alpha import krippendorff_alpha
from annotator.agreement.bootstrap import with_intervals
from annotator.agreement.dawid_skene import fit_truths
from annotator.agreement.kappa import cohen_kappa, fleiss_kappa
from annotator.agreement.pairwise import pairwise
from annotator.agreement.ratings import Ratings
from annotator.agreement.report import report_item


def simulate(n_units: int, n_raters: int, n_categories: int, seed: int = 1) -> np.ndarray:
    """(n_units, n_raters) codes: each unit has a true category, which a rater hits in two thirds of the cases."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(n_categories, size=(n_units, 1))
    guess = rng.integers(n_categories, size=(n_units, n_raters))
    return np.where(rng.random((n_units, n_raters)) < 2 / 3, truth, guess)


def fresh(ratings: Ratings) -> Ratings:
    """The same ratings without anything computed on them yet."""
    return Ratings(ratings.units, ratings.raters, ratings.values, ratings.n_categories, ratings.clusters)


def agree(ours: float | None, theirs: float, name: str) -> None:
    if ours is None or abs(ours - theirs) > 1e-9:
        raise SystemExit(f"{name}: {ours} is not the rival's {theirs}")


def fleiss_rows(n_units: int) -> list[Row]:
    table = simulate(n_units, 50, 5)
    ratings = Ratings.from_matrix(table, n_categories=5)
    name = f"Fleiss' kappa, {n_units:,} x 50, ratings given"
    counted = f"Fleiss' kappa, {n_units:,} x 50, counted before"
    try:
        from statsmodels.stats.inter_rater import aggregate_raters
        from statsmodels.stats.inter_rater import fleiss_kappa as rival
    except ImportError:
        return [skipped(Row(name, timed(lambda: fleiss_kappa(fresh(ratings))), "s", "statsmodels"))]
    counts = aggregate_raters(table, 5)[0]
    agree(fleiss_kappa(ratings).value, rival(counts), name)
    return [
        Row(
            name,
            timed(lambda: fleiss_kappa(fresh(ratings))),
            "s",
            "statsmodels aggregate_raters + fleiss_kappa",
            timed(lambda: rival(aggregate_raters(table, 5)[0])),
        ),
        Row(
            counted,
            timed(lambda: fleiss_kappa(ratings)),
            "s",
            "statsmodels fleiss_kappa",
            timed(lambda: rival(counts)),
        ),
    ]


def pairwise_rows(n_units: int) -> list[Row]:
    table = simulate(n_units, 50, 5)
    ratings = Ratings.from_matrix(table, n_categories=5)
    name = f"1,225 pairwise kappas, {n_units:,} units"
    ours = timed(lambda: pairwise(fresh(ratings), "nominal"))
    try:
        from sklearn.metrics import cohen_kappa_score
    except ImportError:
        return [skipped(Row(name, ours, "s", "scikit-learn"))]
    columns = [np.ascontiguousarray(column) for column in table.T]
    agree(pairwise(ratings, "nominal").values[3, 40], cohen_kappa_score(columns[3], columns[40]), name)

    def loop() -> None:
        for b in range(50):
            for a in range(b):
                cohen_kappa_score(columns[a], columns[b])

    return [Row(name, ours, "s", "scikit-learn in a loop", timed(loop, 1))]


def crowd_rows(n_units: int) -> list[Row]:
    rng = np.random.default_rng(2)
    n_raters = 2443
    raters = np.argsort(rng.random((n_units, n_raters)), axis=1)[:, :10]
    ratings = Ratings(
        np.repeat(np.arange(n_units), 10), raters.ravel(), simulate(n_units, 10, 6).ravel() * 1.0, 6
    )
    n_pairs = n_raters * (n_raters - 1) // 2
    name = f"{n_pairs:,} pairwise kappas of a crowd, {n_units:,} units x 10"
    return [Row(name, timed(lambda: pairwise(fresh(ratings), "nominal"), 1), "s")]


def alpha_rows(n_units: int) -> list[Row]:
    rng = np.random.default_rng(3)
    table = rng.normal(size=(n_units, 1)) + rng.normal(size=(n_units, 50))
    table[rng.random(table.shape) < 0.9] = np.nan
    ratings = Ratings.from_matrix(table)

    def loop() -> float:
        """The definition with the closed form's sums, a unit at a time."""
        observed, n, total, squares = 0.0, 0, 0.0, 0.0
        for row in table:
            x = row[~np.isnan(row)]
            m = len(x)
            if m < 2:
                continue
            observed += float(((x[:, None] - x) ** 2).sum()) / (m - 1)
            n += m
            total += float(x.sum())
            squares += float((x**2).sum())
        return 1 - observed / n / (2 * (n * squares - total**2) / (n * (n - 1)))

    agree(krippendorff_alpha(ratings, "interval").value, loop(), "alpha interval")
    return [
        Row(
            f"alpha interval, {n_units:,} x 50, 90 % missing",
            timed(lambda: krippendorff_alpha(fresh(ratings), "interval")),
            "s",
            "loop over units",
            timed(loop, 1),
        )
    ]


def bootstrap_rows(n_units: int, loops: int) -> list[Row]:
    """1,000 resamples; the loops run `loops` of them and are scaled up."""
    rng = np.random.default_rng(4)
    share = 1000 / loops
    rows = []

    table = simulate(n_units, 28, 5)
    counts = np.stack([(table == c).sum(axis=1) for c in range(5)], axis=1)
    kappa = fleiss_kappa(Ratings.from_matrix(table, n_categories=5))
    size = f"{n_units:,} units, {table.size:,} ratings"
    try:
        from statsmodels.stats.inter_rater import fleiss_kappa as rival
    except ImportError:
        rival = None

    def fleiss_loop() -> None:
        for _ in range(loops):
            rival(counts[rng.integers(n_units, size=n_units)])

    row = Row(
        f"1,000 bootstraps of Fleiss' kappa, {size}",
        timed(lambda: with_intervals([kappa])),
        "s",
        "statsmodels in a loop",
    )
    rows.append(
        skipped(row)
        if rival is None
        else Row(row.name, row.value, "s", row.rival, share * timed(fleiss_loop, 1))
    )

    numbers = rng.normal(size=(n_units, 1)) + rng.normal(size=(n_units, 28))
    alpha = krippendorff_alpha(Ratings.from_matrix(numbers), "interval")

    def alpha_loop() -> None:
        for _ in range(loops):
            drawn = numbers[rng.integers(n_units, size=n_units)]
            krippendorff_alpha(Ratings.from_matrix(drawn), "interval")

    rows.append(
        Row(
            f"1,000 bootstraps of alpha interval, {size}",
            timed(lambda: with_intervals([alpha])),
            "s",
            "our alpha in a loop",
            share * timed(alpha_loop, 1),
        )
    )
    codes = krippendorff_alpha(Ratings.from_matrix(table, n_categories=5), "ordinal")
    rows.append(
        Row(f"1,000 bootstraps of alpha ordinal, {size}", timed(lambda: with_intervals([codes])), "s")
    )

    pair = table[:, :2]
    clusters = np.arange(n_units) // 10
    cohen = cohen_kappa(Ratings.from_matrix(pair, n_categories=5))
    try:
        from sklearn.metrics import cohen_kappa_score
    except ImportError:
        cohen_kappa_score = None

    def cohen_loop() -> None:
        for _ in range(loops):
            drawn = pair[rng.integers(n_units, size=n_units)]
            cohen_kappa_score(drawn[:, 0], drawn[:, 1])

    row = Row(
        f"1,000 bootstraps of Cohen's kappa, {n_units:,} units in clusters of 10",
        timed(lambda: with_intervals([cohen], clusters=clusters)),
        "s",
        "scikit-learn in a loop, no clusters",
    )
    rows.append(
        skipped(row)
        if cohen_kappa_score is None
        else Row(row.name, row.value, "s", row.rival, share * timed(cohen_loop, 1))
    )
    return rows


def consensus_rows(n_units: int) -> list[Row]:
    """Dawid-Skene beside the same algorithm with one unit and rater at a time, as papers print it."""
    n_raters, k, rounds = 8, 5, 5
    table = simulate(n_units, n_raters, k)
    ratings = Ratings.from_matrix(table, n_categories=k)

    def loop() -> np.ndarray:
        truth = np.stack([(table == c).mean(axis=1) for c in range(k)], axis=1)
        for _ in range(rounds):
            shares = truth.mean(axis=0)
            confusion = np.zeros((n_raters, k, k))
            for unit, row in enumerate(table):
                for rater, code in enumerate(row):
                    confusion[rater, :, code] += truth[unit]
            confusion /= confusion.sum(axis=2, keepdims=True)
            truth = np.tile(shares, (n_units, 1))
            for unit, row in enumerate(table):
                for rater, code in enumerate(row):
                    truth[unit] *= np.maximum(confusion[rater, :, code], 1e-10)
            truth /= truth.sum(axis=1, keepdims=True)
        return truth

    ours = fit_truths(ratings, most_rounds=rounds).probabilities
    agree(float(ours[3, 1]), float(loop()[3, 1]), "Dawid-Skene")
    name = f"{rounds} rounds of Dawid-Skene, {n_units:,} x {n_raters}"
    measured = timed(lambda: fit_truths(fresh(ratings), most_rounds=rounds))
    return [Row(name, measured, "s", "loop over ratings", timed(loop, 1))]


def report_rows(n_units: int) -> list[Row]:
    rows = []
    codes = Ratings.from_matrix(simulate(n_units, 5, 7), n_categories=7)
    names = [f"rater {i}" for i in range(5)]
    rng = np.random.default_rng(5)
    numbers = Ratings.from_matrix(rng.normal(size=(n_units, 1)) + rng.normal(size=(n_units, 5)))
    songs = rng.integers(n_units // 20, size=n_units)
    grouped = Ratings(numbers.units, numbers.raters, numbers.values, clusters=songs)
    for level, ratings, what in (
        ("nominal", codes, "7 categories"),
        ("ordinal", codes, "7 steps"),
        ("interval", numbers, "numbers"),
        ("interval", grouped, "numbers, clusters of 20"),
    ):
        categories = [str(c) for c in range(ratings.n_categories)]
        rows.append(
            Row(
                f"whole report of one item, {what}, {n_units:,} x 5, 1,000 bootstraps",
                timed(
                    lambda level=level, ratings=ratings, categories=categories: report_item(
                        fresh(ratings), item="x", level=level, categories=categories, rater_names=names
                    ),
                    1,
                ),
                "s",
            )
        )
    return rows


def main() -> None:
    options = arguments(__doc__)
    scale = 5 if options.quick else 1
    rows = fleiss_rows(100_000 // scale)
    rows += pairwise_rows(100_000 // scale)
    rows += crowd_rows(7_442)
    rows += alpha_rows(100_000 // scale)
    rows += bootstrap_rows(7_000, 20 if options.quick else 100)
    rows += consensus_rows(20_000 // scale)
    rows += report_rows(100_000)
    report(rows, options.json)


if __name__ == "__main__":
    main()
