"""The models there are. Other packages add theirs through the entry point group `annotator.models`.

All are plain scikit-learn estimators. Features are standardised inside the estimator, so with the training data
alone. Emotion corpora are unbalanced and UAR counts every class alike, so classifiers weigh classes inversely to
their share of the training data (`class_weight="balanced"`) unless a recipe says otherwise, but for `knn` and `mlp`,
which have no such weights.
Regressors that depend on the scale of the target standardise it as well, so a scale of -1..1 and one of 1..9 give
the same model. Each model is deterministic for a seed and uses one core.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import Registry
from annotator.domain.translation import tr
from annotator.learning.metrics import Task

# Models use one core each. Without this some of them ask the system for its physical cores, and complain on standard
# error where it cannot tell (in containers).
os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")


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
    grid
        task -> settings to choose from where a search is asked for: the estimator's parameter names, each with
        its values.
    growth
        The power of the number of segments that the time of a training grows with; `None` where a training on few
        says nothing about one on many.
    slow
        Whether even a hundred segments take seconds.
    network
        Whether it learns in passes, which take most of the time of a training; learns several labels, or shares of
        them, at once (its parameter `task` is then `labels` or `shares`) instead of one after the other; and can start
        from another one (its parameter `start`).

    Examples
    --------
    >>> MODELS["ridge"].task
    'regression'
    """

    name: str
    title: str
    task: Literal["classification", "regression", "both"]
    build: Callable[[str, int], Any]
    grid: Callable[[str], Mapping[str, tuple[Any, ...]]] | None = None
    growth: float | None = 1.0
    slow: bool = False
    network: bool = False


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


def _chance(_task: str, seed: int) -> Any:
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="stratified", random_state=seed)


def _linear_svm(_task: str, seed: int) -> Any:
    from sklearn.svm import LinearSVC

    return _standardised(LinearSVC(C=0.01, class_weight="balanced", max_iter=20000, random_state=seed))


def _cubic_svm(_task: str, seed: int) -> Any:
    from sklearn.svm import SVC

    # With coef0 = 1 the kernel holds all products of up to three features, not of exactly three.
    return _standardised(
        SVC(
            C=1.0,
            kernel="poly",
            degree=3,
            coef0=1.0,
            gamma="scale",
            class_weight="balanced",
            random_state=seed,
        )
    )


def _knn(task: str, _seed: int) -> Any:
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

    kind = KNeighborsClassifier if task == "classification" else KNeighborsRegressor
    # Brute force: in dozens of dimensions search trees visit every point as well.
    return _standardised(kind(n_neighbors=5, weights="distance", algorithm="brute", n_jobs=1))


def _bagged_trees(task: str, seed: int) -> Any:
    from sklearn.ensemble import BaggingClassifier, BaggingRegressor
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    if task == "classification":
        tree = DecisionTreeClassifier(class_weight="balanced")
        return BaggingClassifier(tree, n_estimators=50, n_jobs=1, random_state=seed)
    return BaggingRegressor(DecisionTreeRegressor(), n_estimators=50, n_jobs=1, random_state=seed)


def _gradient_boosting(task: str, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    # Small trees that choose among a fifth of the features: steadier on small corpora. Few bins: with weights, finding
    # 255 of them takes ten times as long as the training (scikit-learn 1.9).
    options: dict[str, Any] = {
        "max_iter": 50, "learning_rate": 0.2, "max_leaf_nodes": 8, "max_features": 0.2, "max_bins": 32,
        "early_stopping": False, "random_state": seed,
    }  # fmt: skip
    if task == "classification":
        return HistGradientBoostingClassifier(class_weight="balanced", **options)
    return HistGradientBoostingRegressor(**options)


def _mlp(task: str, seed: int) -> Any:
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.preprocessing import StandardScaler

    # No `early_stopping`: it would hold out segments at random, of speakers that stay in training. Training ends when
    # ten passes have lowered the loss by less than `tol` each.
    options: dict[str, Any] = {
        "hidden_layer_sizes": (64,), "alpha": 1.0, "tol": 5e-3, "max_iter": 2000, "random_state": seed,
    }  # fmt: skip
    if task == "classification":
        return _standardised(MLPClassifier(**options))
    return TransformedTargetRegressor(
        regressor=_standardised(MLPRegressor(**options)), transformer=StandardScaler()
    )


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


def _cnn(task: str, seed: int) -> Any:
    from annotator.learning.cnn import CNN

    return CNN(task, seed)


def _standardised(estimator: Any) -> Any:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), estimator)


