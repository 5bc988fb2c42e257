"""Label tracks, speaker turns and labelled regions as other tools write them."""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from annotator.domain.errors import AnnotatorError
from annotator.exchange.bundle import Imported
from annotator.exchange.formats import FORMATS
from annotator.exchange.recognising import recognise

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def read(path: Path) -> Imported:
    """Reads a file in the format that it is recognised to be in."""
    reader = FORMATS[recognise(path)].read
    assert reader is not None
    return reader(path)


def spans(found: Imported) -> list[tuple[str, float, float, str, str]]:
    return [(s.recording, s.start_seconds, s.end_seconds, s.speaker, s.text) for s in found.segments]


def answers(found: Imported) -> list[tuple[float | None, float | None, str, dict[str, object]]]:
    return [(r.start_seconds, r.end_seconds, r.rater, dict(r.values)) for r in found.ratings]


def test_audacity_labels_of_several_tracks(write: Write) -> None:
    path = write(
        "talk.txt",
        "0.500000\t1.250000\tGià fatto\n\\\t100.000000\t2000.000000\n2.000000\t2.000000\tclick\n"
        "0,75\t1,5\tsecond track\n3.0\t2.0\tbackwards\nnonsense\n4.0\t4.5\n",
    )
    found = read(path)
    assert recognise(path) == "audacity"
    assert spans(found) == [
        ("talk", 0.5, 1.25, "", "Già fatto"),
        ("talk", 0.75, 1.5, "", "second track"),
        ("talk", 4.0, 4.5, "", ""),
    ]
    assert [text.split(":")[0] for text in found.dropped] == ["Line 3", "Line 5", "Line 6"]
    assert "point" in found.dropped[0]
    assert any("2 times with a decimal comma" in text for text in found.warnings)
    assert any("1 label" in text for text in found.warnings)


def test_rttm_gives_turns_of_speakers(write: Write) -> None:
    found = read(
        write(
            "all.rttm",
            ";; made by hand\nSPEAKER show 1 1.25 2.5 <NA> <NA> ann <NA> <NA>\n"
            "SPEAKER show 1 0.5 1.0 <NA> <NA> bo <NA>\nSPKR-INFO show 1 <NA> <NA> <NA> unknown ann <NA>\n"
            "SPEAKER show 1 x 1.0 <NA> <NA> bo <NA>\nSPEAKER show 1 9.0 0.0 <NA> <NA> bo <NA>\n",
        )
    )
    assert spans(found) == [("show", 0.5, 1.5, "bo", ""), ("show", 1.25, 3.75, "ann", "")]
    assert [text.split(":")[0] for text in found.dropped] == ["Line 5", "Line 6"]
    assert "Not read: 1 of the kind SPKR-INFO." in found.warnings


def test_cvat_intervals_with_attributes(write: Write) -> None:
    path = write(
        "task.tsv",
        "id\tfilename\tstart\tstop\tlabel\tsource\tscore\ttranscript\tmood\n"
        '1\ta.wav\t00:00:00.000\t00:00:02.450\tspeech\tmanual\t1.0\t"Hello, ""you""."\tcalm\n'
        "2\ta.wav\t00:01:03.1\t00:01:04\tmusic\tauto\t0.4\t\t\n"
        "3\ta.wav\t00:00:09\t00:00:08\tmusic\tmanual\t1.0\t\t\n",
    )
    found = read(path)
    assert recognise(path) == "cvat"
    assert spans(found) == [("a.wav", 0.0, 2.45, "", 'Hello, "you".'), ("a.wav", 63.1, 64.0, "", "")]
    assert answers(found) == [
        (0.0, 2.45, "reference", {"label": "speech", "mood": "calm"}),
        (63.1, 64.0, "cvat auto", {"label": "music"}),
    ]
    assert found.ratings[1].confidence == 0.4
    assert found.raters == {"reference": "reference", "cvat auto": "machine"}
    assert found.schemes[0].item("label").labels == ("music", "speech")
    assert "Line 4" in found.dropped[0]


