"""The models there are. Other packages add theirs through the entry point group `annotator.models`.

All are plain scikit-learn estimators. Features are standardised inside the estimator, so with the training data
alone. Emotion corpora are unbalanced and UAR counts every class alike, so classifiers weigh classes inversely to
their share of the training data (`class_weight="balanced"`). Regressors that depend on the scale of the target
standardise it as well, so a scale of -1..1 and one of 1..9 give the same model. Each model is deterministic for a
seed and uses one core.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import Registry
from annotator.domain.translation import tr
from annotator.learning.metrics import Task


@dataclass(frozen=True, slots=True)
class Model:
    """A named way to make an untrained estimator.

    Parameters
    ----------
    name, title
        What commands call it, and what people read.
    task
        What it can learn.
    build
        (task, seed) -> estimator with `fit` and `predict`; task is `classification` or `regression`.

    Examples
    --------
    >>> MODELS["ridge"].task
    'regression'
    """

    name: str
    title: str
    task: Literal["classification", "regression", "both"]
    build: Callable[[str, int], Any]


MODELS: Registry[Model] = Registry("annotator.models", "model")


def check_fits(model: Model, task: Task) -> None:
    """Raises `AnnotatorError`, naming the models that would do, where `model` cannot learn `task`.

    >>> check_fits(MODELS["random-forest"], "regression")
    """
    if model.task in (task, "both"):
        return
    fitting = ", ".join(name for name, other in MODELS.items() if other.task in (task, "both"))
    message = (
        tr('Model "{model}" predicts numbers, but the target has categories.', model=model.name)
        if task == "classification"
        else tr('Model "{model}" predicts categories, but the target is a number.', model=model.name)
    )
    raise AnnotatorError(message, tr("Models that do: {names}.", names=fitting))


def _majority(task: str, seed: int) -> Any:
    from sklearn.dummy import DummyClassifier, DummyRegressor

    if task == "classification":
        return DummyClassifier(strategy="most_frequent", random_state=seed)
    return DummyRegressor(strategy="mean")


def _logistic_regression(_task: str, seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    return _standardised(LogisticRegression(C=1.0, class_weight="balanced", max_iter=5000, random_state=seed))


def _svm(_task: str, seed: int) -> Any:
    from sklearn.svm import SVC

    return _standardised(SVC(C=1.0, kernel="rbf", gamma="scale", class_weight="balanced", random_state=seed))


def _random_forest(task: str, seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    if task == "classification":
        return RandomForestClassifier(n_estimators=100, class_weight="balanced", n_jobs=1, random_state=seed)
    # A third of the features at each split, as Breiman (2001) advises for regression; all of them would be bagging.
    return RandomForestRegressor(n_estimators=100, max_features=1 / 3, n_jobs=1, random_state=seed)


def _ridge(_task: str, _seed: int) -> Any:
    from sklearn.linear_model import Ridge

    return _standardised(Ridge(alpha=1.0))


def _svr(_task: str, _seed: int) -> Any:
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVR

    regressor = _standardised(SVR(C=1.0, epsilon=0.1, kernel="rbf", gamma="scale"))
    return TransformedTargetRegressor(regressor=regressor, transformer=StandardScaler())


def _standardised(estimator: Any) -> Any:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), estimator)


for _model in (
    Model("majority", "Always the most frequent class, or the mean", "both", _majority),
    Model(
        "logistic-regression",
        "Logistic regression, L2, C = 1, balanced classes",
        "classification",
        _logistic_regression,
    ),
    Model("svm", "Support vector machine, RBF kernel, C = 1, balanced classes", "classification", _svm),
    Model("random-forest", "Random forest of 100 trees, balanced classes", "both", _random_forest),
    Model("ridge", "Ridge regression, alpha = 1", "regression", _ridge),
    Model("svr", "Support vector regression, RBF kernel, C = 1, target standardised", "regression", _svr),
):
    MODELS.add(_model.name, _model)
