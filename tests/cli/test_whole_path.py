"""The main job on the command line, from a folder of clips to a trained baseline."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import annotator

Run = Callable[..., tuple[int, Any]]
SPEAKER = "speaker=name:^([^_]+)_"


@pytest.fixture
def corpus(run: Run, labelled: Path, tmp_path: Path) -> Path:
    path = tmp_path / "x.corpus"
    status, result = run("ingest", "folders", labelled, path, "--group", SPEAKER)
    assert (status, result["recordings"], result["labels"]) == (0, 24, {"angry": 12, "calm": 12})
    return path


def test_info_counts_what_came_in(run: Run, corpus: Path) -> None:
    status, info = run("info", corpus)
    assert status == 0
    counted = {
        key: info[key] for key in ("recordings", "segments", "tiers", "raters", "annotations", "groups")
    }
    assert counted == {
        "recordings": 24, "segments": 24, "tiers": 1, "raters": 1, "annotations": 24, "groups": {"speaker": 6},
    }  # fmt: skip
    assert info["duration_seconds"] == 24.0


def test_ingesting_twice_adds_nothing(run: Run, corpus: Path, labelled: Path) -> None:
    run("ingest", "folders", labelled, corpus, "--group", SPEAKER)
    assert {key: run("info", corpus)[1][key] for key in ("recordings", "segments", "annotations")} == {
        "recordings": 24, "segments": 24, "annotations": 24,
    }  # fmt: skip


def test_split_audit_features_train_export(run: Run, corpus: Path, tmp_path: Path) -> None:
    status, split = run("split", corpus, "cv", "--folds", "3", "--group", "speaker", "--stratify", "emotion")
    assert status == 0
    assert [part["segments"] for part in split["parts"].values()] == [8, 8, 8]
    assert split["group_keys"] == ["speaker"]
    status, audit = run("audit", corpus, "cv")
    assert (status, audit["clean"]) == (0, True)

    with annotator.open_corpus(corpus) as opened:
        speakers = opened.groups("speaker")
        parts = opened.parts("cv")
        assert parts.groupby(speakers).nunique().max() == 1

    table = tmp_path / "features.parquet"
    status, features = run("features", corpus, "--set", "lowlevel", "-o", table)
    frame = pd.read_parquet(table)
    assert (status, features["segments"], features["columns"]) == (0, 24, len(frame.columns) - 4)
    assert list(frame.columns[:4]) == ["segment", "recording", "start", "end"]
    assert frame.notna().all(axis=None)

    for model, lowest in (
        ("logistic-regression", 0.9),
        ("svm", 0.9),
        ("random-forest", 0.9),
        ("majority", 0.0),
    ):
        status, trained = run(
            "train",
            corpus,
            "--features",
            "lowlevel",
            "--model",
            model,
            "--target",
            "emotion",
            "--split",
            "cv",
        )
        assert status == 0
        assert [fold["part"] for fold in trained["folds"]] == ["fold1", "fold2", "fold3"]
        assert trained["overall"]["uar"]["value"] >= lowest
        assert sum(map(sum, trained["confusion"]["matrix"])) == 24
    assert trained["overall"]["uar"]["value"] == pytest.approx(0.5)

    out = tmp_path / "out"
    status, exported = run(
        "export", corpus, out, "--format", "audiofolder", "--split", "cv", "--clips", "wav"
    )
    assert (status, exported["segments"], exported["parts"]) == (0, 24, {"fold1": 8, "fold2": 8, "fold3": 8})
    assert len(list(out.rglob("*.wav"))) == 24


def test_ratings_agreement_consensus(run: Run, corpus: Path, tmp_path: Path, labelled: Path) -> None:
    status, _ = run("new", tmp_path / "r.corpus", "--scheme", "valence-arousal", "--scheme", "emotify-9")
    assert status == 0
    rated = tmp_path / "r.corpus"
    assert run("add", rated, labelled / "calm", "--group", "speaker=name:^([^_]+)_")[1]["added"] == 12
    rows = [
        {"file": path.name, "rater": rater, "item": item, "value": value}
        for n, path in enumerate(sorted((labelled / "calm").iterdir()))
        for rater, shift in (("Ann", 0.0), ("Bo", 0.1), ("Cy", -0.1))
        for item, value in (("valence", n / 13 + shift), ("arousal", 0.5 - n / 12))
    ]
    table = tmp_path / "ratings.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["file", "rater", "item", "value"])
        writer.writeheader()
        writer.writerows([*rows, {"file": "unknown.wav", "rater": "Ann", "item": "valence", "value": 0.5}])
    status, imported = run("import", rated, table, "--format", "csv")
    assert (status, imported["annotations"], imported["segments"]) == (0, 36, 12)
    assert "unknown.wav" in imported["dropped"][0]

    status, agreement = run("agreement", rated)
    (scheme,) = agreement["schemes"]
    by_item = {item["item"]: item for item in scheme["items"]}
    alpha = {
        name: next(c for c in item["coefficients"] if c["name"] == "krippendorff_alpha")
        for name, item in by_item.items()
    }
    assert alpha["arousal"]["value"] == pytest.approx(1.0)
    assert 0.7 < alpha["valence"]["value"] < 1.0
    assert alpha["valence"]["ci"][0] <= alpha["valence"]["value"] <= alpha["valence"]["ci"][1]
    assert {rater["rater"] for rater in by_item["valence"]["raters"]} == {"Ann", "Bo", "Cy"}

    status, settled = run("consensus", rated, "--scheme", "valence-arousal", "--method", "mean")
    assert (status, settled["segments"], settled["undecided"]) == (0, 12, 0)
    with annotator.open_corpus(rated) as opened:
        means = opened.ratings.groupby(["segment", "item"])["value"].apply(lambda v: v.astype(float).mean())
        consensus = opened.consensus.set_index(["segment", "item"])["value"].astype(float)
        pd.testing.assert_series_equal(
            consensus.sort_index(), means.sort_index(), check_names=False, check_index_type=False
        )

    assert (
        run(
            "split",
            rated,
            "parts",
            "--parts",
            "train=0.5,test=0.5",
            "--group",
            "speaker",
            "--stratify",
            "valence",
        )[0]
        == 0
    )
    status, trained = run(
        "train",
        rated,
        "--features",
        "lowlevel",
        "--model",
        "ridge",
        "--target",
        "valence",
        "--split",
        "parts",
    )
    assert status == 0
    assert set(trained["overall"]) == {"ccc", "pearson", "rmse"}
    assert trained["human_ceiling"]["ccc"] is not None


def test_segmenting_and_transcripts(run: Run, tmp_path: Path) -> None:
    import numpy as np
    import soundfile

    rate = 16000
    burst = np.random.default_rng(0).normal(0, 0.2, rate)
    quiet = np.random.default_rng(1).normal(0, 0.0005, rate)
    soundfile.write(tmp_path / "show.wav", np.concatenate([quiet, burst, quiet, burst, quiet]), rate)
    corpus = tmp_path / "s.corpus"
    run("new", corpus)
    run("add", corpus, tmp_path / "show.wav")
    status, cut = run("segment", corpus, "--method", "silence")
    assert status == 0
    assert [(r["recording"], r["method"], r["segments"], r["tier"]) for r in cut["results"]] == [
        ("show.wav", "silence", 2, "silence")
    ]
    (tmp_path / "show.vtt").write_text(
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Hello there.\n\n00:03.000 --> 00:04.000\n<v Bo>Good evening.\n"
    )
    status, imported = run("import", corpus, tmp_path / "show.vtt", "--format", "vtt")
    assert (status, imported["segments"]) == (0, 2)
    with annotator.open_corpus(corpus) as opened:
        spoken = opened.segments.query("tier == 'transcript'")
        assert list(zip(spoken.start, spoken.end, spoken.speaker, spoken.text, strict=True)) == [
            (1.0, 2.0, "Ann", "Hello there."), (3.0, 4.0, "Bo", "Good evening."),
        ]  # fmt: skip
        automatic = opened.segments.query("tier == 'silence'")
        assert abs(automatic.start - spoken.start.to_numpy()).max() < 0.05

    status, cut = run("segment", corpus, "--method", "fixed", "--length", "2", "--rest", "keep")
    assert (status, cut["results"][0]["segments"]) == (0, 3)
    status, cut = run(
        "segment", corpus, "--method", "transcript", "--transcript", tmp_path / "show.vtt", "--tier", "said"
    )
    assert (status, cut["results"][0]["tier"], cut["results"][0]["segments"]) == (0, "said", 2)
    status, compared = run("agreement", corpus, "--tiers", "transcript,silence")
    assert (status, compared["tiers"]["matched"], compared["tiers"]["boundaries"][1]["f"]) == (0, 2, 1.0)
    assert compared["tiers"]["alpha"] > 0.95
