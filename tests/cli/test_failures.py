"""What a user reads when something is wrong: one sentence that names it, the right exit status, nothing half done."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.cli.main import main
from annotator.storage import engine

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def corpus(run: Run, labelled: Path, tmp_path: Path) -> Path:
    path = tmp_path / "x.corpus"
    run("ingest", "folders", labelled, path, "--group", "speaker=name:^([^_]+)_")
    return path


def said(result: tuple[int, Any], status: int) -> str:
    assert result[0] == status
    assert set(result[1]) == {"error"}
    message = str(result[1]["error"]["message"])
    assert "Traceback" not in message
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (["info", "nowhere.corpus"], "nowhere.corpus"),
        (["new", "y.corpus", "--scheme", "valence"], "valence"),
        (["ingest", "foldrs", ".", "y.corpus"], "foldrs"),
        (["ingest", "folders", "no-such-folder", "y.corpus"], "no-such-folder"),
        (["ingest", "folders", "source", "y.corpus", "--group", "speaker=nme:x"], "nme:x"),
        (["add", "x.corpus", "missing.wav"], "missing.wav"),
        (["segment", "x.corpus", "--method", "magic"], "magic"),
        (["segment", "x.corpus", "--method", "silence", "--recording", "zz.wav"], "zz.wav"),
        (["import", "x.corpus", "missing.csv", "--format", "csv"], "missing.csv"),
        (["import", "x.corpus", "missing.csv", "--format", "elanx"], "elanx"),
        (["agreement", "x.corpus", "--scheme", "gems-9"], "gems-9"),
        (["consensus", "x.corpus", "--method", "voting"], "voting"),
        (["split", "x.corpus", "s", "--folds", "3", "--group", "singer"], "singer"),
        (["split", "x.corpus", "s", "--folds", "3", "--group", "speaker", "--stratify", "mood"], "mood"),
        (["split", "x.corpus", "s", "--folds", "9", "--group", "speaker"], "9"),
        (["audit", "x.corpus", "none"], "none"),
        (["export", "x.corpus", "out", "--format", "zip"], "zip"),
        (["export", "x.corpus", "source", "--format", "csv"], "source"),
        (["features", "x.corpus", "--set", "highlevel", "-o", "f.parquet"], "highlevel"),
        (["features", "x.corpus", "--set", "lowlevel", "-o", "no/f.parquet"], "f.parquet"),
        (["merge", "x.corpus", "missing.annotator"], "There is no file"),
        (["import", "x.corpus", "missing", "--format", "audiofolder"], "no folder missing"),
        (["import", "x.corpus", ".", "--format", "elan"], "is a folder"),
        (
            [
                "train",
                "x.corpus",
                "--features",
                "lowlevel",
                "--model",
                "oracle",
                "--target",
                "emotion",
                "--split",
                "s",
            ],
            "oracle",
        ),
        (
            [
                "train",
                "x.corpus",
                "--features",
                "lowlevel",
                "--model",
                "svm",
                "--target",
                "emotion",
                "--split",
                "s",
            ],
            '"s"',
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_name_is_said_and_nothing_is_left_behind(
    command: list[str], named: str, run: Run, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    assert named in said(run(*command), 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert run("info", corpus)[1]["recordings"] == 24


@pytest.mark.parametrize(
    "command",
    [
        ["info"],
        ["split", "x.corpus", "s", "--group", "speaker"],
        ["split", "x.corpus", "s", "--group", "speaker", "--folds", "3", "--parts", "a=1"],
        ["split", "x.corpus", "s", "--group", "speaker", "--folds", "many"],
        ["info", "x.corpus", "--colour"],
        ["fnord"],
        ["fnord", "x.corpus"],
        ["segment", "x.corpus", "--method", "silence", "--min-pause", "-3"],
        ["segment", "x.corpus", "--method", "fixed", "--rest", "some"],
        ["segment", "x.corpus", "--method", "transcript"],
        ["segment", "x.corpus", "--method", "vad", "--transcript", "x.srt"],
        ["agreement", "x.corpus", "--tiers", "one"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2(
    command: list[str], run: Run, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said(run(*command), 2)


def test_a_locked_corpus_says_so(run: Run, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LOCK_TIMEOUT", 0.1)
    other = sqlite3.connect(corpus / "corpus.sqlite")
    other.execute("BEGIN EXCLUSIVE")
    message = said(run("split", corpus, "s", "--folds", "3", "--group", "speaker"), 1)
    other.close()
    assert "locked by another program" in message
    assert run("info", corpus)[1]["splits"] == []


def test_missing_audio_is_named_before_anything_is_written(
    run: Run, corpus: Path, labelled: Path, tmp_path: Path
) -> None:
    gone = next((labelled / "calm").iterdir())
    gone.unlink()
    assert gone.name in said(run("features", corpus, "--set", "lowlevel", "-o", tmp_path / "f.parquet"), 1)
    assert not (tmp_path / "f.parquet").exists()
    status, checked = run("check", corpus)
    assert status == 1
    assert [problem["kind"] for problem in checked["problems"]] == ["missing"]


def test_people_read_a_sentence_and_a_hint_on_standard_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["info", str(tmp_path / "none.corpus")]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("Error: There is no corpus")


def test_a_bug_ends_in_a_sentence_and_the_log(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, corpus: Path
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("annotator.cli.commands.recordings.corpus_info", fail)
    capsys.readouterr()
    assert main(["info", str(corpus), "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    log = Path(error["hint"].split("written in ")[1].split(";")[0])
    assert "ZeroDivisionError" in log.read_text()


def test_without_a_display_the_window_explains_itself(tmp_path: Path) -> None:
    import os

    environment = {
        k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    ended = subprocess.run(
        [sys.executable, "-m", "annotator.cli.main"],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
    )
    assert ended.returncode == 1
    assert "no display" in ended.stderr
