"""Factor scores of the Geneva Emotional Music Scale where results leave the corpus."""

import csv
from pathlib import Path

import pytest

from annotator.app.agreement import measure_agreement
from annotator.app.consensus import settle_consensus
from annotator.app.export import export_corpus
from annotator.app.library import Corpus
from annotator.app.rate import add_rater, answer
from annotator.app.schemes import add_scheme
from annotator.app.segment import draw_segment
from annotator.app.session import Session
from annotator.app.targets import find_target
from annotator.domain.progress import finish
from annotator.domain.scheme import find_scheme

SCHEME = find_scheme("gems-9")


@pytest.fixture
def rated(session: Session) -> Session:
    """Three segments rated by two people whose factors differ by one point each, the same way."""
    add_scheme(session, SCHEME.name)
    with session.reading() as reader:
        recordings = reader.recordings()
    segments = [draw_segment(session, recording, "hand", 0, 8000) for recording in recordings]
    for bias, name in enumerate(("Ann", "Bo")):
        rater = add_rater(session, name)
        for n, segment in enumerate(segments):
            values = {item.name: 1 + n + bias for item in SCHEME.items} | {"power": 5, "wonder": None}
            answer(session, segment_id=segment.id, rater=rater, scheme=SCHEME.name, values=values)
    return session


def test_agreement_says_how_far_raters_agree_on_scores(rated: Session) -> None:
    (found,) = finish(measure_agreement(rated, SCHEME.name, replicates=0))
    derived = {made.report.item: made for made in found.derived}
    assert list(derived) == ["sublimity", "vitality", "unease"]
    assert "joyful_activation" in derived["vitality"].note
    assert derived["unease"].report.coefficient("icc", "3,1").value == pytest.approx(1.0)
    assert derived["unease"].report.n_ratings == 6


def test_scores_are_exported_for_ratings_and_consensus(rated: Session, tmp_path: Path) -> None:
    settle_consensus(rated, SCHEME.name, "mean")
    finish(export_corpus(rated, tmp_path / "out", format="csv"))
    with (tmp_path / "out" / "scores.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3 * 3 * 3
    vitality = sorted(
        (row["rater"] or row["method"], row["value"]) for row in rows if row["score"] == "vitality"
    )
    assert [value for who, value in vitality if who == "mean"] == ["3.25", "3.75", "4.25"]
    assert {who for who, _ in vitality} == {"R1", "R2", "mean"}
    assert {row["kind"] for row in rows} == {"superfactor"}


def test_corpora_without_factors_get_no_table_of_scores(session: Session, tmp_path: Path) -> None:
    with session.reading() as reader:
        draw_segment(session, reader.recordings()[0], "hand", 0, 8000)
    finish(export_corpus(session, tmp_path / "out", format="csv"))
    assert not (tmp_path / "out" / "scores.csv").exists()


def test_clips_carry_scores_as_labels(rated: Session, tmp_path: Path) -> None:
    settle_consensus(rated, SCHEME.name, "mean")
    finish(export_corpus(rated, tmp_path / "clips", format="audiofolder"))
    (table,) = (tmp_path / "clips").rglob("metadata.csv")
    with table.open(encoding="utf-8", newline="") as file:
        found = sorted(row["vitality"] for row in csv.DictReader(file))
    assert found == ["3.25", "3.75", "4.25"]


def test_a_score_can_be_learned_and_spread(rated: Session) -> None:
    settle_consensus(rated, SCHEME.name, "mean")
    with rated.reading() as reader:
        target = find_target(reader, "vitality")
        assert sorted(target.values.values()) == [3.25, 3.75, 4.25]
        assert find_target(reader, "gems-9:vitality").values == target.values
        assert (target.item.numeric, target.origin, target.item.maximum) == (True, "mean", 5)
        assert find_target(reader, "power").item.type == "integer"


def test_a_notebook_sees_scores(rated: Session) -> None:
    frame = Corpus(rated).scores
    assert list(frame.columns) == ["segment", "rater", "scheme", "score", "kind", "value", "repeat"]
    assert sorted(frame.query("rater == 'Ann' and score == 'unease'")["value"]) == [1, 2, 3]
