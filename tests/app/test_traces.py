"""Traces through the corpus: stored as drawn, exported whole, and their means in every figure."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from annotator.app.adjudication import adjudication_queue, decide
from annotator.app.agreement import measure_agreement, rated_schemes, rater_places
from annotator.app.consensus import settle_consensus, settled_states
from annotator.app.corpus_folder import open_corpus_folder
from annotator.app.export import export_corpus
from annotator.app.importing import import_file
from annotator.app.merge import merge
from annotator.app.package import package, unpack
from annotator.app.rate import add_rater, answer, find_rater
from annotator.app.raters import rater_hints
from annotator.app.schemes import add_scheme
from annotator.app.segment import draw_segment
from annotator.app.session import Session
from annotator.app.targets import find_target, settled_items, settled_targets
from annotator.app.tasks import assign
from annotator.app.traces import segment_traces
from annotator.domain.corpus import Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish

SCHEME = "va-trace"


@pytest.fixture
def rated(session: Session) -> list[Segment]:
    """Two segments traced by two raters, one of whom could not tell about the second."""
    add_scheme(session, SCHEME)
    with session.reading() as reader:
        recordings = reader.recordings()
    segments = [draw_segment(session, recording, "hand", 0, 8000) for recording in recordings[:2]]
    drawn = {"Ann": [[0.0, 0.5, None, 1.0], [0.2, 0.2]], "Bo": [[-0.5, -0.5], None]}
    for name, traces in drawn.items():
        rater = add_rater(session, name)
        for segment, trace in zip(segments, traces, strict=True):
            answer(
                session,
                segment_id=segment.id,
                rater=rater,
                scheme=SCHEME,
                values={"valence": trace, "arousal": [0.1]},
            )
    return segments


def test_a_trace_is_stored_as_it_was_drawn(session: Session, rated: list[Segment]) -> None:
    with session.reading() as reader:
        names = {rater.id: rater.name for rater in reader.raters()}
        found = {
            (names[a.rater_id], a.segment_id): a.values["valence"] for a in reader.annotations(scheme=SCHEME)
        }
    assert found == {
        ("Ann", rated[0].id): [0.0, 0.5, None, 1.0],
        ("Ann", rated[1].id): [0.2, 0.2],
        ("Bo", rated[0].id): [-0.5, -0.5],
        ("Bo", rated[1].id): None,
    }


def test_figures_are_about_means_and_say_so(session: Session, rated: list[Segment]) -> None:
    (found,) = finish(measure_agreement(session, SCHEME, replicates=0))
    assert [(item.item, item.n_ratings) for item in found.items] == [("valence_mean", 3), ("arousal_mean", 4)]
    assert "(mean)" in found.scheme.items[0].title
    assert rater_places(session, SCHEME)[1].mean == pytest.approx((-0.5, 0.1))
    assert [hint.rater for hint in rater_hints(session, SCHEME)] == ["Ann", "Bo"]


def test_consensus_targets_and_decisions_are_about_means(session: Session, rated: list[Segment]) -> None:
    with session.reading() as reader:
        assert [item.name for item in settled_items(reader)] == []
        assert [waiting.item.name for waiting in settled_targets(reader)[1]] == [
            "valence_mean",
            "arousal_mean",
        ]
    (case,) = adjudication_queue(session, SCHEME)
    assert (case.segment, case.divided) == (rated[0], ("valence_mean",))
    assert [opinion.values["valence_mean"] for opinion in case.opinions] == [0.5, -0.5]
    settle_consensus(session, SCHEME, "mean")
    with session.reading() as reader:
        assert find_target(reader, "valence_mean").values == pytest.approx(
            {rated[0].id: 0.0, rated[1].id: 0.2}
        )
    decide(session, segment_id=rated[0].id, scheme=SCHEME, values={"valence_mean": 0.75}, adjudicator="Lead")
    with session.reading() as reader:
        assert find_target(reader, "valence_mean").values[rated[0].id] == 0.75


def test_quadrants_are_those_of_the_means(session: Session, rated: list[Segment]) -> None:
    for name in ("Ann", "Bo"):
        rater = add_rater(session, name)
        values = {"valence": [0.9, 0.5], "arousal": [-0.4, None]}
        answer(session, segment_id=rated[0].id, rater=rater, scheme=SCHEME, values=values)
    settle_consensus(session, SCHEME, "mean")
    with session.reading() as reader:
        assert find_target(reader, f"{SCHEME}:quadrant").values == {rated[0].id: "Q4"}
    assert [found.scheme.items[0].name for found in rated_schemes(session)] == ["valence_mean"]
    assert settled_states(session)[0].scheme.items[0].type == "number"


def test_traces_leave_as_json_lists_and_come_back(
    session: Session, rated: list[Segment], tmp_path: Path
) -> None:
    settle_consensus(session, SCHEME, "mean")
    finish(export_corpus(session, tmp_path / "out", format="csv"))
    with (tmp_path / "out" / "ratings.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["item"] == "valence"]
    cells = sorted(row["raw_value"] for row in rows)
    assert cells == ["", "[-0.5, -0.5]", "[0.0, 0.5, null, 1.0]", "[0.2, 0.2]"]
    assert all(row["value"] == row["raw_value"] for row in rows)
    with (tmp_path / "out" / "consensus.csv").open(encoding="utf-8", newline="") as file:
        assert {row["item"] for row in csv.DictReader(file)} == {"valence_mean", "arousal_mean"}
    finish(import_file(session, tmp_path / "out" / "ratings.csv", format="csv", scheme=SCHEME))
    with session.reading() as reader:
        names = {rater.id: rater.name for rater in reader.raters()}
        came = [
            a.values["valence"]
            for a in reader.annotations(scheme=SCHEME)
            if names[a.rater_id] in ("R1", "R2")
        ]
    assert sorted(map(json.dumps, came)) == sorted(cell or "null" for cell in cells)


def test_an_exported_trace_has_the_delay_taken_out(tmp_path: Path, session: Session) -> None:
    lines = ['name = "late"', "[[items]]", 'name = "arousal"', 'type = "trace"', "rate = 2", "lag = 0.5"]
    (tmp_path / "late.toml").write_text("\n".join([*lines, "direction = -1"]))
    add_scheme(session, str(tmp_path / "late.toml"))
    with session.reading() as reader:
        recording = reader.recordings()[0]
    segment = draw_segment(session, recording, "hand", 0, 16000)
    rater = add_rater(session, "Ann")
    answer(session, segment_id=segment.id, rater=rater, scheme="late", values={"arousal": [0.5, 0.75]})
    finish(export_corpus(session, tmp_path / "out", format="csv"))
    with (tmp_path / "out" / "ratings.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["value"], row["raw_value"]) == ("[0.25, null]", "[0.5, 0.75]")


def test_a_trace_off_the_scale_is_refused(session: Session, rated: list[Segment]) -> None:
    rater = add_rater(session, "Ann")
    with pytest.raises(AnnotatorError, match="scale of valence"):
        answer(session, segment_id=rated[0].id, rater=rater, scheme=SCHEME, values={"valence": [0.0, 7.0]})


def test_traces_stand_side_by_side_as_arrays(session: Session, rated: list[Segment]) -> None:
    with session.reading() as reader:
        found = {one.segment_id: one for one in segment_traces(reader, SCHEME, "valence")}
        slow = {one.segment_id: one for one in segment_traces(reader, SCHEME, "valence", rate=5)}
        with pytest.raises(AnnotatorError, match="no item"):
            segment_traces(reader, SCHEME, "valence_mean")
        with pytest.raises(AnnotatorError, match="no trace"):
            segment_traces(reader, "valence-arousal", "valence")
    both = found[rated[0].id]
    assert (both.raters, both.rate) == (("Ann", "Bo"), 10)
    assert np.array_equal(
        both.values, [[0.0, 0.5, np.nan, 1.0], [-0.5, -0.5, np.nan, np.nan]], equal_nan=True
    )
    assert found[rated[1].id].raters == ("Ann",)
    assert np.array_equal(slow[rated[0].id].values, [[0.0, np.nan], [-0.5, np.nan]], equal_nan=True)


def test_traces_travel_in_a_package_and_come_back_once(
    session: Session, rated: list[Segment], tmp_path: Path
) -> None:
    assign(session, ["Ann"], scheme=SCHEME, overlap=1)
    finish(package(session, "Ann", tmp_path / "ann.annotator"))
    drawn = [0.1, None, -0.3]
    with open_corpus_folder(finish(unpack(tmp_path / "ann.annotator"))) as away:
        with away.reading() as reader:
            ann = find_rater(reader, "Ann")
        answer(
            away, segment_id=rated[1].id, rater=ann, scheme=SCHEME, values={"valence": drawn, "arousal": None}
        )
        finish(package(away, "Ann", tmp_path / "back.annotator"))
    assert finish(merge(session, [tmp_path / "back.annotator"])).annotations_added == 1
    assert finish(merge(session, [tmp_path / "back.annotator"])).annotations_added == 0
    with session.reading() as reader:
        names = {rater.id: rater.name for rater in reader.raters()}
        now = {(names[a.rater_id], a.segment_id): a.values for a in reader.annotations(scheme=SCHEME)}
    assert now["Ann", rated[1].id] == {"valence": drawn, "arousal": None}
    session.undo()
    with session.reading() as reader:
        now = {(names[a.rater_id], a.segment_id): a.values for a in reader.annotations(scheme=SCHEME)}
    assert now["Ann", rated[1].id]["valence"] == [0.2, 0.2]
