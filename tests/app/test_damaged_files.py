"""Damaged, hostile and absurd files: every reader explains itself or reports what it mended; a corpus stays whole.

A format that is added to the registry is covered by itself once it has a sample here, and fails until it has one.
"""

import json
import re
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.app.importing import import_file
from annotator.app.session import Session
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.exchange.bundle import Imported
from annotator.exchange.formats import FORMATS
from annotator.exchange.recognising import recognise

Files: TypeAlias = dict[str, bytes]
"""What a source consists of, by relative path; the first is the one that is given to the reader, or the folder's."""

_REGION = {"id": "x", "type": "labels", "from_name": "emotion",
           "value": {"start": 0.1, "end": 0.5, "labels": ["angry"]}}  # fmt: skip

SAMPLES: dict[str, Files] = {
    "csv": {"a.csv": b"file,start,end,rater,item,value\nann_1.wav,0.1,0.5,R1,valence,0.5\n"
                     b"ann_1.wav,0.5,0.9,R1,valence,-0.5\n"},
    "srt": {"ann_1.srt": "1\n00:00:00,100 --> 00:00:00,500\nAnn: Già fatto.\n\n2\n00:00:00,600 --> 00:00:00,900\nNo.\n"
            .encode()},
    "vtt": {"ann_1.vtt": b"WEBVTT\n\n00:00.100 --> 00:00.500\n<v Ann>Hello.\n\n00:00.600 --> 00:00.900\nNo.\n"},
    "textgrid": {"ann_1.TextGrid": b'"ooTextFile"\n"TextGrid"\n0\n1\n<exists>\n1\n'
                                   b'"IntervalTier" "Ann" 0 1 2 0 0.5 "good" 0.5 1 "day"\n'},
    "elan": {"ann_1.eaf": b'<ANNOTATION_DOCUMENT VERSION="3.0"><HEADER TIME_UNITS="milliseconds"/><TIME_ORDER>'
                          b'<TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="100"/><TIME_SLOT TIME_SLOT_ID="ts2" '
                          b'TIME_VALUE="500"/></TIME_ORDER><TIER TIER_ID="A"><ANNOTATION><ALIGNABLE_ANNOTATION '
                          b'ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2"><ANNOTATION_VALUE>Gi&#224;'
                          b"</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER></ANNOTATION_DOCUMENT>"},
    "whisper": {"ann_1.json": json.dumps({"segments": [
        {"start": 0.1, "end": 0.5, "text": "Hello.", "words": [{"start": 0.1, "end": 0.5, "word": "Hello."}]}]}
    ).encode()},
    "ctm": {"a.ctm": b"ann_1 1 0.10 0.30 good 0.9\nann_1 1 0.40 0.30 day 0.8\n"},
    "audacity": {"ann_1.txt": b"0.100000\t0.500000\tgood\n\\\t10\t20\n0.600000\t0.900000\tday\n"},
    "rttm": {"a.rttm": b"SPEAKER ann_1 1 0.1 0.4 <NA> <NA> ann <NA> <NA>\nSPEAKER ann_1 1 0.5 0.4 <NA> <NA> bo <NA>\n"},
    "audformat": {
        "db.yaml": b"name: talk\nraters: {R1: {type: human}}\nschemes: {emotion: {dtype: str, labels: [calm, angry]}}\n"
                   b"splits: {train: {type: train}}\ntables:\n  emotion: {type: segmented, split_id: train, columns: "
                   b"{R1: {scheme_id: emotion, rater_id: R1}}}\n",
        "db.emotion.csv": b"file,start,end,R1\nann_1.wav,0 days 00:00:00.1,0 days 00:00:00.500000,angry\n"
                          b"ann_2.wav,0 days 00:00:00.1,,calm\n",
    },
    "jams": {"ann_1.jams": json.dumps({"file_metadata": {"duration": 1.0}, "annotations": [
        {"namespace": "mood_thayer", "annotation_metadata": {"annotator": {"name": "R1"}},
         "data": [{"time": 0.1, "duration": 0.5, "value": [0.5, -0.5], "confidence": 1}]},
        {"namespace": "tag_open", "data": [{"time": 0, "duration": 1, "value": "wonder"}]}]}).encode()},
    "labelstudio": {"p.json": json.dumps([{"data": {"audio": "/data/upload/1/0a1b2c3d-ann_1.wav"},
                                           "annotations": [{"completed_by": 1, "result": [_REGION]}]}]).encode()},
    "cvat": {"c.tsv": b"id\tfilename\tstart\tstop\tlabel\tsource\tscore\ttranscript\n"
                      b"1\tann_1.wav\t00:00:00.100\t00:00:00.500\tspeech\tmanual\t1.0\tGood day\n"},
    "nova": {
        "ann_1.annotation": b'<annotation ssi-v="3"><info ftype="BINARY" size="2"/><meta role="r" annotator="R1"/>'
                            b'<scheme name="emotion" type="DISCRETE"><item name="angry" id="0"/><item name="calm" '
                            b'id="1"/></scheme></annotation>',
        "ann_1.annotation~": struct.pack("<ddifddif", 0.1, 0.5, 0, 1.0, 0.5, 0.9, 1, 1.0),
    },
    "audiofolder": {"metadata.csv": b"file_name,part,emotion\nx/ann_1.wav,train,angry\n../../bo_1.wav,test,calm\n",
                    "metadata.jsonl": b'{"file_name": "y.wav", "emotion": "calm"}\n'},
}  # fmt: skip

