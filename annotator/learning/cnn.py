"""A small convolutional network on log-mel images, in PyTorch (extra `deep`), as an estimator like all others.

It is an ensemble of networks, each of which learns from other groups and stops by those that it does not learn from: so
no group is lost to early stopping, and no single held-out speaker decides when to stop. What they say is averaged (A.
Krogh and J. Vedelsby, "Neural network ensembles, cross validation, and active learning", NIPS 1994).

With `start`, the weights of another such model are taken over and all but the last layer stay frozen (J. Yosinski et
al., "How transferable are features in deep neural networks?", NIPS 2014).

Weights are kept as NumPy arrays: they are saved without code, and loaded where PyTorch is.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, finish, part
from annotator.domain.translation import tr
from annotator.learning.network import HEAD, N_BANDS, Floats, Images, Lesson, Weights, outputs, training

_MEMBERS = 3

#: Each network stops by one of this many shares of the groups.
_SHARES = 6


class CNN:
    """Learns classes, numbers, several labels or shares of them from images, (n, times x 128) in dB.

    Parameters
    ----------
    task, seed
        What it learns (`classification`, `regression`, `labels`, `shares`), and what makes it repeatable to the last
        bit on one machine.
    class_weight
        `balanced` weighs classes inversely to their share of the training data; `None` does not.
    start
        Weights of another one (`weights_` of it), all but the last layers of which are taken over and frozen.
    """

    def __init__(
        self,
        task: str = "classification",
        seed: int = 0,
        class_weight: str | None = "balanced",
        start: dict[str, NDArray[Any]] | None = None,
    ) -> None:
        require_torch()
        self.task, self.seed, self.class_weight, self.start = task, seed, class_weight, start

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002
        """The parameters, as scikit-learn's estimators tell them."""
        return {"task": self.task, "seed": self.seed, "class_weight": self.class_weight, "start": self.start}

    def set_params(self, **given: Any) -> "CNN":
        """Changes parameters, as scikit-learn's estimators do."""
        for name, value in given.items():
            setattr(self, name, value)
        return self

    def fit(self, X: NDArray[Any], y: NDArray[Any]) -> "CNN":
        """Trains with every row as a group of its own."""
        return finish(self.fitting(X, y, np.arange(len(y))))

    def fitting(self, X: NDArray[Any], y: NDArray[Any], groups: NDArray[np.intp]) -> Job["CNN"]:
        """Trains pass by pass.

        Parameters
        ----------
        X, y
            Images, (n, times x 128), and classes or numbers, (n,), or what each label has, (n, labels).
        groups
            Group of every row, (n,): a network stops by groups that it does not learn from.

        Raises
        ------
        AnnotatorError
            Where the rows are no images, or `start` is no network of this kind.
        """
        # Frozen layers hear what they learned to hear: levels standardised as they were then.
        taken = self.start or {}
        images = Images.of(X, taken.get("input.mean"), taken.get("input.std"))
        self.n_features_in_ = int(X.shape[1])
        lesson = self._lesson(y)
        classes = y if self.task == "classification" else None
        self.weights_: Weights = {"input.mean": images.mean, "input.std": images.std}
        for member, held in enumerate(_held_out(groups, classes, self.seed)):
            start = None if self.start is None else _member(self.start, member)
            # Seeds far enough apart that no two networks share one of a pass.
            job = training(images, lesson, held, seed=1000 * (_MEMBERS * self.seed + member), start=start)
            doing = tr("network {n} of {total}", n=member + 1, total=_MEMBERS)
            kept = yield from part(job, member, member + 1, _MEMBERS, text=doing)
            self.weights_ |= {f"{member}.{name}": value for name, value in kept.items()}
        return self

    def predict(self, X: NDArray[Any]) -> NDArray[Any]:
        """Class codes or numbers, (n, times x 128) -> (n,); 0 and 1 for each label, or shares, (n, labels)."""
        said = self._said(X)
        if self.task == "classification":
            found: NDArray[Any] = self.classes_[said.argmax(axis=1)]
            return found
        if self.task == "regression":
            numbers: NDArray[Any] = said[:, 0] * self.scale_[1] + self.scale_[0]
            return numbers
        return (said > 0.5).astype(np.float64) if self.task == "labels" else said

    def __getattr__(self, name: str) -> Any:
        # Only classifiers have probabilities, and only then may the attribute exist.
        if name == "predict_proba" and self.__dict__.get("task") == "classification":
            return self._said
        raise AttributeError(name)

    @property
    def gives_probabilities(self) -> bool:
        """Whether `label_probabilities` has an answer."""
        return self.task == "labels"

    def label_probabilities(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Probability that each label applies, (n, times x 128) -> (n, labels)."""
        return self._said(X)

    def check(self, task: str, n_outputs: int) -> None:
        """Raises `ValueError` where the weights, which may come from a file, are not those of such a network."""
        parts = [_member(self.weights_, member) for member in range(_MEMBERS)]
        if self.task != task or any(part[f"{HEAD}bias"].shape != (n_outputs,) for part in parts):
            raise ValueError(tr("its estimator knows other classes"))
        if any(self.weights_[f"input.{name}"].shape != (N_BANDS,) for name in ("mean", "std")):
            raise ValueError(tr("its network takes other images"))

    def _lesson(self, y: NDArray[Any]) -> Lesson:
        """What the networks learn; remembers what their answers mean."""
        if self.task == "regression":
            self.scale_ = [float(np.mean(y)), float(np.std(y)) or 1.0]
            numbers = ((np.asarray(y, dtype=np.float64) - self.scale_[0]) / self.scale_[1])[:, None]
            return Lesson("numbers", numbers.astype(np.float32), np.ones(numbers.shape, dtype=np.float32))
        target: Floats
        if self.task == "classification":
            self.classes_ = np.unique(y)
            target = (y[:, None] == self.classes_).astype(np.float32)
        else:
            target = np.asarray(y, dtype=np.float32)
        kind = "labels" if self.task == "labels" else "classes"
        return Lesson(kind, target, self._weights(target))

    def _weights(self, target: Floats) -> Floats:
        """How much each row counts, by output: inversely to the share of its class, or of those with and without the
        label; shares of labels count alike."""
        if self.class_weight is None or self.task == "shares":
            return np.ones_like(target)
        n, having = len(target), target.sum(axis=0)
        weights: Floats
        if self.task == "classification":
            weights = n / (target.shape[1] * np.maximum(having, 1)) * np.ones_like(target)
        else:
            weights = np.where(
                target > 0.5, n / (2 * np.maximum(having, 1)), n / (2 * np.maximum(n - having, 1))
            )
        return weights.astype(np.float32)

    def _said(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Means over the networks: probabilities, shares or standardised numbers, (n, outputs)."""
        images = Images.of(X, self.weights_["input.mean"], self.weights_["input.std"])
        said = [outputs(_member(self.weights_, member), images) for member in range(_MEMBERS)]
        if self.task != "regression":
            said = [_probabilities(one, apart=self.task == "labels") for one in said]
        means: NDArray[np.float64] = np.mean(said, axis=0)
        return means


def require_torch() -> None:
    """Raises `AnnotatorError` where PyTorch is not installed."""
    from importlib.util import find_spec

    if find_spec("torch") is None:
        raise AnnotatorError(
            tr('The model "cnn" needs PyTorch, which is not installed.'),
            tr('Install it with: pip install "affect-annotator[deep]".'),
        )


def _probabilities(said: NDArray[np.float64], *, apart: bool) -> NDArray[np.float64]:
    """Sigmoid of each output where labels stand apart, else softmax over them."""
    from scipy.special import expit, softmax

    found: NDArray[np.float64] = expit(said) if apart else softmax(said, axis=1)
    return found


def _member(weights: Weights, member: int) -> Weights:
    """Weights of one of the networks."""
    prefix = f"{member}."
    return {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}


def _held_out(groups: NDArray[np.intp], classes: NDArray[Any] | None, seed: int) -> list[NDArray[np.bool_]]:
    """For each network the rows that it does not learn from: another share of the groups each time.

    None where a class would be left without rows to learn from: that network takes all passes.
    """
    names = np.random.default_rng(seed).permutation(np.unique(groups))
    found = [np.isin(groups, names[member::_SHARES]) for member in range(_MEMBERS)]
    for held in found:
        if held.all() or (classes is not None and len(np.unique(classes[~held])) < len(np.unique(classes))):
            held[:] = False
    return found
