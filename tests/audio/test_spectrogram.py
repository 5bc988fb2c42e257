"""Spectrograms: the same values as librosa's, and a picture of any stretch that joins the next without a seam."""

from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile

from annotator.audio.source import open_source
from annotator.audio.spectrogram import (
    FLOOR,
    MEL_BANDS,
    Analysis,
    Scale,
    colour_table,
    colours,
    levels,
    mel_edges,
    read_levels,
    window_for,
)

RATE = 16000


def _sound(seconds: float = 2.0) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    chirp = np.sin(2 * np.pi * (200 + 1500 * time) * time)
    noise = np.random.default_rng(1).standard_normal(len(time))
    return (0.4 * chirp + 0.01 * noise).astype(np.float32)


@pytest.mark.parametrize("scale", ["linear", "mel"])
@pytest.mark.parametrize(("window", "hop"), [(512, 128), (1024, 700)])
def test_levels_are_librosas_decibels(scale: Scale, window: int, hop: int) -> None:
    sound = _sound()
    spectrum = librosa.stft(sound.astype(np.float64), n_fft=window, hop_length=hop, center=False)
    power = np.abs(spectrum) ** 2 * (4 / window) ** 2  # a sine of full scale fills half of a Hann window
    if scale == "mel":
        bank = librosa.filters.mel(sr=RATE, n_fft=window, n_mels=MEL_BANDS, htk=True, norm=None)
        power = bank @ power
    wanted = np.maximum(librosa.power_to_db(power, amin=1e-20, top_db=None), FLOOR)
    found = FLOOR + levels(sound, RATE, Analysis(scale, window, hop)).T / 2
    assert found.shape == wanted.shape
    # Half a step of rounding, and full scale is the most that is told.
    assert np.abs(found - np.minimum(wanted, 0)).max() <= 0.26


def test_bands_lie_where_librosas_do() -> None:
    wanted = librosa.mel_frequencies(MEL_BANDS + 2, fmin=0, fmax=RATE / 2, htk=True)
    np.testing.assert_allclose(mel_edges(RATE), wanted, atol=1e-6)


@pytest.mark.parametrize("hop", [100, 512, 9000])
def test_a_stretch_is_a_part_of_the_whole(tmp_path: Path, hop: int) -> None:
    """Also where the windows lie so far apart that the sound between them is not read."""
    path = tmp_path / "a.wav"
    soundfile.write(path, np.column_stack([_sound(), 0.5 * _sound()]), RATE, subtype="FLOAT")
    analysis = Analysis("linear", 512, hop)
    with open_source(path) as source:
        columns = -(-source.samples // hop)
        whole = read_levels(source, 0, columns + 6, analysis)
        middle = columns // 2
        parts = [
            read_levels(source, 0, middle, analysis),
            read_levels(source, middle, columns + 6 - middle, analysis),
        ]
        assert np.array_equal(whole, np.concatenate(parts))
        assert (whole[-1] == 0).all()  # silence beyond the end
        k = middle
        begin = k * hop + (hop - 512) // 2
        assert np.array_equal(whole[k], levels(source.mono(begin, begin + 512), RATE, analysis)[0])


def test_sound_shorter_than_a_window_has_no_column() -> None:
    assert levels(np.zeros(100, np.float32), RATE, Analysis("mel", 512, 128)).shape == (0, MEL_BANDS)


def test_silence_is_the_lowest_level_and_a_full_sine_the_highest() -> None:
    analysis = Analysis("linear", window_for(RATE), 256)
    assert (levels(np.zeros(4096, np.float32), RATE, analysis) == 0).all()
    tone = np.sin(2 * np.pi * 1000 * np.arange(4096) / RATE).astype(np.float32)
    assert levels(tone, RATE, analysis).max() == 255


def test_high_frequencies_are_on_top_of_the_picture() -> None:
    grey = np.array([[0, 0, 0], [255, 255, 255]], np.uint8)
    table = colour_table(grey, -100.0, 0.0)
    picture = colours(np.array([[0, 100, 255]], np.uint8), table)
    assert picture.shape == (3, 1)
    assert picture[0, 0] == 0xFFFFFFFF
    assert picture[2, 0] == 0xFF000000
    assert picture.dtype == np.uint32
