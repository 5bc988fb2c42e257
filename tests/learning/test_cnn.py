"""The network on log-mel images; without PyTorch it says how to get it."""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.features.logmel import LOWEST
from annotator.learning import network
from annotator.learning.evaluate import Problem, evaluate
from annotator.learning.models import MODELS
from annotator.learning.saved import SavedModel, load_model, save_model

TIMES, BANDS = 16, 128


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is plain to see needs few steps."""
    pytest.importorskip("torch")
    monkeypatch.setattr(network, "FEWEST_STEPS", 30)
    monkeypatch.setattr(network, "CHECKS", 6)


def images(n: int = 48, kind: str = "classes", times: int = TIMES) -> Problem:
    """Images with a bright band that is high or low, of groups of four."""
    rng = np.random.default_rng(0)
    high = rng.integers(0, 2, n)
    X = (rng.standard_normal((n, times, BANDS)) - 60).astype(np.float32)
    for row, up in enumerate(high):
        X[row, :, 90:100] += 20.0 * up
        X[row, :, 20:30] += 20.0 * (1 - up)
    groups = np.arange(n) // 4
    y: Any = np.array(["low", "up"], dtype=object)[high]
    if kind == "numbers":
        y = high.astype(float)
    elif kind != "classes":
        y = np.stack([1.0 - high, high], axis=1)
    return Problem(
        X=X.reshape(n, -1),
        y=y,
        parts=np.array([f"fold{group % 2}" for group in groups]),
        part_order=("fold0", "fold1"),
        folds=True,
        groups=groups,
        labels=() if kind == "numbers" else ("low", "up"),
        segment_ids=tuple(map(str, range(n))),
        soft=kind == "shares",
    )


def fitted(problem: Problem, **params: Any) -> Any:
    task = "regression" if problem.task == "regression" else "classification"
    estimator = MODELS["cnn"].build(task, 0).set_params(task=problem.task, **params)
    return finish(estimator.fitting(problem.X, problem.target, problem.groups))


def kept(estimator: Any, problem: Problem) -> SavedModel:
    columns = tuple(map(str, range(problem.X.shape[1])))
    n, name = len(problem.y), "logmel~pad=1"
    return SavedModel(
        "cnn", "mood", name, 2, columns, problem.labels, "0", n, 0, estimator, task=problem.task
    )


def test_without_pytorch_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)
    with pytest.raises(AnnotatorError) as refused:
        MODELS["cnn"].build("classification", 0)
    assert "deep" in refused.value.hint


@pytest.mark.usefixtures("quick")
def test_it_learns_what_is_plain_to_see_of_groups_it_never_heard() -> None:
    assert finish(evaluate(images(), model=MODELS["cnn"], replicates=50)).overall["uar"]["value"] > 0.9


@pytest.mark.usefixtures("quick")
def test_a_training_repeats_to_the_last_bit_and_another_seed_is_another_one() -> None:
    first, again, other = (fitted(images(), seed=seed).weights_ for seed in (0, 0, 1))
    assert all((first[name] == again[name]).all() for name in first)
    assert any((first[name] != other[name]).any() for name in first)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("kind", ["numbers", "labels", "shares"])
def test_numbers_labels_and_shares_are_learnt_by_one_model(kind: str, tmp_path: Path) -> None:
    problem = images(kind=kind)
    saved = kept(fitted(problem), problem)
    said = np.asarray(saved.estimator.predict(problem.X))
    assert np.corrcoef(said.ravel(), problem.target.ravel())[0, 1] > 0.8
    if kind == "shares":
        np.testing.assert_allclose(said.sum(axis=1), 1)
    save_model(saved, tmp_path / "net")
    assert (load_model(tmp_path / "net").predict(problem.X) == saved.predict(problem.X)).all()


def test_only_images_are_taken() -> None:
    pytest.importorskip("torch")
    with pytest.raises(AnnotatorError, match="log-mel"):
        MODELS["cnn"].build("classification", 0).fit(np.zeros((4, 20)), np.array([0, 1, 0, 1]))


@pytest.mark.usefixtures("quick")
def test_passes_are_told_and_a_training_stops_after_any_of_them() -> None:
    job = evaluate(images(), model=MODELS["cnn"], replicates=50)
    told = [next(job) for _ in range(6)]
    job.close()
    assert all("pass" in progress.text for progress in told[1:])
    fractions = [progress.fraction for progress in told]
    assert fractions == sorted(fractions)
    assert len(set(fractions)) == 5


@pytest.mark.usefixtures("quick")
def test_between_passes_the_random_numbers_of_others_are_as_they_were() -> None:
    import torch

    state = torch.random.get_rng_state()
    job = evaluate(images(), model=MODELS["cnn"], replicates=50)
    for _ in range(4):
        next(job)
    assert (torch.random.get_rng_state() == state).all()
    job.close()


@pytest.mark.usefixtures("quick")
def test_what_fills_an_image_up_changes_little_and_a_clip_counts_whole() -> None:
    problem = images()
    estimator = fitted(problem)
    short = np.full((len(problem.y), 2 * TIMES * BANDS), LOWEST, dtype=np.float32)
    short[:, : TIMES * BANDS] = problem.X
    assert (estimator.predict(short) == estimator.predict(problem.X)).all()
    np.testing.assert_allclose(estimator.predict_proba(short), estimator.predict_proba(problem.X), atol=0.1)
    alone = np.concatenate([estimator.predict_proba(row[None]) for row in short[:4]])
    np.testing.assert_allclose(alone, estimator.predict_proba(short)[:4], atol=1e-5)


@pytest.mark.usefixtures("quick")
def test_a_saved_network_predicts_as_before_and_lends_its_frozen_layers(tmp_path: Path) -> None:
    problem = images()
    saved = kept(fitted(problem), problem)
    save_model(saved, tmp_path / "net")
    loaded = load_model(tmp_path / "net")
    assert (loaded.probabilities(problem.X) == saved.probabilities(problem.X)).all()
    start = loaded.estimator.weights_
    # Longer images of another target: layers do not depend on the length.
    other = images(kind="numbers", times=2 * TIMES)
    moved = fitted(other, start=start)
    layers = [name for name in start if ".block" in name]
    assert layers
    assert all((moved.weights_[name] == start[name]).all() for name in layers)
    assert np.corrcoef(moved.predict(other.X), other.target)[0, 1] > 0.8
