"""From starting the process to the window on the screen, to a waveform in it, and to the end of a small command.

python benchmarks/startup.py [--quick] [--json]

Each figure is a process of its own, offscreen, with settings and caches in a folder of its own; ours and the rival
run in turn, and the best of several runs counts. The first run of all only warms the disk.
"""

import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soundfile
from rows import Row, arguments, report, wall
from waveform import decode, make_recording

#: Says so on standard output when something has been painted for the first time, and ends the process.
WATCH = """
import os, sys
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QMainWindow
def window(painted):
    return isinstance(painted, QMainWindow)
def waveform(painted):  # told by its name: the benchmark must not load what the program loads late
    return type(painted).__name__ == "WaveformView" and painted.wave is not None and painted.wave.peaks.valid
def overview(painted):  # painted in the same frame as the strip of the whole recording
    return waveform(painted) and painted.wave.peaks.overview_complete
def exact(painted):
    return waveform(painted) and painted.wave.peaks.complete
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and WANTED(watched):
            os.write(1, b"shown")
            os._exit(0)
        return False
app = QApplication(sys.argv[:1])
watch = Watch()
app.installEventFilter(watch)
"""
BARE = WATCH + "page = QMainWindow(); page.resize(1360, 860); page.show(); app.exec()"
OURS = WATCH + (
    "from pathlib import Path; from annotator.gui.main import run_window; "
    "run_window(Path(sys.argv[1]) if len(sys.argv) > 1 else None)"
)


def shown(code: str, *given: str, wanted: str = "window") -> float:
    """Seconds until a new process has painted `window`, `waveform`, its `overview`, or all zooms of it (`exact`)."""
    started = wall()
    with subprocess.Popen(
        [sys.executable, "-c", f"WANTED = lambda painted: {wanted}(painted)\n{code}", *given],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        told = process.stdout.read(5)
        seconds = wall() - started
    if told != b"shown":
        raise SystemExit(f"the window was not shown: {[sys.executable, '-c', '...', *given]}")
    return seconds


def ended(*command: str) -> float:
    """Seconds until a command has run to its end."""
    started = wall()
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    return wall() - started


def in_turn(runs: int, *measures: Callable[[], float]) -> list[float]:
    """Best of some runs of each, one after the other in each round, after one that does not count."""
    best = [math.inf] * len(measures)
    for run in range(runs + 1):
        seconds = [measure() for measure in measures]
        if run:
            best = [min(pair) for pair in zip(best, seconds, strict=True)]
    return best


def make_corpus(folder: Path) -> Path:
    """A corpus of twenty recordings with a segment for each second."""
    from annotator.app.add import add_recordings
    from annotator.app.corpus_folder import create_corpus
    from annotator.domain.corpus import Segment, Tier, new_id
    from annotator.domain.progress import finish

    rng = np.random.default_rng(0)
    (folder / "audio").mkdir()
    for n in range(20):
        sound = rng.uniform(-0.3, 0.3, 30 * 16_000)
        soundfile.write(folder / "audio" / f"{n:02d}.wav", sound, 16_000, subtype="PCM_16")
    with create_corpus(folder / "bench.corpus", ["valence-arousal"]) as session:
        finish(add_recordings(session, [folder / "audio"]))
        tier = Tier(new_id(), "sentences")
        with session.reading() as reader:
            recordings = reader.recordings()
        spans = [
            Segment(new_id(), recording.id, tier.id, second * 16_000, (second + 1) * 16_000)
            for recording in recordings
            for second in range(30)
        ]
        session.transact("Segment", lambda transaction: transaction.put(tier, *spans))
        return session.folder


def windows(corpus: Path, runs: int) -> Sequence[Row]:
    """The start page and a corpus, beside an empty window."""
    start, opened, bare = in_turn(
        runs,
        lambda: shown(OURS),
        lambda: shown(OURS, str(corpus), wanted="waveform"),
        lambda: shown(BARE),
    )
    rival = "a bare PySide6 window"
    return (
        Row("window shown after start", start, "s", rival, bare),
        Row("waveform and segments shown, corpus of 20 recordings, 600 segments", opened, "s", rival, bare),
    )


def long_recording(folder: Path, minutes: int, runs: int) -> Sequence[Row]:
    """From the start of the process to the waveform of a long WAV file that was never opened before."""
    from annotator.app.add import add_recordings
    from annotator.app.corpus_folder import create_corpus
    from annotator.domain.progress import finish

    make_recording(folder / "long.wav", minutes)
    with create_corpus(folder / "long.corpus", ["valence-arousal"]) as session:
        finish(add_recordings(session, [folder / "long.wav"]))
        corpus, cache = session.folder, session.cache

    def fresh(wanted: str) -> float:
        shutil.rmtree(cache, ignore_errors=True)
        return shown(OURS, str(corpus), wanted=wanted)

    first, overview, exact, decoded = in_turn(
        runs,
        lambda: fresh("waveform"),
        lambda: fresh("overview"),
        lambda: fresh("exact"),
        lambda: timed_decoding(folder / "long.wav"),
    )
    kind = f"WAV of {minutes} min, 44.1 kHz stereo, nothing cached"
    rival = "decoding the file alone"
    return (
        Row(f"first waveform on the screen after start, {kind}", first, "s", rival, decoded),
        Row(f"exact overview of all of it after start, {kind}", overview, "s", rival, decoded),
        Row(f"exact at every zoom after start, {kind}", exact, "s", rival, decoded),
    )


def timed_decoding(path: Path) -> float:
    """Seconds for libsndfile to decode a file."""
    started = wall()
    decode(path)
    return wall() - started


def commands(corpus: Path, runs: int) -> Row:
    """Counting what is in a corpus, beside starting Python at all."""
    ours, bare = in_turn(
        runs,
        lambda: ended("-m", "annotator.cli.main", "info", str(corpus), "--json"),
        lambda: ended("-c", "pass"),
    )
    return Row("annotator info, 20 recordings", ours, "s", "python -c pass", bare)


def main() -> None:
    options = arguments(__doc__ or "")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # modules are compiled once, not at every start
        for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
            os.environ[variable] = str(folder / variable.lower())
        corpus = make_corpus(folder)
        runs = 3 if options.quick else 10
        rows = [*windows(corpus, runs), *long_recording(folder, 20 if options.quick else 180, min(runs, 5))]
        rows.append(commands(corpus, runs))
    report(rows, options.json)


if __name__ == "__main__":
    main()
