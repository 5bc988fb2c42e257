"""What the commands of splits and audits take, and what they say no to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def corpus(run: Run, labelled: Path, tmp_path: Path) -> Path:
    path = tmp_path / "x.corpus"
    run("ingest", "folders", labelled, path, "--group", "speaker=name:^([^_]+)_", "--group", "mood=parent")
    return path


def test_every_way_to_spread_and_share(run: Run, corpus: Path) -> None:
    status, made = run(
        "split", corpus, "all", "--parts", "train=0.5,test=0.5", "--group", "speaker", "--stratify", "emotion",
        "--balance", "mood", "--by", "seconds", "--text", "--seed", "3",
    )  # fmt: skip
    assert status == 0
    assert set(made["parts"]["train"]["classes"]) == {
        "emotion: angry", "emotion: calm", "mood: angry", "mood: calm",
    }  # fmt: skip
    status, alone = run("split", corpus, "loo", "--leave-one-out", "--group", "speaker")
    assert (status, len(alone["parts"])) == (0, 6)


def test_a_class_with_too_few_groups_is_refused_unless_allowed(run: Run, corpus: Path) -> None:
    # A speaker says only one of the two moods: three groups have each.
    four = ("--parts", "a=0.25,b=0.25,c=0.25,d=0.25", "--group", "speaker", "--stratify", "emotion")
    status, refused = run("split", corpus, "x", *four)
    assert status == 1
    assert "4 parts need each class in at least 4 groups" in refused["error"]["message"]
    assert "angry (3 groups), calm (3 groups)" in refused["error"]["message"]
    assert "--allow-missing" in refused["error"]["hint"]
    status, made = run("split", corpus, "x", *four, "--allow-missing")
    assert status == 0
    assert len(made["parts"]) == 4
    status, _ = run("split", corpus, "cv", "--folds", "4", "--group", "speaker", "--stratify", "emotion")
    assert status == 0


def test_versions_are_compared(run: Run, corpus: Path) -> None:
    for seed in ("1", "2"):
        run("split", corpus, f"s{seed}", "--folds", "3", "--group", "speaker", "--seed", seed)
    status, compared = run("split", corpus, "s1", "--compare", "s2")
    assert status == 0
    assert compared["unchanged"] + compared["moved"] == 24
    assert sum(n for _, _, n in compared["moves"]) == compared["moved"]
    status, error = run("split", corpus, "s1", "--compare", "nowhere")
    assert status == 1
    assert "nowhere" in error["error"]["message"]
    status, _ = run("split", corpus, "s1", "--compare", "s2", "--folds", "3")
    assert status == 2


def test_the_audit_says_what_a_naive_split_would_have_claimed(run: Run, corpus: Path) -> None:
    run("split", corpus, "cv", "--folds", "3", "--group", "speaker", "--stratify", "emotion")
    status, found = run("audit", corpus, "cv", "--naive", "emotion")
    assert status == 0
    told = found["naive"]
    assert (told["metric"], told["split"], told["target"]) == ("uar", "cv", "emotion")
    assert told["difference"] == pytest.approx(told["naive"] - told["value"])
    assert "naive random split of the same sizes" in told["text"]
    status, error = run("audit", corpus, "--naive", "emotion")
    assert status == 2
    assert "name of a split" in error["error"]["message"]
