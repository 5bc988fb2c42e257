"""From starting the process to the window on the screen, and to the end of a small command.

python benchmarks/startup.py [--quick] [--json]

Each figure is a process of its own, offscreen, with settings and caches in a folder of its own; ours and the rival
run in turn, and the best of several runs counts. The first run of all only warms the disk.
"""

import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soundfile
from rows import Row, arguments, report, wall

#: Says so on standard output when a window has been painted for the first time, and ends the process.
WATCH = """
import os, sys
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QMainWindow
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched, QMainWindow):
            os.write(1, b"shown")
            os._exit(0)
        return False
app = QApplication(sys.argv[:1])
watch = Watch()
app.installEventFilter(watch)
"""
BARE = WATCH + "window = QMainWindow(); window.resize(1360, 860); window.show(); app.exec()"
OURS = WATCH + (
    "from pathlib import Path; from annotator.gui.main import run_window; "
    "run_window(Path(sys.argv[1]) if len(sys.argv) > 1 else None)"
)


def shown(code: str, *given: str) -> float:
    """Seconds until a window of a fresh process has been painted."""
    started = wall()
    with subprocess.Popen(
        [sys.executable, "-c", code, *given], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
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
        runs, lambda: shown(OURS), lambda: shown(OURS, str(corpus)), lambda: shown(BARE)
    )
    rival = "a bare PySide6 window"
    return (
        Row("window shown after start", start, "s", rival, bare),
        Row("window shown with a corpus of 20 recordings, 600 segments", opened, "s", rival, bare),
    )


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
        for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
            os.environ[variable] = str(folder / variable.lower())
        corpus = make_corpus(folder)
        runs = 3 if options.quick else 10
        rows = [*windows(corpus, runs), commands(corpus, runs)]
    report(rows, options.json)


if __name__ == "__main__":
    main()
