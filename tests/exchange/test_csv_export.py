"""What the four tables say, and that the ratings come back."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from annotator.domain.corpus import Annotation, Rater, Tier
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.exchange.bundle import ExportData, ExportOptions, ExportResult
from annotator.exchange.csv_reader import read_csv
from annotator.exchange.csv_writer import write_csv

Make = Callable[..., ExportData]


def export(data: ExportData, out: Path, **options: str) -> ExportResult:
    return finish(write_csv(data, out, ExportOptions(**options)))


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_segments_with_groups_and_exact_times(corpus: Make, tmp_path: Path) -> None:
    data = corpus()
    export(data, tmp_path / "out")
    rows = table(tmp_path / "out" / "segments.csv")
    assert [row["segment"] for row in rows] == [segment.id for segment in data.segments]
    for row, segment in zip(rows, data.segments, strict=True):
        assert (row["start_sample"], row["end_sample"]) == (str(segment.start), str(segment.end))
        assert round(float(row["start"]) * 8_000) == segment.start
        assert (row["text"], row["tier"]) == (segment.text, "sentences")
    assert [rows[2]["speaker"], rows[2]["actor"], rows[2]["show"]] == ["Bo", "01", 'A, "B"']


def test_clips_hold_the_samples_of_the_segments(corpus: Make, tmp_path: Path) -> None:
    data = corpus(2)
    export(data, tmp_path / "out", clips="flac")
    for row in table(tmp_path / "out" / "segments.csv"):
        clip, rate = soundfile.read(tmp_path / "out" / row["clip"], dtype="int16")
        whole, _ = soundfile.read(tmp_path / "media" / row["file"], dtype="int16")
        assert rate == 8_000
        assert (clip == whole[int(row["start_sample"]) : int(row["end_sample"])]).all()


def test_ratings_leave_names_at_home_and_read_high_as_pleasant(corpus: Make, tmp_path: Path) -> None:
    data = corpus()
    export(data, tmp_path / "out")
    text = (tmp_path / "out" / "ratings.csv").read_text()
    assert "Anna" not in text
    valences = {
        (row["rater"], row["raw_value"], row["value"])
        for row in table(tmp_path / "out" / "ratings.csv")
        if row["item"] == "valence"
    }
    assert valences == {("R1", "1", "5"), ("R2", "2", "4"), ("R1", "", ""), ("R2", "", "")}


def test_exported_ratings_come_back_as_they_were_given(corpus: Make, tmp_path: Path) -> None:
    data = corpus()
    export(data, tmp_path / "out")
    imported = read_csv(tmp_path / "out" / "ratings.csv")
    names = {"a": "R1", "b": "R2"}
    expected = {(a.segment_id, names[a.rater_id], a.scheme): dict(a.values) for a in data.annotations}
    found = {
        (r.target, r.rater, r.scheme): data.scheme_of[r.scheme].check(r.values) for r in imported.ratings
    }
    assert found == expected
    assert imported.dropped == ()


def test_exported_segments_come_back(corpus: Make, tmp_path: Path) -> None:
    data = corpus()
    export(data, tmp_path / "out")
    imported = read_csv(tmp_path / "out" / "segments.csv")
    found = [
        (round(s.start_seconds * 8_000), round(s.end_seconds * 8_000), s.text) for s in imported.segments
    ]
    assert found == [(segment.start, segment.end, segment.text) for segment in data.segments]


def test_consensus_with_methods_ties_and_shares(corpus: Make, tmp_path: Path) -> None:
    export(corpus(), tmp_path / "out")
    rows = table(tmp_path / "out" / "consensus.csv")[:5]
    assert [(row["method"], row["item"], row["value"], row["n"], row["tie"]) for row in rows] == [
        ("majority", "emotion", "angry", "2", "0"),
        ("soft", "emotion", "", "2", "0"),
        ("mean", "valence", "", "", "0"),
        ("majority", "power", "1", "", "0"),
        ("majority", "joy", "0", "", "1"),
    ]
    assert json.loads(rows[1]["distribution"]) == {"angry": 0.25, "calm": 0.25, "None": 0.5}
    values = {row["value"] for row in table(tmp_path / "out" / "consensus.csv") if row["item"] == "valence"}
    assert values == {"", "4.5"}


def test_all_splits_or_the_one_asked_for(corpus: Make, tmp_path: Path) -> None:
    data = corpus()
    export(data, tmp_path / "all")
    assert {row["split"] for row in table(tmp_path / "all" / "splits.csv")} == {"holdout", "folds"}
    held = replace(data.splits[0], parts=dict(list(data.splits[0].parts.items())[:4]))
    result = export(replace(data, splits=(held, data.splits[1])), tmp_path / "one", split="holdout")
    rows = table(tmp_path / "one" / "splits.csv")
    assert {row["segment"]: row["part"] for row in rows} == dict(held.parts)
    assert result.segments == len(table(tmp_path / "one" / "segments.csv")) == 4
    assert (dict(result.parts), dict(result.excluded)) == (
        {"train": 3, "dev": 1, "test": 0},
        {"not_in_split": 14},
    )


def test_one_tier_of_several(corpus: Make, tmp_path: Path) -> None:
    data = corpus()
    other = replace(data.segments[0], id="ee", tier_id="t2", end=9_000)
    data = replace(data, tiers=(*data.tiers, Tier("t2", "vad")), segments=(*data.segments, other))
    result = export(data, tmp_path / "out", tier="vad")
    assert [row["segment"] for row in table(tmp_path / "out" / "segments.csv")] == ["ee"]
    assert dict(result.excluded) == {"other_tier": 18}


def test_withdrawn_answers_stay_out_and_reference_labels_keep_their_name(
    corpus: Make, tmp_path: Path
) -> None:
    data = corpus(1)
    segment = data.segments[0].id
    answers = (
        Annotation("1", segment, "ref", "emotions", {"emotion": "calm"}),
        Annotation("2", segment, "a", "emotions", {"emotion": "angry"}, withdrawn=True),
    )
    data = replace(data, raters=(*data.raters, Rater("ref", "reference", "reference")), annotations=answers)
    export(data, tmp_path / "out")
    rows = table(tmp_path / "out" / "ratings.csv")
    assert [(row["rater"], row["value"]) for row in rows] == [("reference", "calm")]


def test_paths_are_relative_even_of_recordings_kept_elsewhere(corpus: Make, tmp_path: Path) -> None:
    data = corpus(2)
    first, second = data.recordings
    moved = (replace(first, path="/home/anna/x/1.wav"), replace(second, path="C:\\sound\\1.wav"))
    export(replace(data, recordings=moved), tmp_path / "out")
    files = {row["file"] for row in table(tmp_path / "out" / "segments.csv")}
    assert files == {"home/anna/x/1.wav", "C/sound/1.wav"}


def test_group_keys_named_like_columns_do_not_hide_them(corpus: Make, tmp_path: Path) -> None:
    data = corpus(1)
    recording = replace(data.recordings[0], groups={"text": "libretto", "speaker": "Carla"})
    export(replace(data, recordings=(recording,)), tmp_path / "out")
    row = table(tmp_path / "out" / "segments.csv")[1]
    assert (row["text"], row["group.text"], row["speaker"]) == (data.segments[1].text, "libretto", "Carla")


def test_a_corpus_without_segments_is_explained(corpus: Make, tmp_path: Path) -> None:
    with pytest.raises(AnnotatorError, match="no segments"):
        export(replace(corpus(1), segments=()), tmp_path / "out")
