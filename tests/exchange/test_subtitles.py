"""SubRip and WebVTT as they are found in the world."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.domain.errors import AnnotatorError
from annotator.exchange.bundle import Imported
from annotator.exchange.subtitles import read_srt, read_vtt


def read(tmp_path: Path, text: str, name: str = "talk.vtt", encoding: str = "utf-8") -> Imported:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return read_vtt(path) if name.endswith("vtt") else read_srt(path)


def texts(imported: Imported) -> list[tuple[float, float, str, str]]:
    return [(s.start_seconds, s.end_seconds, s.speaker, s.text) for s in imported.segments]


def test_srt_of_several_lines_with_tags_and_speakers(tmp_path: Path) -> None:
    imported = read(
        tmp_path,
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\n{\\an8}<i>Anna: Good\r\nevening</i>\r\n\r\n"
        "2\r\n1:00:03,5 --> 1:00:04,000 X1:40\r\nIt is 10:30, so a < b: <3\r\n",
        "talk.srt",
    )
    assert texts(imported) == [
        (1.0, 2.5, "Anna", "Good evening"),
        (3603.5, 3604.0, "", "It is 10:30, so a < b: <3"),
    ]
    assert imported.segments[0].recording == "talk"
    assert imported.segments[1].row == 7


def test_vtt_with_everything(tmp_path: Path) -> None:
    imported = read(
        tmp_path,
        "WEBVTT - a title\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE this\nis a note\n\n"
        "intro\n00:01.000 --> 00:02.000 align:start\n<v.loud Dr. Anna Bo>Hello <c.x>there</c> &amp; <b>you</b></v>\n\n"
        "00:00:02.000 --> 00:00:03.000\n- ANNA: No\n\n00:03.000 --> 00:04.000\n<00:03.500>Yes\n",
    )
    assert texts(imported) == [
        (1.0, 2.0, "Dr. Anna Bo", "Hello there & you"),
        (2.0, 3.0, "ANNA", "No"),
        (3.0, 4.0, "", "Yes"),
    ]
    assert imported.dropped == ()
    assert "Dr. Anna Bo (1), ANNA (1)" in imported.warnings[0]


@pytest.mark.parametrize(
    "text", ["<v Anna>Hi</v> <v Bo>Hello</v>", "Anna: Hi\nBo: Hello"], ids=["voices", "prefixes"]
)
def test_two_speakers_in_one_cue_are_not_made_one(tmp_path: Path, text: str) -> None:
    imported = read(tmp_path, f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n")
    assert texts(imported) == [(1.0, 2.0, "", "Anna: Hi Bo: Hello")]
    assert "several speakers" in imported.warnings[0]


@pytest.mark.parametrize("prefix", ["Speaker 1", "SPEAKER_00", "Dr. Smith", "진행자", "Jean-Luc O’Neill"])
def test_speaker_prefixes(tmp_path: Path, prefix: str) -> None:
    assert texts(read(tmp_path, f"WEBVTT\n\n00:01.000 --> 00:02.000\n{prefix}: hi\n")) == [
        (1.0, 2.0, prefix, "hi")
    ]


@pytest.mark.parametrize("text", ["He said: come", "At 10:30", "https://a.org: x", "3: x", ": x"])
def test_what_is_no_speaker(tmp_path: Path, text: str) -> None:
    assert texts(read(tmp_path, f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n")) == [(1.0, 2.0, "", text)]


def test_impossible_cues_are_dropped_and_odd_ones_reported(tmp_path: Path) -> None:
    imported = read(
        tmp_path,
        "WEBVTT\n\n00:05.000 --> 00:07.000\nlate\n\n00:01.000 --> 00:02.000\nearly\n\n"
        "00:03.000 --> 00:03.000\nno length\n\n00:04.000 --> 00:03.500\nbackwards\n\n"
        "00:99.000 --> 00:03.500\nno time\n\n00:06.000 --> 00:08.000\noverlaps\n\nlost text\n",
    )
    assert [segment.text for segment in imported.segments] == ["early", "late", "overlaps"]
    assert [text.split(":")[0] for text in imported.dropped] == ["Line 9", "Line 12", "Line 15", "Line 21"]
    assert any("sorted" in text for text in imported.warnings)
    assert any("0:06.000" in text for text in imported.warnings)


def test_srt_with_missing_and_superfluous_blank_lines(tmp_path: Path) -> None:
    imported = read(
        tmp_path,
        "1\n00:00:01,000 --> 00:00:02,000\none\n2\n00:00:02,000 --> 00:00:03,000\ntwo\n\n1984\n\n"
        "3\n\n00:00:03,000 --> 00:00:04,000\nthree\n",
        "talk.srt",
    )
    assert [segment.text for segment in imported.segments] == ["one", "two 1984", "three"]
    assert imported.dropped == ()


@pytest.mark.parametrize(
    ("name", "text", "needle"),
    [
        ("a.vtt", "1\n00:00:01,000 --> 00:00:02,000\nx\n", "import it as srt"),
        ("a.vtt", "WEBVTT\n\n", "no cue"),
        ("a.srt", "WEBVTT\n", "no cue"),
        ("a.srt", "1\n00:00:02,000 --> 00:00:01,000\nx\n", "Line 2"),
        ("a.srt", "  \n", "empty"),
    ],
)
def test_what_cannot_be_read_is_explained(tmp_path: Path, name: str, text: str, needle: str) -> None:
    with pytest.raises(AnnotatorError) as caught:
        read(tmp_path, text, name)
    assert needle in str(caught.value)


def stamp(milliseconds: int, comma: str, hours: bool) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    head = f"{hour:02d}:" if hours or hour else ""
    return f"{head}{minute:02d}:{second:02d}{comma}{rest:03d}"


words = st.text(st.sampled_from("abcdefg éß한 ,.?!"), min_size=1, max_size=12).filter(
    lambda t: t.strip() != ""
)
cues = st.lists(
    st.tuples(
        st.integers(0, 3_000),  # pause before, in milliseconds
        st.integers(1, 3_600_000),  # length
        st.lists(words, min_size=1, max_size=3),
        st.sampled_from(["", "Anna", "Dr. Bo"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None)
@given(cues=cues, webvtt=st.booleans(), hours=st.booleans(), crlf=st.booleans(), bom=st.booleans())
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    cues: list[tuple[int, int, list[str], str]],
    webvtt: bool,
    hours: bool,
    crlf: bool,
    bom: bool,
) -> None:
    blocks = ["WEBVTT"] if webvtt else []
    expected = []
    at = 0
    for number, (pause, length, lines, speaker) in enumerate(cues, start=1):
        start, at = at + pause, at + pause + length
        comma = "." if webvtt else ","
        timing = f"{stamp(start, comma, hours)} --> {stamp(at, comma, hours)}"
        if webvtt and speaker:
            lines = [f"<v {speaker}>{lines[0]}</v>", *lines[1:]]
        elif speaker:
            lines = [f"{speaker}: {lines[0]}", *lines[1:]]
        blocks.append("\n".join([str(number), timing, *lines]))
        text = " ".join(" ".join(part for line in cues[number - 1][2] for part in line.split()).split())
        expected.append((start / 1000, at / 1000, speaker, text))
    text = ("\ufeff" if bom else "") + "\n\n".join(blocks) + "\n"
    path = tmp_path_factory.getbasetemp() / "round.txt"
    path.write_bytes(text.replace("\n", "\r\n" if crlf else "\n").encode())
    imported = read_vtt(path) if webvtt else read_srt(path)
    assert texts(imported) == expected
    assert imported.dropped == ()


@settings(deadline=None)
@given(text=st.text(st.sampled_from("0123456789:.,-> \nWEBVTTNOTE<v>&;Aa"), max_size=120))
def test_any_text_gives_segments_or_an_explanation(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.srt"
    path.write_text(text)
    with suppress(AnnotatorError):
        assert all(0 <= s.start_seconds < s.end_seconds for s in read_srt(path).segments)


@pytest.mark.real_data
def test_a_real_talk_show(real_data: Path) -> None:
    imported = read_vtt(real_data / "speech_with_transcript" / "talk_show.vtt")
    assert len(imported.segments) == 466
    assert imported.segments[1].text == "Hello and welcome to Talk Python To Me, a weekly podcast on Python,"
    assert imported.dropped == ("Line 1050: the cue has no length.", "Line 1332: the cue has no length.")
