"""On real recordings: speech is found in speech, and none in music."""

from pathlib import Path

import pytest

from annotator.audio.source import open_source
from annotator.domain.progress import finish
from annotator.segmentation.methods import METHODS

pytestmark = pytest.mark.real_data


def cut(path: Path, method: str, cache: Path | None = None) -> tuple[list[tuple[float, float]], float]:
    """Spans in seconds, and the share of the recording they cover."""
    with open_source(path, cache=cache) as source:
        spans = finish(METHODS[method].run(source, METHODS[method].defaults, cache))
        rate, samples = source.sample_rate, source.samples
    assert all(0 <= start < end <= samples for start, end in spans)
    return [(a / rate, b / rate) for a, b in spans], sum(b - a for a, b in spans) / samples


@pytest.mark.parametrize("method", ["silence", "vad"])
def test_slow_reading_is_cut_at_its_pauses(real_data: Path, method: str) -> None:
    spans, share = cut(real_data / "speech_with_transcript" / "lucier.mp3", method)
    assert 15 <= len(spans) <= 50
    assert 0.3 < share < 0.7


def test_a_talk_show_clip_is_speech(real_data: Path, tmp_path: Path) -> None:
    clips = [
        path
        for folder in ("Angry", "Sad")
        for path in sorted((real_data / "urdu_talkshows" / folder).glob("*.wav"))[:6]
    ]
    shares = [cut(path, "vad", tmp_path)[1] for path in clips]
    assert sorted(shares)[len(shares) // 4] > 0.5


@pytest.mark.parametrize("name", ["198-209-0000", "3436-172162-0000", "5703-47212-0000"])
def test_read_sentences_are_found(real_data: Path, name: str) -> None:
    spans, share = cut(real_data / "librosa_clips" / f"{name}.ogg", "vad")
    assert spans
    assert share > 0.6


@pytest.mark.parametrize("name", ["Hungarian", "Kevin", "admiralbob77", "sorohanro"])
def test_music_is_no_speech(real_data: Path, name: str) -> None:
    (path,) = (real_data / "librosa_clips").glob(f"{name}*.ogg")
    assert cut(path, "vad")[1] < 0.05
