"""What every test may use."""

import atexit
import os
import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from annotator.domain import corpus

# librosa, the reference for feature values, compiles itself into a cache on first use. Test processes side by side must
# not share a fresh one: reading what another is just writing crashes the interpreter.
os.environ["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(prefix="annotator-tests-")
atexit.register(shutil.rmtree, os.environ["NUMBA_CACHE_DIR"], ignore_errors=True)

# A busy machine is no bug: properties are checked without a limit of time.
settings.register_profile("annotator", deadline=None, print_blob=True)
settings.load_profile("annotator")

_REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and logs of a test never touch those of the user."""
    home = tmp_path_factory.mktemp("home")
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))


@pytest.fixture(autouse=True)
def same_keys_each_time(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are random, and things sort by them; a test that depends on their order fails always or never.

    `ANNOTATOR_TEST_KEYS` draws others: a word, any.
    """
    drawn = random.Random(f"{os.environ.get('ANNOTATOR_TEST_KEYS', '')} {request.node.nodeid}")
    monkeypatch.setattr(corpus, "new_key_bytes", drawn.randbytes)


@pytest.fixture
def real_data() -> Path:
    """Folder of real recordings and ratings kept outside the project; skips the test where it is absent."""
    if not _REAL_DATA.is_dir():
        pytest.skip("no real data beside the project")
    return _REAL_DATA