_STRENGTHS = (0.01, 0.1, 1.0, 10.0)


def _knn_grid(task: str) -> Mapping[str, tuple[Any, ...]]:
    kind = "kneighborsclassifier" if task == "classification" else "kneighborsregressor"
    return {f"{kind}__n_neighbors": (3, 5, 11, 21)}


def _mlp_grid(task: str) -> Mapping[str, tuple[Any, ...]]:
    name = "mlpclassifier__alpha" if task == "classification" else "regressor__mlpregressor__alpha"
    return {name: (0.1, 1.0, 10.0)}


_GRIDS: dict[str, Callable[[str], Mapping[str, tuple[Any, ...]]]] = {
    "logistic-regression": lambda _: {"logisticregression__C": _STRENGTHS},
    "svm": lambda _: {"svc__C": (0.1, 1.0, 10.0), "svc__gamma": ("scale", 0.001, 0.01)},
    "linear-svm": lambda _: {"linearsvc__C": (0.001, 0.01, 0.1, 1.0)},
    "cubic-svm": lambda _: {"svc__C": (0.01, 0.1, 1.0, 10.0)},
    "knn": _knn_grid,
    "random-forest": lambda _: {"max_features": ("sqrt", 1 / 3), "min_samples_leaf": (1, 3)},
    "bagged-trees": lambda _: {"estimator__min_samples_leaf": (1, 3, 10)},
    "gradient-boosting": lambda _: {"learning_rate": (0.1, 0.2), "max_leaf_nodes": (4, 8, 16)},
    "mlp": _mlp_grid,
    "ridge": lambda _: {"ridge__alpha": (0.1, 1.0, 10.0, 100.0, 1000.0)},
    "svr": lambda _: {"regressor__svr__C": (0.1, 1.0, 10.0)},
}

#: Some compare all segments with one another; a network learns for as long as it becomes better.
_GROWTH: dict[str, float | None] = {"svm": 2.0, "cubic-svm": 2.0, "svr": 2.0, "knn": 2.0, "cnn": None}


for _model in (
    Model("majority", "Always the most frequent class, or the mean", "both", _majority),
    Model("chance", "Guesses by the shares of the classes", "classification", _chance),
    Model(
        "logistic-regression",
        "Logistic regression, L2, C = 1, balanced classes",
        "classification",
        _logistic_regression,
    ),
    Model("svm", "Support vector machine, RBF kernel, C = 1, balanced classes", "classification", _svm),
    Model(
        "linear-svm",
        "Support vector machine, linear, C = 0.01, balanced classes",
        "classification",
        _linear_svm,
    ),
    Model(
        "cubic-svm",
        "Support vector machine, cubic kernel, C = 1, balanced classes",
        "classification",
        _cubic_svm,
    ),
    Model("knn", "Five nearest neighbours, weighted by nearness", "both", _knn),
    Model("random-forest", "Random forest of 100 trees, balanced classes", "both", _random_forest),
    Model("bagged-trees", "Bagging of 50 trees, balanced classes", "both", _bagged_trees),
    Model(
        "gradient-boosting",
        "Gradient boosting of 50 rounds of small trees, balanced classes",
        "both",
        _gradient_boosting,
    ),
    Model("mlp", "Network with one hidden layer of 64 units", "both", _mlp),
    Model("ridge", "Ridge regression, alpha = 1", "regression", _ridge),
    Model(
        "cnn",
        "Small convolutional network on log-mel images (extra deep: PyTorch)",
        "both",
        _cnn,
        network=True,
    ),
    Model("svr", "Support vector regression, RBF kernel, C = 1, target standardised", "regression", _svr),
):
    MODELS.add(
        _model.name,
        replace(
            _model,
            grid=_GRIDS.get(_model.name),
            growth=_GROWTH.get(_model.name, 1.0),
            slow=_model.name in ("cnn", "bagged-trees"),
        ),
    )
