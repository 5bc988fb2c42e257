"""Every set keeps its promises; sets together give what each gives alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.domain.errors import AnnotatorError
from annotator.features import sound
from annotator.features.sets import FEATURE_SETS

NAMES = FEATURE_SETS.names()


def test_the_sets_that_are_promised_are_there() -> None:
    promised = {
        "lowlevel",
        "speech-162",
        "spectrogram",
        "mel",
        "mfcc",
        "short-term-136",
        "music-17",
        "prosody",
        "logmel",
    }
    assert promised <= set(NAMES)
    assert len(FEATURE_SETS["speech-162"].columns) == 162
    assert len(FEATURE_SETS["short-term-136"].columns) == 136
    assert len(FEATURE_SETS["music-17"].columns) == 17


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_unique_and_sources_are_given(name: str) -> None:
    entry = FEATURE_SETS[name]
    assert len(set(entry.columns)) == len(entry.columns)
    assert entry.source
    assert entry.name == name


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=12)
@given(
    samples=st.sampled_from([1, 2, 161, 700, 1102, 1103, 2049, 9000]),
    gain=st.sampled_from([0.0, 1e-30, 1e-9, 1.0, 1e4]),
    offset=st.sampled_from([0.0, 0.5]),
)
def test_values_are_finite_for_any_sound(name: str, samples: int, gain: float, offset: float) -> None:
    noise = np.random.default_rng(samples).standard_normal(samples)
    entry = FEATURE_SETS[name]
    values = entry.compute((noise * gain + offset).astype(np.float32))
    assert values.shape[-1:] == (len(entry.columns),)
    assert values.ndim == (2 if entry.frame_seconds else 1)
    assert np.isfinite(values).all()


def test_sets_together_give_the_values_of_each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    y = np.random.default_rng(0).standard_normal(30000).astype(np.float32) * np.float32(0.1)
    names = ["lowlevel", "speech-162", "music-17", "mel", "short-term-136"]
    alone = np.concatenate([FEATURE_SETS[name].compute(y) for name in names])
    transforms: list[int] = []
    original = sound.magnitude_blocks
    monkeypatch.setattr(
        sound, "magnitude_blocks", lambda *args, **options: transforms.append(1) or original(*args, **options)
    )
    combined = FEATURE_SETS["+".join(names)]
    assert (combined.compute(y) == alone).all()
    # The transform of 2,048 samples was computed once, not by every set.
    assert len(transforms) == 1
    assert combined.columns[0] == "lowlevel.zcr_mean"
    assert len(set(combined.columns)) == len(alone)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("lowlevel+lowlevel", "names a feature set twice"),
        ("lowlevel+prosody", "different sampling rates: lowlevel 22050 Hz, prosody 16000 Hz"),
        ("lowlevel+nonsense", 'Unknown feature set "nonsense"'),
        ("embedding:gone.onnx", r"no network file gone\.onnx"),
    ],
)
def test_names_that_make_no_set_are_refused(name: str, message: str) -> None:
    with pytest.raises(AnnotatorError, match=message):
        FEATURE_SETS[name]