REGIONS = [
    {
        "id": 1,
        "data": {"audio": "/data/upload/3/0a1b2c3d-a.wav"},
        "annotations": [
            {
                "completed_by": {"id": 7, "email": "r1@lab"},
                "result": [
                    {"id": "x", "type": "labels", "from_name": "emotion",
                     "value": {"start": 0.5, "end": 1.5, "channel": 0, "labels": ["angry"]}},
                    {"id": "x", "type": "textarea", "from_name": "words",
                     "value": {"start": 0.5, "end": 1.5, "text": ["come", "here"]}},
                    {"id": "y", "type": "choices", "from_name": "heard", "value": {"choices": ["music", "speech"]}},
                    {"id": "z", "type": "rating", "from_name": "quality", "value": {"rating": 4}},
                    {"id": "v", "type": "brushlabels", "from_name": "b", "value": {"format": "rle"}},
                ],
            },
            {"completed_by": 9, "result": [
                {"id": "k", "type": "labels", "from_name": "emotion",
                 "value": {"start": 0.5, "end": 1.5, "labels": ["calm"]}}]},
            {"completed_by": 9, "was_cancelled": True, "result": []},
        ],
        "predictions": [{"result": []}],
    },
    {"data": {"image": "b.png"}, "annotations": []},
]  # fmt: skip


def test_label_studio_regions_of_two_people(write: Write) -> None:
    path = write("project.json", json.dumps(REGIONS))
    found = read(path)
    assert recognise(path) == "labelstudio"
    assert spans(found) == [("a.wav", 0.5, 1.5, "", "come here")]
    assert answers(found) == [
        (0.5, 1.5, "r1@lab", {"emotion": "angry"}),
        (None, None, "r1@lab", {"music": 1, "speech": 1, "quality": 4.0}),
        (0.5, 1.5, "annotator 9", {"emotion": "calm"}),
    ]
    types = {item.name: item.type for item in found.schemes[0].items}
    assert types == {"emotion": "category", "music": "boolean", "speech": "boolean", "quality": "integer"}
    text = " ".join(found.warnings)
    assert all(kind in text for kind in ("brushlabels", "predictions", "skipped annotations"))
    assert "task 2" in found.dropped[0]


def test_label_studio_json_min(write: Write) -> None:
    rows = [
        {"audio": "s3://b/show.mp3", "annotator": 2, "annotation_id": 4,
         "label": [{"start": 1, "end": 2.5, "labels": ["happy"]}]},
    ]  # fmt: skip
    found = read(write("min.json", json.dumps(rows)))
    assert answers(found) == [(1.0, 2.5, "annotator 2", {"label": "happy"})]
    assert found.segments[0].recording == "show.mp3"


def test_json_of_whisper_is_not_taken_for_label_studio(write: Write) -> None:
    path = write("talk.json", json.dumps({"segments": [{"start": 0, "end": 1, "text": "Hello."}]}))
    assert recognise(path) == "whisper"


HEADER = (
    '<?xml version="1.0" ?><annotation ssi-v="3"><info ftype="{ftype}" size="3" />'
    '<meta role="host" annotator="anna" /><scheme name="Emotion" type="{kind}" sr="25" min="0" max="1">'
    '<item name="angry" id="0" color="#FF0000" /><item name="calm" id="1" /></scheme></annotation>'
)


def test_nova_discrete_labels_in_text_and_binary(write: Write) -> None:
    rows = [(0.25, 1.0, 0, 1.0), (1.0, 2.0, 1, 0.5), (2.0, 3.0, -1, 1.0)]
    contents = {
        "ASCII": "".join(f"{a};{b};{code};{sure:.2f}\n" for a, b, code, sure in rows).encode(),
        "BINARY": b"".join(struct.pack("<ddif", *row) for row in rows),
    }
    for ftype, data in contents.items():
        write("show.host.emotion.anna.annotation~", data)
        path = write("show.host.emotion.anna.annotation", HEADER.format(ftype=ftype, kind="DISCRETE"))
        found = read(path)
        assert answers(found) == [
            (0.25, 1.0, "anna", {"emotion": "angry"}),
            (1.0, 2.0, "anna", {"emotion": "calm"}),
            (2.0, 3.0, "anna", {"emotion": ""}),
        ]
        assert found.ratings[0].file == "show"
        assert [rating.confidence for rating in found.ratings] == [1.0, 0.5, 1.0]
        assert found.schemes[0].item("emotion").labels == ("angry", "calm")


def test_nova_free_text_and_what_is_refused(write: Write) -> None:
    path = write("show.annotation", HEADER.format(ftype="ASCII", kind="FREE"))
    with pytest.raises(AnnotatorError, match=r"show\.annotation~"):
        read(path)
    write("show.annotation~", '0.5;1.5;"well; yes";1\n2;1;"no";1\n')
    found = read(path)
    assert spans(found) == [("show", 0.5, 1.5, "host", "well; yes")]
    assert "promises 3" in found.warnings[0]
    assert len(found.dropped) == 1
    write("show.annotation", HEADER.format(ftype="ASCII", kind="CONTINUOUS"))
    with pytest.raises(AnnotatorError, match="continuous"):
        read(path)


