"""Any installed Python package with the HEAR interface as a feature set: the sound of a clip in, one vector out.

The interface is that of the HEAR benchmark (J. Turian et al., "HEAR: Holistic Evaluation of Audio Representations",
PMLR 176, 2022; https://hearbenchmark.com/hear-api.html): a module with

- `load_model(model_file_path)`, giving a model with `sample_rate` and `scene_embedding_size`;
- `get_scene_embeddings(audio, model)`, from (n_sounds, n_samples) in [-1, 1] to (n_sounds, scene_embedding_size).

Models that are, or hold, a `torch.nn.Module` are given a tensor of PyTorch, all others a NumPy array; so PyTorch is
needed only by packages that need it.
"""

import contextlib
import importlib
import inspect
import operator
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any

import numpy as np

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.features.offline import offline
from annotator.features.package_files import ADAPTERS, Package, source_version, weights
from annotator.features.transform import Float32s, Float64s

_FUNCTIONS = ("load_model", "get_scene_embeddings")

#: Threads, random numbers and standard output belong to the whole process.
_alone = threading.RLock()

#: Packages, with their weights, whose code may run in this process.
_trusted: set[Package] = set()

#: State of the code of each package that was imported.
_imported: dict[str, str] = {}


def trust(package: Package) -> None:
    """Lets a package run in this process, with just these weights, which may hold code of their own.

    For who is told its name by a person; names also come from files that others have written.
    """
    _trusted.add(package)


def is_trusted(package: Package) -> bool:
    """Whether somebody has said that the package may run."""
    return package in _trusted


def require_trust(package: Package) -> None:
    """Raises `AnnotatorError` where nobody has said that the package may run."""
    if not is_trusted(package):
        raise AnnotatorError(
            tr("The code of the package {package} has not been asked for here.", package=package),
            tr(
                'If you trust it, ask for it by name, once: annotator feature-sets "embedding:{package}"',
                package=package,
            ),
        )


@dataclass(frozen=True, slots=True)
class PackageEmbedding:
    """The scene embedding of a clip; can be sent to other processes, which load the package again.

    `version` is what `package_version` gives. Who makes one has looked whether the package may run.

    Raises
    ------
    AnnotatorError
        Wherever it is used, where the package cannot be loaded, fails, or gives something else than it promises.
    """

    package: Package
    version: int

    def __call__(self, signal: Float32s) -> Float64s:
        """Mono samples at `sample_rate`, (n,) -> (size,)."""
        loaded = _load(self.package, self.version)
        clip = np.clip(signal, np.float32(-1), np.float32(1))[None]
        with _confined(self.package, tr("{n} samples at {rate} Hz", n=len(signal), rate=loaded.sample_rate)):
            given = loaded.module.get_scene_embeddings(_as_taken(clip, loaded.model), loaded.model)
            output = _as_array(given)
        if output.shape != (1, loaded.size):
            raise AnnotatorError(
                tr(
                    "The package {package} gives an array of shape {shape} where it promises {promised}.",
                    package=self.package,
                    shape=list(output.shape),
                    promised=[1, loaded.size],
                ),
                tr("Tell its authors: get_scene_embeddings does not keep to the interface of HEAR."),
            )
        row: Float64s = output[0]
        return row

    @property
    def sample_rate(self) -> int:
        """Sampling rate in Hz that the package expects."""
        return _load(self.package, self.version).sample_rate

    @property
    def size(self) -> int:
        """Number of values."""
        return _load(self.package, self.version).size


@dataclass(frozen=True, slots=True)
class _Loaded:
    module: ModuleType
    model: Any
    sample_rate: int
    size: int


@lru_cache(maxsize=2)
def _load(package: Package, _version: int) -> _Loaded:
    """The package with its model, kept as long as code and weights are those of this version."""
    module = ADAPTERS.get(package.module) or _import(package)
    missing = [name for name in _FUNCTIONS if not callable(getattr(module, name, None))]
    if missing:
        raise AnnotatorError(
            tr("The package {package} is no feature set: it has no {name}.", package=package.module, name=missing[0]),
            tr(
                "Name a module with the interface of HEAR, such as hearbaseline.torchcrepe; a module of a few lines "
                "gives it to any other package (docs/library.md)."
            ),
        )  # fmt: skip
    arguments = [str(weights(package))] if package.weights else []
    _check_arguments(package, module.load_model, arguments)
    with _confined(package, tr("its weights")):
        model = module.load_model(*arguments)
        if hasattr(model, "eval"):
            model.eval()
    return _Loaded(
        module,
        model,
        _number(package, model, "sample_rate", 1000, 192000),
        _number(package, model, "scene_embedding_size", 1, 1_000_000),
    )


