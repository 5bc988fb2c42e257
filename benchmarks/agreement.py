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
from annotator.agreement.traces import lags


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
        *library_alpha_rows(table),
        Row(
            f"alpha interval, {n_units:,} x 50, 90 % missing",
            timed(lambda: krippendorff_alpha(fresh(ratings), "interval")),
            "s",
            "loop over units",
            timed(loop, 1),
        ),
    ]


def library_alpha_rows(table: np.ndarray) -> list[Row]:
    """The same on a scale of 21 steps: the library's memory grows with units times the square of what differs."""
    stepped = np.clip(np.round(table * 4), -10, 10)
    ratings = Ratings.from_matrix(stepped)
    name = f"alpha interval, {len(table):,} x 50, 90 % missing, 21 steps"
    row = Row(name, timed(lambda: krippendorff_alpha(fresh(ratings), "interval")), "s", "krippendorff")
    try:
        import krippendorff
    except ImportError:
        return [skipped(row)]

    def library() -> float:
        return float(krippendorff.alpha(reliability_data=stepped.T, level_of_measurement="interval"))

    agree(krippendorff_alpha(ratings, "interval").value, library(), name)
    return [Row(name, row.value, "s", row.rival, timed(library, 1))]


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
    row = Row(
        f"1,000 bootstraps of alpha ordinal, {size}", timed(lambda: with_intervals([codes])), "s",
        "krippendorff in a loop",
    )  # fmt: skip
    try:
        import krippendorff
    except ImportError:
        rows.append(skipped(row))
    else:
        agree(
            codes.value,
            float(krippendorff.alpha(value_counts=counts, level_of_measurement="ordinal")),
            row.name,
        )

        def library_loop() -> None:
            for _ in range(loops):
                drawn = counts[rng.integers(n_units, size=n_units)]
                krippendorff.alpha(value_counts=drawn, level_of_measurement="ordinal")

        rows.append(Row(row.name, row.value, "s", row.rival, share * timed(library_loop, 1)))

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
    return [*rows, *plane_rows(n_units)]


def plane_rows(n_units: int) -> list[Row]:
    """What the command measures of a plane: two items and their quadrants, units resampled, and songs."""
    rng = np.random.default_rng(6)
    truth = rng.uniform(-0.8, 0.8, size=(2, n_units, 1))
    points = np.clip(truth + rng.normal(0, 0.3, size=(2, n_units, 5)), -1, 1).round(2)
    right, up = points > 0
    quadrant = np.where(up, np.where(right, 0, 1), np.where(right, 3, 2))
    names = [f"rater {i}" for i in range(5)]

    def measure(songs: np.ndarray | None) -> None:
        for item in points:
            report_item(
                Ratings.from_matrix(item, clusters=songs), item="x", level="interval", rater_names=names
            )
        ratings = Ratings.from_matrix(quadrant, n_categories=4, clusters=songs)
        report_item(ratings, item="q", level="nominal", categories=["1", "2", "3", "4"], rater_names=names)

    songs = np.arange(n_units) // 20
    what = f"two items and their quadrants, {n_units:,} x 5, 1,000 bootstraps"
    return [
        Row(what, timed(lambda: measure(None), 1), "s"),
        Row(f"{what}, clusters of 20", timed(lambda: measure(songs), 1), "s"),
    ]


def trace_rows(n_steps: int) -> list[Row]:
    """Lags of 30 tracers, all delays at once by Fourier transforms, beside a loop over raters and delays."""
    rng = np.random.default_rng(8)
    rate, reach = 10.0, 50
    sound = np.convolve(rng.normal(size=n_steps + 160), np.hanning(40), mode="valid") / 4
    late = rng.integers(-15, 16, size=30)
    table = np.array([sound[50 - d : 50 - d + n_steps] + rng.normal(0, 0.1, n_steps) for d in late])

    def loop() -> None:
        for rater in range(len(table)):
            others = np.delete(table, rater, axis=0).mean(axis=0)
            for d in range(-reach, reach + 1):
                a = table[rater, max(d, 0) : n_steps + min(d, 0)]
                b = others[max(-d, 0) : n_steps - max(d, 0)]
                np.corrcoef(a, b)

    name = f"lags of 30 traces of {n_steps:,} steps within 5 s"
    return [
        Row(name, timed(lambda: lags(table, rate)), "s", "one round of a loop over delays", timed(loop, 1))
    ]


def main() -> None:
    options = arguments(__doc__)
    scale = 5 if options.quick else 1
    rows = fleiss_rows(100_000 // scale)
    rows += pairwise_rows(100_000 // scale)
    rows += crowd_rows(7_442)
    rows += alpha_rows(100_000 // scale)
    rows += bootstrap_rows(7_000, 20 if options.quick else 100)
    rows += consensus_rows(20_000 // scale)
    rows += trace_rows(1_000)
    rows += report_rows(100_000)
    report(rows, options.json)


if __name__ == "__main__":
    main()