def jams(**changes: object) -> str:
    def about(name: str, source: str = "manual") -> dict[str, object]:
        return {"curator": {"name": "C", "email": "c@x"}, "annotator": {"name": name}, "data_source": source}

    content = {
        "file_metadata": {"title": "T", "duration": 30.0, "identifiers": {"file": "music/song.mp3"}},
        "annotations": [
            {"namespace": "mood_thayer", "annotation_metadata": about("R1"),
             "data": [{"time": 0, "duration": 30.0, "value": [0.5, -0.25], "confidence": 0.8}]},
            {"namespace": "mood_thayer", "annotation_metadata": about("R2"),
             "data": {"time": [0, 10], "duration": [10, 5], "value": [[0.1, 0.2], ["x", 0]], "confidence": [1, 1]}},
            {"namespace": "tag_open", "annotation_metadata": about("net", "program"),
             "data": [{"time": 0, "duration": 0, "value": "wonder"}, {"time": 0, "duration": 30, "value": "power"}]},
            {"namespace": "segment_open", "annotation_metadata": about("R1"),
             "data": [{"time": 0, "duration": 12.5, "value": "verse"}]},
            {"namespace": "beat", "data": [{"time": 1, "duration": 0, "value": 1}]},
        ],
        **changes,
    }  # fmt: skip
    return json.dumps(content)


def test_jams_moods_tags_and_segments(write: Write) -> None:
    found = read(write("song.jams", jams()))
    assert answers(found) == [
        (None, None, "R1", {"valence": 0.5, "arousal": -0.25}),
        (0.0, 10.0, "R2", {"valence": 0.1, "arousal": 0.2}),
        (None, None, "net", {"wonder": 1, "power": 1}),
    ]
    assert spans(found) == [("music/song.mp3", 0.0, 12.5, "", "verse")]
    assert found.raters["net"] == "machine"
    assert {s.name: [i.name for i in s.items] for s in found.schemes} == {
        "mood": ["valence", "arousal"],
        "tags": ["wonder", "power"],
    }
    assert "pair of valence and arousal" in found.dropped[0]
    assert "beat" in found.warnings[0]


AUDFORMAT = """name: talk
source: studio
usage: research
raters:
  R1: {type: human}
  net: {type: machine}
  gold: {type: vote}
schemes:
  emotion: {dtype: str, labels: [calm, angry]}
  valence: {dtype: float, minimum: -1, maximum: 1}
  speaker: {dtype: str}
  transcription: {dtype: str}
splits: {train: {type: train}, test: {type: test}}
tables:
  emotion:
    type: segmented
    columns: {R1: {scheme_id: emotion, rater_id: R1}, net: {scheme_id: emotion, rater_id: net}, note: {}}
  emotion.gold_standard:
    type: segmented
    columns: {emotion: {scheme_id: emotion, rater_id: gold}, emotion.confidence: {}}
  valence:
    type: segmented
    columns: {R1: {scheme_id: valence, rater_id: R1}}
  files: {type: filewise, columns: {speaker: {scheme_id: speaker}}}
  text: {type: segmented, columns: {transcription: {scheme_id: transcription}}}
  emotion.train: {type: filewise, split_id: train, columns: {}}
  emotion.test: {type: filewise, split_id: test, columns: {}}
  lost: {type: filewise, columns: {}}
"""
HALF = "audio/a.wav,0 days 00:00:00.000000,0 days 00:00:00.500000"
REST = "audio/a.wav,0 days 00:00:00.500000,0 days 00:01:01.25"
WHOLE = "audio/b.wav,0 days 00:00:00.000000,"


