"""The network of the model `cnn`: its layers, what it is fed and how it is trained, in PyTorch.

Everything random is drawn from seeds of its own and on one thread, because sums in another order round differently: a
training repeats to the last bit on one machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.features.logmel import LOWEST, N_MELS

Floats: TypeAlias = NDArray[np.float32]
Weights: TypeAlias = dict[str, NDArray[Any]]

HEAD = "head."

#: Bands that the network sees: neighbours are averaged.
N_BANDS = 64

_BATCH = 32
_TIMES = 150
"""Times of 20 ms that a training example spans at most: 3 s, cut out at random from what is longer."""

_CHANNELS = (16, 32, 64)
_HEIGHTS = 4
"""Stretches of bands that are averaged separately: how high a sound lies tells as much as its shape."""

_PASSES = 40
FEWEST_STEPS, _MOST_STEPS = 200, 400
_RATE = 4e-3
_DECAY = 1e-2
_WARM_UP = 0.2
_SMOOTHING = 0.1
_DROPOUT = 0.3
_GAIN_DB = 3.0
#: Passes are compared from here on: while the rate is high, the best of them is the luckiest, and far from done.
_SETTLED = 0.5
_PATIENCE = 6
CHECKS = 25


@dataclass(frozen=True)
class Images:
    """Log-mel images of clips, (n, times, bands) in dB, with what they are standardised by, (64,) each.

    Where a clip ends before its image does, it begins anew: silence that was filled in says nothing about a clip, and
    batches stay rectangular.
    """

    levels: NDArray[np.floating[Any]]
    mean: Floats
    std: Floats
    lengths: NDArray[np.intp]

    @classmethod
    def of(
        cls, rows: NDArray[np.floating[Any]], mean: Floats | None = None, std: Floats | None = None
    ) -> "Images":
        """Images of rows, (n, times x 128); `mean` and `std` are computed from them where they are not given.

        Raises `AnnotatorError` where the rows are no images, or what is given does not fit them.
        """
        if rows.shape[1] % N_MELS or rows.shape[1] < 8 * N_MELS:
            raise AnnotatorError(
                tr('The model "cnn" takes log-mel images, not {n} values a segment.', n=rows.shape[1]),
                tr("Choose the feature set logmel."),
            )
        if any(one is not None and one.shape != (N_BANDS,) for one in (mean, std)):
            raise _another_kind()
        levels = rows.reshape(len(rows), -1, N_MELS)
        lengths = np.array([_length(level) for level in levels], dtype=np.intp)
        if mean is None or std is None:
            mean, std = _statistics(levels, lengths)
        return cls(levels, mean, std, lengths)

    @property
    def n_times(self) -> int:
        """Times of a whole image."""
        return int(self.levels.shape[1])

    def cut(self, rows: NDArray[np.intp], starts: NDArray[np.intp], n_times: int) -> Floats:
        """Stretches of some images, standardised: (rows, n_times, 64)."""
        at = (starts[:, None] + np.arange(n_times)) % self.lengths[rows, None]
        found: Floats = (_narrowed(self.levels[rows[:, None], at]) - self.mean) / self.std
        return found


def _length(level: NDArray[np.floating[Any]]) -> int:
    """Times until the clip ends, at least one: what was filled up is as low as levels get, in all bands."""
    sounding = np.flatnonzero((level > LOWEST + 0.01).any(axis=1))
    return int(sounding[-1]) + 1 if len(sounding) else len(level)


def _narrowed(levels: NDArray[np.floating[Any]]) -> Floats:
    found: Floats = levels.reshape(*levels.shape[:-1], N_BANDS, -1).mean(axis=-1, dtype=np.float32)
    return found


def _statistics(levels: NDArray[np.floating[Any]], lengths: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each band over all times of all clips, one clip after the other."""
    total, squares = np.zeros(N_BANDS), np.zeros(N_BANDS)
    for level, length in zip(levels, lengths, strict=True):
        narrow = _narrowed(level[:length]).astype(np.float64)
        total += narrow.sum(axis=0)
        squares += np.square(narrow).sum(axis=0)
    mean = total / lengths.sum()
    std = np.sqrt(np.maximum(squares / lengths.sum() - mean**2, 0.0)) + 1e-3
    return mean.astype(np.float32), std.astype(np.float32)


