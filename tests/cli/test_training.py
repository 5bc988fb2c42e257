"""What a training can be asked on the command line, what is kept of it, and its report."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from annotator.app import train as training_job
from annotator.app.corpus_folder import open_corpus_folder
from annotator.cli.training_summary import training_lines
from annotator.learning.saved import load_model

Run = Callable[..., tuple[int, Any]]


def train(run: Run, corpus: Path, *options: object, model: str = "logistic-regression") -> tuple[int, Any]:
    named = ("--features", "mfcc", "--model", model, "--target", "emotion", "--split", "cv")
    return run("train", corpus, *named, *options)


def test_everything_that_can_be_asked_is_answered(run: Run, corpus: Path, tmp_path: Path) -> None:
    asked = ("--learning-curve", "--importance", "--search", "--class-weight", "none", "--augment", "noise=20",
             "--augment", "pitch=1", "--slice", "0.4", "--trim", "40", "--level", "-20", "--pad", "1")  # fmt: skip
    status, result = train(run, corpus, *asked, "--html", tmp_path / "r.html")
    assert status == 0
    assert result["features"] == "mfcc~trim=40~level=-20~pad=1"
    # Two changed copies of each segment of 1 s, and two pieces of 0.4 s with a rest of half a piece.
    assert result["extra_rows"] == 24 * (2 + 3)
    assert {"value", "ci"} <= result["learning_curve"]["points"][0].keys()
    assert [one["family"] for one in result["importance"]["families"]] == ["mfcc"]
    assert all("chosen" in fold for fold in result["folds"])
    assert result["options"]["class_weight"] == "none"
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "http" not in page.replace("https://doi.org", "")
    assert "<script" not in page
    for heading in ("Methods, for a paper", "Limits", "References", "Are more labels worth it?"):
        assert heading in page


def test_a_run_is_kept_once_and_repeats_to_the_last_bit(run: Run, corpus: Path, tmp_path: Path) -> None:
    first, again = train(run, corpus)[1], train(run, corpus)[1]
    other = train(run, corpus, "--seed", "1", model="random-forest")[1]
    assert first == again
    kept = run("runs", corpus)[1]["runs"]
    assert {one["run"] for one in kept} == {first["run"], other["run"]}
    assert [one["stale"] for one in kept] == [None, None]
    status, repeated = run("runs", corpus, other["run"][:10], "--repeat")
    assert (status, repeated["identical"]) == (0, True)
    assert run("runs", corpus, first["run"][:10])[1]["overall"] == first["overall"]
    assert run("runs", corpus, "last", "--html", tmp_path / "again.html")[0] == 0
    assert (tmp_path / "again.html").stat().st_size > 5000
    assert run("runs", corpus, first["run"], "--delete") == (0, {"deleted": first["run"]})
    assert len(run("runs", corpus)[1]["runs"]) == 1


def test_a_run_on_other_labels_is_out_of_date_and_says_so(run: Run, corpus: Path) -> None:
    first = train(run, corpus)[1]
    with open_corpus_folder(corpus) as session:
        from dataclasses import replace

        with session.reading() as reader:
            one = reader.annotations()[0]
        mood = "angry" if "calm" in one.values.values() else "calm"
        changed = replace(one, id="", values=dict.fromkeys(one.values, mood))
        session.transact("x", lambda transaction: transaction.record([changed]))
    (kept,) = run("runs", corpus)[1]["runs"]
    assert kept["run"] == first["run"]
    assert "changed" in kept["stale"]
    assert run("runs", corpus, "last", "--repeat")[1]["identical"] is False


def test_nothing_is_kept_where_that_is_asked(run: Run, corpus: Path) -> None:
    assert train(run, corpus, "--no-store")[1]["run"] is None
    assert run("runs", corpus)[1] == {"runs": []}
    status, refused = run("runs", corpus, "last")
    assert (status, "no run" in refused["error"]["message"]) == (1, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--augment", "trim=40"), "alone"),
        (("--augment", "blur=1"), "blur"),
        (("--pad", "0"), "pad"),
        (("--html", "/nowhere/r.html"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_before_any_work(run: Run, corpus: Path, options: Any, said: str) -> None:
    status, refused = train(run, corpus, *options)
    assert status in (1, 2)
    assert said in refused["error"]["message"]
    assert run("runs", corpus)[1] == {"runs": []}


def test_missing_sound_is_an_error_unless_it_may_be_left_out(run: Run, corpus: Path, labelled: Path) -> None:
    for file in (labelled / "angry").glob("S1_*.wav"):
        file.unlink()
    assert train(run, corpus)[0] == 1
    status, result = train(run, corpus, "--skip-missing")
    assert (status, result["missing"]) == (0, 4)
    assert sum(fold["n_test"] for fold in result["folds"]) == 20


def test_suggestions_are_queued_in_order_and_tell_the_rater_nothing(
    run: Run, corpus: Path, labelled: Path, tmp_path: Path
) -> None:
    train(run, corpus, "--save", tmp_path / "model")
    more = tmp_path / "more"
    (labelled / "angry").rename(more)  # the same sound again, as segments that nobody has rated
    for n, file in enumerate(sorted(more.glob("*.wav"))):
        file.rename(more / f"new_{n}.wav")
    with open_corpus_folder(corpus) as session:
        from annotator.app.add import add_recordings
        from annotator.domain.corpus import Segment
        from annotator.domain.progress import finish

        finish(add_recordings(session, [more]))
        with session.reading() as reader:
            (tier,) = reader.tiers()
            new = [one for one in reader.recordings() if "new_" in one.path]
        made = [Segment(f"{n:032x}", one.id, tier.id, 0, one.samples - n) for n, one in enumerate(new)]
        session.transact("x", lambda transaction: transaction.put(*made))
    before = run("info", corpus)[1]["annotations"]
    ask = ("predict", corpus, "--model", tmp_path / "model", "--suggest", "--most", "5", "--queue", "Ann,Bo")
    status, result = run(*ask, "-o", tmp_path / "s.csv")
    assert status == 0
    assert result["segments"] == len(new)
    useful = [one["usefulness"] for one in result["suggestions"]]
    assert useful == sorted(useful, reverse=True)
    assert result["queued"]["raters"] == {"Ann": 5, "Bo": 5}
    assert (tmp_path / "s.csv").read_text().splitlines()[0].endswith("usefulness")
    with open_corpus_folder(corpus) as session, session.reading() as reader:
        for task in reader.tasks():
            assert [segment for segment, _ in task.entries][:5] == [
                one["segment"] for one in result["suggestions"]
            ]
            assert len(task.entries) == len(set(task.entries)) == 24 + len(new)
            assert task.options == {}
    assert run("info", corpus)[1]["annotations"] == before
    assert run("predict", corpus, "--model", tmp_path / "model", "--queue", "Ann")[0] == 2


def test_a_network_to_start_from_comes_with_a_warning(
    run: Run, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("--no-store", "--save", tmp_path / "model")
    assert train(run, corpus, *asked)[1]["warnings"] == []
    same = load_model(tmp_path / "model")
    # A network needs PyTorch; what is said of one follows from its file alone.
    bare = SimpleNamespace(weights_=None)
    for network, told in (
        (replace(same, estimator=bare), "trained on all segments of this split"),
        (replace(same, estimator=bare, corpus_digest="other", segments=7), "trained on 7 segments"),
    ):
        monkeypatch.setattr(training_job, "_network", lambda _training, network=network: network)
        result = train(run, corpus, "--html", tmp_path / "r.html")[1]
        assert told in " ".join(result["warnings"])
        assert told in (tmp_path / "r.html").read_text(encoding="utf-8")
        assert run("runs", corpus, "last")[1]["warnings"] == result["warnings"]
        assert told in "\n".join(training_lines(result))