def test_audformat_raters_gold_texts_groups_and_parts(write: Write) -> None:
    tables = {
        "emotion": f"file,start,end,R1,net,note\n{HALF},angry,calm,x\n{REST},calm,calm,\n{WHOLE},,calm,\n",
        "emotion.gold_standard": f"file,start,end,emotion,emotion.confidence\n{HALF},angry,0.5\n",
        "valence": f"file,start,end,R1\n{HALF},0.5\n{REST},-0.25\n",
        "files": "file,speaker\naudio/a.wav,ann\naudio/b.wav,bo\n",
        "text": f'file,start,end,transcription\n{HALF},"Già, fatto"\n',
        "emotion.train": "file\naudio/a.wav\n",
        "emotion.test": "file\naudio/b.wav\n../../etc/passwd.wav\n",
    }
    for name, text in tables.items():
        write(f"db/db.{name}.csv", text)
    folder = write("db/db.yaml", AUDFORMAT).parent
    (folder / "audio").mkdir()
    soundfile.write(folder / "audio" / "a.wav", np.zeros(800), 8000)
    found = read(folder)
    assert recognise(folder) == recognise(folder / "db.yaml") == "audformat"
    assert answers(found) == [
        (0.0, 0.5, "R1", {"emotion": "angry", "valence": "0.5"}),
        (0.0, 0.5, "net", {"emotion": "calm"}),
        (0.5, 61.25, "R1", {"emotion": "calm", "valence": "-0.25"}),
        (0.5, 61.25, "net", {"emotion": "calm"}),
        (None, None, "net", {"emotion": "calm"}),
        (0.0, 0.5, "gold", {"emotion": "angry"}),
    ]
    assert found.ratings[-1].confidence == 0.5
    assert found.raters == {"reference": "reference", "net": "machine", "gold": "reference"}
    assert found.schemes[0].item("emotion").labels == ("calm", "angry")
    assert (found.schemes[0].item("valence").minimum, found.schemes[0].item("valence").maximum) == (-1, 1)
    assert spans(found) == [("audio/a.wav", 0.0, 0.5, "", "Già, fatto")]
    assert found.groups == {"audio/a.wav": {"speaker": "ann"}, "audio/b.wav": {"speaker": "bo"}}
    assert [(part.split, part.part, part.file) for part in found.parts][:2] == [
        ("emotion", "train", "audio/a.wav"),
        ("emotion", "test", "audio/b.wav"),
    ]
    assert found.audio == {"audio/a.wav": folder / "audio" / "a.wav"}
    assert any("outside" in text for text in found.warnings)
    assert any("note" in text for text in found.warnings)
    assert any("lost" in text for text in found.dropped)


def test_audiofolder_with_metadata_in_each_part(write: Write) -> None:
    write(
        "set/train/metadata.csv",
        "file_name,segment,part,speaker,emotion,emotion.happy,valence\n"
        "a.wav,s1,train,ann,happy,0.75,0.5\ngone.wav,s2,train,ann,sad,0.5,0.5\n../../../x.wav,s3,train,ann,sad,1,1\n",
    )
    write("set/dev/metadata.jsonl", '{"file_name": "b.wav", "emotion": "sad", "valence": -1}\nnonsense\n')
    folder = write("set/README.md", "# Set").parent
    for clip in ("train/a.wav", "dev/b.wav"):
        soundfile.write(folder / clip, np.zeros(800), 8000)
    found = read(folder)
    assert recognise(folder) == "audiofolder"
    assert sorted((r.file, dict(r.values)) for r in found.ratings) == [
        ("dev/b.wav", {"emotion": "sad", "valence": "-1"}),
        ("train/a.wav", {"emotion": "happy", "valence": "0.5"}),
    ]
    assert {part.file: part.part for part in found.parts} == {
        "train/a.wav": "train",
        "dev/b.wav": "validation",
    }
    assert found.groups == {"train/a.wav": {"speaker": "ann"}}
    assert sorted(found.audio) == ["dev/b.wav", "train/a.wav"]
    text = " ".join(found.dropped)
    assert all(word in text for word in ("outside", "nonsense", "train/metadata.csv: 1 clip is not there."))


def test_audiofolder_with_a_folder_for_each_label(write: Write) -> None:
    folder = write("set/README.md", "# Set").parent
    for clip in ("train/happy/a.wav", "test/sad/b.wav", "loose.wav"):
        (folder / clip).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / clip, np.zeros(800), 8000)
    found = read(folder)
    assert sorted((r.file, dict(r.values)["label"]) for r in found.ratings) == [
        ("test/sad/b.wav", "sad"),
        ("train/happy/a.wav", "happy"),
    ]
    assert {part.file: part.part for part in found.parts} == {
        "train/happy/a.wav": "train",
        "test/sad/b.wav": "test",
    }
    assert "loose.wav" in found.dropped[0]


def test_a_file_of_no_known_format_is_named(write: Write) -> None:
    path = write("notes.txt", "Some notes.\n")
    with pytest.raises(AnnotatorError, match=r"notes\.txt") as caught:
        recognise(path)
    assert "audacity" in caught.value.hint
    with pytest.raises(AnnotatorError, match="There is no file"):
        recognise(path.with_name("gone.srt"))