FOLDERS = ("audformat", "audiofolder")
READABLE = [name for name, entry in FORMATS.items() if entry.read is not None]


def lay(folder: Path, name: str, files: Files) -> Path:
    """Writes a source and gives what is to be imported."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder if name in FOLDERS else folder / next(iter(files))


def read(name: str, path: Path) -> Imported:
    reader = FORMATS[name].read
    assert reader is not None
    return reader(path)


def explained(name: str, path: Path) -> Imported | None:
    """What a reader gives, or `None` where it refuses in one sentence that names the file; all else is a failure."""
    said: AnnotatorError | None = None
    try:
        return read(name, path)
    except AnnotatorError as error:
        said = error
    assert said.message
    assert "\n" not in said.message
    return None


def test_every_format_that_can_be_read_has_a_sample() -> None:
    assert set(READABLE) == set(SAMPLES)


@pytest.mark.parametrize("name", READABLE)
def test_the_sample_itself_is_recognised_and_read(name: str, tmp_path: Path) -> None:
    path = lay(tmp_path / "s", name, SAMPLES[name])
    if name == "audiofolder":  # its clips are not there
        assert explained(name, path) is None
        return
    found = read(name, path)
    assert recognise(path) == name
    assert found.segments or found.ratings


@pytest.mark.parametrize("name", READABLE)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bytes_changed_lost_and_doubled(name: str, tmp_path: Path, data: st.DataObject) -> None:
    files = dict(SAMPLES[name])
    victim = data.draw(st.sampled_from(sorted(files)))
    content = bytearray(files[victim])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(len(content) - 1, 0)))
        length = data.draw(st.integers(0, 12))
        content[at : at + length] = data.draw(st.one_of(st.binary(max_size=6), st.sampled_from(NASTY)))
    files[victim] = bytes(content)
    explained(name, lay(tmp_path / "s", name, files))


NASTY = [b"9" * 400, b"9" * 5000, b"-1", b"1e999", b"NaN", b"-Infinity", b"=cmd|'/C calc'!A0",
         b"../../../../etc/passwd", b"C:\\Windows\\x.wav", b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\r", b'"',
         b"null", b"[]", b"{}", b"true", "\u202egnp.wav".encode(), b"\xc2\xb2", b"&x;", b"<!--"]  # fmt: skip


@pytest.mark.parametrize("name", READABLE)
def test_truncated_anywhere(name: str, tmp_path: Path) -> None:
    for victim, content in SAMPLES[name].items():
        for length in range(0, len(content), max(1, len(content) // 60)):
            files = SAMPLES[name] | {victim: content[:length]}
            explained(name, lay(tmp_path / "s", name, files))


@pytest.mark.parametrize("name", READABLE)
def test_every_number_made_absurd(name: str, tmp_path: Path) -> None:
    for victim, content in SAMPLES[name].items():
        for match in re.finditer(rb"\d+(?:\.\d+)?", content):
            for absurd in NASTY[:7]:
                damaged = content[: match.start()] + absurd + content[match.end() :]
                explained(name, lay(tmp_path / "s", name, SAMPLES[name] | {victim: damaged}))


@pytest.mark.parametrize("name", READABLE)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "cp1252", "utf-7", "cp037"])
def test_wrong_encodings(name: str, encoding: str, tmp_path: Path) -> None:
    for victim, content in SAMPLES[name].items():
        with suppress(UnicodeError):
            recoded = content.decode().encode(encoding)
            explained(name, lay(tmp_path / "s", name, SAMPLES[name] | {victim: recoded}))


@pytest.mark.parametrize("name", READABLE)
@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"\xef\xbb\xbf", b"\0" * 4096, b"RIFF\x24\x08\0\0WAVEfmt ", b"PK\x03\x04" + b"\0" * 200,
     b"%PDF-1.7\n"],
    ids=["empty", "blank", "mark", "zeros", "wave", "zip", "pdf"],
)  # fmt: skip
def test_files_of_another_kind_are_refused(name: str, content: bytes, tmp_path: Path) -> None:
    first = next(iter(SAMPLES[name]))
    path = lay(tmp_path / "s", name, {first: content})
    found = explained(name, path)
    assert found is None or not (found.segments or found.ratings)


@pytest.mark.parametrize("name", READABLE)
def test_missing_files_folders_and_unreadable_ones_are_named(name: str, tmp_path: Path) -> None:
    gone = tmp_path / "gone" / next(iter(SAMPLES[name]))
    for path in (gone, *([] if name in FOLDERS else [tmp_path])):
        with pytest.raises(AnnotatorError, match=path.parent.name):
            read(name, path)


@pytest.mark.parametrize("name", ["whisper", "labelstudio", "jams"])
def test_json_without_end_and_nested_without_end(name: str, tmp_path: Path) -> None:
    first = next(iter(SAMPLES[name]))
    for content in (b"[" * 200_000, b'{"annotations":' * 100_000, b'{"segments": [' + b"[" * 100_000):
        with pytest.raises(AnnotatorError):
            read(name, lay(tmp_path, name, {first: content}))


BOMB = ('<!DOCTYPE x [<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(b)} "{f"&{chr(b - 1)};" * 10}">'
        for b in range(98, 108)) + "]>").encode()  # fmt: skip


@pytest.mark.parametrize("name", ["elan", "nova"])
@pytest.mark.parametrize(
    "before", [BOMB, b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'], ids=["bomb", "outside"]
)
def test_xml_that_grows_or_reads_other_files_is_refused(name: str, before: bytes, tmp_path: Path) -> None:
    first, content = next(iter(SAMPLES[name].items()))
    path = lay(tmp_path, name, SAMPLES[name] | {first: before + content.replace(b'"A"', b'"&a;"')})
    with pytest.raises(AnnotatorError, match="entities"):
        read(name, path)


def test_xml_nested_without_end_is_refused(tmp_path: Path) -> None:
    path = lay(tmp_path, "elan", {"x.eaf": b"<ANNOTATION_DOCUMENT>" + b"<a>" * 100_000})
    with pytest.raises(AnnotatorError, match="too deeply"):
        read("elan", path)


def test_yaml_that_grows_makes_objects_or_names_other_files_is_refused(tmp_path: Path) -> None:
    grows = "a: &a [x, x]\n" + "".join(
        f"{chr(c)}: &{chr(c)} [*{chr(c - 1)}, *{chr(c - 1)}]\n" for c in range(98, 122)
    )
    makes = "name: !!python/object/apply:os.system [echo]\ntables: {}\n"
    names = "name: x\ntables: {../../etc/passwd: {columns: {a: {scheme_id: b}}}}\n"
    deep = "a: " + "[" * 50_000
    for text in (grows, makes, names, deep):
        with pytest.raises(AnnotatorError):
            read("audformat", lay(tmp_path, "audformat", {"db.yaml": text.encode()}))


def test_names_that_lead_out_of_a_data_set_take_nothing_from_there(
    tmp_path: Path, make_sound: Callable[..., Path]
) -> None:
    make_sound(tmp_path / "secret.wav")
    make_sound(tmp_path / "s" / "x" / "ann_1.wav")
    (tmp_path / "s" / "link.wav").symlink_to(tmp_path / "secret.wav")
    names = [
        "../secret.wav",
        str(tmp_path / "secret.wav"),
        "link.wav",
        "x/../../secret.wav",
        "..\\secret.wav",
    ]
    table = "file_name,emotion\n" + "".join(f"{name},calm\n" for name in names) + "x/ann_1.wav,angry\n"
    found = read("audiofolder", lay(tmp_path / "s", "audiofolder", {"metadata.csv": table.encode()}))
    assert list(found.audio) == ["x/ann_1.wav"]
    assert len(found.dropped) == len(names)


@pytest.mark.parametrize("name", [name for name in READABLE if name != "audiofolder"])
def test_a_damaged_file_never_comes_in_by_halves(name: str, tmp_path: Path, session: Session) -> None:
    """Whatever the damage, the corpus is as before or has all that the result tells; one undo makes it as before."""

    def counted() -> tuple[int, int, int]:
        with session.reading() as reader:
            return len(reader.segments()), len(reader.annotations()), len(reader.recordings())

    victim, content = list(SAMPLES[name].items())[-1]
    before = counted()
    for part in range(1, 13):
        files = SAMPLES[name] | {victim: content[: len(content) * part // 12]}
        try:
            result = finish(import_file(session, lay(tmp_path / "s", name, files), format=name))
        except AnnotatorError:
            assert counted() == before
            continue
        made = (result.segments, result.annotations, result.recordings)
        assert counted() == tuple(a + b for a, b in zip(before, made, strict=True))
        session.undo()
        assert counted() == before


def test_formula_like_texts_stay_texts(tmp_path: Path, session: Session) -> None:
    text = "=HYPERLINK('http://x')"
    finish(import_file(session, lay(tmp_path, "audacity", {"ann_1.txt": f"0.1\t0.5\t{text}\n".encode()})))
    with session.reading() as reader:
        assert [segment.text for segment in reader.segments()] == [text]
