"""Evaluation of problems whose answer is known, and of what stands beside the result."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.learning.evaluate import Evaluation, Problem, Votes, bootstrap, evaluate
from annotator.learning.metrics import Scorer
from annotator.learning.models import MODELS

MakeProblem = Callable[..., Problem]


def run(problem: Problem, model: str = "logistic-regression", **options: Any) -> Evaluation:
    return finish(evaluate(problem, model=MODELS[model], **{"replicates": 200, **options}))


def separable(make_problem: MakeProblem, **given: Any) -> Problem:
    rng = np.random.default_rng(0)
    y = rng.choice(["angry", "happy", "sad"], 60)
    centres = {"angry": 0, "happy": 10, "sad": 20}
    return make_problem(
        np.array([[centres[label]] for label in y]) + rng.standard_normal((60, 2)), y, **given
    )


@pytest.mark.parametrize("model", ["logistic-regression", "svm", "random-forest"])
def test_separable_classes_are_found_without_error(make_problem: MakeProblem, model: str) -> None:
    result = run(separable(make_problem), model)
    for name in ("accuracy", "uar", "macro_f1"):
        assert result.overall[name] == {"value": 1, "ci": [1, 1]}
        assert result.ungrouped[name] == 1
    assert result.chance["uar"] == pytest.approx(1 / 3, abs=0.02)
    assert result.majority["uar"] < 0.4
    matrix = np.array(result.confusion["matrix"])
    assert matrix.sum() == np.trace(matrix) == 60


def test_a_linear_target_is_predicted(make_problem: MakeProblem) -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((90, 3))
    result = run(make_problem(X, X @ [1.0, -2.0, 0.5] + 3), "ridge")
    assert result.overall["ccc"]["value"] > 0.99
    assert result.overall["rmse"]["value"] < 0.2 < result.majority["rmse"]
    assert (result.confusion, result.per_class) == ({"labels": [], "matrix": []}, [])
    assert result.predictions[0].score is None


def test_shuffled_labels_are_near_chance(make_problem: MakeProblem) -> None:
    rng = np.random.default_rng(1)
    result = run(make_problem(rng.standard_normal((600, 5)), rng.choice(["a", "b"], 600)))
    low, high = result.overall["uar"]["ci"]
    assert low < 0.5 < high
    assert result.chance["uar"] == pytest.approx(0.5, abs=0.01)


def test_a_leaky_split_would_have_claimed_much_more(make_problem: MakeProblem) -> None:
    # Every speaker has a voice of their own and one emotion: voices are told apart, emotions are not.
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(30), 8)
    voices = rng.standard_normal((30, 10)) * 5
    emotions = rng.permutation(np.repeat(["a", "b"], 15))
    X = voices[groups] + rng.standard_normal((240, 10)) * 0.1
    result = run(make_problem(X, emotions[groups], groups=groups), "svm")
    assert result.ungrouped["uar"] > 0.95
    assert result.overall["uar"]["value"] < 0.7


def test_the_interval_covers_groups_not_rows(make_problem: MakeProblem) -> None:
    # Twenty copies of each of ten segments are no more evidence than ten segments.
    rng = np.random.default_rng(0)
    sums = Scorer("classification", 2).grouped_sums(
        np.repeat(rng.integers(0, 2, 10), 20),
        np.repeat(rng.integers(0, 2, 10), 20),
        np.repeat(np.arange(10), 20),
        10,
    )
    by_group = bootstrap(Scorer("classification", 2), sums, replicates=500, seed=0)
    by_row = bootstrap(Scorer("classification", 2), np.repeat(sums / 20, 20, axis=0), replicates=500, seed=0)
    assert np.diff(by_group[0]) > 3 * np.diff(by_row[0])


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_intervals_hold_the_estimate_and_shrink_with_more_groups(task: str) -> None:
    rng = np.random.default_rng(0)
    scorer = Scorer("classification", 3) if task == "classification" else Scorer("regression")
    widths = []
    for n in (20, 80, 320):
        truth = rng.integers(0, 3, n)
        predicted = np.where(rng.random(n) < 0.6, truth, rng.integers(0, 3, n))
        sums = scorer.grouped_sums(truth, predicted, np.arange(n), n)
        bounds = bootstrap(scorer, sums, replicates=400, seed=0)
        estimates = scorer.metrics(sums.sum(axis=0))
        assert (bounds[:, 0] <= estimates).all()
        assert (estimates <= bounds[:, 1]).all()
        widths.append(bounds[:, 1] - bounds[:, 0])
    assert (widths[0] > widths[1]).all()
    assert (widths[1] > widths[2]).all()


def test_one_group_has_no_interval_and_says_why(make_problem: MakeProblem) -> None:
    parts = np.array(["train"] * 8 + ["test"] * 8)
    problem = make_problem(
        np.arange(16.0)[:, None],
        ["a", "b"] * 8,
        parts=parts,
        groups=np.repeat([0, 1], 8),
        part_order=("train", "test"),
        folds=False,
    )
    uar = run(problem).overall["uar"]
    assert uar["ci"] == [None, None]
    assert "two groups" in uar["reason"]


def test_train_dev_test_lists_dev_but_counts_test(make_problem: MakeProblem) -> None:
    parts = np.repeat(["train", "dev", "test"], [40, 8, 12])
    result = run(separable(make_problem, parts=parts, part_order=("train", "dev", "test"), folds=False))
    assert [(entry["part"], entry["n_train"], entry["n_test"]) for entry in result.folds] == [
        ("dev", 40, 8),
        ("test", 40, 12),
    ]
    assert {prediction.part for prediction in result.predictions} == {"test"}
    assert np.sum(result.confusion["matrix"]) == 12
    assert result.overall["uar"]["value"] == result.folds[1]["metrics"]["uar"]


def test_pooled_folds_hold_every_segment_once(make_problem: MakeProblem) -> None:
    problem = separable(make_problem)
    result = run(problem)
    assert sorted(p.segment_id for p in result.predictions) == sorted(problem.segment_ids)
    assert sum(entry["n_test"] for entry in result.folds) == 60


def test_cells_open_their_segments(make_problem: MakeProblem) -> None:
    rng = np.random.default_rng(0)
    result = run(make_problem(rng.standard_normal((60, 2)), rng.choice(["x", "y"], 60)))
    for i, truth in enumerate(("x", "y")):
        for j, predicted in enumerate(("x", "y")):
            assert len(result.cell(truth, predicted)) == result.confusion["matrix"][i][j]


def test_labels_keep_the_order_given(make_problem: MakeProblem) -> None:
    order = ("sad", "never", "angry", "happy")
    result = run(separable(make_problem, labels=order))
    assert tuple(result.confusion["labels"]) == order
    assert [entry["label"] for entry in result.per_class] == list(order)
    assert result.per_class[1]["support"] == 0
    assert result.overall["uar"]["value"] == 1


def test_a_class_missing_from_training_is_said_and_counted_as_missed(make_problem: MakeProblem) -> None:
    y = ["a", "b"] * 8 + ["c"] * 4
    parts = np.array(["train"] * 16 + ["test"] * 4)
    parts[14:16] = "test"
    problem = make_problem(
        np.arange(20.0)[:, None] % 2, y, parts=parts, part_order=("train", "test"), folds=False
    )
    result = run(problem)
    assert result.folds[0]["note"] == "not in the training data: c"
    assert result.overall["uar"]["value"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("model", ["logistic-regression", "svm", "random-forest", "majority"])
def test_training_on_a_single_class_predicts_it_and_says_so(make_problem: MakeProblem, model: str) -> None:
    parts = np.array(["train"] * 4 + ["test"] * 4)
    problem = make_problem(
        np.zeros((8, 1)), ["a"] * 6 + ["b"] * 2, parts=parts, part_order=("train", "test"), folds=False
    )
    result = run(problem, model)
    assert result.folds[0]["note"] == 'all training segments are "a"'
    assert result.overall["accuracy"]["value"] == 0.5


def test_a_part_without_segments_is_listed_and_changes_nothing(make_problem: MakeProblem) -> None:
    with_empty = run(separable(make_problem, part_order=("fold0", "fold1", "fold2", "fold3")))
    empty = with_empty.folds[3]
    assert (empty["n_test"], empty["metrics"]["uar"]) == (0, None)
    assert empty["reasons"]["uar"] == "no segments to evaluate"
    assert with_empty.overall == run(separable(make_problem)).overall


def test_majority_model_equals_the_majority_baseline(make_problem: MakeProblem) -> None:
    problem = separable(make_problem)
    result = run(problem, "majority")
    assert {name: figures["value"] for name, figures in result.overall.items()} == result.majority
    numbers = run(make_problem(np.zeros((30, 1)), np.random.default_rng(0).random(30)), "majority")
    assert numbers.majority["rmse"] == pytest.approx(numbers.overall["rmse"]["value"])
    assert numbers.majority["pearson"] is None
    assert numbers.majority["reasons"]["pearson"]


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_chance_is_what_guessing_gives_on_average(make_problem: MakeProblem, task: str) -> None:
    rng = np.random.default_rng(0)
    y = (
        rng.choice(["a", "b", "c"], 400, p=[0.6, 0.3, 0.1])
        if task == "classification"
        else rng.random(400) ** 3
    )
    problem = make_problem(np.zeros((400, 1)), y)
    chance = run(problem, "majority").chance
    scorer, target = problem.scorer, problem.target
    guesses = np.empty((2000, 400), dtype=target.dtype)
    for part in problem.part_order:
        test = problem.parts == part
        guesses[:, test] = rng.choice(target[~test], (2000, test.sum()))
    drawn = np.stack([scorer.metrics(scorer.sums(target, guess)) for guess in guesses])
    for name, mean in zip(scorer.names, drawn.mean(axis=0), strict=True):
        assert chance[name] == pytest.approx(mean, abs=0.004)


def test_the_same_seed_gives_the_same_result(make_problem: MakeProblem) -> None:
    rng = np.random.default_rng(0)
    problem = make_problem(rng.standard_normal((80, 4)), rng.choice(["a", "b"], 80))
    once, again, other = (run(problem, "random-forest", seed=seed) for seed in (3, 3, 4))
    assert once == again
    assert once.to_dict() != other.to_dict()


def test_the_human_ceiling_covers_the_tested_segments(make_problem: MakeProblem) -> None:
    parts = np.repeat(["train", "test"], [40, 20])
    plain = separable(make_problem, parts=parts, part_order=("train", "test"), folds=False)
    rows = np.repeat(np.arange(60), 2)
    answers = plain.y[rows].copy()
    answers[:40] = "sad"
    votes = Votes(rows, np.tile([0, 1], 60), answers)
    ceiling = run(
        separable(make_problem, parts=parts, part_order=("train", "test"), folds=False, votes=votes)
    ).human_ceiling
    assert (ceiling["uar"], ceiling["n_raters"], ceiling["n_ratings"]) == (1, 2, 40)


def test_the_result_is_json_with_the_promised_fields(make_problem: MakeProblem) -> None:
    for problem, model in (
        (separable(make_problem), "svm"),
        (make_problem(np.zeros((30, 1)), np.random.default_rng(0).random(30)), "svr"),
    ):
        result = run(problem, model).to_dict()
        assert json.loads(json.dumps(result, allow_nan=False)) == result
        assert list(result) == [
            "folds",
            "overall",
            "majority",
            "chance",
            "human_ceiling",
            "ungrouped",
            "confusion",
            "per_class",
            "task",
            "calibration",
        ]


def test_progress_reaches_the_end_and_the_job_can_be_stopped(make_problem: MakeProblem) -> None:
    problem = separable(make_problem)
    steps = list(evaluate(problem, model=MODELS["logistic-regression"]))
    assert [step.done for step in steps] == list(range(7))
    assert steps[-1].fraction == 1
    job = evaluate(problem, model=MODELS["logistic-regression"])
    next(job)
    job.close()


def test_a_model_for_another_kind_of_target_is_refused_before_any_work(make_problem: MakeProblem) -> None:
    with pytest.raises(AnnotatorError, match="ridge"):
        next(evaluate(separable(make_problem), model=MODELS["ridge"]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": ["a"] * 60}, "nothing to learn"),
        ({"X": np.full((60, 2), np.nan)}, "Feature 1 of segment s0"),
    ],
)
def test_what_cannot_be_learned_is_explained(
    make_problem: MakeProblem, change: dict[str, Any], message: str
) -> None:
    given = {"X": np.zeros((60, 2)), "y": ["a", "b"] * 30, **change}
    with pytest.raises(AnnotatorError, match=message):
        make_problem(**given)


@pytest.mark.real_data
def test_emotions_of_talk_shows_with_speakers_kept_apart(real_data: Path, make_problem: MakeProblem) -> None:
    import soundfile

    from annotator.features.extract import Clip, extract
    from annotator.features.sets import FEATURE_SETS

    paths = sorted(real_data.glob("urdu_talkshows/*/*.wav"))
    clips = [Clip(path, str(path), 0, soundfile.info(path).frames) for path in paths]
    X = finish(extract(FEATURE_SETS["lowlevel"], clips, cache=None))
    _, speakers = np.unique([path.name.split("_")[0] for path in paths], return_inverse=True)
    parts = np.array([str(speaker % 4 + 1) for speaker in speakers])
    problem = make_problem(X, [path.parent.name for path in paths], groups=speakers, parts=parts)
    result = run(problem, "logistic-regression")
    assert result.overall["uar"]["value"] > result.majority["uar"]
    assert result.ungrouped["uar"] > result.overall["uar"]["value"]
