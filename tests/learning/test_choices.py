"""What a training can be asked besides: class weights, a search, a learning curve, importance, several labels."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.learning.evaluate import Evaluation, Problem, Votes, evaluate
from annotator.learning.folds import Fold, folds_of
from annotator.learning.models import MODELS
from annotator.learning.problem import Extra
from annotator.learning.recipe import Recipe
from annotator.learning.rounds import run_fold
from annotator.learning.search import choose, inner_folds

MakeProblem = Callable[..., Problem]


def run(problem: Problem, model: str = "logistic-regression", **options: Any) -> Evaluation:
    return finish(evaluate(problem, model=MODELS[model], **{"replicates": 100, **options}))


def noisy(make_problem: MakeProblem, n: int = 240, **given: Any) -> Problem:
    """Two classes told apart by column 0; columns 1 to 3 are noise."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, n)
    X = rng.standard_normal((n, 4))
    X[:, 0] += 2.5 * y
    return make_problem(X, np.where(y, "sad", "happy"), **given)


def test_without_class_weights_a_rare_class_is_found_less(make_problem: MakeProblem) -> None:
    rng = np.random.default_rng(0)
    y = np.arange(300) % 10 == 0
    X = rng.standard_normal((300, 2)) + y[:, None]
    problem = make_problem(X, np.where(y, "rare", "usual"))
    weighed, plain = (run(problem, class_weight=weight) for weight in ("balanced", "none"))
    recall = [result.per_class[0]["recall"] for result in (weighed, plain)]
    assert recall[0] > recall[1] + 0.3
    assert plain.overall["accuracy"]["value"] > weighed.overall["accuracy"]["value"]


@pytest.mark.parametrize("name", [name for name, model in MODELS.items() if model.grid])
def test_every_setting_of_every_grid_is_one_the_estimator_knows(name: str) -> None:
    model = MODELS[name]
    tasks = ("classification", "regression") if model.task == "both" else (model.task,)
    for task in tasks:
        assert model.grid is not None
        grid = model.grid(task)
        known = Recipe(model).build(task).get_params()
        assert grid.keys() <= known.keys()
        for setting, values in grid.items():
            for value in values:
                Recipe(model).build(task, {setting: value})


def test_a_search_is_made_within_the_training_side_and_keeps_groups_together(
    make_problem: MakeProblem,
) -> None:
    problem = noisy(make_problem)
    fold = folds_of(problem)[0]
    for train, test in inner_folds(problem, fold.train, 0):
        assert not set(problem.groups[train]) & set(problem.groups[test])
        assert not (set(train) | set(test)) & set(fold.test)
    result = run(problem, search=True)
    chosen = [entry["chosen"] for entry in result.folds]
    assert all(set(one["settings"]) == {"logisticregression__C"} and one["by"] == "uar" for one in chosen)
    assert result == run(problem, search=True)


def test_a_search_finds_what_is_needed(make_problem: MakeProblem) -> None:
    problem = noisy(make_problem)
    recipe = Recipe(MODELS["knn"], search=True)
    assert finish(choose(problem, np.arange(240), recipe)).settings["kneighborsclassifier__n_neighbors"] > 5
    lone = noisy(make_problem, groups=np.zeros(240, dtype=np.intp), parts=np.array(["a", "b"] * 120))
    assert finish(choose(lone, np.arange(240), recipe)).settings == {}


def test_the_learning_curve_rises_where_labels_help_and_ends_at_the_result(make_problem: MakeProblem) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 360)
    X = rng.standard_normal((360, 30))
    X[np.arange(360), y] += 1.5
    result = run(make_problem(X, np.array(["a", "b", "c"], dtype=object)[y]), curve=True)
    curve = result.learning_curve
    assert (curve["metric"], curve["unit"]) == ("uar", "groups")
    values = [point["value"] for point in curve["points"]]
    assert values[-1] == result.overall["uar"]["value"] > values[0] + 0.05
    assert curve["points"][-1]["ci"] == result.overall["uar"]["ci"]
    sizes = [point["n_train"] for point in curve["points"]]
    assert sizes == sorted(sizes)
    assert sizes[-1] == 240
    assert curve["doubling"]["gain"] is not None


