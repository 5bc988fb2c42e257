"""Published votes come in row by row, also those that break the rules, and also without their sound."""

import json
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


def test_traces_of_measures_come_in_at_one_rate_and_odd_ones_are_told(tmp_path: Path) -> None:
    pieces = {
        "piece0": {
            "name": "Dusk",
            "duration": 4,
            "measures": 4,
            "midi": "A_N64_A B_Dusk.mid",
            "audio": "audio/d.wav",
        },
        "piece1": {"name": "Dusk", "duration": 4, "measures": 2, "audio": "audio/e.wav"},
    }
    rows = {
        "piece0_2": {"valence": [0, 1, 0, -1], "arousal": [0.5] * 4, "age": "21-25", "isKnown": False},
        "piece0_1": {"valence": [0.25] * 4, "arousal": [0.5] * 4},
        "piece1_1": {"valence": [0, 0.5, 1], "arousal": [0, 0, 1]},
        "piece7_1": {"valence": [0, 0.5], "arousal": [0, 0.1]},
        "piece0_3": {"valence": [0, 2, 0, 0], "arousal": [0] * 4},
        "piece0_4": {"valence": [0, 1], "arousal": [0]},
        "piece0_5": {"arousal": [0]},
        "nobody": {"valence": [0], "arousal": [0]},
    }
    (tmp_path / "vgmidi_raw_1.json").write_text(json.dumps({"annotations": rows, "pieces": pieces}))
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio" / "e.wav").touch()
    result = RECIPES["vgmidi"].read(tmp_path)
    assert [(f.path.name, f.rater) for f in result.files] == [
        ("d.wav", "anonymous 1"), ("d.wav", "anonymous 2"), ("e.wav", "anonymous 1"), ("piece7.wav", "anonymous 1"),
    ]  # fmt: skip
    assert result.scheme.items[0].rate == 2
    moved = result.files[1]
    assert moved.labels["valence"] == [0.0, 0.5, 1.0, 0.5, 0.0, -0.5, -1.0, -1.0]
    assert moved.labels["arousal"] == [0.5] * 8
    assert moved.comment == "age: 21-25; isKnown: False; listener: 2; measures: 4"
    assert moved.groups == {"song": "Dusk (piece0)", "series": "A", "console": "N64", "game": "A B"}
    assert {path.name: absent.samples for path, absent in result.absent.items()} == {
        "d.wav": 4 * 44100, "piece7.wav": 3 * 44100,
    }  # fmt: skip
    text = " ".join(result.warnings)
    for told in (
        "piece1_1 has 3 steps for 2 measures",
        "nobody:",
        "piece0_3:",
        "piece0_4:",
        "piece0_5: there is no",
    ):
        assert told in text
    assert "1 traces are of pieces that the file does not list (piece7)" in text
    assert "1 listener never moved" in text


@pytest.mark.parametrize("text", ["", "{", "[]", '{"annotations": 3}', '{"annotations": {}, "pieces": {}}'])
def test_a_damaged_file_of_traces_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "vgmidi_raw_1.json").write_text(text)
    with pytest.raises(AnnotatorError, match=r"vgmidi_raw_1\.json"):
        RECIPES["vgmidi"].read(tmp_path)


@pytest.mark.parametrize(("name", "table"), [("crema-d", "tabulatedVotes.csv"), ("emotify", "data.csv")])
def test_another_table_is_refused(tmp_path: Path, name: str, table: str) -> None:
    with pytest.raises(AnnotatorError, match=table):
        RECIPES[name].read(tmp_path)
    write(tmp_path / table, "a,b", "1,2")
    with pytest.raises(AnnotatorError, match="no column"):
        RECIPES[name].read(tmp_path)
