"""Sentences in texts, their times from cues and words, and their boundaries in pauses."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.domain.errors import AnnotatorError
from annotator.segmentation.plain import sentences_of
from annotator.segmentation.sentences import Cue, Sentence, split_sentences, timed_sentences
from annotator.segmentation.snapping import Pauses, snapped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Smith came at 3.5 p.m. today. Why?", ["Dr. Smith came at 3.5 p.m. today.", "Why?"]),
        ("Selamat pagi. Apa kabar? Baik!", ["Selamat pagi.", "Apa kabar?", "Baik!"]),
        ("È tardi. Andiamo a casa!", ["È tardi.", "Andiamo a casa!"]),
        ("안녕하세요. 저는 학생입니다.", ["안녕하세요.", "저는 학생입니다."]),
        (
            "😀 A line\nthat is wrapped. Next.\n\nA title\n\nText.",
            ["😀 A line\nthat is wrapped.", "Next.", "A title", "Text."],
        ),
        ("", []),
    ],
)
def test_sentences_of_several_languages(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in split_sentences(text)] == expected


@given(st.text(max_size=80))
def test_nothing_but_space_is_lost(text: str) -> None:
    found = split_sentences(text)
    assert all(0 <= a < b <= len(text) for a, b in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    kept = {n for a, b in found for n in range(a, b)}
    assert all(not text[n].isalnum() for n in range(len(text)) if n not in kept)


def test_words_time_their_sentences() -> None:
    words = ((1.0, 1.4, "It"), (1.4, 2.0, "rained."), (2.6, 3.0, "We"), (3.0, 3.5, "stayed."))
    found = timed_sentences([Cue(0.8, 4.0, "It rained. We stayed.", "Anna", words)])
    assert [(s.start, s.end, s.text, s.speaker) for s in found] == [
        (1.0, 2.0, "It rained.", "Anna"), (2.6, 3.5, "We stayed.", "Anna"),
    ]  # fmt: skip


def test_a_sentence_goes_on_over_cues_but_not_over_speakers_or_silence() -> None:
    cues = [
        Cue(0, 2, "We were", "Anna"), Cue(2, 3, "late. So", "Anna"),
        Cue(3, 4, "what?", "Bo"), Cue(20, 21, "and then", "Bo"),
    ]  # fmt: skip
    found = timed_sentences(cues)
    assert [(s.text, s.speaker) for s in found] == [
        ("We were late.", "Anna"), ("So", "Anna"), ("what?", "Bo"), ("and then", "Bo"),
    ]  # fmt: skip
    assert (found[0].start, found[2].start, found[3].end) == (0, 3, 21)


def test_boundaries_take_the_pause_that_is_long_and_near() -> None:
    quiet = Pauses(np.array([0.0, 1.9, 2.6, 5.0]), np.array([0.2, 2.0, 3.0, 6.0]))
    given = [Sentence(0.0, 2.4, "One.", "", 0.5, 0.5), Sentence(2.4, 5.4, "Two.", "", 0.5, 0.5)]
    assert [(s.start, s.end) for s in snapped(given, quiet)] == [(0.2, 2.6), (3.0, 5.0)]


sentences = st.lists(st.tuples(st.floats(0, 2), st.floats(0.06, 5)), min_size=1, max_size=12)


@given(sentences, st.lists(st.tuples(st.floats(0.05, 3), st.floats(0.08, 2)), max_size=12), st.floats(0, 1))
def test_snapped_sentences_stay_in_order(
    given: list[tuple[float, float]], gaps: list[tuple[float, float]], reach: float
) -> None:
    at, before = 0.0, []
    for pause, length in given:
        before.append(Sentence(at + pause, at + pause + length, "x", "", reach, reach))
        at += pause + length
    place, starts, ends = 0.0, [0.0], [0.0]
    for speech, silence in gaps:
        starts.append(place + speech)
        ends.append(place + speech + silence)
        place += speech + silence
    after = snapped(before, Pauses(np.array(starts), np.array(ends)))
    assert len(after) == len(before)
    assert all(one.start < one.end for one in after)
    assert all(one.end <= other.start for one, other in pairwise(after))


def test_names_at_the_start_of_lines_are_speakers() -> None:
    found = sentences_of("Anna: Good evening. How\nare you?\n\nBo: Fine.\nHe said: come.", "x.wav")
    assert [(s.text, s.speaker) for s in found] == [
        ("Good evening.", "Anna"), ("How are you?", "Anna"), ("Fine.", "Bo"), ("He said: come.", "Bo"),
    ]  # fmt: skip
    with pytest.raises(AnnotatorError, match="no sentence"):
        sentences_of(" ... \n", "x.wav")
