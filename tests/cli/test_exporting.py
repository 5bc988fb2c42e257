"""Exports from the command line: filters, changed clips, whole recordings, data card, verification."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import soundfile

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def corpus(run: Run, labelled: Path, tmp_path: Path) -> Path:
    path = tmp_path / "x.corpus"
    run("ingest", "folders", labelled, path, "--group", "speaker=name:^([^_]+)_")
    run("split", path, "cv", "--folds", "3", "--group", "speaker")
    return path


def test_an_export_is_verified_and_every_change_is_named(run: Run, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    status, result = run("export", corpus, out, "--format", "jsonl", "--clips", "wav", "--whole")
    assert (status, result["segments"]) == (0, 24)
    status, found = run("export", "--verify", out)
    assert (status, found["ok"], found["files"]) == (0, True, result["files"])
    (out / "schemes.json").unlink()
    (out / "segments.jsonl").write_text("{}")
    (out / "notes.txt").write_text("mine")
    status, found = run("export", "--verify", out)
    assert (status, found["ok"]) == (1, False)
    assert [found[kind] for kind in ("missing", "changed", "extra")] == [
        ["schemes.json"], ["segments.jsonl"], ["notes.txt"],
    ]  # fmt: skip


def test_a_folder_that_is_no_export_cannot_be_verified(run: Run, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        status, failure = run("export", "--verify", folder)
        assert status == 1
        assert str(folder) in failure["error"]["message"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--format", "csv"),
        ("CORPUS", "out"),
        ("CORPUS", "out", "--format", "csv", "--mono"),
        ("CORPUS", "out", "--format", "csv", "--min-agreement", "7"),
        ("CORPUS", "out", "--format", "csv", "--clips", "wav", "--context", "-1"),
        ("CORPUS", "--verify", "out"),
    ],
)
def test_wrong_usage_is_explained(run: Run, corpus: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    given = [corpus if word == "CORPUS" else word for word in arguments]
    status, failure = run("export", *given)
    assert status == 2
    assert failure["error"]["message"]


def test_clips_are_changed_as_asked(run: Run, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(
        "export",
        corpus,
        out,
        "--format",
        "csv",
        "--clips",
        "flac",
        "--resample",
        "8000",
        "--normalise",
        "-30",
    )
    clips = sorted((out / "clips").glob("*.flac"))
    assert len(clips) == 24
    assert {(soundfile.info(clip).samplerate, soundfile.info(clip).frames) for clip in clips} == {
        (8_000, 8_000)
    }
    readme = (out / "README.md").read_text(encoding="utf-8")
    assert "resampled to 8000 Hz" in readme
    assert "-30 LUFS" in readme


def test_what_is_said_of_a_corpus_is_in_its_data_card(run: Run, corpus: Path, tmp_path: Path) -> None:
    status, about = run("describe", corpus, "--title", "Two moods", "--licence", "CC-BY-4.0")
    assert (status, about["title"], about["citation"]) == (0, "Two moods", "")
    run("describe", corpus, "--citation", "Rossi & Kim (2024)", "--language", "en,it")
    assert run("describe", corpus)[1]["licence"] == "CC-BY-4.0"
    run("export", corpus, tmp_path / "out", "--format", "audiofolder", "--split", "cv")
    for page in ("README.md", "README.html"):
        text = (tmp_path / "out" / page).read_text(encoding="utf-8")
        for words in ("Two moods", "CC-BY-4.0", "angry", "fold2", "Known limits"):
            assert words in text
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "license: cc-by-4.0\n" in card
    assert "Rossi & Kim (2024)" in card
    assert "<svg" in (tmp_path / "out" / "README.html").read_text(encoding="utf-8")


def test_what_is_left_out_is_counted_and_listed(run: Run, corpus: Path, tmp_path: Path) -> None:
    status, failure = run("export", corpus, tmp_path / "out", "--format", "csv", "--min-ratings", "1")
    assert status == 1
    assert "few_ratings" in failure["error"]["hint"]
    status, result = run("export", corpus, tmp_path / "out", "--format", "csv", "--no-duplicates")
    assert (status, result["excluded"]) == (0, {})


def test_a_leak_is_in_the_card_of_a_split_that_is_exported_all_the_same(
    run: Run, corpus: Path, labelled: Path, tmp_path: Path
) -> None:
    files = sorted(path.relative_to(labelled) for path in labelled.rglob("*.wav"))
    lines = [f"{file.name},{('train', 'test')[n // 2 % 2]}" for n, file in enumerate(files)]
    (tmp_path / "parts.csv").write_text("\n".join(["file,part", *lines]))
    run("split", corpus, "torn", "--from-table", tmp_path / "parts.csv", "--group", "speaker")
    assert run("export", corpus, tmp_path / "out", "--format", "csv", "--split", "torn")[0] == 1
    assert not (tmp_path / "out").exists()
    run("export", corpus, tmp_path / "out", "--format", "csv", "--split", "torn", "--despite-leaks")
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "This split leaks" in card
