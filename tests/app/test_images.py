"""Images of sound: as long as the segments, within memory, and for what can use them."""

from pathlib import Path

import numpy as np
import pytest

from annotator.app.images import heard_by, require_fitting
from annotator.domain.corpus import Recording, Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.features import extract
from annotator.features.cache import FeatureCache
from annotator.features.sets import clip_features
from annotator.learning.models import MODELS

RATE = 1000


def segments(*seconds: float) -> tuple[list[Segment], dict[str, Recording]]:
    recording = Recording("r", "r.wav", "0" * 64, "0" * 64, RATE, 10**6, 1)
    made = [Segment(str(n), "r", "t", 0, round(length * RATE)) for n, length in enumerate(seconds)]
    return made, {"r": recording}


@pytest.mark.parametrize(
    ("seconds", "length"), [((1.0, 2.2), 2.5), ((0.1,), 0.5), ((3.0, 3.0), 3.0), ((1.0, 14.9), 15.0)]
)
def test_images_are_as_long_as_the_longest_segment(seconds: tuple[float, ...], length: float) -> None:
    heard = heard_by("logmel", *segments(*seconds))
    assert (heard.name, heard.seconds, heard.warning) == (f"logmel~pad={length:g}", length, "")
    assert heard.feature_set == clip_features(heard.name)


def test_what_is_not_heard_of_longer_segments_is_said_with_what_to_type() -> None:
    heard = heard_by("logmel~trim=40", *segments(1, 20, 59.8))
    assert heard.name == "logmel~trim=40~pad=15"
    assert heard.warning.startswith("2 segments")
    assert "--pad 60" in heard.warning
    given = heard_by("logmel~pad=3", *segments(1, 20))
    assert (given.name, given.seconds, given.warning) == ("logmel~pad=3", 3.0, "")
    assert heard_by("mfcc", *segments(1, 20)).seconds is None


def test_a_table_beyond_memory_is_refused_with_the_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "physical_memory", lambda: 10**6)
    clip = extract.Clip(Path("x.wav"), "0" * 64, 0, 10)
    with pytest.raises(AnnotatorError, match=r"20 segments of 6400 values") as refused:
        finish(extract.extract(clip_features("logmel~pad=1"), [clip] * 20, cache=None))
    assert "--pad" in refused.value.hint


def test_images_are_kept_in_half_the_bytes(tmp_path: Path) -> None:
    images = clip_features("logmel~pad=1")
    row = np.random.default_rng(0).standard_normal(len(images.columns)).astype(np.float32)
    store = FeatureCache(tmp_path, images)
    store.add("0" * 64, {(0, 5): row})
    store.add("0" * 64, {(5, 9): row + 1})
    kept = store.load("0" * 64)
    assert list(kept) == [(0, 5), (5, 9)]
    assert (kept[0, 5] == row).all()
    (file,) = tmp_path.rglob("*.features")
    assert file.stat().st_size < 2 * 4.1 * len(row)


def test_what_cannot_go_together_is_said_before_sound_is_read() -> None:
    with pytest.raises(AnnotatorError, match="one family"):
        require_fitting(MODELS["svm"], "logmel", importance=True)
    pytest.importorskip("torch")
    with pytest.raises(AnnotatorError, match="takes images") as refused:
        require_fitting(MODELS["cnn"], "mfcc", importance=False)
    assert "logmel" in refused.value.hint
