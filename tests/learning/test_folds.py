"""What is trained on and tested, for every kind of split."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.errors import AnnotatorError
from annotator.learning.evaluate import Problem
from annotator.learning.folds import comparable_k, folds_of, random_folds

MakeProblem = Callable[..., Problem]


def split(make_problem: MakeProblem, parts: list[str], **given: Any) -> Problem:
    n = len(parts)
    return make_problem(np.zeros((n, 1)), [f"{row % 2}" for row in range(n)], parts=np.array(parts), **given)


def summary(problem: Problem) -> list[tuple[str, list[int], list[int], bool]]:
    return [(fold.part, fold.train.tolist(), fold.test.tolist(), fold.pooled) for fold in folds_of(problem)]


def test_each_fold_is_tested_once_on_a_model_trained_without_it(make_problem: MakeProblem) -> None:
    problem = split(make_problem, ["2", "1", "1", "3"], part_order=("1", "2", "3"))
    assert summary(problem) == [
        ("1", [0, 3], [1, 2], True),
        ("2", [1, 2, 3], [0], True),
        ("3", [0, 1, 2], [3], True),
    ]


def test_train_dev_test_trains_on_train_and_counts_test(make_problem: MakeProblem) -> None:
    problem = split(
        make_problem, ["train", "dev", "test", "train"], part_order=("train", "dev", "test"), folds=False
    )
    assert summary(problem) == [("dev", [0, 3], [1], False), ("test", [0, 3], [2], True)]


def test_parts_with_other_names_are_tested_on_the_last(make_problem: MakeProblem) -> None:
    problem = split(make_problem, ["a", "b", "c", "a"], part_order=("b", "a", "c"), folds=False)
    assert summary(problem) == [("c", [1, 0, 3], [2], True)]


def test_train_and_dev_without_test_count_dev(make_problem: MakeProblem) -> None:
    problem = split(make_problem, ["train", "dev"], part_order=("train", "dev"), folds=False)
    assert summary(problem) == [("dev", [0], [1], True)]


@pytest.mark.parametrize(
    "given",
    [
        {"parts": ["train", "train"], "part_order": ("train", "test"), "folds": False},
        {"parts": ["test", "test"], "part_order": ("train", "test"), "folds": False},
        {"parts": ["1", "1"], "part_order": ("1", "2"), "folds": True},
        {"parts": ["all", "all"], "part_order": ("all",), "folds": False},
    ],
)
def test_a_split_with_an_empty_side_is_refused(make_problem: MakeProblem, given: dict[str, Any]) -> None:
    with pytest.raises(AnnotatorError, match=r"split"):
        folds_of(split(make_problem, **given))


@given(n=st.integers(2, 60), k=st.integers(2, 10), n_classes=st.integers(1, 4), seed=st.integers(0, 99))
def test_random_folds_test_each_row_once_and_spread_classes(
    n: int, k: int, n_classes: int, seed: int
) -> None:
    target = np.random.default_rng(seed).integers(0, n_classes, n)
    folds = random_folds(target, stratify=True, k=k, seed=seed)
    assert sorted(np.concatenate([fold.test for fold in folds]).tolist()) == list(range(n))
    for fold in folds:
        assert sorted([*fold.train.tolist(), *fold.test.tolist()]) == list(range(n))
    for code in range(n_classes):
        counts = [int((target[fold.test] == code).sum()) for fold in folds]
        assert max(counts) - min(counts) <= 1


def test_the_random_split_tests_about_as_much_as_the_real_one(make_problem: MakeProblem) -> None:
    parts = ["train"] * 15 + ["test"] * 5
    problem = split(make_problem, parts, part_order=("train", "test"), folds=False)
    assert comparable_k(problem, folds_of(problem)) == 4
    five = split(make_problem, list("abcde") * 4)
    assert comparable_k(five, folds_of(five)) == 5