def outputs(weights: Weights, images: Images) -> NDArray[np.float64]:
    """What a network says of whole images: (n, outputs); raises `AnnotatorError` where its weights do not fit."""
    import torch

    network = _network(len(weights[f"{HEAD}bias"]))
    try:
        network.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})
    except RuntimeError:
        raise AnnotatorError(
            tr("The weights of this network do not fit together."), tr("Train it again.")
        ) from None
    with _repeatable(0):
        return _said(network, images, np.arange(len(images.levels)))


def _said(network: Any, images: Images, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    import torch

    network.eval()
    parts = []
    with torch.no_grad():
        for first in range(0, len(rows), _BATCH):
            part = rows[first : first + _BATCH]
            batch = images.cut(part, np.zeros(len(part), dtype=np.intp), images.n_times)
            parts.append(network(torch.from_numpy(batch)[:, None]).numpy().astype(np.float64))
    return np.concatenate(parts)


@dataclass(frozen=True)
class Lesson:
    """What a network is to learn.

    Parameters
    ----------
    kind
        `classes` (one of several, or shares of them), `labels` (each on its own) or `numbers`.
    target
        What every image has, (n, outputs): shares that sum to 1, 0 and 1 for each label, or numbers.
    weights
        How much each row counts, by output, (n, outputs).
    """

    kind: str
    target: Floats
    weights: Floats

    def loss(self, output: Any, rows: NDArray[np.intp], *, smoothing: float = 0.0) -> Any:
        """Weighted mean loss of what a network said of some rows: cross-entropy, or squares for numbers.

        Smoothing keeps targets off 0 and 1 (C. Szegedy et al., "Rethinking the Inception architecture", CVPR 2016).
        """
        import torch
        from torch.nn import functional

        target, weights = torch.from_numpy(self.target[rows]), torch.from_numpy(self.weights[rows])
        if self.kind == "numbers":
            return (weights * torch.square(output - target)).sum() / weights.sum()
        if self.kind == "labels":
            smooth = target * (1 - smoothing) + smoothing / 2
            each = functional.binary_cross_entropy_with_logits(output, smooth, weights, reduction="sum")
            return each / weights.sum()
        smooth = target * (1 - smoothing) + smoothing / target.shape[1]
        total = (weights * target).sum()
        return -((weights * target).sum(1, keepdim=True) * smooth * output.log_softmax(1)).sum() / total


def training(
    images: Images, lesson: Lesson, held: NDArray[np.bool_], *, seed: int, start: Weights | None = None
) -> Job[Weights]:
    """Trains a network, and gives the weights of the pass that did best on the rows `held` out.

    The learning rate rises and falls once (L. N. Smith and N. Topin, "Super-convergence", 2018). In the second half
    training ends when what is held out has not become better for some passes; without rows held out it takes all.

    Parameters
    ----------
    start
        Weights of another network, all but the last layer of which are taken over and stay as they are.
    """
    import torch

    rows, rng = np.flatnonzero(~held), np.random.default_rng(seed)
    n_steps = min(max(_PASSES * len(rows) // _BATCH, FEWEST_STEPS), _MOST_STEPS)
    with _repeatable(seed):
        network = _network(lesson.target.shape[1])
        if start is not None:
            _take_over(network, start)
        free = [p for p in network.parameters() if p.requires_grad]
        optimiser = torch.optim.AdamW(free, lr=_RATE, weight_decay=_DECAY)
        pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=n_steps, pct_start=_WARM_UP)
    best, since, kept = np.inf, 0, _weights(network)
    waiting = np.empty(0, dtype=np.intp)
    for number in range(CHECKS):
        yield Progress(number, CHECKS, tr("pass {n} of at most {most}", n=number + 1, most=CHECKS))
        with _repeatable(seed + number + 1):
            for name, layer in network.named_children():
                # Frozen layers keep the statistics they were trained with, too.
                layer.train(start is None or not name.startswith("block"))
            for _ in range(n_steps * number // CHECKS, n_steps * (number + 1) // CHECKS):
                while len(waiting) < _BATCH:
                    waiting = np.concatenate([waiting, rng.permutation(rows)])
                batch, waiting = waiting[:_BATCH], waiting[_BATCH:]
                optimiser.zero_grad()
                output = network(torch.from_numpy(_changed(images, batch, rng))[:, None])
                lesson.loss(output, batch, smoothing=_SMOOTHING).backward()
                optimiser.step()
                pace.step()
            if not held.any() or number < _SETTLED * CHECKS:
                continue
            judged = np.flatnonzero(held)
            said = torch.from_numpy(_said(network, images, judged).astype(np.float32))
            reached = float(lesson.loss(said, judged))
        if reached < best:
            best, since, kept = reached, 0, _weights(network)
        else:
            since += 1
            if since >= _PATIENCE:
                break
    return kept if held.any() else _weights(network)


def _changed(images: Images, rows: NDArray[np.intp], rng: np.random.Generator) -> Floats:
    """Examples to train on: a stretch from a random time on, a little louder or softer, with a band and a time masked.

    Masks as in D. S. Park et al., "SpecAugment", Interspeech 2019.
    """
    n_times = min(_TIMES, images.n_times)
    spare = images.lengths[rows] - n_times
    starts = rng.integers(0, np.where(spare < 0, images.lengths[rows] - 1, spare) + 1)
    found = images.cut(rows, starts, n_times)
    found += (rng.normal(0, _GAIN_DB, len(rows))[:, None, None] / images.std).astype(np.float32)
    for one in found:
        for axis, size in enumerate(one.shape):
            width = int(rng.integers(0, size // 8 + 1))
            first = int(rng.integers(0, size - width + 1))
            np.moveaxis(one, axis, 0)[first : first + width] = 0.0
    return found


@contextmanager
def _repeatable(seed: int) -> Iterator[None]:
    """One thread, and PyTorch's random numbers from a seed; both as they were afterwards."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(before)


def _weights(network: Any) -> Weights:
    return {name: value.numpy().copy() for name, value in network.state_dict().items()}


def _network(n_outputs: int) -> Any:
    """Three blocks of convolution, normalisation and halving; mean and spread over time; one linear layer."""
    import torch
    from torch import nn

    class Pool(nn.Module):  # type: ignore[misc]
        """Mean and standard deviation over time, for each of some stretches of bands."""

        def forward(self, x: Any) -> Any:
            x = x.reshape(*x.shape[:3], _HEIGHTS, -1).mean(4)
            spread = torch.sqrt(x.var(2, unbiased=False) + 1e-5)
            return torch.cat([x.mean(2), spread], 1).flatten(1)

    def block(ins: int, outs: int, size: int, stride: int, *, halve: bool) -> Any:
        convolution = nn.Conv2d(ins, outs, size, stride=stride, padding=size // 2, bias=False)
        layers = [convolution, nn.BatchNorm2d(outs), nn.ReLU()]
        return nn.Sequential(*layers, *([nn.MaxPool2d(2)] if halve else []))

    first, second, third = _CHANNELS
    network = nn.Sequential()
    network.add_module("block1", block(1, first, 5, 2, halve=True))
    network.add_module("block2", block(first, second, 3, 1, halve=True))
    network.add_module("block3", block(second, third, 3, 1, halve=False))
    network.add_module("pool", nn.Sequential(Pool(), nn.Dropout(_DROPOUT)))
    network.add_module("head", nn.Linear(2 * third * _HEIGHTS, n_outputs))
    return network


def _another_kind() -> AnnotatorError:
    return AnnotatorError(
        tr("The network is of another kind than this program's."), tr("Train and save it again with cnn.")
    )


def _take_over(network: Any, start: Weights) -> None:
    """Weights of another network for all but the last layer, which alone is then trained."""
    import torch

    own = network.state_dict()
    taken = {
        name: torch.from_numpy(np.array(value))
        for name, value in start.items()
        if name in own and not name.startswith(HEAD)
    }
    missing = [name for name in own if name not in taken and not name.startswith(HEAD)]
    if missing or any(taken[name].shape != own[name].shape for name in taken):
        raise _another_kind()
    network.load_state_dict({**own, **taken})
    for name, parameter in network.named_parameters():
        parameter.requires_grad = name.startswith(HEAD)
