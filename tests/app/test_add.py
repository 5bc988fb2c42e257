from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.app.add import add_recordings
from annotator.app.check import check_corpus
from annotator.app.corpus_folder import create_corpus
from annotator.app.groups import groups_of, parse_rules
from annotator.app.info import corpus_info
from annotator.app.jobs import run_job
from annotator.app.session import Session
from annotator.domain.errors import AnnotatorError, Cancelled
from annotator.domain.progress import finish


def test_folders_are_searched_and_groups_follow_the_rules(session: Session) -> None:
    info = corpus_info(session)
    assert (info.recordings, info.groups) == (3, {"speaker": 2})
    assert info.duration_seconds == 3.0


def test_adding_again_adds_nothing(session: Session, tmp_path: Path) -> None:
    again = finish(add_recordings(session, [tmp_path / "audio"]))
    assert again.recordings == ()
    assert len(again.skipped) == 3
    assert corpus_info(session).recordings == 3


def test_copied_files_live_in_the_corpus(
    session: Session, tmp_path: Path, make_sound: Callable[..., Path]
) -> None:
    path = make_sound(tmp_path / "new" / "cy_1.wav", pitch=500)
    added = finish(add_recordings(session, [path], copy=True))
    path.unlink()
    assert added.recordings[0].path == "media/cy_1.wav"
    with session.open_audio(added.recordings[0]) as source:
        assert source.samples == 16000


def test_a_broken_file_among_good_ones_is_reported_and_the_good_ones_come_in(
    session: Session, tmp_path: Path
) -> None:
    (tmp_path / "audio" / "empty.wav").touch()
    (tmp_path / "audio" / "notes.mp3").write_text("not audio at all\n" * 50)
    added = finish(add_recordings(session, [tmp_path / "audio"]))
    assert any("empty.wav" in text for text in added.skipped)
    assert any("notes.mp3" in text for text in added.skipped)
    assert corpus_info(session).recordings == 3


@pytest.mark.parametrize("name", ["missing.wav", "empty.wav", "text.mp3"])
def test_a_bad_file_that_was_named_stops_everything(name: str, session: Session, tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.mp3").write_text("hello " * 100)
    with pytest.raises(AnnotatorError, match=name):
        finish(add_recordings(session, [tmp_path / name]))
    assert corpus_info(session).recordings == 3


def test_a_truncated_file_comes_in_with_its_real_length_and_a_warning(
    session: Session, tmp_path: Path, make_sound: Callable[..., Path]
) -> None:
    path = make_sound(tmp_path / "cut.wav", seconds=2.0)
    path.write_bytes(path.read_bytes()[:40044])
    added = finish(add_recordings(session, [path]))
    assert added.recordings[0].samples == 20000
    assert "cut.wav" in added.warnings[0]


def test_cancelling_leaves_the_corpus_as_it_was(tmp_path: Path, make_sound: Callable[..., Path]) -> None:
    for n in range(3):
        make_sound(tmp_path / "audio" / f"{n}.wav", seed=n)
    with create_corpus(tmp_path / "x.corpus") as session:
        calls = iter([False, False, True])
        with pytest.raises(Cancelled):
            run_job(
                add_recordings(session, [tmp_path / "audio"], copy=True), cancelled=lambda: next(calls, True)
            )
        assert corpus_info(session).recordings == 0
        assert list((session.folder / "media").iterdir()) == []


def test_adding_is_one_step(session: Session) -> None:
    session.undo()
    assert corpus_info(session).recordings == 0
    session.redo()
    assert corpus_info(session).recordings == 3


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("speaker", "not a group rule"),
        ("speaker=nme:x", "not a group rule"),
        ("speaker=name:abc", "captures nothing"),
        ("speaker=name:(", "regular expression"),
        ("speaker=table:none.csv", "no table"),
        ("recording=stem", "by itself"),
    ],
)
def test_bad_group_rules_are_explained(rule: str, said: str) -> None:
    with pytest.raises(AnnotatorError, match=said):
        parse_rules([rule])


def test_groups_from_a_table_and_from_folders(tmp_path: Path) -> None:
    table = tmp_path / "songs.csv"
    table.write_text("\ufefffile, song\na.wav,One\nb,Two\n", encoding="utf-8")
    rules = parse_rules([f"song=table:{table}", "show=parent", "take=stem"])
    assert groups_of(rules, Path("/x/evening/a.wav")) == {"song": "One", "show": "evening", "take": "a"}
    assert groups_of(rules, Path("/x/evening/b.wav"))["song"] == "Two"
    assert "song" not in groups_of(rules, Path("/x/evening/c.wav"))
    with pytest.raises(AnnotatorError, match='no column "artist"'):
        parse_rules([f"artist=table:{table}"])


def test_check_finds_files_that_are_missing_or_changed_and_finds_moved_ones_again(
    session: Session, tmp_path: Path, make_sound: Callable[..., Path]
) -> None:
    assert finish(check_corpus(session)).ok
    (tmp_path / "audio" / "ann_1.wav").rename(tmp_path / "ann_1.wav")
    make_sound(tmp_path / "audio" / "bo_1.wav", pitch=999)
    found = finish(check_corpus(session))
    assert sorted(problem.kind for problem in found.problems) == ["changed", "missing"]
    mended = finish(check_corpus(session, repair=True))
    assert [problem.kind for problem in mended.problems] == ["changed"]
    assert len(mended.repaired) == 1
