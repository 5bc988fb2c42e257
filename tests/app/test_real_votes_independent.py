"""What the program says of CREMA-D's and Emotify's votes, beside other people's code fed straight from the files."""

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from annotator.agreement.report import ItemReport
from annotator.app.agreement import measure_agreement
from annotator.app.corpus_folder import create_corpus
from annotator.app.ingest import ingest
from annotator.domain.progress import finish

pytestmark = pytest.mark.real_data

EXACT = 1e-9


def measured(folder: Path, recipe: str, source: Path) -> dict[str, ItemReport]:
    """The reports of all items, by the way of the command: file, corpus, figures."""
    with create_corpus(folder / f"{recipe}.corpus") as session:
        finish(ingest(session, recipe, source))
        found = finish(measure_agreement(session, cluster="none", replicates=0))
    return {report.item: report for agreement in found for report in agreement.items}


def value(report: ItemReport, name: str, variant: str) -> float:
    coefficient = report.coefficient(name, variant)
    assert coefficient is not None
    assert coefficient.value is not None, coefficient.reason
    return coefficient.value


def plain(counts: np.ndarray) -> Mapping[str, float]:
    """Percent agreement and AC1 from their definitions, one unit and one category at a time."""
    rows = [row for row in counts.astype(int).tolist() if sum(row) >= 2]
    agreed = sum(sum(c * (c - 1) for c in row) / (sum(row) * (sum(row) - 1)) for row in rows) / len(rows)
    ratings = [row for row in counts.astype(int).tolist() if sum(row) >= 1]
    k = len(ratings[0])
    shares = [sum(row[c] / sum(row) for row in ratings) / len(ratings) for c in range(k)]
    chance = sum(share * (1 - share) for share in shares) / (k - 1)
    return {"percent": agreed, "ac1": (agreed - chance) / (1 - chance)}


def test_emotify(real_data: Path, tmp_path: Path) -> None:
    krippendorff = pytest.importorskip("krippendorff")
    from scipy.stats import f_oneway

    reports = measured(tmp_path, "emotify", real_data / "emotify")
    with (real_data / "emotify" / "data.csv").open(newline="") as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    tracks = np.array([int(row["track id"]) for row in rows]) - 1
    for label in list(rows[0])[2:11]:
        ticked = np.array([int(row[label]) for row in rows])
        yes = np.bincount(tracks, ticked, 400)
        counts = np.column_stack([np.bincount(tracks, minlength=400) - yes, yes])
        report = reports[label]
        alpha = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
        assert value(report, "krippendorff_alpha", "nominal") == pytest.approx(alpha, abs=EXACT)
        expected = plain(counts)
        assert report.percent_agreement.value == pytest.approx(expected["percent"], abs=EXACT)
        assert value(report, "gwet_ac1", "nominal") == pytest.approx(expected["ac1"], abs=EXACT)
        # One-way analysis of variance by scipy; n0 is the effective number of listeners of a track.
        groups = [ticked[tracks == track] for track in range(400)]
        sizes = np.array([len(group) for group in groups], dtype=float)
        n0 = (sizes.sum() - (sizes**2).sum() / sizes.sum()) / (len(groups) - 1)
        f = float(f_oneway(*groups)[0])
        assert value(report, "icc", "1,1") == pytest.approx((f - 1) / (f + n0 - 1), abs=EXACT)
        assert value(report, "icc", "1,k") == pytest.approx(1 - 1 / f, abs=EXACT)


def test_crema_d(real_data: Path, tmp_path: Path) -> None:
    krippendorff = pytest.importorskip("krippendorff")
    reports = measured(tmp_path, "crema-d", real_data / "crema_d")
    with (real_data / "crema_d" / "tabulatedVotes.csv").open(newline="") as file:
        counts = np.array([[int(row[e]) for e in "ADFHNS"] for row in csv.DictReader(file)])
    (report,) = reports.values()
    assert report.n_ratings == counts.sum() == 212_000
    assert report.n_items == len(counts) == 22_326
    alpha = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
    assert value(report, "krippendorff_alpha", "nominal") == pytest.approx(alpha, abs=EXACT)
    expected = plain(counts)
    assert report.percent_agreement.value == pytest.approx(expected["percent"], abs=EXACT)
    assert value(report, "gwet_ac1", "nominal") == pytest.approx(expected["ac1"], abs=EXACT)
    shares = dict(
        zip(
            ("anger", "disgust", "fear", "happy", "neutral", "sad"), counts.sum(axis=0) / 212_000, strict=True
        )
    )
    assert report.prevalence == pytest.approx(shares, abs=EXACT)
    for entry, column in zip(report.per_category, counts.T, strict=True):
        two = np.column_stack([counts.sum(axis=1) - column, column])
        one = krippendorff.alpha(value_counts=two, level_of_measurement="nominal")
        assert entry.alpha.value == pytest.approx(one, abs=EXACT)
