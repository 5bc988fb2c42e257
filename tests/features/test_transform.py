"""The shared transform, its filter banks and scales against librosa's and scipy's."""

import numpy as np
import pytest
import scipy.signal

from annotator.features import transform

librosa = pytest.importorskip("librosa")


@pytest.mark.parametrize("samples", [1024, 2047, 2048, 5000, 16384, 16385, 40000])
def test_magnitudes_equal_librosas(samples: int) -> None:
    signal = np.random.default_rng(samples).standard_normal(samples).astype(np.float32)
    blocks = list(transform.magnitude_blocks(signal, n_fft=1024, hop=256))
    magnitudes = np.concatenate([magnitude for _, magnitude in blocks])
    assert len(magnitudes) == transform.frame_count(samples, 256) == blocks[-1][0].stop
    np.testing.assert_allclose(
        magnitudes.T, np.abs(librosa.stft(signal, n_fft=1024, hop_length=256)), rtol=1e-6, atol=1e-6
    )


def test_quiet_bins_beside_a_loud_tone_keep_their_digits() -> None:
    tone = np.sin(2 * np.pi * 1000 / 22050 * np.arange(22050)).astype(np.float32)
    *_, (_, ours) = transform.magnitude_blocks(tone[:20000], n_fft=2048, hop=512)
    theirs = np.abs(librosa.stft(tone[:20000]))[:, -len(ours) :].T
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


@pytest.mark.parametrize("size", [16, 2048])
def test_window_equals_scipys(size: int) -> None:
    np.testing.assert_allclose(transform.hann(size), scipy.signal.get_window("hann", size), atol=1e-15)


@pytest.mark.parametrize(
    ("sample_rate", "n_fft", "n_mels"), [(22050, 2048, 128), (16000, 512, 40), (8000, 256, 20)]
)
def test_mel_filters_equal_librosas(sample_rate: int, n_fft: int, n_mels: int) -> None:
    bank = transform.mel_bank(sample_rate, n_fft, n_mels)
    expected = librosa.filters.mel(sr=sample_rate, n_fft=n_fft, n_mels=n_mels, dtype=np.float64)
    np.testing.assert_allclose(bank.weights, expected, atol=1e-12)
    power = np.random.default_rng(0).random((7, n_fft // 2 + 1)).astype(np.float32)
    np.testing.assert_allclose(bank.apply(power), power @ expected.T, rtol=1e-5)


def test_filters_finer_than_the_transform_stay_silent() -> None:
    bank = transform.mel_bank(22050, 64, 200)
    mel = bank.apply(np.ones((2, 33), dtype=np.float32))
    assert (mel[:, ~bank.weights.any(axis=1)] == 0).all()


def test_decibels_equal_librosas() -> None:
    power = np.random.default_rng(0).random((5, 40)) ** 20
    np.testing.assert_allclose(transform.decibels(power), librosa.power_to_db(power), atol=1e-9)


def test_shared_arrays_cannot_be_changed_by_a_caller() -> None:
    for array in (
        transform.hann(64),
        transform.bin_frequencies(8000, 64),
        transform.mel_bank(8000, 256, 20).weights,
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0
