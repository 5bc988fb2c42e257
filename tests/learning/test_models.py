"""Every model learns what it says it learns, the same way each time, and on any scale of the features."""

import numpy as np
import pytest

from annotator.domain.errors import AnnotatorError
from annotator.learning.models import MODELS, Model, check_fits

CLASSIFIERS = [name for name, model in MODELS.items() if model.task != "regression" and name != "cnn"]
REGRESSORS = [name for name, model in MODELS.items() if model.task != "classification" and name != "cnn"]


def data() -> tuple[np.ndarray, np.ndarray]:
    X = np.random.default_rng(0).standard_normal((80, 3)) * [1, 1e4, 1e-4] + [0, 1e5, 0]
    return X, X[:, 0]


def fitted(model: Model, task: str, y: np.ndarray, seed: int = 0) -> np.ndarray:
    X, _ = data()
    predicted: np.ndarray = model.build(task, seed).fit(X, y).predict(X)
    return predicted


def test_the_models_that_ship() -> None:
    promised = {
        "majority", "chance", "logistic-regression", "linear-svm", "svm", "cubic-svm", "knn", "random-forest",
        "bagged-trees", "gradient-boosting", "mlp", "ridge", "svr",
    }  # fmt: skip
    assert promised <= set(MODELS.names())
    assert all(model.name == name and model.title for name, model in MODELS.items())


@pytest.mark.parametrize("name", [name for name in CLASSIFIERS if name not in ("majority", "chance")])
def test_classifiers_learn_from_the_column_that_matters(name: str) -> None:
    y = np.where(data()[1] > 0, 1, 0)
    assert (fitted(MODELS[name], "classification", y) == y).mean() > 0.9


@pytest.mark.parametrize("name", [name for name in REGRESSORS if name != "majority"])
def test_regressors_learn_from_the_column_that_matters(name: str) -> None:
    y = data()[1]
    assert np.corrcoef(fitted(MODELS[name], "regression", y), y)[0, 1] > 0.9


@pytest.mark.parametrize("name", ["ridge", "svr", "random-forest", "knn", "mlp", "gradient-boosting"])
def test_regressors_do_not_depend_on_the_scale_of_ratings(name: str) -> None:
    y = data()[1]
    on_other_scale = fitted(MODELS[name], "regression", 5 + 100 * y)
    np.testing.assert_allclose((on_other_scale - 5) / 100, fitted(MODELS[name], "regression", y), atol=1e-2)


@pytest.mark.parametrize("name", [name for name in MODELS.names() if name != "cnn"])
def test_one_seed_gives_one_result(name: str) -> None:
    task = "classification" if name in CLASSIFIERS else "regression"
    y = np.arange(80) % 3 if task == "classification" else data()[1]
    assert (fitted(MODELS[name], task, y, seed=5) == fitted(MODELS[name], task, y, seed=5)).all()


def test_majority_is_the_most_frequent_class_or_the_mean() -> None:
    assert set(fitted(MODELS["majority"], "classification", np.array([2] * 50 + [7] * 30))) == {2}
    assert fitted(MODELS["majority"], "regression", np.arange(80.0)) == pytest.approx(39.5)


@pytest.mark.parametrize("name", ["logistic-regression", "svm", "random-forest"])
def test_rare_classes_are_not_given_up(name: str) -> None:
    # Two overlapping clouds, one ten times as frequent: unweighted, the rare one would hardly be predicted.
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [400, 40])
    X = rng.standard_normal((440, 5)) + y[:, None] * 0.8
    fresh = rng.standard_normal((200, 5)) + 0.8
    share = MODELS[name].build("classification", 0).fit(X, y).predict(fresh).mean()
    assert share > {"random-forest": 0.05}.get(name, 0.6)


@pytest.mark.parametrize(
    ("name", "task", "other"), [("ridge", "classification", "svm"), ("svm", "regression", "svr")]
)
def test_a_model_for_the_other_kind_of_target_is_refused_with_alternatives(
    name: str, task: str, other: str
) -> None:
    with pytest.raises(AnnotatorError, match=f'Model "{name}" predicts') as caught:
        check_fits(MODELS[name], task)  # type: ignore[arg-type]
    assert other in caught.value.hint
    assert name not in caught.value.hint.split(": ")[1].split(", ")
