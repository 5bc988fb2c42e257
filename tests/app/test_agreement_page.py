"""The report as a page and as tables: whole, by itself, readable without seeing it; derived items and hints."""

import csv
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from annotator.app.agreement import measure_agreement
from annotator.app.corpus_folder import create_corpus
from annotator.app.derived import parse_bins, quadrants
from annotator.app.rate import add_rater
from annotator.app.raters import rater_hints
from annotator.app.ratings_table import rating_table
from annotator.app.report.page import write_page
from annotator.app.report.tables import write_tables
from annotator.app.session import Session
from annotator.domain.corpus import Annotation, Recording, Segment, Tier, new_id
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish

RATE = 16000
LENGTH = 4  # seconds of each segment


@pytest.fixture(scope="module")
def rated(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """40 segments, four raters with two schemes; `Cy <&>` answers in one second and much too high."""
    session = create_corpus(tmp_path_factory.mktemp("page") / "page.corpus", ["valence-arousal", "emotify-9"])
    tier = Tier(new_id(), "pieces")
    recordings = [
        Recording(new_id(), f"song{k}.wav", "", "", RATE, 40 * RATE, 1, {"song": f"s{k}"}) for k in range(8)
    ]
    segments = [
        Segment(new_id(), recording.id, tier.id, k * LENGTH * RATE, (k + 1) * LENGTH * RATE)
        for recording in recordings
        for k in range(5)
    ]
    session.transact("Add", lambda transaction: transaction.put(tier, *recordings, *segments))
    rng = np.random.default_rng(0)
    truth = rng.uniform(-0.5, 0.5, size=(40, 2))
    given = []
    for name in ("Ann", "Bo", "Cy <&>", "Di"):
        odd = name.startswith("Cy")
        rater = add_rater(session, name)
        points = np.clip(truth + rng.normal(0, 0.1, size=(40, 2)) + [0.4 * odd, 0], -1, 1)
        for segment, (valence, arousal) in zip(segments, points.tolist(), strict=True):
            times = {
                "started": "2026-01-01T10:00:00+00:00",
                "finished": f"2026-01-01T10:00:{'01' if odd else '09'}+00:00",
            }
            given.append(
                Annotation(
                    "",
                    segment.id,
                    rater.id,
                    "valence-arousal",
                    {"valence": valence, "arousal": arousal},
                    **times,
                )
            )
            boxes = {"power": arousal > 0.1, "calmness": arousal < -0.1, "sadness": valence < 0}
            given.append(Annotation("", segment.id, rater.id, "emotify-9", boxes))
    session.transact("Rate", lambda transaction: transaction.record(given))
    return session


class Reader(HTMLParser):
    """Collects what the tests ask for, and fails on tags that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def page(rated: Session, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    path = tmp_path_factory.mktemp("out") / "deep" / "report.html"
    write_page(rated, finish(measure_agreement(rated, replicates=50)), path, replicates=50)
    assert [entry.name for entry in path.parent.iterdir()] == ["report.html"]
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return reader


def test_the_page_is_whole_and_needs_nothing_else(page: Reader) -> None:
    assert page.open == []
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in page.tags}
    for _, attributes in page.tags:
        assert not {"src", "onclick", "onload"} & attributes.keys()
        assert str(attributes.get("href", "#")).startswith("#")
    anchors = {attributes.get("id") for _, attributes in page.tags}
    assert all(str(a["href"])[1:] in anchors for tag, a in page.tags if tag == "a")


def test_the_page_can_be_read_without_seeing_it(page: Reader) -> None:
    count = {
        tag: sum(tag == other for other, _ in page.tags) for tag in ("table", "caption", "svg", "figcaption")
    }
    assert count["table"] == count["caption"] > 10
    assert count["svg"] == count["figcaption"] > 8
    assert all(a.get("role") == "img" and a.get("aria-label") for tag, a in page.tags if tag == "svg")
    assert all(a.get("scope") in ("row", "col") for tag, a in page.tags if tag == "th")
    assert ("html", {"lang": "en"}) in page.tags


def test_the_page_says_what_was_found(page: Reader, rated: Session) -> None:
    found = {a.scheme.name: a for a in finish(measure_agreement(rated, "valence-arousal", replicates=0))}
    alpha = found["valence-arousal"].items[0].coefficients[0].value
    assert alpha is not None
    assert f"{alpha:.3f}" in page.text
    assert "Cy <&>" in page.text
    for words in (
        "never a verdict",
        "Shrout, P. E.",
        "Passonneau",
        "song groups",
        "50 bootstrap resamples",
        "Limits",
    ):
        assert words in page.text


def test_hints_name_who_is_odd_and_how(rated: Session) -> None:
    ann, bo, cy, di = rater_hints(rated, "valence-arousal")
    assert ann.hints == bo.hints == di.hints == ()
    assert (cy.n, cy.n_timed, cy.too_fast, cy.median_seconds) == (40, 40, 1.0, 1.0)
    assert ann.too_fast == 0.0
    assert "100 % of 40 timed ratings" in cy.hints[0]
    assert "points higher than the others" in cy.hints[1]


def test_tables_hold_the_unrounded_figures(rated: Session, tmp_path: Path) -> None:
    found = finish(measure_agreement(rated, replicates=50))
    paths = write_tables(rated, found, tmp_path / "tables")
    assert {path.name for path in paths} == {path.name for path in (tmp_path / "tables").iterdir()}
    with (tmp_path / "tables" / "coefficients.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    wanted = next(a for a in found if a.scheme.name == "valence-arousal").items[0].coefficients[0]
    row = next(r for r in rows if (r["item"], r["name"]) == ("valence", wanted.name))
    assert float(row["value"]) == wanted.value
    assert wanted.ci is not None
    assert (float(row["low"]), float(row["high"])) == wanted.ci


def test_quadrants_with_their_neutral_band(rated: Session) -> None:
    (agreement,) = finish(measure_agreement(rated, "valence-arousal", replicates=0))
    (made,) = agreement.derived
    assert tuple(made.report.prevalence) == ("Q1", "Q2", "Q3", "Q4", "neutral")
    with rated.reading() as reader:
        table = rating_table(reader, "valence-arousal", "none")
    points = np.array([[v["valence"], v["arousal"]] for v in table.values], dtype=float)
    neutral = (np.abs(points) <= 0.125).any(axis=1)
    assert made.report.prevalence["neutral"] == pytest.approx(neutral.mean())
    assert f"{neutral.sum()} of 160 ratings" in made.note
    angry = (points[:, 0] < -0.125) & (points[:, 1] > 0.125)
    assert made.report.prevalence["Q2"] == pytest.approx(angry.mean())
    with pytest.raises(AnnotatorError, match="must not be negative"):
        quadrants(table, *agreement.scheme.items[:2], band=-1)


def test_bins_are_ordered_categories(rated: Session) -> None:
    (agreement,) = finish(
        measure_agreement(rated, "valence-arousal", cuts=[("valence", (-0.25, 0.25))], replicates=0)
    )
    report = agreement.derived[1].report
    assert (report.item, report.level) == ("valence_bins", "ordinal")
    assert tuple(report.prevalence) == ("-1 .. -0.25", "-0.25 .. 0.25", "0.25 .. 1")
    assert agreement.to_dict()["derived"][1]["note"] == "Valence cut at -0.25, 0.25."


@pytest.mark.parametrize(
    ("cut", "message"),
    [("valence=0.5,0.1", "must ascend"), ("valence=7", "must lie between"), ("sorrow=0", "Nobody has rated"),
     ("valence=x", "does not say where")],
)  # fmt: skip
def test_impossible_bins(rated: Session, cut: str, message: str) -> None:
    with pytest.raises(AnnotatorError, match=message):
        finish(measure_agreement(rated, "valence-arousal", cuts=[parse_bins(cut)], replicates=0))


def test_boxes_ticked_together(rated: Session) -> None:
    (agreement,) = finish(measure_agreement(rated, "emotify-9", replicates=20))
    assert agreement.sets is not None
    assert agreement.sets.ci is not None
    data = agreement.to_dict()["sets"]
    assert (data["name"], data["variant"]) == ("krippendorff_alpha", "masi")
    assert 0 < data["value"] < 1