def test_with_few_groups_segments_are_added_and_it_says_so(make_problem: MakeProblem) -> None:
    problem = noisy(
        make_problem, 48, groups=np.arange(48) % 6, parts=np.array(["a", "b", "c"])[np.arange(48) % 3]
    )
    assert run(problem, curve=True).learning_curve["unit"] == "segments"


def test_importance_names_the_family_that_carries_the_classes(make_problem: MakeProblem) -> None:
    problem = noisy(make_problem)
    result = run(problem, columns=("f0_mean", "mfcc_01", "mfcc_02", "mfcc_03"))
    first, second = result.importance["families"]
    assert (first["family"], first["columns"], second["family"], second["columns"]) == ("f0", 1, "mfcc", 3)
    assert first["ci"][0] > 0.2
    assert abs(second["value"]) < 0.05
    assert first["ci"][0] <= first["value"] <= first["ci"][1]


def test_extra_rows_train_with_their_segment_and_are_never_tested(make_problem: MakeProblem) -> None:
    plain = noisy(make_problem, 60)
    # Copies that carry the class in plain sight: a model that met those of its test side would make no mistake.
    X = np.repeat(plain.X, 2, axis=0)
    extra = Extra(X, np.repeat(np.arange(60), 2))
    problem = noisy(make_problem, 60, extra=extra)
    fold = folds_of(problem)[0]
    X, target = problem.training(fold.train)
    assert len(X) == len(target) == 3 * len(fold.train)
    assert not set(map(tuple, X)) & set(map(tuple, problem.X[fold.test]))
    assert len(run(problem).predictions) == 60


def test_one_seed_gives_one_result_to_the_last_bit(make_problem: MakeProblem) -> None:
    problem = noisy(make_problem, 72)
    extras: dict[str, Any] = {"curve": True, "columns": ("a", "b", "c", "d"), "seed": 5}
    for model, search in (("bagged-trees", False), ("knn", True)):
        assert run(problem, model, search=search, **extras) == run(problem, model, search=search, **extras)


# Several labels, and shares


def several(make_problem: MakeProblem, **given: Any) -> Problem:
    rng = np.random.default_rng(0)
    Y = (rng.random((90, 3)) < [0.5, 0.3, 0.7]).astype(float)
    X = 4 * Y + rng.standard_normal((90, 3))
    return make_problem(X, Y, labels=("calm", "joy", "tense"), **given)


@pytest.fixture
def make_several(make_problem: MakeProblem) -> MakeProblem:
    def make(X: Any, Y: Any, **given: Any) -> Problem:
        groups = np.arange(len(Y)) // 3
        parts = np.array([f"fold{group % 3}" for group in groups])
        defaults = {"groups": groups, "parts": parts, "part_order": ("fold0", "fold1", "fold2"), "folds": True,
                    "segment_ids": tuple(f"s{n}" for n in range(len(Y)))}  # fmt: skip
        return Problem(X=np.asarray(X, float), y=np.asarray(Y, float), **(defaults | given))

    return make


def test_several_labels_are_found_each_on_its_own(make_several: MakeProblem) -> None:
    problem = several(make_several)
    for model in ("logistic-regression", "random-forest", "svm", "knn"):
        result = run(problem, model)
        assert result.task == "labels"
        assert result.overall["macro_f1"]["value"] > 0.9 > 0.75 > result.chance["macro_f1"]
        assert result.overall["hamming"]["value"] < 0.1 < result.majority["hamming"]
        assert [row["label"] for row in result.per_class] == ["calm", "joy", "tense"]
    worst = max(result.predictions, key=lambda one: one.error or 0.0)
    assert worst.error == sum(
        (label in str(worst.truth).split(", ")) != (label in str(worst.predicted).split(", "))
        for label in problem.labels
    )


