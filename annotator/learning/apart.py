"""Trainings in a process of their own: no library's fit can be stopped half way, but a process can be ended.

Small ones run where they are asked for, in less time than a process takes to start.
"""

from collections.abc import Callable, Mapping
from typing import Any

from annotator.domain.child import ChildEndedError, available, elsewhere, picklable
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress, part
from annotator.domain.translation import tr
from annotator.learning.evaluate import Evaluation, evaluate, fit_all
from annotator.learning.models import MODELS
from annotator.learning.problem import Problem

#: Segments from which a single fit of the slower models takes longer than one wants to wait after Cancel.
WORTH_A_PROCESS = 1000


def evaluated(
    problem: Problem, model: str, options: Mapping[str, Any], fit: Mapping[str, Any] | None = None
) -> Job[tuple[Evaluation, Any]]:
    """`evaluate` with the model of a name and, where `fit` has the options of `fit_all`, the model on all segments.

    The problem is let go of here once the process has it. Raises `AnnotatorError` where the process ends on its own,
    and as `evaluate` does.
    """
    return _where_it_pays(_evaluated, problem, model, options, fit)


def fitted(problem: Problem, model: str, options: Mapping[str, Any]) -> Job[Any]:
    """`fit_all` with the model of a name."""
    return _where_it_pays(_fitted, problem, model, options)


def _evaluated(
    problem: Problem, model: str, options: Mapping[str, Any], fit: Mapping[str, Any] | None
) -> Job[tuple[Evaluation, Any]]:
    # The passes of a network on all segments take about as long as a fold; baselines take moments.
    evaluated_to = 0.9 if MODELS[model].network and fit is not None else 1.0
    evaluation = yield from part(evaluate(problem, model=MODELS[model], **options), 0.0, evaluated_to)
    if fit is None:
        return evaluation, None
    return evaluation, (yield from part(_fitted(problem, model, fit), evaluated_to, 1.0))


def _fitted(problem: Problem, model: str, options: Mapping[str, Any]) -> Job[Any]:
    doing = tr("Training on all segments")
    yield Progress(0, 1, doing)
    return (yield from part(fit_all(problem, model=MODELS[model], **options), 0.0, 1.0, text=doing))


def _where_it_pays(
    work: Callable[..., Job[Any]], problem: Problem, model: str, options: Mapping[str, Any], *more: Any
) -> Job[Any]:
    large = len(problem.y) >= WORTH_A_PROCESS or MODELS[model].slow or options.get("search", False)
    if not (large and available() and picklable(options, more)):
        return work(problem, model, options, *more)
    return _explained(elsewhere(work, problem, model, options, *more, text=tr("Starting the training")))


def _explained(job: Job[Any]) -> Job[Any]:
    try:
        return (yield from job)
    except ChildEndedError:
        raise AnnotatorError(
            tr("The process that trained the model ended unexpectedly."),
            tr(
                "It may have run out of memory: close other programs, or take another model or fewer features."
            ),
        ) from None
