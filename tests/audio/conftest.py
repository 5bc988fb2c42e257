"""Sound files of every kind, made once for all tests of this folder."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

RATE = 48_000
FRAMES = 3 * RATE + 123


def make_sound(frames: int = FRAMES, channels: int = 2, seed: int = 0) -> NDArray[np.int16]:
    """A rising tone with noise, different in each channel, never quite silent."""
    rng = np.random.default_rng(seed)
    time = np.arange(frames) / RATE
    tone = 0.5 * np.sin(2 * np.pi * (200 + 300 * time) * time)
    noise = 0.05 * rng.standard_normal((frames, channels))
    return (
        np.round((tone[:, None] * np.linspace(1, 0.4, channels) + noise) * 32767)
        .clip(-32768, 32767)
        .astype(np.int16)
    )


def encode(
    path: Path,
    codec: str,
    samples: NDArray[np.int16],
    *,
    video: bool = False,
    options: Mapping[str, str] = {},
) -> None:
    """Writes a file through FFmpeg, with a few pictures beside the sound if wanted."""
    with av.open(path, "w", options=dict(options)) as container:
        stream = container.add_stream(codec, rate=RATE, layout="stereo")
        pictures = None
        if video:
            pictures = container.add_stream("mpeg4", rate=10)
            pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        resampler = av.AudioResampler(format=stream.codec_context.format, layout="stereo", rate=RATE)
        whole = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.reshape(1, -1)), format="s16", layout="stereo"
        )
        whole.sample_rate, whole.pts, whole.time_base = RATE, 0, Fraction(1, RATE)
        for frame in [*resampler.resample(whole), *resampler.resample(None)]:
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if pictures is not None:
            for number in range(10):
                picture = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
                picture.pts = number
                container.mux(pictures.encode(picture))
            container.mux(pictures.encode(None))


@pytest.fixture(scope="session")
def sound() -> NDArray[np.int16]:
    """What all files of `files` hold."""
    return make_sound()


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory, sound: NDArray[np.int16]) -> dict[str, Path]:
    """One file of each kind by a short name; the lossless 16-bit ones hold exactly `sound`."""
    folder = tmp_path_factory.mktemp("sound files")
    made = {}

    def write(name: str, suffix: str, subtype: str, **more: str) -> None:
        made[name] = folder / f"{name}{suffix}"
        soundfile.write(
            made[name], sound if subtype != "FLOAT" else sound / np.float32(32768), RATE, subtype, **more
        )

    write("wav16", ".wav", "PCM_16")
    write("wav8", ".wav", "PCM_U8")
    write("wav24", ".wav", "PCM_24")
    write("wav32", ".wav", "PCM_32")
    write("float", ".wav", "FLOAT")
    write("ulaw", ".wav", "ULAW")
    write("rf64", ".rf64", "PCM_16", format="RF64")
    write("adpcm", ".wav", "IMA_ADPCM")
    write("aiff", ".aiff", "PCM_16")
    write("flac16", ".flac", "PCM_16")
    write("flac24", ".flac", "PCM_24")
    write("ogg", ".ogg", "VORBIS")
    write("opus", ".opus", "OPUS", format="OGG")
    write("mp3", ".mp3", "MPEG_LAYER_III")
    for name, suffix, codec in (
        ("m4a", ".m4a", "aac"),
        ("alac", ".m4a", "alac"),
        ("webm", ".webm", "libopus"),
        ("aac", ".aac", "aac"),
    ):
        made[name] = folder / f"{name}{suffix}"
        encode(made[name], codec, sound)
    made["mp4"] = folder / "mp4.mp4"
    encode(made["mp4"], "aac", sound, video=True)
    return made
