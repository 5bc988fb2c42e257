"""The page on formats says what survives, as it is found out by exporting and reading again."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_matrix_is_what_exporting_and_reading_gives() -> None:
    spec = spec_from_file_location("make_formats", DOCS / "make_formats.py")
    assert spec is not None
    assert spec.loader is not None
    maker = module_from_spec(spec)
    spec.loader.exec_module(maker)
    page = (DOCS / "formats.md").read_text(encoding="utf-8")
    assert page == maker.page(), "run: python docs/make_formats.py"
