"""What every test may use."""

from pathlib import Path

import pytest

_REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture
def real_data() -> Path:
    """Folder of real recordings and ratings kept outside the project; skips the test where it is absent."""
    if not _REAL_DATA.is_dir():
        pytest.skip("no real data beside the project")
    return _REAL_DATA
