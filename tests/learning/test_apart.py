"""Trainings in processes of their own give what they give here, and can be stopped in the middle of a fit."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annotator.domain import child
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Progress, finish
from annotator.learning import apart
from annotator.learning.evaluate import Problem, evaluate
from annotator.learning.models import MODELS

MakeProblem = Callable[..., Problem]
OPTIONS = {"seed": 3, "class_weight": "balanced", "search": False, "start": None}


def noisy(make_problem: MakeProblem, n: int, columns: int = 3) -> Problem:
    rng = np.random.default_rng(0)
    y = rng.choice(["angry", "sad"], n)
    return make_problem(rng.standard_normal((n, columns)) + (y == "sad")[:, None], y)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The processes that were started."""
    found: list[Any] = []
    popen = child.subprocess.Popen
    monkeypatch.setattr(child.subprocess, "Popen", lambda *a, **b: found.append(popen(*a, **b)) or found[-1])
    return found


def test_the_result_is_the_same_to_the_last_bit(
    make_problem: MakeProblem, monkeypatch: pytest.MonkeyPatch, started: list[Any]
) -> None:
    problem = noisy(make_problem, 90)
    options = {**OPTIONS, "replicates": 100, "curve": True, "columns": ("a", "b", "c")}
    here, model = finish(apart.evaluated(problem, "random-forest", options, OPTIONS))
    assert not started
    monkeypatch.setattr(apart, "WORTH_A_PROCESS", 1)
    there, other = finish(apart.evaluated(problem, "random-forest", options, OPTIONS))
    assert len(started) == 1
    assert here == there
    assert (model.predict_proba(problem.X) == other.predict_proba(problem.X)).all()
    alone = finish(apart.fitted(problem, "random-forest", OPTIONS))
    assert (alone.predict_proba(problem.X) == other.predict_proba(problem.X)).all()


def test_cancelling_ends_a_fit(make_problem: MakeProblem, started: list[Any]) -> None:
    # The fit of the first part takes minutes.
    problem = noisy(make_problem, 40_000, 20)
    job = apart.evaluated(problem, "svm", {**OPTIONS, "replicates": 10})
    steps: list[Progress] = []
    while not steps or steps[-1].seconds_left is None:
        steps.append(next(job))
    job.close()
    (process,) = started
    assert process.poll() is not None
    assert steps[-1].seconds_left is not None


def test_a_process_that_ends_is_explained(
    make_problem: MakeProblem, monkeypatch: pytest.MonkeyPatch, started: list[Any]
) -> None:
    monkeypatch.setattr(apart, "WORTH_A_PROCESS", 1)
    job = apart.evaluated(noisy(make_problem, 90), "mlp", {**OPTIONS, "replicates": 10})
    next(job)
    started[0].kill()
    with pytest.raises(AnnotatorError, match="ended unexpectedly"):
        finish(job)


def test_a_large_evaluation_forecasts_its_end(make_problem: MakeProblem) -> None:
    job = evaluate(noisy(make_problem, 3600), model=MODELS["logistic-regression"], replicates=10)
    left = [step.seconds_left for step in job if step.text.startswith("Testing")]
    assert len(left) == 6
    assert all(seconds is not None and seconds > 0 for seconds in left)
    small = evaluate(noisy(make_problem, 300), model=MODELS["logistic-regression"], replicates=10)
    assert {step.seconds_left for step in small} == {None}
