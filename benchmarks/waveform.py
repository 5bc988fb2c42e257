"""Peak pyramids: how long a whole recording takes against rivals, how much memory, and what a drawn frame costs.

Times are processor seconds of all threads and child processes: a rival that uses both cores pays for both.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
from rows import Row, arguments, cpu, report, skipped, timed, wall

from annotator.audio.measuring import build
from annotator.audio.peaks import BASE, PeakPyramid
from annotator.audio.spectrogram import Analysis, colour_table, colours, levels
from annotator.domain.progress import finish

RATE = 44_100
BLOCK = 1 << 18
COLUMNS = 2_000
RIVAL = "audiowaveform"

MEASURED_ALONE = """
import re, sys, time
from pathlib import Path
from annotator.audio.measuring import build

def resident(what):
    status = Path("/proc/self/status").read_text()  # ru_maxrss would count what the parent had, too
    return int(re.search(what + r":\\s+(\\d+) kB", status)[1]) * 1024 / 1e6

before, began = resident("VmRSS"), time.perf_counter()
job = build(Path(sys.argv[1]))
next(job)  # from here on there is something to draw
first = time.perf_counter() - began
for _ in job:
    pass
print(first, time.perf_counter() - began, resident("VmHWM"), resident("VmHWM") - before)
"""


def make_recording(path: Path, minutes: float) -> None:
    """Stereo speech-like noise: a minute of it, again and again."""
    rng = np.random.default_rng(0)
    loudness = np.repeat(rng.uniform(0, 0.25, 600), RATE // 10)
    minute = (rng.standard_normal((RATE * 60, 2)) * loudness[:, None]).clip(-1, 1).astype(np.float32)
    with soundfile.SoundFile(path, "w", RATE, 2) as sound:
        for done in range(int(minutes)):
            rolled = np.roll(minute, 997 * done, axis=0)
            for second in range(60):  # libsndfile's Vorbis encoder crashes on a minute at once
                sound.write(rolled[second * RATE : (second + 1) * RATE])


def decode(path: Path) -> None:
    """Bare decoding by libsndfile, the least anything can take that reads every sample."""
    with soundfile.SoundFile(path) as sound:
        block = np.empty((BLOCK, 2), np.int16)
        while len(sound.read(out=block)):
            pass


def naive(path: Path) -> None:
    """What one would write first: a reduction over the short axis of every block."""
    with soundfile.SoundFile(path) as sound:
        while len(frames := sound.read(BLOCK, dtype="float32")):
            blocks = frames[: len(frames) // BASE * BASE].reshape(-1, BASE, 2)
            blocks.min(axis=1), blocks.max(axis=1)


def audiowaveform(path: Path, folder: Path) -> None:
    """The rival program, with blocks of the same size and 16-bit peaks."""
    output = folder / "rival.dat"
    command = [RIVAL, "-q", "-i", path, "-o", output, "-z", str(BASE), "-b", "16"]
    subprocess.run(command, check=True, capture_output=True)


def against_audiowaveform(name: str, ours: float, path: Path, folder: Path, repeats: int) -> Row:
    row = Row(name, ours, "CPU s", RIVAL)
    if shutil.which(RIVAL) is None:
        return skipped(row)
    return Row(name, ours, "CPU s", RIVAL, timed(lambda: audiowaveform(path, folder), repeats, clock=cpu))


def against_libmad(name: str, ours: float, path: Path) -> Row:
    """The decoder that audiowaveform uses for MP3, by itself: audiowaveform cannot take less."""
    row = Row(name, ours, "CPU s", "libmad (madplay), decoding alone")
    if shutil.which("madplay") is None:
        return skipped(row)
    command = ["madplay", "--quiet", "--output=null:", path]
    bare = timed(lambda: subprocess.run(command, check=True, capture_output=True), 1, clock=cpu)
    return replace(row, rival_value=bare)


def wav_rows(folder: Path, minutes: int, repeats: int) -> list[Row]:
    path = folder / "take.wav"
    make_recording(path, minutes)
    decode(path)  # so that all find the file in memory
    name = f"pyramid of a WAV of {minutes} min, stereo"
    ours = timed(lambda: finish(build(path)), repeats, clock=cpu)
    rows = [
        against_audiowaveform(name, ours, path, folder, repeats),
        Row(
            name, ours, "CPU s", "soundfile, decoding alone", timed(lambda: decode(path), repeats, clock=cpu)
        ),
        Row(name, ours, "CPU s", "reshape().min()", timed(lambda: naive(path), 1, clock=cpu)),
    ]
    rows += alone_rows(path, minutes)
    return rows + drawing_rows(path, folder)


def alone_rows(path: Path, minutes: float) -> list[Row]:
    """What one waits for, and the memory it takes, in a process that does nothing else."""
    command = [sys.executable, "-c", MEASURED_ALONE, path]
    first, whole, peak, above = map(
        float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    )
    kind, samples = path.suffix[1:].upper(), soundfile.info(path).frames * 2 * 2 / 1e6
    return [
        Row(f"first waveform of {kind} of {minutes} min", first * 1e3, "ms"),
        Row(f"complete pyramid of {kind} of {minutes} min", whole, "s"),
        Row(f"memory of that, {kind}, above start", above, "MB", "samples in memory", samples),
        Row(f"memory of that, {kind}, whole process", peak, "MB", "samples in memory", samples),
    ]


def drawing_rows(path: Path, folder: Path) -> list[Row]:
    """What one drawn frame and one start cost once the pyramid is there."""
    pyramid = finish(build(path))
    saved = folder / "take.peaks"
    pyramid.save(saved)
    shape = {"sample_rate": RATE, "channels": 2, "samples": pyramid.samples}
    with soundfile.SoundFile(path) as sound:
        minute = sound.read(RATE * 60, dtype="int16")
    per_column = len(minute) // COLUMNS

    def naive_frame() -> None:
        columns = minute[: COLUMNS * per_column].reshape(COLUMNS, per_column, 2)
        columns.min(axis=1), columns.max(axis=1)

    return [
        Row(
            f"a frame of the whole recording, {COLUMNS} columns",
            timed(lambda: pyramid.summary(0, pyramid.samples, COLUMNS), 20, clock=wall) * 1e3,
            "ms",
        ),
        Row(
            f"a frame of 1 min, {COLUMNS} columns",
            timed(lambda: pyramid.summary(RATE, RATE * 61, COLUMNS), 20, clock=wall) * 1e3,
            "ms",
            "reshape().min() of samples in memory",
            timed(naive_frame, 5, clock=wall) * 1e3,
        ),
        Row(
            "loading a saved pyramid",
            timed(lambda: PeakPyramid.load(saved, **shape), 5, clock=wall) * 1e3,
            "ms",
        ),
    ]


def spectrogram_rows() -> list[Row]:
    """A tile of 10 s with its colours, beside the transforms alone and beside librosa."""
    import scipy.fft

    sound = (0.1 * np.random.default_rng(0).standard_normal(10 * RATE)).astype(np.float32)
    table = colour_table(np.array([[0, 0, 0], [255, 255, 255]], np.uint8), -80.0, 0.0)
    window, hop = 1024, 256
    frames = np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(sound, window)[::hop])

    def bare() -> None:
        for first in range(0, len(frames), 64):
            scipy.fft.rfft(frames[first : first + 64], axis=1)

    floor = timed(bare, 20, clock=time.process_time) * 1e3
    rows = []
    for scale in ("mel", "linear"):
        analysis = Analysis(scale, window, hop)

        def tile(chosen: Analysis = analysis) -> None:
            colours(levels(sound, RATE, chosen), table)

        ours = timed(tile, 20, clock=time.process_time) * 1e3
        name = f"{scale} spectrogram of 10 s with colours"
        rows.append(Row(name, ours, "CPU ms", "the FFTs alone", floor))
        if scale == "mel":
            rows.append(
                _librosa_row(Row(name, ours, "CPU ms", "librosa, without colours"), sound, window, hop)
            )
    return rows


def _librosa_row(row: Row, sound: np.ndarray, window: int, hop: int) -> Row:
    try:
        import librosa
    except ImportError:
        return skipped(row)

    def rival() -> None:
        power = librosa.feature.melspectrogram(y=sound, sr=RATE, n_fft=window, hop_length=hop, n_mels=128)
        librosa.power_to_db(power)

    return replace(row, rival_value=timed(rival, 10, clock=time.process_time) * 1e3)


def compressed_rows(folder: Path, minutes: dict[str, int]) -> list[Row]:
    rows = []
    for suffix, length in minutes.items():
        path = folder / f"take.{suffix}"
        make_recording(path, length)
        name = f"pyramid of {suffix.upper()} of {length} min, stereo"
        ours = timed(lambda path=path: finish(build(path)), 1, clock=cpu)
        rows.append(against_audiowaveform(name, ours, path, folder, 1))
        bare = timed(lambda path=path: decode(path), 1, clock=cpu)
        rows.append(Row(name, ours, "CPU s", "soundfile, decoding alone", bare))
        if suffix == "mp3":
            rows.append(against_libmad(name, ours, path))
        rows += alone_rows(path, length)
        path.unlink()
    return rows


def main() -> None:
    options = arguments(__doc__ or "")
    minutes, repeats = (20, 2) if options.quick else (180, 3)
    compressed = dict.fromkeys(("flac", "mp3"), 3 if options.quick else 180)
    compressed["ogg"] = 3 if options.quick else 30
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = wav_rows(folder, minutes, repeats) + compressed_rows(folder, compressed)
    report(rows + spectrogram_rows(), options.json)


if __name__ == "__main__":
    main()
