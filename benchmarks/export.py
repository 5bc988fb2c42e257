"""Export of segments as clips, against bare decoding and encoding of the same sound.

python benchmarks/export.py [--quick] [--json]
"""

import argparse
import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from rows import Row, arguments, cpu, report, timed, wall

from annotator.audio.source import open_source
from annotator.domain.corpus import Annotation, Rater, Recording, Segment, Tier
from annotator.domain.progress import finish
from annotator.domain.scheme import Item, Scheme
from annotator.exchange.bundle import ExportData, ExportOptions
from annotator.exchange.folder import verify_folder
from annotator.exchange.formats import FORMATS

RATE = 16_000
SECONDS = 2
IN_RECORDING = 1_000
EMOTION = Scheme("mood", "Mood", "perceived", (Item("emotion", "category", labels=("happy", "sad")),))


def make_corpus(folder: Path, n: int) -> ExportData:
    """Recordings of noise that rises and falls like speech, cut into segments of two seconds, each rated once."""
    recordings, segments, annotations = [], [], []
    length = SECONDS * RATE
    rng = np.random.default_rng(0)
    rise = np.abs(np.sin(np.arange(length) * np.pi / RATE))
    for number in range(-(-n // IN_RECORDING)):
        size = min(IN_RECORDING, n - number * IN_RECORDING)
        path = folder / f"{number}.wav"
        with soundfile.SoundFile(path, "w", RATE, 1, "PCM_16") as sound:
            for _ in range(size):
                sound.write((rng.normal(0, 3_000, length) * rise).clip(-32_768, 32_767).astype(np.int16))
        recordings.append(Recording(f"{number:032x}", path.name, "", "", RATE, size * length, 1))
        for k in range(size):
            key = f"{number * IN_RECORDING + k:032x}"
            segments.append(Segment(key, recordings[-1].id, "t", k * length, (k + 1) * length))
            annotations.append(Annotation(key, key, "a", "mood", {"emotion": EMOTION.items[0].labels[k % 2]}))
    return ExportData(
        name="benchmark",
        recordings=tuple(recordings),
        tiers=(Tier("t", "windows"),),
        segments=tuple(segments),
        schemes=(EMOTION,),
        raters=(Rater("a", "A"),),
        annotations=tuple(annotations),
        consensus=(),
        splits=(),
        open_audio=lambda recording: open_source(folder / recording.path),
        audio_path=lambda recording: folder / recording.path,
    )


def bare(data: ExportData, out: Path, suffix: str) -> None:
    """The least that has to be done: read each stretch, write it, hash the file as the manifest wants it."""
    out.mkdir()
    for recording in data.recordings:
        with soundfile.SoundFile(data.audio_path(recording)) as sound:
            for segment in data.segments:
                if segment.recording_id == recording.id:
                    frames = sound.read(segment.samples, dtype="int16", always_2d=True)
                    path = out / f"{segment.id}.{suffix}"
                    soundfile.write(path, frames, RATE, "PCM_16")
                    hashlib.sha256(path.read_bytes()).hexdigest()


def clips(data: ExportData, folder: Path) -> list[Row]:
    """Every segment as a clip, in two encodings, with tables and check sums of all."""
    n = len(data.segments)
    rows = []
    for suffix in ("flac", "wav"):
        options = ExportOptions(clips=suffix)
        rival = both(lambda s=suffix: bare(data, folder / f"bare-{s}", s))
        ours = both(lambda s=suffix, o=options: write(data, "csv", folder / f"out-{s}", o))
        title = f"{n:,} segments of {SECONDS} s as {suffix.upper()} clips with tables and check sums"
        for mine, theirs, unit in zip(ours, rival, ("s of processor", "s"), strict=True):
            rows.append(Row(title, mine, unit, "read, write, hash in a loop", theirs))
    checked = timed(lambda: finish(verify_folder(folder / "out-flac")), 1, clock=cpu)
    rows.append(Row(f"{n:,} clips verified", checked, "s of processor"))
    return rows


def both(function: Callable[[], object]) -> tuple[float, float]:
    """Processor time and time on the clock: closing a file can wait for the disk."""
    began, busy = wall(), cpu()
    function()
    return cpu() - busy, wall() - began


def write(data: ExportData, name: str, out: Path, options: ExportOptions) -> None:
    writer = FORMATS[name].write
    assert writer is not None
    finish(writer(data, out, options))


def formats(data: ExportData, folder: Path) -> list[Row]:
    """Each format without sound, against the four CSV tables."""
    # Loading the library is not the writer's work; it loads a part of itself with the first array.
    import pyarrow as pa
    import pyarrow.parquet

    pa.array([0.0])
    names = [name for name, entry in FORMATS.items() if entry.write is not None and name != "audiofolder"]
    seconds = {
        name: timed(lambda name=name: write(data, name, folder / name, ExportOptions()), 1, clock=cpu)
        for name in names
    }
    title = f"{len(data.segments):,} segments as {{name}}, without sound"
    return [
        Row(title.format(name=name), taken, "s of processor", "csv", seconds["csv"])
        for name, taken in seconds.items()
        if name != "csv"
    ]


def main() -> None:
    options = arguments(__doc__ or "")
    report(measure(options), options.json)


def measure(options: argparse.Namespace) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        data = make_corpus(Path(folder), 1_000 if options.quick else 20_000)
        (Path(folder) / "out").mkdir()
        rows = clips(data, Path(folder) / "out")
        return rows + formats(data, Path(folder) / "out")


if __name__ == "__main__":
    main()
