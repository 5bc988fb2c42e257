"""Saving a model, and what it says of segments, on the command line."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def corpus(run: Run, labelled: Path, tmp_path: Path) -> Path:
    path = tmp_path / "x.corpus"
    run("ingest", "folders", labelled, path, "--group", "speaker=name:^([^_]+)_")
    run("split", path, "cv", "--folds", "3", "--group", "speaker", "--stratify", "emotion")
    return path


def train(run: Run, corpus: Path, *options: object, model: str = "logistic-regression") -> tuple[int, Any]:
    return run(
        "train",
        corpus,
        "--features",
        "mfcc",
        "--model",
        model,
        "--target",
        "emotion",
        "--split",
        "cv",
        *options,
    )


def test_a_saved_model_predicts_every_segment(run: Run, corpus: Path, tmp_path: Path) -> None:
    status, result = train(run, corpus, "--save", tmp_path / "model")
    assert (status, result["saved"]) == (0, str(tmp_path / "model"))
    status, predicted = run("predict", corpus, "--model", tmp_path / "model", "-o", tmp_path / "out.csv")
    assert status == 0
    assert predicted["labels"] == {"angry": 12, "calm": 12}
    with (tmp_path / "out.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["file", "segment", "start", "end", "predicted", "prob_angry", "prob_calm"]
    assert all(row["predicted"] in row["file"] for row in rows)
    assert all(float(row["prob_angry"]) + float(row["prob_calm"]) == pytest.approx(1) for row in rows)
    assert {(float(row["start"]), float(row["end"])) for row in rows} == {(0.0, 1.0)}


def test_suggestions_are_the_unrated_segments(run: Run, corpus: Path, tmp_path: Path, labelled: Path) -> None:
    train(run, corpus, "--save", tmp_path / "model")
    status, predicted = run("predict", corpus, "--model", tmp_path / "model", "--suggest")
    assert (status, predicted["segments"], predicted["suggested"]) == (0, 0, True)
    train(run, corpus, "--save", tmp_path / "svm", model="svm")
    status, predicted = run("predict", corpus, "--model", tmp_path / "svm", "--suggest")
    assert (status, predicted["segments"], predicted["suggestions"]) == (0, 0, [])


def test_predicting_leaves_the_corpus_as_it_was(run: Run, corpus: Path, tmp_path: Path) -> None:
    before = run("info", corpus)[1]
    train(run, corpus, "--save", tmp_path / "model")
    run("predict", corpus, "--model", tmp_path / "model")
    assert run("info", corpus)[1] == before


def test_training_twice_with_one_seed_gives_the_same_to_the_last_bit(run: Run, corpus: Path) -> None:
    for model in ("random-forest", "mlp", "gradient-boosting"):
        assert train(run, corpus, "--seed", "7", model=model) == train(
            run, corpus, "--seed", "7", model=model
        )


def test_files_that_are_no_models_are_refused(run: Run, corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no model")
    for name in ("text", "gone"):
        status, refused = run("predict", corpus, "--model", tmp_path / name)
        assert status == 1
        assert name in refused["error"]["message"]


def test_several_sets_in_one_pass(run: Run, corpus: Path, tmp_path: Path) -> None:
    import pandas as pd

    table = tmp_path / "f.parquet"
    status, result = run("features", corpus, "--set", "mfcc+short-term-136", "-o", table)
    assert (status, result["columns"]) == (0, 156)
    assert {"mfcc.mfcc_01", "short-term-136.flux_mean"} <= set(pd.read_parquet(table).columns)
