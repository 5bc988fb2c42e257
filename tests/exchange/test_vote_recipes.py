"""Published votes come in row by row, also those that break the rules, and also without their sound."""

from collections import Counter
from pathlib import Path

import pytest

from annotator.domain.errors import AnnotatorError
from annotator.exchange.recipes.registry import RECIPES

CREMA = '"","A","D","F","H","N","S","fileName","numResponses","emoVote"'
EMOTIFY = (
    "track id, genre, amazement, solemnity, tenderness, nostalgia, calmness, power, joyful_activation, tension,"
    " sadness, mood, liked, disliked, age, gender, mother tongue"
)


def write(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path


def test_every_vote_on_voice_and_face_is_a_rating_of_its_own(tmp_path: Path) -> None:
    write(
        tmp_path / "processedResults" / "tabulatedVotes.csv",
        CREMA,
        '"100001",0,0,0,1,2,0,"1001_IEO_NEU_XX",3,"N"',
        '"200001",2,2,0,0,0,0,"1001_IEO_NEU_XX",4,"A:D"',
        '"300002",0,0,0,0,0,1,"1002_DFA_SAD_HI",1,"S"',
        '"100003",0,0,0,0,0,0,"1003_DFA_SAD_HI",0,""',
        '"400004",0,0,0,0,0,1,"1002_DFA_SAD_HI",1,"S"',
        '"100005",x,0,0,0,0,1,"1002_DFA_SAD_HI",1,"S"',
        '"100006",1,0,0,0,0,1,"notes",1,"S"',
    )
    (tmp_path / "AudioWAV").mkdir()
    (tmp_path / "AudioWAV" / "1002_DFA_SAD_HI.wav").touch()
    result = RECIPES["crema-d"].read(tmp_path)
    assert Counter((f.path.stem, f.tier, str(f.labels["emotion"])) for f in result.files) == {
        ("1001_IEO_NEU_XX", "voice", "happy"): 1,
        ("1001_IEO_NEU_XX", "voice", "neutral"): 2,
        ("1001_IEO_NEU_XX", "face", "anger"): 2,
        ("1001_IEO_NEU_XX", "face", "disgust"): 2,
        ("1002_DFA_SAD_HI", "voice and face", "sad"): 1,
    }
    assert [f.rater for f in result.files if f.tier == "face"] == [f"anonymous {n}" for n in (1, 2, 3, 4)]
    assert result.files[0].groups == {
        "actor": "Actor_1001",
        "sentence": "IEO",
        "acted": "neutral",
        "level": "unspecified",
    }
    assert [path.name for path in result.absent] == ["1001_IEO_NEU_XX.wav"]
    assert [text.split(":")[0] for text in result.warnings[:-1]] == ["Line 6", "Line 7", "Line 8"]
    assert "1 clips" in result.warnings[-1]
    assert RECIPES["crema-d"].read(tmp_path) == result


def test_listeners_who_break_the_rule_are_kept_and_counted(tmp_path: Path) -> None:
    write(
        tmp_path / "data.csv",
        EMOTIFY,
        "1,classical,0,1,0,0,0,0,1,1,0,3,1,0,21,1,English",
        "1,classical,0,0,0,0,0,0,0,0,0,3,0,1,41,1,Dutch",
        "170,rock,1,1,1,1,0,0,0,0,0,3,0,1,41,1,Dutch",
        "176,rock,1,0,0,0,0,0,0,0,0,3,0,1,41,1,Dutch",
        "401,pop,1,0,0,0,0,0,0,0,0,3,0,1,41,1,Dutch",
        "2,classical,2,0,0,0,0,0,0,0,0,3,0,1,41,1,Dutch",
    )
    write(
        tmp_path / "info.csv",
        "Track ID,Genre,Filename,Duration",
        "170,rock,70.mp3,30",
        "176,rock,76.mp3,45.5",
    )
    (tmp_path / "audio" / "rock").mkdir(parents=True)
    (tmp_path / "audio" / "rock" / "76.mp3").touch()
    result = RECIPES["emotify"].read(tmp_path)
    assert [(f.path.relative_to(tmp_path).as_posix(), f.rater) for f in result.files] == [
        ("audio/classical/1.mp3", "anonymous 1"),
        ("audio/classical/1.mp3", "anonymous 2"),
        ("audio/rock/70.mp3", "anonymous 1"),
        ("audio/rock/76.mp3", "anonymous 1"),
    ]
    assert [name for name, on in result.files[0].labels.items() if on] == [
        "solemnity",
        "joyful_activation",
        "tension",
    ]
    assert sum(bool(v) for v in result.files[2].labels.values()) == 4
    assert result.files[2].groups["song"] == result.files[3].groups["song"]
    assert (
        result.files[0].comment
        == "mood: 3; liked: 1; disliked: 0; age: 21; gender: 1; mother tongue: English"
    )
    assert {path.name: absent.samples for path, absent in result.absent.items()} == {
        "1.mp3": 60 * 44100,
        "70.mp3": 30 * 44100,
    }
    text = " ".join(result.warnings)
    assert "1 row chooses no emotion" in text
    assert "1 row chooses more than 3" in text
    assert "Line 6" in text
    assert "Line 7" in text


@pytest.mark.parametrize(("name", "table"), [("crema-d", "tabulatedVotes.csv"), ("emotify", "data.csv")])
def test_another_table_is_refused(tmp_path: Path, name: str, table: str) -> None:
    with pytest.raises(AnnotatorError, match=table):
        RECIPES[name].read(tmp_path)
    write(tmp_path / table, "a,b", "1,2")
    with pytest.raises(AnnotatorError, match="no column"):
        RECIPES[name].read(tmp_path)
