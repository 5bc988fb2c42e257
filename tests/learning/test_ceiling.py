"""The human ceiling: known for perfect raters, for random ones, and for small tables counted by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annotator.learning.ceiling import human_ceiling
from annotator.learning.evaluate import Problem, Votes

MakeProblem = Callable[..., Problem]


def votes(table: list[list[Any]]) -> Votes:
    """From a table of rows x raters; `None` where a rater did not rate."""
    given = [
        (row, rater, value)
        for row, line in enumerate(table)
        for rater, value in enumerate(line)
        if value is not None
    ]
    rows, raters, values = zip(*given, strict=True)
    dtype = object if isinstance(values[0], str) else np.float64
    return Votes(np.array(rows), np.array(raters), np.array(values, dtype=dtype))


def ceiling(
    make_problem: MakeProblem, y: list[Any], table: list[list[Any]], rows: list[int] | None = None
) -> dict[str, Any]:
    problem = make_problem(np.zeros((len(y), 1)), y, votes=votes(table))
    return human_ceiling(problem, np.arange(len(y)) if rows is None else np.array(rows))


def test_raters_who_always_agree_reach_one(make_problem: MakeProblem) -> None:
    found = ceiling(make_problem, ["a", "b", "c"], [["a"] * 3, ["b"] * 3, ["c"] * 3])
    assert found == {"accuracy": 1, "uar": 1, "macro_f1": 1, "n_raters": 3, "n_ratings": 9, "n_tied": 0}
    numbers = ceiling(make_problem, [0.1, 0.5, 0.9], [[0.1] * 3, [0.5] * 3, [0.9] * 3])
    assert numbers["ccc"] == pytest.approx(1)
    assert numbers["pearson"] == pytest.approx(1)
    assert numbers["rmse"] == pytest.approx(0, abs=1e-9)


def test_a_small_table_counted_by_hand(make_problem: MakeProblem) -> None:
    # Row 0: each rater against two others who agree: right, right, wrong for rater 2 and ties for 0 and 1.
    # Row 1: all right. Row 2: rater 2 did not rate; the other two each meet one vote and are wrong.
    found = ceiling(make_problem, ["a", "b", "a"], [["a", "a", "b"], ["b", "b", "b"], ["a", "b", None]])
    assert (found["n_raters"], found["n_ratings"], found["n_tied"]) == (3, 6, 2)
    # Rater 0: row 1 right, row 2 wrong. Rater 1: the same. Rater 2: row 0 wrong, row 1 right.
    assert found["accuracy"] == pytest.approx((1 + 0 + 1 + 0 + 0 + 1) / 6)


def test_a_rater_of_many_segments_weighs_more(make_problem: MakeProblem) -> None:
    table: list[list[Any]] = [["a", "a", None]] * 5 + [["b", "b", None]] * 4 + [["b", "b", "a"]]
    found = ceiling(make_problem, ["a"] * 5 + ["b"] * 5, table)
    # Raters 0 and 1 are right on nine segments and tied on the last; rater 2 is wrong on their only one.
    assert found["accuracy"] == pytest.approx(18 / 19)


def test_answers_outside_the_labels_count_as_wrong(make_problem: MakeProblem) -> None:
    found = ceiling(make_problem, ["a", "b"], [["a", "a", "other"], ["b", "b", "b"]])
    assert found["accuracy"] == pytest.approx(3 / 4)


def test_numbers_are_compared_with_the_mean_of_the_others(make_problem: MakeProblem) -> None:
    table = [[0.0, 1.0, 2.0], [3.0, 3.0, 6.0], [1.0, 5.0, 4.0]]
    found = ceiling(make_problem, [1.0, 4.0, 3.0], table)
    ratings = np.array(table)
    expected = [
        np.corrcoef(ratings[:, rater], np.delete(ratings, rater, axis=1).mean(axis=1))[0, 1]
        for rater in range(3)
    ]
    assert found["pearson"] == pytest.approx(np.mean(expected))
    assert found["n_ratings"] == 9


def test_random_raters_are_near_chance(make_problem: MakeProblem) -> None:
    rng = np.random.default_rng(0)
    table = rng.choice(["a", "b", "c", "d"], size=(2000, 5)).tolist()
    found = ceiling(make_problem, [line[0] for line in table], table)
    assert found["uar"] == pytest.approx(0.25, abs=0.03)


def test_only_the_rows_asked_for_count(make_problem: MakeProblem) -> None:
    table = [["a", "a"], ["b", "b"], ["a", "b"]]
    assert ceiling(make_problem, ["a", "b", "a"], table, rows=[0, 1])["accuracy"] == 1
    assert ceiling(make_problem, ["a", "b", "a"], table, rows=[2])["accuracy"] == 0


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ([["a"], ["b"]], "fewer than two raters"),
        ([["a", None], [None, "b"]], "no segment was rated by two"),
    ],
)
def test_without_two_opinions_there_is_a_reason(
    make_problem: MakeProblem, table: list[list[Any]], reason: str
) -> None:
    found = ceiling(make_problem, ["a", "b"], table)
    assert found["uar"] is None
    assert reason in found["reasons"]["uar"]


def test_without_votes_there_is_a_reason(make_problem: MakeProblem) -> None:
    found = human_ceiling(make_problem(np.zeros((2, 1)), ["a", "b"]), np.arange(2))
    assert found["accuracy"] is None
    assert found["reasons"]["accuracy"]


def test_a_rater_may_vote_once_for_a_row() -> None:
    with pytest.raises(ValueError, match="at most once"):
        Votes(np.array([0, 0]), np.array([1, 1]), np.array(["a", "b"], dtype=object))
