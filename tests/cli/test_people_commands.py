"""Raters, switches and history from a shell."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.app.corpus_folder import open_corpus_folder
from annotator.app.rate import add_rater, answer
from annotator.cli.main import main

Run = Callable[..., tuple[int, Any]]

SCHEME = "valence-arousal"


@pytest.fixture
def corpus(labelled: Path, tmp_path: Path, run: Run) -> Path:
    path = tmp_path / "team.corpus"
    assert run("new", path, "--scheme", SCHEME)[0] == 0
    assert run("ingest", "folders", labelled, path)[0] == 0
    with open_corpus_folder(path) as session:
        with session.reading() as reader:
            first, second = reader.segments()[:2]
        for segment, flagged in ((first, True), (second, False)):
            answer(
                session, segment_id=segment.id, rater=add_rater(session, "Ann"), scheme=SCHEME,
                values={"valence": 0.5, "arousal": None}, flagged=flagged,
            )  # fmt: skip
    return path


def test_profiles(corpus: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = run(
        "raters", corpus, "--set", "Ann", "--age", 31, "--gender", "f", "--languages", "it,en"
    )
    assert status == 0
    ann = next(one for one in found["raters"] if one["kind"] == "human")
    assert ann == {
        "name": "Ann", "kind": "human", "age": 31, "gender": "f", "languages": ["it", "en"], "ratings": 2,
    }  # fmt: skip
    assert run("raters", corpus, "--set", "Ann", "--rename", "P1")[0] == 0
    assert run("raters", corpus)[1]["raters"][0] == {**ann, "name": "P1"}
    assert run("raters", corpus, "--age", 31)[0] == 2
    assert run("raters", corpus, "--set", "Ann", "--age", 400)[0] == 2
    assert main(["raters", str(corpus)]) == 0
    assert "it, en" in capsys.readouterr().out


def test_switches_and_history(corpus: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    usual = {"text": False, "spectrogram": False, "pause": 30, "adjudication": "after"}
    assert run("policy", corpus) == (0, usual)
    changed = {**usual, "text": True, "pause": 0, "adjudication": "closed"}
    assert run("policy", corpus, "--text", "--pause", 0, "--adjudication", "closed") == (0, changed)
    assert run("policy", corpus) == (0, changed)
    assert run("policy", corpus, "--pause", -3)[0] == 2
    assert main(["policy", str(corpus)]) == 0
    assert "never" in capsys.readouterr().out
    for command in (("history", corpus), ("agreement", corpus)):
        status, result = run(*command)
        assert status == 1
        assert "closed" in result["error"]["message"]
    status, found = run("history", corpus, "--rater", "Ann", "--flagged")
    assert (status, len(found["answers"]), found["answers"][0]["flagged"]) == (0, 1, True)
    assert main(["history", str(corpus), "--rater", "Ann"]) == 0
    assert "arousal=?" in capsys.readouterr().out
    assert run("history", corpus, "--rater", "Zoe")[0] == 1
    assert run("history", corpus, "--rater", "Ann", "--segment", "nothing")[0] == 1
