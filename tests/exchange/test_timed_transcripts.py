"""TextGrid, ELAN, Whisper and CTM files as tools write them, and as they arrive broken."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.errors import AnnotatorError
from annotator.exchange.bundle import Imported
from annotator.exchange.ctm import read_ctm
from annotator.exchange.elan import read_elan
from annotator.exchange.textgrid import read_textgrid
from annotator.exchange.whisper import read_whisper

LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0 ! a comment with 17 numbers
xmax = 4.5
tiers? <exists>
size = 3
item []:
    item [1]:
        class = "IntervalTier"
        name = "Anna"
        xmin = 0
        xmax = 4.5
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 1
            text = ""
        intervals [2]:
            xmin = 1
            xmax = 2.25
            text = "She said ""no"",
then left!"
        intervals [3]:
            xmin = 2.25
            xmax = 4.5
            text = ""
    item [2]:
        class = "TextTier"
        name = "bell"
        xmin = 0
        xmax = 4.5
        points: size = 1
        points [1]:
            number = 3
            mark = "ding"
    item [3]:
        class = "IntervalTier"
        name = "Bo"
        xmin = 0
        xmax = 4.5
        intervals: size = 1
        intervals [1]:
            xmin = 2.5
            xmax = 4
            text = "안녕"
"""
SHORT = """"ooTextFile"
"TextGrid"
0
3
<exists>
2
"IntervalTier" "words" 0 3 3 0 1 "good" 1 1.5 "day" 2.5 3 "well"
"IntervalTier" "phones" 0 3 1 0 1 "g"
"""

EAF = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT VERSION="3.0">
<HEADER TIME_UNITS="milliseconds"><MEDIA_DESCRIPTOR RELATIVE_MEDIA_URL="./a%20show.wav"/></HEADER>
<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="500"/><TIME_SLOT TIME_SLOT_ID="ts2"/>
<TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="1500"/></TIME_ORDER>
<TIER TIER_ID="A" PARTICIPANT="Anna"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1"
 TIME_SLOT_REF2="ts3"><ANNOTATION_VALUE>Già &amp; fatto</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="w" PARENT_REF="A"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts1"
 TIME_SLOT_REF2="ts2"><ANNOTATION_VALUE>Già</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="gloss" PARENT_REF="A"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a3" ANNOTATION_REF="a1">
<ANNOTATION_VALUE>done</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER>
</ANNOTATION_DOCUMENT>"""

READERS = {".TextGrid": read_textgrid, ".eaf": read_elan, ".json": read_whisper, ".ctm": read_ctm}


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Imported]:
    def write(text: str, suffix: str, encoding: str = "utf-8") -> Imported:
        path = tmp_path / f"talk{suffix}"
        path.write_bytes(text.encode(encoding))
        return READERS[suffix](path)

    return write


def texts(found: Imported) -> list[tuple[float, float, str, str]]:
    return [(s.start_seconds, s.end_seconds, s.speaker, s.text) for s in found.segments]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_long_textgrid(read: Callable[..., Imported], encoding: str) -> None:
    found = read(LONG, ".TextGrid", encoding)
    assert texts(found) == [(1.0, 2.25, "Anna", 'She said "no", then left!'), (2.5, 4.0, "Bo", "안녕")]
    assert found.segments[0].recording == "talk"
    assert "bell" in found.warnings[0]


def test_short_textgrid_of_an_aligner(read: Callable[..., Imported]) -> None:
    found = read(SHORT, ".TextGrid")
    assert texts(found) == [(0.0, 1.5, "", "good day"), (2.5, 3.0, "", "well")]
    assert [word.text for word in found.segments[0].words] == ["good", "day"]
    assert "phones" in found.warnings[0]


def test_elan(read: Callable[..., Imported]) -> None:
    found = read(EAF, ".eaf")
    assert texts(found) == [(0.5, 1.5, "Anna", "Già & fatto")]
    assert found.segments[0].recording == "a show.wav"
    assert [(word.start_seconds, word.end_seconds) for word in found.segments[0].words] == [(0.5, 1.0)]
    assert "gloss" in found.warnings[0]


def test_whisper(read: Callable[..., Imported]) -> None:
    content = {
        "text": "x",
        "segments": [
            {"start": 0, "end": 1.5, "text": " Anna: Hello 3 times.",
             "words": [{"word": " Hello", "start": 0.2, "end": 0.6}, {"word": "3"}]},
            {"start": 2.0, "end": 2.0, "text": "No length."},
            {"start": None, "end": 3, "text": "No time."},
            {"start": 3, "end": 4, "text": "Bye.", "speaker": "SPEAKER_01"},
        ],
    }  # fmt: skip
    found = read(json.dumps(content), ".json")
    assert texts(found) == [(0, 1.5, "Anna", "Hello 3 times."), (3, 4, "SPEAKER_01", "Bye.")]
    assert [word.text for word in found.segments[0].words] == ["Hello"]
    assert len(found.dropped) == 2


def test_ctm(read: Callable[..., Imported]) -> None:
    found = read(
        ";; a comment\nshow A 0.10 0.30 good 0.9\nshow A 0.45 0.25 day\nshow A 0.7 0.3 <eps>\nshow B 2.0 0.5 yes\n"
        "show A nine 0.5 word\nother 1 0 1 alone\n",
        ".ctm",
    )
    assert [(s.recording, *row) for s, row in zip(found.segments, texts(found), strict=True)] == [
        ("other", 0, 1, "", "alone"), ("show", 0.1, 0.7, "A", "good day"), ("show", 2.0, 2.5, "B", "yes"),
    ]  # fmt: skip
    assert found.dropped[0].startswith("Line 6")


@pytest.mark.parametrize(
    ("text", "suffix", "needle"),
    [
        ("hello", ".TextGrid", "TextGrid"),
        (LONG[:300], ".TextGrid", "complete"),
        (
            SHORT.replace("good", "").replace("day", "").replace("well", ""),
            ".TextGrid",
            "nothing with a time",
        ),
        ("<a>", ".eaf", "damaged"),
        ("<a/>", ".eaf", "no ELAN file"),
        ("{", ".json", "not JSON"),
        ('{"segments": 3}', ".json", "segments"),
        ('{"segments": []}', ".json", "nothing with a time"),
        ("one two\n", ".ctm", "nothing with a time"),
    ],
)
def test_what_cannot_be_read_is_explained(
    read: Callable[..., Imported], text: str, suffix: str, needle: str
) -> None:
    with pytest.raises(AnnotatorError, match=needle):
        read(text, suffix)


@given(
    cut=st.integers(0, len(LONG)),
    junk=st.text(max_size=5),
    kind=st.sampled_from([(LONG, ".TextGrid"), (EAF, ".eaf")]),
)
def test_damaged_files_give_segments_or_an_explanation(
    tmp_path_factory: pytest.TempPathFactory, cut: int, junk: str, kind: tuple[str, str]
) -> None:
    text, suffix = kind
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes((text[:cut] + junk + text[cut + len(junk) :]).encode(errors="replace"))
    with suppress(AnnotatorError):
        assert all(0 <= s.start_seconds < s.end_seconds for s in READERS[suffix](path).segments)
