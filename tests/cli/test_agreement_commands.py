"""Consensus and agreement on the command line: options, files, and what they refuse."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def rated(run: Run, labelled: Path, tmp_path: Path) -> Path:
    """Twelve clips, three raters with categories, one of them tied on every third; the fourth decides two."""
    corpus = tmp_path / "r.corpus"
    run("new", corpus, "--scheme", "emotions-crema-d")
    run("add", corpus, labelled / "calm")
    said = {"Ann": ["sad"] * 12, "Bo": ["sad", "sad", "fear"] * 4, "Cy": ["sad", "fear", "anger"] * 4}
    rows = [
        {"file": path.name, "rater": rater, "item": "emotion", "value": values[n]}
        for n, path in enumerate(sorted((labelled / "calm").iterdir()))
        for rater, values in {**said, "Judge": ["happy"] * 2}.items()
        if n < len(values)
    ]
    table = tmp_path / "ratings.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["file", "rater", "item", "value"])
        writer.writeheader()
        writer.writerows(rows)
    run("import", corpus, table, "--format", "csv")
    return corpus


def test_ties_plurality_models_and_decisions(run: Run, rated: Path) -> None:
    status, decided = run("consensus", rated, "--method", "adjudicated", "--by", "Judge")
    assert (status, decided["segments"], decided["method"]) == (0, 2, "adjudicated")
    assert (decided["ties"], decided["undecided"]) == (0, 0)
    status, open_ties = run("consensus", rated, "--method", "majority")
    assert (open_ties["ties"], open_ties["undecided"], open_ties["no_agreement"]) == (4, 4, 0)
    first = run("consensus", rated, "--method", "majority", "--ties", "first")[1]
    assert (first["ties"], first["undecided"]) == (4, 0)
    strict = run("consensus", rated, "--method", "plurality", "--above", "0.7")[1]
    assert (strict["undecided"], strict["no_agreement"]) == (8, 4)
    status, modelled = run("consensus", rated, "--method", "dawid-skene")
    assert status == 0
    assert "fewer than 30 ratings" in modelled["warnings"][0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--method", "adjudicated"], "belong together"),
        (["--method", "soft", "--ties", "first"], 'no option "ties"'),
        (["--method", "majority", "--ties", "coin"], "settling ties"),
        (["--method", "adjudicated", "--by", "Nobody"], "no rater"),
    ],
)
def test_what_does_not_fit_is_refused(run: Run, rated: Path, options: list[str], message: str) -> None:
    status, result = run("consensus", rated, *options)
    assert status == 1
    assert message in result["error"]["message"]


def test_report_files_and_hints(run: Run, rated: Path, tmp_path: Path) -> None:
    page, tables = tmp_path / "out" / "a.html", tmp_path / "tables"
    status, result = run("agreement", rated, "--html", page, "--csv", tables, "--hints")
    assert status == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (tables / "coefficients.csv").is_file()
    assert [hint["rater"] for hint in result["schemes"][0]["rater_hints"]] == ["Ann", "Bo", "Cy", "Judge"]


def test_the_queue_is_listed_and_decided_from(run: Run, rated: Path) -> None:
    status, queue = run("adjudicate", rated)
    assert (status, queue["divided"], queue["decided"]) == (0, len(queue["cases"]), 0)
    first = queue["cases"][0]
    assert first["score"] >= queue["cases"][-1]["score"]
    assert {one["rater"] for one in first["opinions"]} >= {"Ann", "Bo", "Cy"}
    hidden = run("adjudicate", rated, "--pseudonyms", "--most", 1)[1]["cases"]
    assert [one["rater"].split()[0] for one in hidden[0]["opinions"]] == ["Rater"] * len(first["opinions"])
    status, made = run(
        "adjudicate", rated, "--segment", first["segment"], "--value", "emotion=fear", "--by", "Lead",
        "--comment", "listened twice",
    )  # fmt: skip
    assert (status, made["values"], made["method"]) == (0, {"emotion": "fear"}, "adjudicated")
    assert len(made["sources"]) == 1 + len(first["opinions"])
    again = run("adjudicate", rated, "--decided")[1]
    assert (again["decided"], again["remaining"]) == (1, queue["divided"] - 1)
    assert [case["decision"] for case in again["cases"] if case["segment"] == first["segment"]] == [
        {"emotion": "fear"}
    ]


@pytest.mark.parametrize(("options", "message"), [
    (["--by", "Lead"], "belong to a decision"),
    (["--segment", "0" * 32, "--value", "emotion=fear"], "Who decides"),
    (["--segment", "0" * 32, "--value", "emotion", "--by", "Lead"], "is no decision"),
    (["--segment", "0" * 32, "--value", "emotion=fear", "--by", "Lead"], "not in the corpus"),
    (["--above", "2"], "below 1"),
])  # fmt: skip
def test_what_is_no_decision_is_explained(run: Run, rated: Path, options: list[str], message: str) -> None:
    status, result = run("adjudicate", rated, *options)
    assert status == 1
    assert message in result["error"]["message"]


def test_traces_are_refused_where_there_are_none(run: Run, rated: Path) -> None:
    for command in (["agreement", rated, "--traces"], ["consensus", rated, "--method", "mean-trace"]):
        status, result = run(*command)
        assert status == 1
        assert "has no traces" in result["error"]["message"]


@pytest.mark.parametrize(
    "command",
    [
        ["agreement", "--traces", "--html", "page.html"],
        ["agreement", "--tiers", "a,b", "--csv", "tables"],
        ["agreement", "--tiers", "a,b", "--traces"],
        ["agreement", "--lag", "2"],
        ["consensus", "--method", "majority", "--lag", "2"],
        ["consensus", "--method", "mean-trace", "--ties", "first"],
        ["consensus", "--method", "adjudicated", "--by", "Judge", "--above", "0.6"],
    ],
)
def test_an_option_without_effect_is_refused(run: Run, rated: Path, command: list[str]) -> None:
    status, result = run(command[0], rated, *command[1:])
    assert status == 2
    assert result["error"]["hint"]
