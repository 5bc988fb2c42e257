"""The pages say what the program does: commands, options, keys, entry points, links."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.main import get_command

from annotator.app.actions import actions
from annotator.cli.commands import app, command_names
from annotator.features.sets import FeatureSet

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").glob("*.md")])
COMMAND_LINE = (PROJECT / "docs" / "command-line.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", command_names())
def test_every_command_is_on_the_page_with_all_its_options(name: str) -> None:
    assert f"annotator {name}" in COMMAND_LINE
    command = get_command(app).commands[name]
    rows = [
        line
        for line in COMMAND_LINE.splitlines()
        if f"`annotator {name} " in line or f"`annotator {name}`" in line
    ]
    for parameter in command.params:
        option = next((text for text in parameter.opts if text.startswith("--")), None)
        if option and option not in ("--json", "--help", "--output"):
            assert any(option in row for row in rows), f"{option} of {name}"


def test_no_command_is_documented_that_does_not_exist() -> None:
    known = set(command_names())
    for page in PAGES:
        for name in re.findall(
            r"annotator ([a-z-]+) (?:CORPUS|show\.corpus)", page.read_text(encoding="utf-8")
        ):
            assert name in known, f"{page.name}: annotator {name}"


def test_every_key_is_on_the_page_of_the_window() -> None:
    page = (PROJECT / "docs" / "window.md").read_text(encoding="utf-8")
    for action in actions():
        if action.shortcuts:
            keys = ", ".join(f"`{shortcut}`" for shortcut in action.shortcuts)
            assert f"| {keys} | {action.title} |" in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), target


def test_the_feature_set_on_the_page_of_the_library_is_one() -> None:
    blocks = re.findall(
        r"```python\n(.*?)```", (PROJECT / "docs" / "library.md").read_text(encoding="utf-8"), re.DOTALL
    )
    (source,) = [block for block in blocks if block.startswith("# my_package.py")]
    module: dict[str, Any] = {}
    exec(source, module)
    entry = module["LOUDNESS"]
    assert isinstance(entry, FeatureSet)
    assert entry.compute(np.zeros(1, dtype=np.float32)) == pytest.approx([-100, -100])
    assert len(entry.columns) == 2


def test_the_entry_points_on_the_page_are_those_that_are_read() -> None:
    page = (PROJECT / "docs" / "library.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(annotator\.[a-z_]+)`", page.split("Groups:")[1]))
    source = "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT / "annotator").rglob("*.py"))
    assert named == set(re.findall(r'(?:Registry|FeatureSets)\(\s*"(annotator\.[a-z_]+)"', source)) - {
        "annotator.examples"
    }
