"""A small convolutional network on log-mel images, in PyTorch (extra `deep`), as an estimator like all others.

Three blocks of convolution, batch normalisation and pooling, then the mean over time and one linear layer.
Training ends when segments held out by group (a sixth of the groups) have not become better for some passes, and the
weights of the best pass stay. With `start`, the weights of another network are taken over and all but the last layer
stay frozen (J. Yosinski et al., "How transferable are features in deep neural networks?", NIPS 2014).

Weights are kept as NumPy arrays: they are saved without code, and loaded where PyTorch is.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr

_BANDS = 128
_BATCH = 32
_PASSES = 40
_PATIENCE = 8
_HELD_OUT = 6
_HEAD = "head."


class CNN:
    """A classifier (`classification`) or regressor with `fit_grouped`, `predict` and, for classes, `predict_proba`.

    Parameters
    ----------
    task, seed
        What it learns, and what makes it repeatable to the last bit on one machine.
    class_weight
        `balanced` weighs classes inversely to their share of the training data; `None` does not.
    start
        Weights of another network (`weights_` of it), all but the last layer of which are taken over and frozen.
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

    def fit(self, X: NDArray[np.float64], y: NDArray[Any]) -> "CNN":
        """Trains with every row as a group of its own."""
        return self.fit_grouped(X, y, np.arange(len(y)))

    def fit_grouped(self, X: NDArray[np.float64], y: NDArray[Any], groups: NDArray[np.intp]) -> "CNN":
        """Trains on images, (n, times x 128), holding out whole groups to know when to stop."""
        import torch

        if X.shape[1] % _BANDS or X.shape[1] < 8 * _BANDS:
            raise AnnotatorError(
                tr('The model "cnn" takes log-mel images, not {n} values a segment.', n=X.shape[1]),
                tr("Choose the feature set logmel."),
            )
        self.n_features_in_ = int(X.shape[1])
        target: NDArray[Any]
        if self.task == "classification":
            self.classes_ = np.unique(y)
            target = np.searchsorted(self.classes_, y)
            self.scale_ = [0.0, 1.0]
        else:
            self.scale_ = [float(y.mean()), float(y.std()) or 1.0]
            target = (np.asarray(y, dtype=np.float64) - self.scale_[0]) / self.scale_[1]
        images = self._images(X)
        mean, std = images.mean(axis=(0, 1)), images.std(axis=(0, 1)) + 1e-5
        held = _held_out(groups, y if self.task == "classification" else None, self.seed)
        before = torch.get_num_threads()
        # One thread: sums in another order round differently.
        torch.set_num_threads(1)
        try:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(self.seed)
                self.weights_ = self._trained((images - mean) / std, target, held)
        finally:
            torch.set_num_threads(before)
        self.weights_ |= {"input.mean": mean.astype(np.float32), "input.std": std.astype(np.float32)}
        return self

    def predict(self, X: NDArray[np.float64]) -> NDArray[Any]:
        """Class codes or numbers, (n, times x 128) -> (n,)."""
        output = self._output(X)
        if self.task == "classification":
            found: NDArray[Any] = self.classes_[output.argmax(axis=1)]
            return found
        numbers: NDArray[Any] = output[:, 0] * self.scale_[1] + self.scale_[0]
        return numbers

    def __getattr__(self, name: str) -> Any:
        # Only classifiers have probabilities, and only then may the attribute exist.
        if name == "predict_proba" and self.__dict__.get("task") == "classification":
            return self._probabilities
        raise AttributeError(name)

    def _probabilities(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        output = self._output(X)
        raised = np.exp(output - output.max(axis=1, keepdims=True))
        shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
        return shares

    def _images(self, X: NDArray[np.float64]) -> NDArray[np.float32]:
        return X.reshape(len(X), -1, _BANDS).astype(np.float32)

    def _output(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        import torch

        weights = {name: value for name, value in self.weights_.items() if not name.startswith("input.")}
        network = _network(len(weights["head.bias"]))
        try:
            network.load_state_dict({name: torch.from_numpy(np.array(v)) for name, v in weights.items()})
        except RuntimeError:
            raise AnnotatorError(
                tr("The weights of this network do not fit together."), tr("Train it again.")
            ) from None
        network.eval()
        images = (self._images(X) - self.weights_["input.mean"]) / self.weights_["input.std"]
        parts = []
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            with torch.no_grad():
                for first in range(0, len(images), _BATCH):
                    batch = torch.from_numpy(images[first : first + _BATCH])
                    parts.append(network(batch[:, None]).numpy().astype(np.float64))
        finally:
            torch.set_num_threads(before)
        return np.concatenate(parts)

    def _trained(
        self, images: NDArray[np.float32], target: NDArray[Any], held: NDArray[np.bool_]
    ) -> dict[str, NDArray[Any]]:
        """The weights of the pass that did best on what was held out."""
        import torch

        numbers = self.task != "classification"
        network = _network(1 if numbers else len(self.classes_))
        if self.start is not None:
            _take_over(network, self.start)
        loss = self._loss(target[~held])
        wanted = torch.from_numpy(target.astype(np.float32 if numbers else np.int64))
        x = torch.from_numpy(images)[:, None]
        rows = np.flatnonzero(~held)
        free = [p for p in network.parameters() if p.requires_grad]
        optimiser = torch.optim.Adam(free, lr=1e-3 if self.start is None else 1e-2, weight_decay=1e-4)
        rng = np.random.default_rng(self.seed)
        best, since, kept = np.inf, 0, None
        for _ in range(_PASSES):
            network.train(self.start is None)
            order = rng.permutation(rows)
            for first in range(0, len(order), _BATCH):
                batch = torch.from_numpy(order[first : first + _BATCH])
                if len(batch) < 2:
                    continue  # batch normalisation needs two
                optimiser.zero_grad()
                output = network(x[batch])
                loss(output[:, 0] if numbers else output, wanted[batch]).backward()
                optimiser.step()
            network.eval()
            with torch.no_grad():
                judged = held if held.any() else ~held
                output = torch.cat([network(part) for part in x[torch.from_numpy(judged)].split(_BATCH)])
                reached = float(loss(output[:, 0] if numbers else output, wanted[torch.from_numpy(judged)]))
            if reached < best - 1e-4:
                best, since = reached, 0
                kept = {name: value.numpy().copy() for name, value in network.state_dict().items()}
            else:
                since += 1
                if since >= _PATIENCE:
                    break
        return kept or {name: value.numpy().copy() for name, value in network.state_dict().items()}

    def _loss(self, target: NDArray[Any]) -> Any:
        import torch

        if self.task != "classification":
            return torch.nn.MSELoss()
        if self.class_weight is None:
            return torch.nn.CrossEntropyLoss()
        counts = np.maximum(np.bincount(target, minlength=len(self.classes_)), 1)
        return torch.nn.CrossEntropyLoss(
            torch.from_numpy((len(target) / (len(counts) * counts)).astype(np.float32))
        )


def require_torch() -> None:
    """Raises `AnnotatorError` where PyTorch is not installed."""
    from importlib.util import find_spec

    if find_spec("torch") is None:
        raise AnnotatorError(
            tr('The model "cnn" needs PyTorch, which is not installed.'),
            tr('Install it with: pip install "affect-annotator[deep]".'),
        )


def _network(n_outputs: int) -> Any:
    from torch import nn

    def block(ins: int, outs: int, stride: int) -> Any:
        return nn.Sequential(
            nn.Conv2d(ins, outs, 3, stride=stride, padding=1),
            nn.BatchNorm2d(outs),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )

    network = nn.Sequential()
    network.add_module("block1", block(1, 16, 2))
    network.add_module("block2", block(16, 32, 1))
    network.add_module(
        "block3", nn.Sequential(nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU())
    )
    # The mean over time, but not over all bands: how high a sound lies tells as much as its shape.
    network.add_module("pool", nn.Sequential(nn.AdaptiveAvgPool2d((1, 8)), nn.Flatten(), nn.Dropout(0.3)))
    network.add_module("head", nn.Linear(64 * 8, n_outputs))
    return network


def _take_over(network: Any, start: dict[str, NDArray[Any]]) -> None:
    """Weights of another network for all but the last layer, which alone is then trained."""
    import torch

    own = network.state_dict()
    taken = {
        name: torch.from_numpy(np.array(value))
        for name, value in start.items()
        if name in own and not name.startswith(_HEAD)
    }
    missing = [name for name in own if name not in taken and not name.startswith(_HEAD)]
    if missing or any(taken[name].shape != own[name].shape for name in taken):
        raise AnnotatorError(
            tr("The network to start from is of another kind."), tr("Start from a model saved by cnn.")
        )
    network.load_state_dict({**own, **taken})
    for name, parameter in network.named_parameters():
        parameter.requires_grad = name.startswith(_HEAD)


def _held_out(groups: NDArray[np.intp], classes: NDArray[np.intp] | None, seed: int) -> NDArray[np.bool_]:
    """A sixth of the groups, none where there are too few or a class would be left without training rows."""
    names = np.random.default_rng(seed).permutation(np.unique(groups))
    held = np.isin(groups, names[: len(names) // _HELD_OUT])
    if held.any() and classes is not None and set(classes[~held].tolist()) != set(classes.tolist()):
        return np.zeros(len(groups), dtype=np.bool_)
    return held
