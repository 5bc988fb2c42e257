"""Metrics equal scikit-learn's and their definitions, and say so where they are undefined."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics

from annotator.learning.metrics import Scorer, classification_metrics, per_class

codes = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60)
number = st.floats(-100, 100).map(lambda value: round(value, 3))
numbers = st.lists(st.tuples(number, number), min_size=3, max_size=40)


@settings(deadline=None)
@given(codes)
def test_classification_equals_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    truth, predicted = np.array(pairs).T
    ours = Scorer("classification", 4).named(Scorer("classification", 4).sums(truth, predicted))
    assert ours["accuracy"] == pytest.approx(sklearn_metrics.accuracy_score(truth, predicted))
    # scikit-learn's balanced accuracy, without its warning for classes that only the predictions have
    present = sorted(set(truth.tolist()))
    recalls = sklearn_metrics.recall_score(truth, predicted, labels=present, average=None, zero_division=0)
    assert ours["uar"] == pytest.approx(recalls.mean())
    f1 = sklearn_metrics.f1_score(truth, predicted, average="macro", zero_division=0)
    assert ours["macro_f1"] == pytest.approx(f1)


@settings(deadline=None)
@given(numbers)
def test_regression_follows_the_definitions(pairs: list[tuple[float, float]]) -> None:
    truth, predicted = np.array(pairs).T
    scorer = Scorer("regression", centre=float(truth.mean()))
    ours = scorer.named(scorer.sums(truth, predicted))
    assert ours["rmse"] == pytest.approx(
        math.sqrt(sklearn_metrics.mean_squared_error(truth, predicted)), rel=1e-6, abs=1e-6
    )
    if truth.std() < 1e-2 or predicted.std() < 1e-2:
        return
    covariance = np.mean((truth - truth.mean()) * (predicted - predicted.mean()))
    ccc = 2 * covariance / (truth.var() + predicted.var() + (truth.mean() - predicted.mean()) ** 2)
    assert ours["ccc"] == pytest.approx(ccc, rel=1e-6, abs=1e-9)
    assert ours["pearson"] == pytest.approx(np.corrcoef(truth, predicted)[0, 1], rel=1e-6, abs=1e-6)


def test_ccc_of_lins_definition_by_hand() -> None:
    # means 2 and 3, variances 2/3 each, covariance 2/3: 2 * 2/3 / (4/3 + 1)
    scorer = Scorer("regression")
    ours = scorer.named(scorer.sums(np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 4.0])))
    assert ours["ccc"] == pytest.approx(4 / 7)
    assert ours["pearson"] == pytest.approx(1)
    assert ours["rmse"] == pytest.approx(1)


def test_a_constant_prediction_has_no_correlation_and_says_why() -> None:
    scorer = Scorer("regression", centre=0.5)
    ours = scorer.named(scorer.sums(np.array([0.1, 0.9, 0.3]), np.full(3, 0.1 + 0.2)))
    assert ours["pearson"] is None
    assert ours["ccc"] == pytest.approx(0)
    assert ours["reasons"] == {"pearson": "reference or predictions do not vary"}


def test_large_means_do_not_cost_digits() -> None:
    truth = 1e6 + np.array([0.1, 0.5, 0.2, 0.9])
    scorer = Scorer("regression", centre=float(truth.mean()))
    assert scorer.named(scorer.sums(truth, truth))["ccc"] == pytest.approx(1)


def test_no_rows_leave_every_metric_undefined() -> None:
    for scorer in (Scorer("classification", 3), Scorer("regression")):
        ours = scorer.named(scorer.sums(np.array([], dtype=int), np.array([], dtype=int)))
        assert [ours[name] for name in scorer.names] == [None, None, None]
        assert set(ours["reasons"].values()) == {"no segments to evaluate"}


@given(codes, st.integers(1, 4))
def test_sums_of_groups_add_up(pairs: list[tuple[int, int]], n_groups: int) -> None:
    truth, predicted = np.array(pairs).T
    groups = np.arange(len(truth)) % n_groups
    for scorer in (Scorer("classification", 4), Scorer("regression")):
        by_group = scorer.grouped_sums(truth, predicted, groups, n_groups)
        assert (by_group.sum(axis=0) == scorer.sums(truth, predicted)).all()


def test_stacks_are_evaluated_one_by_one() -> None:
    stack = np.random.default_rng(0).integers(0, 9, (5, 2, 3, 3)).astype(float)
    together = classification_metrics(stack)
    assert together.shape == (5, 2, 3)
    np.testing.assert_array_equal(together[3, 1], classification_metrics(stack[3, 1]))


def test_per_class_figures_and_their_reasons() -> None:
    confusion = np.array([[3.0, 1.0, 0.0], [2.0, 4.0, 0.0], [0.0, 0.0, 0.0]])
    happy, sad, angry = per_class(confusion, ("happy", "sad", "angry"))
    assert happy == {
        "label": "happy",
        "precision": 0.6,
        "recall": 0.75,
        "f1": pytest.approx(2 / 3),
        "support": 4,
    }
    assert sad["recall"] == pytest.approx(4 / 6)
    assert (angry["precision"], angry["recall"], angry["f1"], angry["support"]) == (None, None, None, 0)
    assert set(angry["reasons"]) == {"precision", "recall", "f1"}