def _import(package: Package) -> ModuleType:
    state = source_version(package)
    if _imported.setdefault(package.module, state) != state:
        raise AnnotatorError(
            tr("The package {package} has changed since it was loaded.", package=package.module),
            tr("Start this program again, so that its new code is used."),
        )
    with _confined(package, tr("its own code")):
        return importlib.import_module(package.module)


def _check_arguments(package: Package, load_model: Any, arguments: Sequence[str]) -> None:
    """Raises `AnnotatorError` where weights are needed and not named, or the other way round."""
    try:
        inspect.signature(load_model).bind(*arguments)
    except ValueError:  # compiled functions do not tell
        return
    except TypeError:
        if arguments:
            message = tr("The package {package} takes no weights.", package=package.module)
            raise AnnotatorError(message, tr("Write embedding:{package}.", package=package.module)) from None
        raise AnnotatorError(
            tr("The package {package} needs to be told its weights.", package=package.module),
            tr("Write embedding:{package}@PATH with their file or folder.", package=package.module),
        ) from None


def _number(package: Package, model: Any, name: str, least: int, most: int) -> int:
    """A number that a model tells of itself."""
    told = getattr(model, name, None)
    try:
        number = operator.index(told)  # type: ignore[arg-type]
    except TypeError:
        number = 0
    if not least <= number <= most:
        raise AnnotatorError(
            tr(
                "The model of the package {package} gives {value} as its {name}.",
                package=package,
                value=told,
                name=name,
            ),
            tr(
                "The interface of HEAR asks for a whole number from {least} to {most}.",
                least=least,
                most=most,
            ),
        )
    return number


def _as_taken(audio: Float32s, model: Any) -> Any:
    """The array, or a tensor where the model is one of PyTorch."""
    torch = sys.modules.get("torch")
    if torch is None:
        return audio
    parts = [model, *getattr(model, "__dict__", {}).values()]
    return torch.from_numpy(audio) if any(isinstance(part, torch.nn.Module) for part in parts) else audio


def _as_array(output: Any) -> Float64s:
    """What a package gives, an array or a tensor of any library, as an array."""
    if hasattr(output, "detach"):
        output = output.detach().cpu().numpy()
    return np.asarray(output, dtype=np.float64)


@contextlib.contextmanager
def _confined(package: Package, given: str) -> Iterator[None]:
    """A package at work: alone, on one thread, offline, repeatable, quiet; its failures become one sentence."""
    with _alone, offline() as refused, contextlib.redirect_stdout(sys.stderr), _one_thread(), _seeded():
        try:
            yield
        except AnnotatorError:
            raise
        except Exception as error:
            # Whatever other people's code raises.
            if refused:
                raise _wants_network(package, refused[0]) from None
            if isinstance(error, ModuleNotFoundError):
                raise AnnotatorError(
                    tr(
                        "The package {package} needs {other}, which is not installed.",
                        package=package,
                        other=error.name,
                    ),
                    tr("Install it beside this program."),
                ) from None
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise AnnotatorError(
                tr("The package {package} failed: {reason}", package=package, reason=reason),
                tr("This happened with {given}.", given=given),
            ) from None


def _wants_network(package: Package, address: str) -> AnnotatorError:
    return AnnotatorError(
        tr(
            "The package {package} asks for {address}, and this program opens no connection to a network.",
            package=package,
            address=address,
        ),
        tr(
            'Have it fetch its weights once, outside of this program: python -c "import {module} as m; '
            'm.load_model()"',
            module=package.module,
        ),
    )


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Clips are computed in several processes; threads in each of them would only wait for one another."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    torch = sys.modules.get("torch")
    with threadpool_limits(limits=1):
        if torch is None:
            yield
            return
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            with torch.no_grad():
                yield
        finally:
            torch.set_num_threads(before)


@contextlib.contextmanager
def _seeded() -> Iterator[None]:
    """The same random numbers each time and in every process; those of everybody else are left as they were."""
    torch = sys.modules.get("torch")
    state = np.random.get_state()  # noqa: NPY002 - it is what packages draw from
    np.random.seed(0)  # noqa: NPY002
    try:
        if torch is None:
            yield
            return
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