def test_counts_of_labels_give_what_scikit_learn_gives(make_several: MakeProblem) -> None:
    from sklearn.metrics import f1_score, hamming_loss

    rng = np.random.default_rng(1)
    truth, guess = (rng.random((50, 4)) < 0.4).astype(float), (rng.random((50, 4)) < 0.4).astype(float)
    scorer = make_several(np.zeros((50, 1)), truth, labels=("a", "b", "c", "d")).scorer
    found = scorer.named(scorer.sums(truth, guess))
    assert found["macro_f1"] == pytest.approx(f1_score(truth, guess, average="macro"))
    assert found["micro_f1"] == pytest.approx(f1_score(truth, guess, average="micro"))
    assert found["hamming"] == pytest.approx(hamming_loss(truth, guess))


def test_a_label_that_nobody_has_in_training_is_no_obstacle(make_several: MakeProblem) -> None:
    problem = several(make_several)
    Y = problem.y.copy()
    Y[:, 1] = 0
    Y[problem.parts == "fold0", 1] = 1
    result = run(make_several(problem.X, Y, labels=problem.labels))
    assert result.per_class[1]["recall"] is not None


def test_shares_are_predicted_as_distributions(make_several: MakeProblem) -> None:
    rng = np.random.default_rng(0)
    shares = rng.dirichlet([1.0, 1.0, 1.0], 90)
    problem = make_several(
        shares + 0.05 * rng.standard_normal((90, 3)), shares, labels=("a", "b", "c"), soft=True
    )
    result = run(problem, "ridge", curve=True)
    assert result.task == "shares"
    assert result.overall["kl"]["value"] < 0.1 < result.majority["kl"] < result.chance["kl"]
    assert result.overall["cosine"]["value"] > 0.97 > result.majority["cosine"] > result.chance["cosine"]
    with pytest.raises(AnnotatorError, match="ridge"):
        run(problem, "svm")


def test_chance_of_labels_and_shares_is_what_drawing_gives(make_several: MakeProblem) -> None:
    rng = np.random.default_rng(0)
    shares = rng.dirichlet([2.0, 1.0, 0.5], 30)
    for soft, Y in ((True, shares), (False, (shares > 0.3).astype(float))):
        problem = make_several(np.zeros((30, 1)), Y, labels=("a", "b", "c"), soft=soft)
        scorer, folds = problem.scorer, folds_of(problem)
        sums = []
        for _ in range(400):
            for fold in folds:
                drawn = (
                    problem.target[rng.choice(fold.train, len(fold.test))]
                    if soft
                    else np.column_stack([rng.choice(c, len(fold.test)) for c in problem.target[fold.train].T])
                )  # fmt: skip
                sums.append(scorer.sums(problem.target[fold.test], drawn))
        drawn_metrics = scorer.named(np.sum(sums, axis=0))
        chance = run(problem, "ridge" if soft else "majority").chance
        assert chance == pytest.approx(drawn_metrics, abs=0.02)


def test_raters_of_boxes_are_held_against_the_boxes_of_the_others(make_several: MakeProblem) -> None:
    problem = several(make_several)
    rows = np.repeat(np.arange(90), 3)
    agreed = problem.y[rows]
    votes = Votes(rows, np.tile([0, 1, 2], 90), agreed)
    ceiling = run(several(make_several, votes=votes)).human_ceiling
    assert (ceiling["macro_f1"], ceiling["hamming"], ceiling["n_raters"]) == (1.0, 0.0, 3)
    other = agreed.copy()
    other[rows * 3 % 3 == 0] = 0
    other[2::3] = 1 - agreed[2::3]
    assert run(several(make_several, votes=Votes(rows, votes.raters, other))).human_ceiling["hamming"] > 0.3


def test_a_fold_of_its_own_trains_on_what_it_is_given(make_problem: MakeProblem) -> None:
    problem = noisy(make_problem)
    fold = Fold("x", np.arange(100), np.arange(100, 140))
    outcome = finish(run_fold(problem, Recipe(MODELS["knn"]), fold))
    assert len(outcome.predicted) == 40
    assert outcome.chosen is None
