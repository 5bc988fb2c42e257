"""Recipe files: each corpus in its own way of naming, and one's own without a line of code."""

from collections import Counter
from pathlib import Path

import pytest

from annotator.domain.bundled import dataset
from annotator.domain.errors import AnnotatorError
from annotator.exchange.recipes.declaration import read_declaration
from annotator.exchange.recipes.recipe import RecipeFile, RecipeResult, unexpected
from annotator.exchange.recipes.registry import READERS, RECIPES, recipe_from, shipped_files

SHIPPED = {path.stem: read_declaration(path) for path in shipped_files()}


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


def write(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path


def told(result: RecipeResult, folder: Path) -> dict[str, tuple[dict[str, object], dict[str, str]]]:
    """Labels and group keys by file, of what no single rater said."""
    return {
        one.path.relative_to(folder).as_posix(): (dict(one.labels), dict(one.groups))
        for one in result.files
        if one.rater is None
    }


@pytest.mark.parametrize("name", SHIPPED)
def test_every_file_says_what_it_is_and_where_it_comes_from(name: str) -> None:
    declared = SHIPPED[name]
    assert declared.name == name
    assert declared.how
    if name not in ("folders", "table"):
        assert declared.citation
        assert declared.url.startswith("http")
        assert declared.licence_source or "see the distributor" in declared.licence
        assert declared.modality in ("speech", "music")
        assert declared.expected or declared.unverified


def test_the_corpora_that_people_ask_for_are_there() -> None:
    wanted = {
        "ravdess",
        "crema-d",
        "emodb",
        "emotify",
        "deam",
        "iemocap",
        "msp-podcast",
        "tess",
        "savee",
        "pmemo",
    }
    assert wanted | {"emopia", "folders", "table"} <= set(RECIPES.names())
    assert {declared.reader for declared in SHIPPED.values()} - {""} == set(READERS)
    assert dataset("recipes").is_dir()


def test_emodb(tmp_path: Path) -> None:
    touch(tmp_path, "wav/03a01Fa.wav", "wav/16b10Wb.wav", "wav/03a01Xa.wav", "wav/readme.wav")
    result = RECIPES["emodb"].read(tmp_path)
    assert told(result, tmp_path) == {
        "wav/03a01Fa.wav": ({"emotion": "happiness"}, {"speaker": "speaker 03", "sentence": "a01"}),
        "wav/16b10Wb.wav": ({"emotion": "anger"}, {"speaker": "speaker 16", "sentence": "b10"}),
    }
    assert "03a01Xa.wav" in result.warnings[0]
    assert unexpected(RECIPES["emodb"], result.files) == [
        "The corpus is known to have 535 files; 2 were found.",
        "The corpus is known to have 10 speaker; 2 were found.",
    ]


def test_tess_with_the_folder_names_of_its_archives(tmp_path: Path) -> None:
    touch(
        tmp_path,
        "OAF_Pleasant_surprise/OAF_back_ps.wav",
        "YAF_sad/YAF_youth_sad.wav",
        "OAF_fear/OA_bite_fear.wav",
    )
    found = told(RECIPES["tess"].read(tmp_path), tmp_path)
    assert found["OAF_Pleasant_surprise/OAF_back_ps.wav"] == (
        {"emotion": "pleasant surprise"},
        {"speaker": "OAF", "word": "back"},
    )
    assert found["OAF_fear/OA_bite_fear.wav"][1]["speaker"] == "OAF"
    assert found["YAF_sad/YAF_youth_sad.wav"][0] == {"emotion": "sadness"}


@pytest.mark.parametrize("sep", ["/", "_"])
def test_savee_in_folders_of_speakers_or_in_one(tmp_path: Path, sep: str) -> None:
    touch(tmp_path, f"AudioData/DC{sep}sa01.wav", f"AudioData/KL{sep}su15.wav", f"AudioData/JE{sep}a03.wav")
    found = told(RECIPES["savee"].read(tmp_path), tmp_path)
    assert sorted((labels["emotion"], groups["speaker"]) for labels, groups in found.values()) == [
        ("anger", "JE"),
        ("sadness", "DC"),
        ("surprise", "KL"),
    ]


def test_emopia_songs_are_the_videos(tmp_path: Path) -> None:
    touch(tmp_path, "Q1_0vLPYiPN7qY_0.mp3", "Q1_0vLPYiPN7qY_1.mp3", "Q4_FyK_c-TIcCA_0.mp3")
    found = told(RECIPES["emopia"].read(tmp_path), tmp_path)
    assert found["Q4_FyK_c-TIcCA_0.mp3"] == ({"quadrant": "Q4"}, {"song": "FyK_c-TIcCA"})
    assert len({groups["song"] for _, groups in found.values()}) == 2


def test_deam_by_listener_by_mean_and_in_its_older_form(tmp_path: Path) -> None:
    folder = touch(tmp_path / "a", "MEMD_audio/2.mp3", "MEMD_audio/10.mp3")
    song = "annotations/annotations averaged per song/song_level"
    write(folder / song / "static_annotations_averaged_songs_1_2000.csv",
          "song_id, valence_mean, valence_std, arousal_mean, arousal_std", "2,3.1,0.94,3.0,0.63")  # fmt: skip
    means = RECIPES["deam"].read(folder)
    assert told(means, folder) == {"MEMD_audio/2.mp3": ({"valence": 3.1, "arousal": 3.0}, {"song": "song 2"})}
    rater = "annotations/annotations per each rater/song_level"
    write(folder / rater / "static_annotations_songs_1_2000.csv", "workerID, SongId, Valence, Arousal",
          "w1,2,3,4", "w2,2,9,1", "w1,10,5,5", "w1,77,5,5", "w1,10,11,5")  # fmt: skip
    write(folder / rater / "static_annotations_songs_2000_2058.csv", "SongId, WorkerId", "2001,x")
    votes = RECIPES["deam"].read(folder)
    assert [(f.path.name, f.rater, dict(f.labels)) for f in votes.files] == [
        ("2.mp3", "w1", {"valence": 3.0, "arousal": 4.0}),
        ("2.mp3", "w2", {"valence": 9.0, "arousal": 1.0}),
        ("10.mp3", "w1", {"valence": 5.0, "arousal": 5.0}),
        ("77.mp3", "w1", {"valence": 5.0, "arousal": 5.0}),
        ("10.mp3", "w1", {"arousal": 5.0}),
    ]
    assert [path.name for path in votes.absent] == ["77.mp3"]
    assert next(iter(votes.absent.values())).samples == 45 * 44_100
    text = " ".join(votes.warnings)
    assert "Line 6" in text
    assert "77.mp3" in text

    older = touch(tmp_path / "b", "clips_45seconds/2.mp3")
    write(
        older / "static_annotations.csv",
        "song_id,mean_arousal,std_arousal,mean_valence,std_valence",
        "2,3.1,1,4.2,1",
    )
    assert told(RECIPES["deam"].read(older), older)["clips_45seconds/2.mp3"][0] == {
        "valence": 4.2,
        "arousal": 3.1,
    }


def test_pmemo_with_the_artists_of_its_other_table(tmp_path: Path) -> None:
    touch(tmp_path, "chorus/1.mp3", "chorus/4.mp3")
    write(tmp_path / "annotations" / "static_annotations.csv", "musicId,Arousal(mean),Valence(mean)",
          "1,0.4,0.575", "4,0.2625,0.2875")  # fmt: skip
    write(tmp_path / "metadata.csv", "musicId,fileName,title,artist,album", "1,1.mp3,Song,Anna,One")
    found = told(RECIPES["pmemo"].read(tmp_path), tmp_path)
    assert found["chorus/1.mp3"] == (
        {"valence": 0.575, "arousal": 0.4},
        {"song": "song 1", "artist": "Anna", "album": "One"},
    )
    assert found["chorus/4.mp3"][1] == {"song": "song 4"}


TURN = "[6.2901 - 8.2357]\t{turn}\t{code}\t[{v}, {a}, {d}]"


def test_iemocap_majorities_and_single_votes(tmp_path: Path) -> None:
    wav = "Session1/sentences/wav/Ses01F_impro01"
    touch(
        tmp_path,
        f"{wav}/Ses01F_impro01_F000.wav",
        f"{wav}/Ses01F_impro01_M001.wav",
        "Session1/dialog/wav/Ses01F_impro01.wav",
    )
    evaluation = tmp_path / "Session1" / "dialog" / "EmoEvaluation"
    write(
        evaluation / "Ses01F_impro01.txt",
        "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]",
        "",
        TURN.format(turn="Ses01F_impro01_F000", code="fru", v="2.5000", a="3.0000", d="2.0000"),
        "C-E2:\tNeutral;\t()",
        "C-E3:\tFrustration; Anger;\t()",
        "C-F1:\tBewildered;\t(curious)",
        "A-E2:\tval  3; act  2; dom  2;\t()",
        "A-E4:\tval  2; act  4; dom  2; \t(mildly aggravated)",
        "",
        TURN.format(turn="Ses01F_impro01_M001", code="xxx", v="3", a="3", d="3"),
    )
    write(evaluation / "Categorical" / "Ses01F_impro01_e1_cat.txt",
          TURN.format(turn="Ses01F_impro01_F000", code="ang", v="1", a="1", d="1"))  # fmt: skip
    result = RECIPES["iemocap"].read(tmp_path)
    found = told(result, tmp_path)
    assert found[f"{wav}/Ses01F_impro01_F000.wav"] == (
        {"valence": 2.5, "arousal": 3.0, "dominance": 2.0, "emotion": "frustration"},
        {"session": "session 01", "speaker": "Ses01F", "dialog": "Ses01F_impro01", "kind": "improvised"},
    )
    assert found[f"{wav}/Ses01F_impro01_M001.wav"][0]["emotion"] is None
    assert found[f"{wav}/Ses01F_impro01_M001.wav"][1]["speaker"] == "Ses01M"
    assert {f.rater: dict(f.labels) for f in result.files if f.rater} == {
        "E2": {"emotion": "neutral", "valence": 3.0, "arousal": 2.0, "dominance": 2.0},
        "E3": {"emotion": "frustration"},
        "E4": {"valence": 2.0, "arousal": 4.0, "dominance": 2.0},
    }
    assert any("Bewildered" in text for text in result.warnings)


def test_msp_podcast_keeps_its_parts_and_does_not_tie_unknown_speakers(tmp_path: Path) -> None:
    touch(tmp_path, "Audios/MSP-PODCAST_0001_0008.wav", "Audios/MSP-PODCAST_0002_0001.wav")
    write(
        tmp_path / "Labels" / "labels_consensus.csv",
        "FileName,EmoClass,EmoAct,EmoVal,EmoDom,SpkrID,Gender,Split_Set",
        "MSP-PODCAST_0001_0008.wav,N,2.6,4.0,3.6,127,Male,Train",
        "MSP-PODCAST_0002_0001.wav,X,5.0,2.2,4.6,Unknown,Female,Test1",
        "MSP-PODCAST_0003_0001.wav,A,5.0,2.2,4.6,3,Female,Development",
    )
    result = RECIPES["msp-podcast"].read(tmp_path)
    files = {one.path.name: one for one in result.files}
    first, second = files["MSP-PODCAST_0001_0008.wav"], files["MSP-PODCAST_0002_0001.wav"]
    assert dict(first.labels) == {"arousal": 2.6, "valence": 4.0, "dominance": 3.6, "emotion": "neutral"}
    assert (dict(first.groups), first.part) == ({"gender": "Male", "speaker": "127"}, "train")
    assert (second.labels["emotion"], dict(second.groups), second.part) == (
        None,
        {"gender": "Female"},
        "test1",
    )
    assert "MSP-PODCAST_0003_0001.wav" in result.warnings[-1]


OWN = """
name = "lab"
title = "Our lab"
expected = { files = 2 }
[names]
pattern = '(?P<who>[a-z]+)-(?P<mood>[hs])(?P<take>\\d)'
groups = { speaker = "{who}" }
[names.labels.mood]
from = "{mood}"
map = { h = "happy", s = "sad" }
[scheme]
name = "lab"
items = [{ name = "mood", type = "category", labels = ["happy", "sad"] }]
"""


def test_a_recipe_of_ones_own_is_a_file(tmp_path: Path) -> None:
    touch(tmp_path / "data", "x/ann-h1.flac", "bo-s2.wav", "notes.wav")
    recipe = recipe_from(write(tmp_path / "lab.toml", OWN))
    result = recipe.read(tmp_path / "data")
    assert Counter((f.labels["mood"], f.groups["speaker"]) for f in result.files) == {
        ("happy", "ann"): 1,
        ("sad", "bo"): 1,
    }
    assert unexpected(recipe, result.files) == []
    assert isinstance(result.files[0], RecipeFile)


@pytest.mark.parametrize(
    ("old", "new", "needle"),
    [
        ('title = "Our lab"', "", "title"),
        ('title = "Our lab"', 'titel = "x"\ntitle = "x"', 'Did you mean "title"'),
        ("(?P<who>[a-z]+)", "(?P<who>[a-z]+", "names[1].pattern"),
        ('"{who}"', '"{whom}"', 'no field "whom"'),
        ('h = "happy"', 'h = "happpy"', "happpy"),
        ("[names.labels.mood]", "[names.labels.mod]", '"mod"'),
        ("files = 2", 'files = "2"', "expected"),
        ("[scheme]", "[schema]", "schema"),
        ("[names]\npattern", "[names]\n#pattern", "names[1].pattern"),
        ("[names]", 'reader = "magic"\n[names]', "give one of them"),
        ('from = "{mood}"', "from = 3", "names[1].labels.mood"),
        ("name", "name name", "not a valid TOML file"),
    ],
)
def test_a_fault_is_named_with_file_and_field(tmp_path: Path, old: str, new: str, needle: str) -> None:
    path = write(tmp_path / "lab.toml", OWN.replace(old, new, 1))
    with pytest.raises(AnnotatorError) as caught:
        recipe_from(path)
    assert needle in str(caught.value)
    assert "\n" not in caught.value.message


def test_a_table_outside_the_corpus_is_refused(tmp_path: Path) -> None:
    text = OWN.replace("[names]\n", '[table]\npath = "../../x.csv"\nfile = "{who}"\n').replace(
        "names.", "table."
    )
    with pytest.raises(AnnotatorError, match="below the folder"):
        recipe_from(write(tmp_path / "lab.toml", text.replace("pattern", "#pattern")))


def test_a_folder_that_is_another_corpus_is_refused(tmp_path: Path) -> None:
    touch(tmp_path, "one.wav", "two.wav")
    for name, declared in SHIPPED.items():
        if not declared.reader:
            with pytest.raises(AnnotatorError, match="looks like"):
                RECIPES[name].read(tmp_path)
    with pytest.raises(AnnotatorError, match="no folder"):
        RECIPES["emodb"].read(tmp_path / "gone")
