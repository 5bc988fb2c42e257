"""Instant baselines with everything that stands beside them, against plain scikit-learn loops.

python benchmarks/train.py [--quick] [--json]
"""

import argparse
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import corpora
import large
import numpy as np
from rows import Row, arguments, report, timed
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from threadpoolctl import threadpool_limits

from annotator.domain.progress import finish
from annotator.learning.evaluate import Problem, bootstrap, evaluate
from annotator.learning.models import MODELS

COLUMNS = 162
FOLDS = 5
LABELS = ("angry", "happy", "neutral", "sad")


def make_problem(n: int) -> Problem:
    """Segments of 40 speakers with a weak emotion in a few of the features, in folds of whole speakers."""
    rng = np.random.default_rng(0)
    speakers, emotions = np.arange(n) % 40, rng.integers(0, len(LABELS), n)
    X = rng.standard_normal((n, COLUMNS)) + rng.standard_normal((40, COLUMNS))[speakers]
    X[:, :20] += 0.3 * rng.standard_normal((len(LABELS), 20))[emotions]
    return Problem(
        X=X,
        y=np.array(LABELS, dtype=object)[emotions],
        parts=(speakers % FOLDS).astype(str),
        part_order=tuple(map(str, range(FOLDS))),
        folds=True,
        groups=speakers,
        labels=LABELS,
        segment_ids=tuple(map(str, range(n))),
    )


def plain_loop(problem: Problem, estimator: object) -> None:
    """Grouped folds and three metrics, as a notebook does it."""
    predicted = cross_val_predict(
        estimator, problem.X, problem.target, groups=problem.parts, cv=LeaveOneGroupOut()
    )
    scores(problem.target, predicted)


def scores(truth: np.ndarray, predicted: np.ndarray) -> tuple[float, ...]:
    return (
        accuracy_score(truth, predicted),
        balanced_accuracy_score(truth, predicted),
        f1_score(truth, predicted, average="macro"),
    )


def training(problem: Problem, rounds: int) -> list[Row]:
    """Whole evaluations (grouped folds, random folds, baselines, 1,000 bootstraps) beside bare loops."""
    n = len(problem.y)
    boosting = timed(lambda: plain_loop(problem, HistGradientBoostingClassifier(random_state=0)), 1)
    rows = []
    for name in ("majority", "logistic-regression", "svm", "random-forest"):
        model = MODELS[name]

        def ours(model=model) -> object:
            return finish(evaluate(problem, model=model))

        def loop(model=model) -> object:
            return plain_loop(problem, model.build("classification", 0))

        best, best_loop = in_turn(ours, loop, rounds)
        title = f"{name} evaluated, {n:,} x {COLUMNS}, {FOLDS} + {FOLDS} folds"
        rows.append(Row(title, best, "s", f"the same model, bare loop over {FOLDS} folds", best_loop))
        rows.append(Row(title, best, "s", f"HistGradientBoosting, bare loop over {FOLDS} folds", boosting))
    return rows


def in_turn(ours: Callable[[], object], rival: Callable[[], object], rounds: int) -> tuple[float, float]:
    best, best_rival = math.inf, math.inf
    for _ in range(rounds):
        best, best_rival = min(best, timed(ours, 1)), min(best_rival, timed(rival, 1))
    return best, best_rival


def intervals(problem: Problem, replicates: int) -> Row:
    """Bootstrap intervals of three metrics over speakers, from sums, beside recomputing them from rows."""
    rng = np.random.default_rng(0)
    predicted = np.where(rng.random(len(problem.y)) < 0.5, problem.target, rng.permutation(problem.target))
    scorer, n_groups = problem.scorer, int(problem.groups.max()) + 1
    rows_of = [np.flatnonzero(problem.groups == group) for group in range(n_groups)]

    def ours() -> None:
        sums = scorer.grouped_sums(problem.target, predicted, problem.groups, n_groups)
        bootstrap(scorer, sums, replicates=replicates, seed=0)

    def loop() -> None:
        for _ in range(replicates):
            rows = np.concatenate([rows_of[group] for group in rng.integers(0, n_groups, n_groups)])
            scores(problem.target[rows], predicted[rows])

    best, best_loop = in_turn(ours, loop, 1)
    return Row(
        f"intervals, {replicates:,} replicates", best, "s", "scikit-learn metrics in a loop", best_loop
    )


def memory(n: int) -> Row:
    """Most memory of a whole evaluation above that of the features themselves, in a process of its own."""
    code = (
        "import resource, sys; sys.path[:] = {path!r}; import train, numpy as np\n"
        "from annotator.domain.progress import finish\n"
        "from annotator.learning.evaluate import evaluate\n"
        "from annotator.learning.models import MODELS\n"
        "finish(evaluate(train.make_problem(200), model=MODELS['linear-svm']))\n"
        "problem = train.make_problem({n})\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "finish(evaluate(problem, model=MODELS['linear-svm']))\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)\n"
    )
    path = [str(Path(__file__).parent), *sys.path]
    done = subprocess.run(
        [sys.executable, "-c", code.format(path=path, n=n)], capture_output=True, text=True, check=True
    )
    features = n * COLUMNS * 8 / 2**20
    return Row(
        f"memory above the features, {n:,} segments", float(done.stdout), "MB", "the features", features
    )


def main() -> None:
    options = arguments(__doc__ or "")
    # One thread for all: ours trains on one, and more of them on a busy machine measure how they wait for each other.
    with threadpool_limits(limits=1):
        measure(options)


def measure(options: argparse.Namespace) -> None:
    problem = make_problem(400 if options.quick else 2000)
    rows = training(problem, 1 if options.quick else 3)
    rows.append(intervals(problem, 200 if options.quick else 1000))
    rows.append(memory(5_000 if options.quick else 100_000))
    if not options.quick:
        with tempfile.TemporaryDirectory() as folder:
            rows += large.memory_and_time(Path(folder), 100_000, 40)
    if corpora.REAL.is_dir():
        with tempfile.TemporaryDirectory() as folder:
            # The packages that are asked for here are no matter of the user's own settings.
            os.environ["XDG_CONFIG_HOME"] = folder
            rows += corpora.talk_shows(Path(folder), options.quick)
            rows += corpora.songs(Path(folder))
    report(rows, options.json)


if __name__ == "__main__":
    main()
