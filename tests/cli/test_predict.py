"""Saving a model, and what it says of segments, on the command line."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., tuple[int, Any]]


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


def written(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def test_predictions_fill_the_rows_of_a_sample_in_its_order(
    run: Run, corpus: Path, labelled: Path, tmp_path: Path
) -> None:
    train(run, corpus, "--save", tmp_path / "model")
    names = sorted((path.stem for path in labelled.rglob("*.wav")), reverse=True)[:10]
    sample = tmp_path / "sample.csv"
    sample.write_text("Id;Fold;P(calm);Emotion\n" + "".join(f"{name};7;0.5;angry\n" for name in names))
    out = tmp_path / "out.csv"
    status, result = run("predict", corpus, "--model", tmp_path / "model", "-o", out, "--like", sample)
    assert (status, result["unasked"]) == (0, 14)
    lines = out.read_text().splitlines()
    assert lines[0] == "Id;Fold;P(calm);Emotion"
    cells = [line.split(";") for line in lines[1:]]
    assert [row[0] for row in cells] == names
    assert {row[1] for row in cells} == {"7"}
    for name, _, calm, emotion in cells:
        assert emotion == {"A": "angry", "C": "calm"}[name.split("_")[2][0]]
        assert (float(calm) > 0.5) == (emotion == "calm")


def test_an_empty_sample_gives_the_columns_alone(run: Run, corpus: Path, tmp_path: Path) -> None:
    train(run, corpus, "--save", tmp_path / "model")
    (tmp_path / "sample.csv").write_text("file_name,start,label,angry,calm\n")
    out = tmp_path / "out.csv"
    run("predict", corpus, "--model", tmp_path / "model", "-o", out, "--like", tmp_path / "sample.csv")
    rows = written(out)
    assert len(rows) == 24
    assert list(rows[0]) == ["file_name", "start", "label", "angry", "calm"]
    assert all("/" not in row["file_name"] and row["file_name"].endswith(".wav") for row in rows)
    assert all(float(row["angry"]) + float(row["calm"]) == pytest.approx(1) for row in rows)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "empty"),
        ("a,b\n", "no column that names a file"),
        ("file,mystery\n", "mystery"),
        ("file,label\nnowhere.wav,angry\nS1_F0_A0.wav,calm\n", "nowhere.wav"),
        ("file,label\nonly one cell\n", "row 2"),
    ],
)
def test_a_sample_that_cannot_be_filled_is_explained(
    run: Run, corpus: Path, tmp_path: Path, text: str, complaint: str
) -> None:
    train(run, corpus, "--save", tmp_path / "model")
    (tmp_path / "sample.csv").write_text(text)
    out = tmp_path / "out.csv"
    status, failure = run(
        "predict", corpus, "--model", tmp_path / "model", "-o", out, "--like", tmp_path / "sample.csv"
    )
    assert status == 1
    assert complaint in failure["error"]["message"]
    assert not out.exists()
