"""What people install is the wheel, not the checkout."""

import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(PROJECT)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_holds_the_data_and_only_our_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"annotator", next(top for top in tops if top.endswith(".dist-info"))}
    for needed in (
        "annotator/_bundled/resources/schemes/valence-arousal.toml",
        "annotator/_bundled/resources/themes/dark.toml",
        "annotator/_bundled/resources/icons/play.svg",
        "annotator/_bundled/datasets/known.toml",
        "annotator/_bundled/datasets/demo/corpus.toml",
        "annotator/storage/migrations/versions/0001_initial.py",
    ):
        assert needed in names
    assert not [
        name for name in names if name.startswith("annotator/_bundled/datasets") and name.endswith(".py")
    ]


def test_the_installed_program_runs_the_demo_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "environment"
    venv.create(fresh, with_pip=True)
    python = fresh / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", wheel], check=True, timeout=300)
    (site,) = (fresh / "lib").glob("python*/site-packages")
    # The libraries are those of this environment (fetching them again would take minutes); the program is not.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    home = tmp_path / "empty"
    home.mkdir()
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    where = subprocess.run(
        [python, "-c", "import annotator; print(annotator.__file__)"],
        check=True, capture_output=True, text=True, cwd=home, env=environment,
    )  # fmt: skip
    assert Path(where.stdout.strip()).is_relative_to(fresh)

    ended = subprocess.run(
        [fresh / "bin" / "annotator", "demo", "--no-window", "--json"],
        check=False, capture_output=True, text=True, cwd=home, env=environment, timeout=280,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    result = json.loads(ended.stdout)
    assert result["info"]["recordings"] == 14
    assert result["audit"]["clean"]
    assert result["train"]["overall"]["uar"]["value"] > result["train"]["chance"]["uar"]
    assert (home / "annotator-demo" / "demo.corpus" / "corpus.sqlite").is_file()


def test_the_folder_of_data_sets_never_shadows_a_library_of_that_name() -> None:
    found = importlib.util.find_spec("datasets")
    assert found is None or (found.origin and not Path(found.origin).is_relative_to(PROJECT))
