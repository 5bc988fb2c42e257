"""Handing out, packing and merging from a shell, as a lead and an annotator would."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.app.corpus_folder import open_corpus_folder
from annotator.app.rate import add_rater, answer, task_entries
from annotator.cli import window
from annotator.cli.main import main

Run = Callable[..., tuple[int, Any]]

SCHEME = "valence-arousal"


@pytest.fixture
def corpus(labelled: Path, tmp_path: Path, run: Run) -> Path:
    """24 whole clips of six speakers, with their labels, and a scheme to rate them with."""
    path = tmp_path / "team.corpus"
    assert run("new", path, "--scheme", SCHEME)[0] == 0
    assert run("ingest", "folders", labelled, path, "--group", "speaker=name:^([^_]+)_")[0] == 0
    return path


def test_from_handing_out_to_merging(
    corpus: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, handed = run(
        "assign", corpus, "--raters", "Ann,Bo,Cem", "--overlap", 2, "--scheme", SCHEME, "--repeat", 0.25,
        "--seed", 7, "--tier", "whole",
    )  # fmt: skip
    assert status == 0
    assert (handed["segments"], handed["seed"], handed["overlap"]) == (24, 7, 2)
    assert [(t["rater"], t["segments"], t["repeats"]) for t in handed["tasks"]] == [
        ("Ann", 16, 4),
        ("Bo", 16, 4),
        ("Cem", 16, 4),
    ]
    file = tmp_path / "mail" / "ann.annotator"
    file.parent.mkdir()
    status, packed = run(
        "package", corpus, "--rater", "Ann", "-o", file, "--audio", "clips", "--context", 0.5
    )
    assert (status, packed["segments"], packed["annotations"], packed["audio"]) == (0, 16, 0, "clips")

    opened: list[Path | None] = []
    monkeypatch.setattr(window, "open_window", lambda path: opened.append(path) or 0)
    assert main([str(file)]) == 0
    assert main([str(file)]) == 0
    assert opened == [tmp_path / "mail" / "ann.corpus"] * 2

    with open_corpus_folder(tmp_path / "mail" / "ann.corpus") as theirs, theirs.reading() as reader:
        (ann,) = reader.raters()
        for segment, repeat in task_entries(ann, reader.tasks(), SCHEME) or []:
            answer(
                theirs, segment_id=segment, rater=ann, scheme=SCHEME,
                values={"valence": 0.5, "arousal": 0}, repeat=repeat,
            )  # fmt: skip
    status, packed = run(
        "package", tmp_path / "mail" / "ann.corpus", "--rater", "Ann", "-o", tmp_path / "back"
    )
    assert (status, packed["annotations"], packed["audio"]) == (0, 20, "none")
    for added, unchanged in ((20, 0), (0, 20)):
        status, merged = run("merge", corpus, tmp_path / "back")
        assert status == 0
        assert (merged["annotations_added"], merged["unchanged"]) == (added, unchanged)
        assert (merged["segments_added"], merged["conflicts"]) == (0, [])


def test_a_whole_copy_merges_too_and_conflicts_are_listed(corpus: Path, tmp_path: Path, run: Run) -> None:
    import shutil

    shutil.copytree(corpus, tmp_path / "copy.corpus")
    with open_corpus_folder(tmp_path / "copy.corpus") as theirs, theirs.reading() as reader:
        from annotator.app.segment import move_segment

        segment = reader.segments()[0]
        move_segment(theirs, segment, 10, 999)
        answer(
            theirs, segment_id=segment.id, rater=add_rater(theirs, "Bo"), scheme=SCHEME,
            values={"valence": 0.5, "arousal": 0},
        )  # fmt: skip
    status, merged = run("merge", corpus, tmp_path / "copy.corpus")
    assert status == 0
    (conflict,) = merged["conflicts"]
    assert (conflict["kind"], conflict["what"], conflict["theirs"]["end"]) == ("edges", segment.id, 999)
    assert merged["annotations_added"] == 1
    key = conflict["key"]
    assert run("merge", corpus, tmp_path / "copy.corpus", "--settle", f"{key}=mine")[0] == 2
    assert run("merge", corpus, tmp_path / "copy.corpus", "--settle", "00000000=ours")[0] == 2
    assert main(["merge", str(corpus), str(tmp_path / "copy.corpus"), "--settle", f"{key}=ours"]) == 0
    assert (
        run("merge", corpus, tmp_path / "copy.corpus", "--settle", f"{key}=theirs")[1]["conflicts"][0][
            "settled"
        ]
        == "theirs"
    )
    assert run("merge", corpus, tmp_path / "copy.corpus")[1]["conflicts"] == []
    with open_corpus_folder(corpus) as ours, ours.reading() as reader:
        changed = next(s for s in reader.segments() if s.id == segment.id)
        move_segment(ours, changed, 20, 999)
    status, merged = run("merge", corpus, tmp_path / "copy.corpus", "--theirs")
    assert [c["settled"] for c in merged["conflicts"]] == ["theirs"]
    assert run("merge", corpus, tmp_path / "copy.corpus")[1]["conflicts"] == []


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("assign", "CORPUS", "--raters", "Ann", "--overlap", 2, "--scheme", SCHEME), 2, "cannot give 2"),
        (("assign", "CORPUS", "--raters", "Ann", "--overlap", 1, "--scheme", "mood"), 1, '"mood"'),
        (("package", "CORPUS", "--rater", "Zoe", "-o", "out.annotator"), 1, '"Zoe"'),
        (("merge", "CORPUS", "nothing.annotator"), 1, "nothing.annotator"),
        (("merge", "CORPUS"), 2, "FILE"),
    ],
)
def test_failures_are_explained(
    corpus: Path, run: Run, arguments: tuple[object, ...], status: int, said: str
) -> None:
    found, result = run(*[corpus if a == "CORPUS" else a for a in arguments])
    assert found == status
    assert said in result["error"]["message"]


def test_anchors_and_practice_from_a_shell(corpus: Path, tmp_path: Path, run: Run) -> None:
    with open_corpus_folder(corpus) as session, session.reading() as reader:
        names = sorted(recording.name for recording in reader.recordings())
    for name, chosen in (("anchors", names[:3]), ("practice", names[3:5])):
        rows = "".join(f"{file},0.5,-0.5\n" for file in chosen)
        (tmp_path / f"{name}.csv").write_text(f"file,valence,arousal\n{rows}")
    options = ("--overlap", 2, "--scheme", SCHEME, "--tier", "whole", "--seed", 3)
    status, handed = run(
        "assign", corpus, "--raters", "Ann,Bo", *options,
        "--anchors", tmp_path / "anchors.csv", "--practice", tmp_path / "practice.csv",
    )  # fmt: skip
    assert status == 0
    assert [(t["segments"], t["anchors"], t["practice"]) for t in handed["tasks"]] == [(22, 3, 2)] * 2
    with open_corpus_folder(corpus) as session:
        with session.reading() as reader:
            people = [rater for rater in reader.raters() if rater.kind == "human"]
            tasks = reader.tasks()
        for rater in people:
            for segment, repeat in task_entries(rater, tasks, SCHEME) or []:
                answer(
                    session, segment_id=segment, rater=rater, scheme=SCHEME,
                    values={"valence": 0.25, "arousal": -0.5}, repeat=repeat,
                )  # fmt: skip
    status, found = run("agreement", corpus, "--scheme", SCHEME)
    assert status == 0
    valence, arousal = found["schemes"][0]["items"]
    assert valence["n_items"] == 22  # practice is no rating
    assert [rater["anchors"] for rater in valence["raters"]] == [{"n": 3, "mean_error": 0.25}] * 2
    assert [rater["anchors"] for rater in arousal["raters"]] == [{"n": 3, "mean_error": 0.0}] * 2
    assert main(["agreement", str(corpus), "--scheme", SCHEME]) == 0
