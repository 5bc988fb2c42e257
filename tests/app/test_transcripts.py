"""Segmenting by a transcript and comparing tiers, in a corpus."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from annotator.app.add import add_recordings
from annotator.app.corpus_folder import create_corpus
from annotator.app.segment import draw_segment, segment_recordings
from annotator.app.session import Session
from annotator.app.tiers import compare_tiers
from annotator.app.transcripts import segment_by_transcript
from annotator.domain.corpus import Recording, Segment
from annotator.domain.errors import AnnotatorError, UsageError
from annotator.domain.progress import finish
from annotator.segmentation import vad
from annotator.segmentation.activity import Activity
from annotator.segmentation.languages import likely_language, other_language

RATE = 16000
SPEECH = ((0.5, 2.0), (2.4, 4.0), (4.3, 6.5))  # seconds


@pytest.fixture
def talk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """One recording of seven seconds in which the voice detector hears three utterances."""
    soundfile.write(tmp_path / "talk.wav", np.zeros(7 * RATE), RATE)

    def heard(source: object, cache: object) -> Iterator[None]:
        speech = np.zeros(700, np.float32)
        for start, end in SPEECH:
            speech[round(start * 100) : round(end * 100)] = 1
        yield from ()
        return Activity(speech, speech * 60 - 70, 160.0, 7 * RATE, RATE)

    monkeypatch.setattr(vad, "analyse", heard)
    with create_corpus(tmp_path / "t.corpus") as session:
        finish(add_recordings(session, [tmp_path / "talk.wav"]))
        yield session


def only(session: Session) -> Recording:
    with session.reading() as reader:
        return reader.recordings()[0]


def segments(session: Session, tier: str) -> list[Segment]:
    with session.reading() as reader:
        found = next(one for one in reader.tiers() if one.name == tier)
        return reader.segments(tier_id=found.id)


def rows(session: Session, tier: str = "transcript") -> list[tuple[float, float, str, str]]:
    return [
        (round(s.start / RATE, 2), round(s.end / RATE, 2), s.speaker, s.text) for s in segments(session, tier)
    ]


@pytest.fixture
def vtt(tmp_path: Path) -> Path:
    path = tmp_path / "talk.vtt"
    path.write_text(
        "WEBVTT\n\n00:00.300 --> 00:04.100\n<v Anna>It rained today. We stayed here.\n\n"
        "00:04.100 --> 00:06.800\n<v Bo>And we were happy.\n"
    )
    return path


def test_sentences_of_cues_lie_between_pauses(talk: Session, vtt: Path) -> None:
    (result,) = finish(segment_by_transcript(talk, vtt))
    assert (result.method, result.segments, result.tier) == ("transcript", 3, "transcript")
    assert rows(talk) == [
        (0.5, 2.0, "Anna", "It rained today."), (2.4, 4.0, "Anna", "We stayed here."),
        (4.3, 6.5, "Bo", "And we were happy."),
    ]  # fmt: skip
    assert talk.undo() is not None
    assert segments_or_none(talk) == []


def segments_or_none(session: Session) -> list[Segment]:
    with session.reading() as reader:
        return reader.segments()


def test_work_by_hand_stays_and_methods_are_replaced(talk: Session, vtt: Path) -> None:
    drawn = draw_segment(talk, only(talk), "transcript", RATE * 2, RATE * 4)
    for kept in (1, 3):
        (result,) = finish(segment_by_transcript(talk, vtt))
        assert (result.segments, result.by_hand, result.kept) == (2, 1, kept)
    assert drawn in segments(talk, "transcript")
    assert len(rows(talk)) == len(set(rows(talk)))


@pytest.mark.parametrize(
    ("name", "text", "needle"),
    [
        ("talk.doc", "x", "ending|end in"),
        ("talk.srt", "1\n00:10:00,000 --> 00:10:02,000\nLater.\n", "goes on after"),
        ("talk.txt", "  \n", "empty"),
        ("talk.txt", "...\n", "no sentence"),
    ],
)
def test_what_cannot_be_used_is_said_and_changes_nothing(
    talk: Session, tmp_path: Path, name: str, text: str, needle: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(AnnotatorError, match=needle):
        finish(segment_by_transcript(talk, path))
    assert segments_or_none(talk) == []


def test_overlapping_windows_need_a_tier_that_takes_them(talk: Session) -> None:
    recordings = [only(talk)]
    options: dict[str, float | str] = {"length": 2.0, "hop": 1.0}
    (made,) = finish(segment_recordings(talk, recordings, method="fixed", options=options))
    assert made.segments == 6
    draw_segment(talk, recordings[0], "mine", 0, RATE)
    with pytest.raises(AnnotatorError, match="may not overlap"):
        finish(segment_recordings(talk, recordings, method="fixed", tier="mine", options=options))


def test_a_transcript_of_other_times_is_doubted(talk: Session, tmp_path: Path, vtt: Path) -> None:
    (fine,) = finish(segment_by_transcript(talk, vtt))
    assert not any("another recording" in text for text in fine.warnings)
    other = tmp_path / "other.srt"
    other.write_text("1\n00:00:02,000 --> 00:00:02,400\nNo.\n\n2\n00:00:06,400 --> 00:00:07,000\nNo, no.\n")
    (doubted,) = finish(segment_by_transcript(talk, other))
    assert any("another recording" in text for text in doubted.warnings)


def test_only_the_sentences_of_a_stretch_are_taken(talk: Session, vtt: Path) -> None:
    finish(segment_by_transcript(talk, vtt))
    draw_segment(talk, only(talk), "mine", 0, RATE)
    (result,) = finish(segment_by_transcript(talk, vtt, tier="mine", stretch=(2 * RATE, 5 * RATE)))
    assert [row[3] for row in rows(talk, "mine")] == ["", "We stayed here."]
    assert (result.added, result.kept, result.by_hand) == (1, 1, 1)
    (dry,) = finish(segment_by_transcript(talk, vtt, dry_run=True))
    assert (dry.kept, dry.added, dry.removed, dry.moved, dry.reworded) == (3, 0, 0, 0, 0)


def test_a_text_in_another_language_than_named_is_noticed() -> None:
    texts = {
        "en": "He was angry because the train was late again, and we should have asked them before.",
        "id": "Dia marah karena kereta terlambat lagi, dan tidak ada yang tahu ke mana orang itu pergi.",
        "it": "Era arrabbiato perché il treno era in ritardo, e nessuno sapeva che cosa si doveva fare.",
        "ko": "오늘 아침은 날씨가 추워서 집에 있었습니다.",
    }
    for language, text in texts.items():
        assert likely_language(text) == language
        assert [named for named in texts if other_language(text, named) is None] == [language]
        assert other_language(text, "fi") is None
    assert likely_language("Si, no.") is None
    assert likely_language("") is None


def test_two_tiers_are_compared(talk: Session, vtt: Path) -> None:
    finish(segment_by_transcript(talk, vtt))
    recording = only(talk)
    for start, end in ((0.5, 2.0), (2.4, 4.08), (6.0, 6.5)):
        draw_segment(talk, recording, "anna", round(start * RATE), round(end * RATE))
    result = compare_tiers(talk, "transcript, anna")
    scores = {tolerance: score.matches for tolerance, score in result.boundaries}
    assert scores == {0.05: 4, 0.1: 5, 0.2: 5, 0.5: 5}
    assert (result.matches.matched, result.matches.only_first, result.matches.only_second) == (2, 1, 1)
    assert result.alpha is not None
    assert 0 < result.alpha < 1
    assert compare_tiers(talk, "anna,transcript").alpha == pytest.approx(result.alpha)
    assert result.to_dict()["boundaries"][0]["tolerance_seconds"] == 0.05
    for wrong in ("anna", "anna,anna", "a,b,c"):
        with pytest.raises(UsageError, match="two tiers"):
            compare_tiers(talk, wrong)
    with pytest.raises(AnnotatorError, match="bob"):
        compare_tiers(talk, "anna,bob")
