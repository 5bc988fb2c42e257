"""A package's code runs for who asks for it by name, and not because a file names it."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from annotator.app.settings import settings_file
from annotator.features import packages

Run = Callable[..., tuple[int, Any]]

NAME = "embedding:lab_sound"

SOUND = """\
import numpy as np

class Model:
    sample_rate, scene_embedding_size = 16000, 2

def load_model():
    return Model()

def get_scene_embeddings(audio, model):
    return np.stack([audio.std(axis=1), np.abs(np.diff(audio)).mean(axis=1)], axis=1)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package of the laboratory, installed."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "lab_sound.py").write_text(SOUND)
    monkeypatch.syspath_prepend(site)
    importlib.invalidate_caches()
    yield NAME
    forget()


def forget() -> None:
    """Makes this another person's computer, on which the package was not loaded yet."""
    settings_file().unlink(missing_ok=True)
    sys.modules.pop("lab_sound", None)
    packages._imported.clear()
    packages._trusted.clear()
    packages._load.cache_clear()


def test_a_set_can_be_tried_before_it_is_used(run: Run, package: str) -> None:
    status, told = run("feature-sets", package)
    assert status == 0
    assert (told["columns"], told["sample_rate"], told["names"]) == (2, 16000, ["e0001", "e0002"])
    status, told = run("feature-sets")
    assert {"lowlevel", "logmel", "opensmile"} <= {one["name"] for one in told["feature_sets"]}
    assert {"embedding:PACKAGE[@WEIGHTS]", package} <= {one["name"] for one in told["on_request"]}
    status, told = run("feature-sets", "embedding:not_there")
    assert status == 1
    assert "not_there" in told["error"]["message"]


def test_features_of_a_package_are_written_and_trained_on(
    run: Run, corpus: Path, package: str, tmp_path: Path
) -> None:
    status, written = run("features", corpus, "--set", package, "-o", tmp_path / "x.parquet")
    assert (status, written["columns"], written["segments"]) == (0, 2, 24)
    asked = (
        "--model",
        "logistic-regression",
        "--target",
        "emotion",
        "--split",
        "cv",
        "--pad",
        "0.5",
        "--importance",
    )
    status, trained = run("train", corpus, "--features", package, *asked)
    assert status == 0
    assert trained["features"] == f"{package}~pad=0.5"
    assert trained["overall"]["uar"]["value"] > 0.9


def test_what_a_file_names_is_not_run_until_a_person_names_it(
    run: Run, corpus: Path, package: str, tmp_path: Path
) -> None:
    asked = ("--model", "logistic-regression", "--target", "emotion", "--split", "cv")
    model = tmp_path / "m.skops"
    assert run("train", corpus, "--features", package, *asked, "--save", model)[0] == 0
    predicted = run("predict", corpus, "--model", model)
    assert predicted[0] == 0
    assert run("runs", corpus)[1]["runs"][0]["stale"] is None

    forget()
    refusals = [run("predict", corpus, "--model", model), run("runs", corpus, "last", "--repeat")]
    for status, told in refusals:
        assert status == 1
        assert "wants to run the code of the package lab_sound" in told["error"]["message"]
        assert f'annotator feature-sets "{package}"' in told["error"]["hint"]
    assert "lab_sound" in run("runs", corpus)[1]["runs"][0]["stale"]
    assert run("runs", corpus, "last", "--html", tmp_path / "report.html")[0] == 0
    assert "lab_sound" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "lab_sound" not in sys.modules

    assert run("feature-sets", package)[0] == 0
    assert run("predict", corpus, "--model", model) == predicted
    assert run("runs", corpus, "last", "--repeat")[1]["identical"]


def test_a_model_of_other_weights_is_another_name(
    run: Run, corpus: Path, package: str, tmp_path: Path
) -> None:
    """Weights may hold code as well: who trusts a package does not trust every file that it could load."""
    site = Path(sys.path[0])
    (site / "lab_sound.py").write_text(SOUND.replace("load_model()", "load_model(path)"))
    weights = [tmp_path / "mine.pt", tmp_path / "foreign.pt"]
    for path in weights:
        path.write_text("1")
    asked = ("--model", "logistic-regression", "--target", "emotion", "--split", "cv", "--no-store")
    model = tmp_path / "m.skops"
    run("train", corpus, "--features", f"{package}@{weights[1]}", *asked, "--save", model)
    forget()
    assert run("feature-sets", f"{package}@{weights[0]}")[0] == 0
    assert run("predict", corpus, "--model", model)[0] == 1
    assert run("feature-sets", f"{package}@{weights[1]}")[0] == 0
    assert run("predict", corpus, "--model", model)[0] == 0


def test_a_model_of_another_state_of_the_package_is_refused(
    run: Run, corpus: Path, package: str, tmp_path: Path
) -> None:
    asked = ("--model", "logistic-regression", "--target", "emotion", "--split", "cv")
    model = tmp_path / "m.skops"
    run("train", corpus, "--features", package, *asked, "--save", model)
    forget()
    site = Path(sys.path[0])
    (site / "lab_sound.py").write_text(SOUND + "\n# changed\n")
    assert run("feature-sets", package)[0] == 0
    status, told = run("predict", corpus, "--model", model)
    assert status == 1
    assert "another version of the feature set" in told["error"]["message"]
    assert "defined in another way" in run("runs", corpus)[1]["runs"][0]["stale"]
