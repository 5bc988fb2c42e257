"""Recipes read labels and groups from folders, tables and file names, and say what they left out."""

from pathlib import Path

import pytest

from annotator.domain.errors import AnnotatorError
from annotator.exchange.recipes.recipe import RecipeResult
from annotator.exchange.recipes.registry import RECIPES


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def labels(result: RecipeResult, folder: Path) -> dict[str, object]:
    return {one.path.relative_to(folder).as_posix(): one.labels["emotion"] for one in result.files}


def test_folders_are_labels(tmp_path: Path) -> None:
    touch(tmp_path, "Happy/a.wav", "Happy/deep/b.MP3", "angry/c.flac", "angry/notes.txt", "angry/._c.flac")
    touch(tmp_path, "loose.wav", "empty/readme.md", "__MACOSX/Happy/a.wav", ".git/x.wav")
    result = RECIPES["folders"].read(tmp_path)
    assert labels(result, tmp_path) == {
        "Happy/a.wav": "Happy",
        "Happy/deep/b.MP3": "Happy",
        "angry/c.flac": "angry",
    }
    assert result.scheme.item("emotion").labels == ("angry", "Happy")
    assert all(one.rater is None for one in result.files)
    assert "loose.wav" in result.warnings[0]
    assert "empty" in result.warnings[1]


def test_a_table_gives_labels_and_groups(tmp_path: Path) -> None:
    touch(tmp_path, "sub/one.wav", "two.wav", "three.wav")
    (tmp_path / "labels.csv").write_text(
        "file;Label;Speaker;song;mood of the day\none;sad;Anna;;x\ntwo.wav;glad;Bo;S1;y\nmissing.wav;sad;;;\n;sad;;;\n"
        "two.wav;sad;Bo;S1;y\n"
    )
    for place in (tmp_path, tmp_path / "labels.csv"):
        result = RECIPES["table"].read(place)
        assert labels(result, tmp_path) == {"sub/one.wav": "sad", "two.wav": "glad"}
        assert [dict(one.groups) for one in result.files] == [
            {"speaker": "Anna"},
            {"speaker": "Bo", "song": "S1"},
        ]
        assert "mood of the day" in result.warnings[0]
        assert [text.split(":")[0] for text in result.warnings[1:]] == ["Line 4", "Line 5", "Line 6"]


def test_a_table_with_raters_holds_votes(tmp_path: Path) -> None:
    touch(tmp_path, "a.wav")
    (tmp_path / "votes.csv").write_text(
        "file,emotion,rater\na.wav,sad,R1\na.wav,glad,R2\na.wav,sad,\na.wav,sad,\n"
    )
    result = RECIPES["table"].read(tmp_path)
    votes = [(one.rater, one.labels["emotion"]) for one in result.files]
    assert votes == [("R1", "sad"), ("R2", "glad"), ("anonymous 1", "sad"), ("anonymous 2", "sad")]


def test_a_name_that_two_files_have_is_not_guessed(tmp_path: Path) -> None:
    touch(tmp_path, "x/a.wav", "y/a.wav", "x/b.wav")
    (tmp_path / "labels.csv").write_text("file,label\na.wav,sad\nx/a.wav,glad\nb.wav,sad\n")
    result = RECIPES["table"].read(tmp_path)
    assert labels(result, tmp_path) == {"x/a.wav": "glad", "x/b.wav": "sad"}
    assert "y/a.wav" in result.warnings[0]


def test_ravdess_names(tmp_path: Path) -> None:
    touch(
        tmp_path,
        "Actor_12/03-01-06-01-02-01-12.wav",
        "Actor_12/01-01-06-01-02-01-12.mp4",  # the same take, with picture
        "Actor_12/02-01-06-01-02-01-12.mp4",  # without sound
        "Actor_01/01-02-05-02-01-02-01.mp4",
        "Actor_01/03-01-09-01-01-01-01.wav",  # no such emotion
        "Actor_01/readme.wav",
    )
    result = RECIPES["ravdess"].read(tmp_path)
    assert [(one.path.name, dict(one.labels), dict(one.groups)) for one in result.files] == [
        (
            "01-02-05-02-01-02-01.mp4",
            {"emotion": "angry", "intensity": "strong"},
            {
                "actor": "Actor_01",
                "gender": "male",
                "statement": "kids are talking by the door",
                "vocal_channel": "song",
            },
        ),
        (
            "03-01-06-01-02-01-12.wav",
            {"emotion": "fearful", "intensity": "normal"},
            {
                "actor": "Actor_12",
                "gender": "female",
                "statement": "dogs are sitting by the door",
                "vocal_channel": "speech",
            },
        ),
    ]
    assert result.scheme.name == "emotions-ravdess"
    for one in result.files:
        assert result.scheme.check(one.labels) == one.labels
    text = " ".join(result.warnings)
    assert "03-01-09-01-01-01-01.wav, readme.wav" in text
    assert "1 video without sound" in text
    assert "01-01-06-01-02-01-12.mp4 = 03-01-06-01-02-01-12.wav" in text


@pytest.mark.parametrize("name", RECIPES.names())
def test_missing_and_empty_folders_are_explained(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    for place in (tmp_path / "none", tmp_path / "empty"):
        with pytest.raises(AnnotatorError, match=str(place)) as caught:
            RECIPES[name].read(place)
        assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    ("name", "files", "table", "needle"),
    [
        ("folders", ("a.wav",), None, "no folders with audio"),
        ("folders", ("train/a.wav", "test/b.wav"), None, "parts (test, train)"),
        ("folders", ("sad/a.wav",), None, 'only the label "sad"'),
        ("table", ("a.wav",), "file,mood\na.wav,sad\n", "file, mood"),
        ("table", ("a.wav",), "file,label\nb.wav,sad\n", "Line 2: there is no audio file b.wav"),
        ("table", (), "file,label\nb.wav,sad\n", "No audio file"),
        ("ravdess", ("1.wav", "2.wav", "3.wav", "4.wav"), None, "1.wav, 2.wav, 3.wav and 1 more"),
    ],
)
def test_folders_that_do_not_fit_are_explained(
    tmp_path: Path, name: str, files: tuple[str, ...], table: str | None, needle: str
) -> None:
    touch(tmp_path, *files)
    if table is not None:
        (tmp_path / "labels.csv").write_text(table)
    with pytest.raises(AnnotatorError) as caught:
        RECIPES[name].read(tmp_path)
    assert needle in str(caught.value)
    assert caught.value.hint


def test_of_several_tables_one_must_be_named(tmp_path: Path) -> None:
    touch(tmp_path, "a.wav", "one.csv", "two.csv")
    with pytest.raises(AnnotatorError, match=r"one\.csv, two\.csv"):
        RECIPES["table"].read(tmp_path)


@pytest.mark.real_data
def test_real_folders_of_talk_shows(real_data: Path) -> None:
    result = RECIPES["folders"].read(real_data / "urdu_talkshows")
    assert len(result.files) == 152
    assert len(result.scheme.item("emotion").labels) == 4
    assert result.warnings == ()
