"""Trained models in files, without pickle: what is loaded is data of types on a list, never code.

The files are those of skops (https://skops.readthedocs.io), a ZIP of a JSON description and NumPy arrays.
"""

import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.learning.calibration import gives_logits, logits, probabilities
from annotator.learning.metrics import METRICS, Task

_KIND = "annotator-model"
_FORMAT = 1

#: Beyond the types that skops trusts by itself: what trees and networks of scikit-learn consist of. The indices in
#: trees are checked after loading, because compiled code follows them unchecked.
_TRUSTED = (
    "annotator.learning.cnn.CNN",
    "annotator.learning.per_label.PerLabel",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.tree._tree.Tree",
)


@dataclass(frozen=True)
class SavedModel:
    """A trained estimator and everything needed to apply it.

    Parameters
    ----------
    model, target, features
        Names of the model, the item it predicts and the feature set it reads.
    features_version, columns
        Version of that set and the names of its values, so that other values are not taken for them.
    labels
        Categories by class code; empty for numbers.
    corpus_digest, segments
        SHA-256 of what it was trained on (segments, their sound and values), and their number.
    seed
        Of the training.
    estimator
        With `predict`; classes are codes 0..len(labels)-1.
    temperature
        What makes its probabilities mean what they say, see `calibration`.
    task
        What it predicts.
    """

    model: str
    target: str
    features: str
    features_version: int
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    corpus_digest: str
    segments: int
    seed: int
    estimator: Any
    temperature: float = 1.0
    task: Task = "classification"

    @property
    def gives_probabilities(self) -> bool:
        """Whether `probabilities` has an answer."""
        if self.task == "classification":
            return gives_logits(self.estimator)
        return self.task == "shares" or (self.task == "labels" and self.estimator.gives_probabilities)

    def predict(self, X: NDArray[np.float64]) -> NDArray[Any]:
        """Labels (object array of str) or numbers for rows of features, (n, columns) -> (n,).

        Several labels are joined by commas, of shares the largest is named.
        """
        predicted = np.asarray(self.estimator.predict(X))
        if self.task == "regression":
            return predicted.astype(np.float64)
        names = np.array(self.labels, dtype=object)
        if self.task == "labels":
            return np.array([", ".join(names[row > 0.5]) or "-" for row in predicted], dtype=object)
        codes = predicted.argmax(axis=1) if self.task == "shares" else predicted
        return np.array(names[codes], dtype=object)

    def probabilities(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated probability of every label, of several labels that of each, or the shares: (n, columns) -> (n,
        labels)."""
        if self.task == "shares":
            return np.asarray(self.estimator.predict(X), dtype=np.float64)
        if self.task == "labels":
            return np.asarray(self.estimator.label_probabilities(X), dtype=np.float64)
        return probabilities(logits(self.estimator, X, len(self.labels)), self.temperature)


def save_model(saved: SavedModel, file: Path) -> None:
    """Writes a model; a reader sees the old file or the new one, never a part.

    Raises
    ------
    AnnotatorError
        Where the file cannot be written.
    """
    import skops.io

    content = {field: value for field, value in vars(saved).items() if field != "estimator"}
    content |= {
        "kind": _KIND,
        "format": _FORMAT,
        "columns": list(saved.columns),
        "labels": list(saved.labels),
    }
    aside = file.with_name(f".{file.name}.part")
    try:
        aside.write_bytes(skops.io.dumps({**content, "estimator": saved.estimator}))
        os.replace(aside, file)
    except OSError as error:
        raise AnnotatorError(
            tr("{file} cannot be written: {reason}.", file=file, reason=error.strerror or error),
            tr("Choose a place where you may write."),
        ) from None
    finally:
        aside.unlink(missing_ok=True)


def load_model(file: Path) -> SavedModel:
    """Reads what `save_model` wrote.

    Raises
    ------
    AnnotatorError
        Where the file is missing, damaged, no model of this program, or holds anything that is not on the list of
        trusted types; nothing of it has then been executed.
    """
    import skops.io

    try:
        untrusted = sorted(set(skops.io.get_untrusted_types(file=file)) - set(_TRUSTED))
        if untrusted:
            raise AnnotatorError(
                tr(
                    "The model file {file} holds {types}, which is not trusted.",
                    file=file,
                    types=untrusted[0],
                ),
                tr("Use only files written by annotator train --save; this one was not loaded."),
            )
        content = skops.io.load(file, trusted=list(_TRUSTED))
        return _checked(content)
    except FileNotFoundError:
        raise AnnotatorError(
            tr("There is no model file {file}.", file=file), tr("annotator train --save FILE writes one.")
        ) from None
    except AnnotatorError:
        raise
    except (OSError, zipfile.BadZipFile):
        raise _foreign(file, tr("it is damaged or no model file")) from None
    except Exception as error:
        # Whatever skops, NumPy or scikit-learn say of content that does not fit together.
        raise _foreign(
            file, str(error).strip().splitlines()[0] if str(error) else type(error).__name__
        ) from None


def _foreign(file: Path, reason: str) -> AnnotatorError:
    return AnnotatorError(
        tr("{file} cannot be used as a model: {reason}.", file=file, reason=reason.rstrip(".")),
        tr("Train it again with annotator train --save FILE."),
    )


def _checked(content: Any) -> SavedModel:
    """The model in what was loaded; raises `ValueError` where a part is missing or of another kind."""
    if not isinstance(content, dict) or content.get("kind") != _KIND:
        raise ValueError(tr("it was not written by this program"))
    if content.get("format") != _FORMAT:
        raise ValueError(tr("it was written by another version of this program"))
    texts = ("model", "target", "features", "corpus_digest")
    counts = ("features_version", "segments", "seed")
    lists = ("columns", "labels")
    sound = (
        all(isinstance(content.get(name), str) for name in texts)
        and all(type(content.get(name)) is int for name in counts)
        and all(isinstance(content.get(name), list) for name in lists)
        and isinstance(content.get("temperature"), float)
        and content["temperature"] > 0
        and content.get("task") in METRICS
        and (content["task"] == "regression") == (not content["labels"])
        and all(isinstance(entry, str) for name in lists for entry in content[name])
        and hasattr(content.get("estimator"), "predict")
    )
    if not sound:
        raise ValueError(tr("parts of it are missing"))
    estimator = content["estimator"]
    if getattr(estimator, "n_features_in_", None) != len(content["columns"]):
        raise ValueError(tr("its estimator reads another number of features"))
    single = content["task"] == "classification"
    classes = np.asarray(getattr(estimator, "classes_", [])) if single else np.empty(0, dtype=int)
    if type(estimator).__name__ == "CNN":
        estimator.check(content["task"], len(classes) if single else max(len(content["labels"]), 1))
    elif content["task"] in ("labels", "shares"):
        _check_per_label(estimator, content["task"], len(content["labels"]))
    if single and not (
        classes.dtype.kind == "i"
        and len(classes)
        and 0 <= classes.min() <= classes.max() < len(content["labels"])
    ):
        raise ValueError(tr("its estimator knows other classes"))
    for tree in _trees(estimator):
        _check_tree(tree, len(content["columns"]))
    given = {name: content[name] for name in (*texts, *counts, "temperature", "task")}
    return SavedModel(
        **given, columns=tuple(content["columns"]), labels=tuple(content["labels"]), estimator=estimator
    )


def _trees(part: Any) -> Iterator[Any]:
    """All decision trees within an estimator."""
    if isinstance(part, list | tuple | np.ndarray):
        if not isinstance(part, np.ndarray) or part.dtype == object:
            for entry in part:
                yield from _trees(entry)
    elif type(part).__name__ in ("Tree", "TreePredictor"):
        yield part
    elif type(part).__module__.startswith(("sklearn.", "annotator.learning.")):
        for entry in getattr(part, "__dict__", {}).values():
            yield from _trees(entry)


def _check_per_label(estimator: Any, task: str, n_labels: int) -> None:
    """Raises `ValueError` where there is not one estimator, or one constant, for every label."""
    parts = getattr(estimator, "estimators_", None), getattr(estimator, "constants_", None)
    if (
        type(estimator).__name__ != "PerLabel"
        or estimator.task != task
        or not all(isinstance(part, list) and len(part) == n_labels for part in parts)
    ):
        raise ValueError(tr("its estimator knows other classes"))


def _check_tree(tree: Any, n_features: int) -> None:
    """Raises `ValueError` where following the tree would leave it."""
    if type(tree).__name__ == "Tree":
        left, right, feature = tree.children_left, tree.children_right, tree.feature
        inner = left != -1
    else:
        left, right, feature = (
            tree.nodes[name].astype(np.int64) for name in ("left", "right", "feature_idx")
        )
        inner = tree.nodes["is_leaf"] == 0
        if tree.nodes["is_categorical"].any():
            raise ValueError(tr("a tree in it splits by categories"))
    below = np.arange(len(left))[inner]
    for child in (left[inner], right[inner]):
        # Children come after their parents, so that no path is endless.
        if not ((child > below) & (child < len(left))).all():
            raise ValueError(tr("a tree in it leads outside itself"))
    if not ((feature[inner] >= 0) & (feature[inner] < n_features)).all():
        raise ValueError(tr("a tree in it asks for features that do not exist"))


def describe(saved: SavedModel) -> dict[str, Any]:
    """What a model file says of itself, ready for JSON."""
    given = {name: value for name, value in vars(saved).items() if name != "estimator"}
    return given | {"columns": len(saved.columns), "labels": list(saved.labels)}
