"""A corpus of 100,000 segments described, trained on and predicted: the memory it takes, and the time.

Each step runs in a process of its own, which prints its figures: `python large.py CORPUS STEP [MODEL]`.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from rows import Row, cpu

from annotator.app.corpus_folder import create_corpus, open_corpus_folder
from annotator.app.features import write_features
from annotator.app.predict import predict
from annotator.app.session import Session
from annotator.app.split import fold_shares, make_split
from annotator.app.train import train
from annotator.domain.corpus import Annotation, Rater, Recording, Segment, Tier, new_id
from annotator.domain.progress import finish

SCHEME, ITEM = "emotions-ravdess", "emotion"
SET, COLUMNS = "speech-162", 162
FOLDS = 5
RATE = 8000
STEP, LENGTH = RATE // 20, RATE // 4
MB = 2**20


def make_corpus(folder: Path, n: int, n_recordings: int) -> Path:
    """Overlapping quarter seconds of tones and noise, each with an emotion that is heard weakly; folds by recording."""
    rng = np.random.default_rng(0)
    session = create_corpus(folder / "large.corpus", [SCHEME])
    with session.reading() as reader:
        labels = reader.schemes()[0].item(ITEM).labels[:4]
    tier, rater = Tier(new_id(), "pieces"), Rater(new_id(), "reference")
    session.transact("Add", lambda transaction: transaction.put(tier, rater))
    each = n // n_recordings
    for number in range(n_recordings):
        name, samples = f"media/{number:04d}.wav", each * STEP + LENGTH
        emotions = rng.integers(len(labels), size=each)
        tone = np.repeat(200 + 50 * emotions, STEP)
        sound = 0.1 * rng.standard_normal(samples).astype(np.float32)
        sound[: len(tone)] += 0.1 * np.sin(2 * np.pi * np.cumsum(tone) / RATE).astype(np.float32)
        path = session.folder / name
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, np.clip(sound, -1, 1), RATE)
        groups = {"speaker": f"{number:04d}"}
        recording = Recording(
            new_id(), name, f"{number:064x}", f"{number:064x}", RATE, samples, 1, groups=groups
        )
        segments = [
            Segment(new_id(), recording.id, tier.id, k * STEP, k * STEP + LENGTH) for k in range(each)
        ]
        answers = [
            Annotation("", segment.id, rater.id, SCHEME, {ITEM: labels[code], "intensity": "normal"})
            for segment, code in zip(segments, emotions.tolist(), strict=True)
        ]

        def write(transaction, recording=recording, segments=segments, answers=answers) -> None:
            transaction.put(recording, *segments)
            transaction.record(answers)

        session.transact("Add", write)
    finish(make_split(session, "cv", shares=fold_shares(FOLDS), group_keys=["speaker"], folds=True))
    session.close()
    return folder / "large.corpus"


def steps(session: Session, model: str) -> dict[str, Callable[[], object]]:
    """What is measured, by name; `open` is what all others hold as well."""
    asked = {"features": SET, "model": model, "target": ITEM, "split": "cv", "replicates": 1000}
    saved, table = session.folder / f"{model}.model", session.folder / "table"
    return {
        "features": lambda: finish(write_features(session, SET, table.with_suffix(".parquet"))),
        "train": lambda: finish(train(session, **asked)),
        "save": lambda: finish(train(session, **asked, save=saved, store=False)),
        "predict": lambda: finish(predict(session, saved, file=table.with_suffix(".csv"))),
    }


def measured(corpus: Path, step: str, model: str = "logistic-regression") -> dict[str, float]:
    """Most memory of a step above that of a corpus just opened, its processes together (MB), and seconds."""
    arguments = [sys.executable, __file__, str(corpus), step, model]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def memory_and_time(folder: Path, n: int, n_recordings: int) -> list[Row]:
    """Rows of all steps, beside the table of features alone."""
    corpus = make_corpus(folder, n, n_recordings)
    table = n * COLUMNS * 8 / MB
    rows = []
    for step, title in (
        ("features", f"{SET} written as Parquet"),
        ("features", f"{SET} from the cache, written as Parquet"),
        ("save", "logistic-regression trained and saved"),
        ("predict", "predicted"),
    ):
        figures = measured(corpus, step)
        about = f"{n:,} segments in {n_recordings} recordings, {title}"
        rows.append(Row(f"{about}: memory", figures["memory"], "MB", "the table of features", table))
        rows.append(Row(f"{about}: time", figures["seconds"], "s"))
    return rows


class Memory(threading.Thread):
    """Watches the memory of this process and of those that it starts, together: `most` in MB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0.0

    def run(self) -> None:
        while True:
            self.most = max(self.most, _resident())
            time.sleep(0.02)


def _resident() -> float:
    total = 0
    for process in [os.getpid(), *_children()]:
        try:
            pages = Path(f"/proc/{process}/statm").read_text().split()[1]
        except (OSError, IndexError):  # it ended in this moment
            continue
        total += int(pages) * os.sysconf("SC_PAGE_SIZE")
    return total / MB


def _children() -> list[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(process) for task in tasks for process in task.read_text().split()]


def main() -> None:
    corpus, step, model = sys.argv[1:]
    with open_corpus_folder(Path(corpus)) as session:
        before = _resident()
        memory = Memory()
        memory.start()
        work = steps(session, model)[step]
        clock, spent = time.perf_counter(), cpu()
        work()
        figures = {
            "memory": memory.most - before,
            "seconds": time.perf_counter() - clock,
            "cpu": cpu() - spent,
            "before": before,
        }
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()
