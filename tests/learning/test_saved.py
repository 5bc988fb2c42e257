"""Saved models predict as before; foreign, damaged and malicious files are refused and nothing of them is run."""

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io

from annotator.domain.errors import AnnotatorError
from annotator.learning.models import MODELS
from annotator.learning.saved import SavedModel, load_model, save_model

X = np.random.default_rng(0).standard_normal((60, 5))
LABELS = ("angry", "calm", "sad")


def trained(name: str = "logistic-regression", task: str = "classification") -> SavedModel:
    y: Any = np.arange(60) % 3 if task == "classification" else X[:, 0]
    return SavedModel(
        model=name,
        target="emotion",
        features="test",
        features_version=1,
        columns=tuple("abcde"),
        labels=LABELS if task == "classification" else (),
        corpus_digest="0" * 64,
        segments=60,
        seed=3,
        estimator=MODELS[name].build(task, 3).fit(X, y),
        task=task,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("name", [name for name in MODELS.names() if name != "cnn"])
def test_every_model_predicts_after_loading_as_before(name: str, tmp_path: Path) -> None:
    task = "regression" if MODELS[name].task == "regression" else "classification"
    before = trained(name, task)
    save_model(before, tmp_path / "model")
    after = load_model(tmp_path / "model")
    assert replace(after, estimator=None) == replace(before, estimator=None)
    if name != "chance":  # guesses anew each time
        assert (after.predict(X) == before.predict(X)).all()
    if before.gives_probabilities:
        assert (after.probabilities(X) == before.probabilities(X)).all()
        np.testing.assert_allclose(after.probabilities(X).sum(axis=1), 1)


def test_two_trainings_with_one_seed_give_the_same_file(tmp_path: Path) -> None:
    for file in ("one", "two"):
        save_model(trained("random-forest"), tmp_path / file)
    names = zipfile.ZipFile(tmp_path / "one").namelist()
    assert len(names) > 1
    assert (
        load_model(tmp_path / "one").predict(X).tolist() == load_model(tmp_path / "two").predict(X).tolist()
    )


def test_a_label_absent_from_the_training_has_no_probability() -> None:
    saved = replace(
        trained(), estimator=MODELS["knn"].build("classification", 0).fit(X, np.arange(60) % 2 * 2)
    )
    assert saved.probabilities(X)[:, 1].max() == 0
    assert set(saved.predict(X)) == {"angry", "sad"}


class Malicious:
    """Would leave a file behind when it is unpickled."""

    trace = ""

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path(self.trace).touch, ())

    def predict(self, rows: Any) -> Any:
        return rows


def write(path: Path, **changed: Any) -> Path:
    content = {**vars(trained()), "kind": "annotator-model", "format": 1, "columns": list("abcde")}
    content |= {"labels": list(LABELS), **changed}
    path.write_bytes(skops.io.dumps({name: value for name, value in content.items() if value is not ...}))
    return path


def test_a_type_that_is_not_trusted_is_refused_by_name(tmp_path: Path) -> None:
    Malicious.trace = str(tmp_path / "trace")
    with pytest.raises(AnnotatorError, match=r"Malicious, which is not trusted"):
        load_model(write(tmp_path / "model", estimator=Malicious()))
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"kind": "other"}, "not written by this program"),
        ({"format": 2}, "another version"),
        ({"seed": ...}, "parts of it are missing"),
        ({"labels": ["angry", 3]}, "parts of it are missing"),
        ({"estimator": 5}, "parts of it are missing"),
        ({"columns": ["a", "b"]}, "another number of features"),
        ({"labels": ["angry", "calm"]}, "other classes"),
    ],
)
def test_content_that_does_not_fit_is_refused(tmp_path: Path, changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(AnnotatorError, match=reason):
        load_model(write(tmp_path / "model", **changed))


@pytest.mark.parametrize("name", ["random-forest", "gradient-boosting"])
def test_a_tree_that_leads_outside_itself_is_refused(tmp_path: Path, name: str) -> None:
    saved = trained(name)
    if name == "random-forest":
        saved.estimator.estimators_[7].tree_.children_left[0] = 10**6
    else:
        saved.estimator._predictors[3][1].nodes["left"][0] = 10**6
    save_model(saved, tmp_path / "model")
    with pytest.raises(AnnotatorError, match="a tree in it leads outside itself"):
        load_model(tmp_path / "model")


@pytest.mark.parametrize("damage", ["cut off", "flipped", "empty", "text", "gone", "folder"])
def test_damaged_files_are_refused_in_one_sentence(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "model"
    save_model(trained(), file)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 255
    damaged = {"cut off": bytes(content[:-300]), "flipped": bytes(content), "empty": b"", "text": b"a text\n"}
    if damage in damaged:
        file.write_bytes(damaged[damage])
    else:
        file.unlink()
    if damage == "folder":
        file.mkdir()
    with pytest.raises(AnnotatorError, match=r"model") as caught:
        load_model(file)
    assert "\n" not in caught.value.message


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(AnnotatorError, match="cannot be written"):
        save_model(trained(), tmp_path / "no" / "model")
    assert list(tmp_path.iterdir()) == []
