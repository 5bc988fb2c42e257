"""Schemes on the command line: check, put into a corpus, save, and the licensed lists."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.domain.scores import GEMS_FACTORS

Run = Callable[..., tuple[int, Any]]

GOOD = 'name = "mine"\nquestion = "How?"\n[[items]]\nname = "a"\nlow = "less"\nhigh = "more"\n'


def test_a_file_is_checked_with_line_and_field(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    status, found = run("schemes", "--check", path)
    assert (status, found["warnings"], found["scheme"]["name"]) == (0, [], "mine")
    path.write_text(GOOD + "minimum = 7\n")
    status, found = run("schemes", "--check", path)
    assert status == 1
    assert "mine.toml, line 7, items[1].minimum" in found["error"]["message"]
    assert run("schemes", "--check", tmp_path / "none.toml")[0] == 1


def test_a_scheme_goes_into_a_corpus_and_out_again(run: Run, tmp_path: Path) -> None:
    corpus, path, out = tmp_path / "a.corpus", tmp_path / "mine.toml", tmp_path / "out.toml"
    path.write_text(GOOD)
    run("new", corpus, "--scheme", "sam-9")
    assert run("schemes", "--corpus", corpus, "--put", path)[0] == 0
    path.write_text(GOOD.replace("How?", "How much?"))
    assert run("schemes", "--corpus", corpus, "--put", path)[0] == 0
    listed = run("schemes", "--corpus", corpus)[1]["schemes"]
    assert [(scheme["name"], scheme["question"][:9]) for scheme in listed if scheme["name"] == "mine"] == [
        ("mine", "How much?")
    ]
    assert run("schemes", "--corpus", corpus, "--save", "mine", "--output", out)[0] == 0
    assert run("schemes", "--check", out)[1]["scheme"] == next(s for s in listed if s["name"] == "mine")


def test_the_licensed_list_needs_consent(run: Run, tmp_path: Path) -> None:
    factors = sorted(GEMS_FACTORS)
    path, corpus = tmp_path / "list.csv", tmp_path / "a.corpus"
    path.write_text("item,factor\n" + "".join(f"word {n},{factors[n % 9]}\n" for n in range(25)))
    run("new", corpus, "--scheme", "gems-9")
    status, found = run("schemes", "--gems", path, "--corpus", corpus)
    assert status == 1
    assert "agreement" in found["error"]["message"]
    assert "--accept-licence" in found["error"]["hint"]
    assert run("schemes", "--gems", path, "--corpus", corpus, "--accept-licence")[0] == 0
    assert "gems-25" in {scheme["name"] for scheme in run("schemes", "--corpus", corpus)[1]["schemes"]}


@pytest.mark.parametrize(
    "options",
    [["--put", "sam-9"], ["--save", "sam-9"], ["--gems", "x.csv"], ["--check", "x.toml", "--save", "sam-9"]],
)
def test_wrong_usage_is_told(run: Run, options: list[str]) -> None:
    assert run("schemes", *options)[0] == 2
