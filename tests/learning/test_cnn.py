"""The network on log-mel images; without PyTorch it says how to get it."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.learning.evaluate import Problem, evaluate
from annotator.learning.models import MODELS
from annotator.learning.saved import SavedModel, load_model, save_model

TIMES, BANDS = 16, 128


def images(n: int = 48, numbers: bool = False) -> Problem:
    """Images with a bright band that is high or low, of groups of four."""
    rng = np.random.default_rng(0)
    high = rng.integers(0, 2, n)
    X = rng.standard_normal((n, TIMES, BANDS)) - 60
    for row, up in enumerate(high):
        X[row, :, 90:100] += 20.0 * up
        X[row, :, 20:30] += 20.0 * (1 - up)
    groups = np.arange(n) // 4
    return Problem(
        X=X.reshape(n, -1),
        y=high.astype(float) if numbers else np.array(["low", "up"], dtype=object)[high],
        parts=np.array([f"fold{group % 2}" for group in groups]),
        part_order=("fold0", "fold1"),
        folds=True,
        groups=groups,
        labels=() if numbers else ("low", "up"),
        segment_ids=tuple(map(str, range(n))),
    )


def test_without_pytorch_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)
    with pytest.raises(AnnotatorError) as refused:
        MODELS["cnn"].build("classification", 0)
    assert "deep" in refused.value.hint


def test_it_learns_what_is_plain_to_see_and_repeats_to_the_last_bit() -> None:
    pytest.importorskip("torch")
    first, again = (finish(evaluate(images(), model=MODELS["cnn"], replicates=50)) for _ in range(2))
    assert first.overall["uar"]["value"] > 0.9
    assert first == again
    numbers = finish(evaluate(images(numbers=True), model=MODELS["cnn"], replicates=50))
    assert numbers.overall["ccc"]["value"] > 0.7


def test_only_images_are_taken() -> None:
    pytest.importorskip("torch")
    with pytest.raises(AnnotatorError, match="log-mel"):
        MODELS["cnn"].build("classification", 0).fit(np.zeros((4, 20)), np.array([0, 1, 0, 1]))


def test_a_saved_network_predicts_as_before_and_lends_its_frozen_layers(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    problem = images()
    estimator = MODELS["cnn"].build("classification", 0).fit(problem.X, problem.target)
    saved = SavedModel(
        "cnn",
        "emotion",
        "logmel~pad=1",
        1,
        tuple(map(str, range(TIMES * BANDS))),
        ("low", "up"),
        "0",
        48,
        0,
        estimator,
    )
    save_model(saved, tmp_path / "net")
    loaded = load_model(tmp_path / "net")
    assert (loaded.probabilities(problem.X) == saved.probabilities(problem.X)).all()
    start = loaded.estimator.weights_
    other = (
        MODELS["cnn"]
        .build("regression", 0)
        .set_params(start=start)
        .fit(problem.X, problem.target.astype(float))
    )
    layers = [name for name in start if name.startswith("block") and name.endswith(("weight", "bias"))]
    assert layers
    assert all((other.weights_[name] == start[name]).all() for name in layers)
    assert np.corrcoef(other.predict(problem.X), problem.target)[0, 1] > 0.8