def test_jams_of_our_own_say_scheme_item_tier_and_repeat(write: Write) -> None:
    def by(rater: str, item: str, values: list[object], **more: object) -> dict[str, object]:
        data = [{"time": 0.5, "duration": 1.0, "value": value, "confidence": None} for value in values]
        about = {"annotator": {"id": rater}, "data_source": "manual annotation"}
        box = {"scheme": "ours", "item": item, "tier": "turns", **more}
        return {"namespace": "tag_open", "data": data, "annotation_metadata": about, "sandbox": box}

    turns = {"namespace": "segment_open", "data": [{"time": 0.5, "duration": 1.0, "value": ""}],
             "sandbox": {"tier": "turns", "speakers": ["Bo"]}}  # fmt: skip
    answers_ = [
        by("R1", "mood", ["sad"]), by("R1", "power", ["power"]), by("R2", "power", ["no power"]),
        by("R1", "pace", ["pace=2.5"], repeat=1), by("consensus", "mood", ["sad", "glad"], shares=True),
    ]  # fmt: skip
    sandbox = {"file": "a/song.wav", "groups": {"speaker": "Anna", "n": 3}}
    found = read(write("song.jams", jams(annotations=[turns, *answers_], sandbox=sandbox)))
    assert [(s.recording, s.speaker, s.tier, s.text) for s in found.segments] == [
        ("a/song.wav", "Bo", "turns", "")
    ]
    assert [(r.rater, r.scheme, r.repeat, dict(r.values)) for r in found.ratings] == [
        ("R1", "ours", 0, {"mood": "sad", "power": 1}),
        ("R2", "ours", 0, {"power": 0}),
        ("R1", "ours", 1, {"pace": 2.5}),
    ]
    assert found.groups == {"a/song.wav": {"speaker": "Anna"}}
    assert "shares" in found.warnings[0]


def test_audformat_of_our_own_says_tier_parts_groups_and_repeats(write: Write) -> None:
    header = """name: ours
raters: {R1: {type: human}, gold_standard: {type: vote}}
schemes:
  segment: {dtype: str}
  text: {dtype: str}
  speaker: {dtype: str}
  tier: {dtype: str}
  split.cv: {dtype: str}
  group.show: {dtype: str}
  item.text: {dtype: float, minimum: 0, maximum: 1}
  share: {dtype: float}
tables:
  segments: {type: segmented, columns: {segment: {scheme_id: segment}, text: {scheme_id: text},
    speaker: {scheme_id: speaker}, tier: {scheme_id: tier}, split.cv: {scheme_id: split.cv}}}
  item.text: {type: segmented, columns: {R1: {scheme_id: item.text, rater_id: R1},
    R1.again1: {scheme_id: item.text, rater_id: R1}}}
  item.text.train: {type: segmented, split_id: train, columns: {item.text: {scheme_id: item.text,
    rater_id: gold_standard}, item.text.high: {scheme_id: share, rater_id: gold_standard}}}
  files: {type: filewise, columns: {group.show: {scheme_id: group.show}}}
"""
    write(
        "db/db.segments.csv",
        f"file,start,end,segment,text,speaker,tier,split.cv\n{HALF},s1,Hi,Bo,turns,train\n",
    )
    write("db/db.item.text.csv", f"file,start,end,R1,R1.again1\n{HALF},0.5,0.75\n")
    write("db/db.item.text.train.csv", f"file,start,end,item.text,item.text.high\n{HALF},0.5,1\n")
    write("db/db.files.csv", "file,group.show\naudio/a.wav,Late\n")
    found = read(write("db/db.yaml", header).parent)
    assert [(s.text, s.speaker, s.tier) for s in found.segments] == [("Hi", "Bo", "turns")]
    assert [(r.rater, r.repeat, dict(r.values)) for r in found.ratings] == [
        ("R1", 0, {"text": "0.5"}),
        ("R1", 1, {"text": "0.75"}),
        ("gold_standard", 0, {"text": "0.5"}),
    ]
    assert (found.schemes[0].item("text").minimum, found.schemes[0].item("text").maximum) == (0, 1)
    assert [(p.split, p.part, p.file, p.end_seconds) for p in found.parts] == [
        ("cv", "train", "audio/a.wav", 0.5)
    ]
    assert found.groups == {"audio/a.wav": {"show": "Late"}}
    assert any("item.text.high" in text for text in found.warnings)
