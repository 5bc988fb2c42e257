"""The corpus on disk: a rating stored durably, a large corpus opened and its agreement measured.

python benchmarks/storage.py [--quick] [--json]

Bare sqlite3 and pandas are the floor, not equals: they check no answer, keep no history, take nothing back.
"""

import json
import shutil
import sqlite3
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
from rows import Row, arguments, report, timed

from annotator.app.agreement import measure_agreement
from annotator.app.corpus_folder import create_corpus, open_corpus_folder
from annotator.app.info import corpus_info
from annotator.app.merge import merge
from annotator.app.rate import answer
from annotator.app.session import Session
from annotator.domain.corpus import DATABASE, Annotation, Rater, Recording, Segment, Tier, new_id
from annotator.domain.progress import finish

SCHEME, ITEM, SECOND_ITEM = "emotions-ravdess", "emotion", "intensity"
RATERS = 5
RATE = 16_000
PER_RECORDING = 500
BATCH = 10_000


def make_segments(n: int) -> tuple[list[Recording], Tier, list[Segment]]:
    """Recordings of 500 segments of 3 s each, on one tier; no sound is needed."""
    tier = Tier(new_id(), "sentences")
    recordings = [
        Recording(new_id(), f"audio/{k:04d}.wav", f"{k:064x}", f"{k:064x}", RATE, PER_RECORDING * 3 * RATE, 1)
        for k in range(-(-n // PER_RECORDING))
    ]
    segments = [
        Segment(
            new_id(), recordings[k // PER_RECORDING].id, tier.id,
            k % PER_RECORDING * 3 * RATE, (k % PER_RECORDING + 1) * 3 * RATE, text="what was said here",
        )
        for k in range(n)
    ]  # fmt: skip
    return recordings, tier, segments


def insert_segments(folder: Path, n: int) -> tuple[Session, list[Segment], Row]:
    """A corpus with n segments put in one undoable step, beside one `executemany` of the same rows."""
    recordings, tier, segments = make_segments(n)
    session = create_corpus(folder / "bench.corpus", [SCHEME])
    session.transact("Add recordings", lambda transaction: transaction.put(tier, *recordings))
    ours = timed(lambda: session.transact("Add segments", lambda transaction: transaction.put(*segments)), 1)
    rows = [(s.id, s.recording_id, s.tier_id, s.start, s.end, s.text, s.speaker) for s in segments]
    with bare(folder / "segments.sqlite") as database:
        database.execute("CREATE TABLE segment (id PRIMARY KEY, recording, tier, start, stop, text, speaker)")

        def plain() -> None:
            with database:
                database.executemany("INSERT INTO segment VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

        theirs = timed(plain, 1)
    row = Row(f"{n:,} segments inserted, undoable", ours, "s", "sqlite3 executemany", theirs)
    return session, segments, row


@contextmanager
def bare(path: Path) -> Iterator[sqlite3.Connection]:
    """A plain database in the same mode: write-ahead log, every commit flushed to the disk."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    try:
        yield connection
    finally:
        connection.close()


def answers(segments: list[Segment], raters: list[Rater], labels: tuple[str, ...]) -> Iterator[Annotation]:
    """Every rater on every segment: two items, right in two thirds of the cases."""
    rng = np.random.default_rng(0)
    truth = rng.integers(len(labels), size=len(segments))
    for rater in raters:
        guess = rng.integers(len(labels), size=len(segments))
        said = np.where(rng.random(len(segments)) < 2 / 3, truth, guess).tolist()
        strong = (rng.random(len(segments)) < 1 / 3).tolist()
        for segment, code, loud in zip(segments, said, strong, strict=True):
            values = {ITEM: labels[code], SECOND_ITEM: "strong" if loud else "normal"}
            yield Annotation("", segment.id, rater.id, SCHEME, values)


def insert_ratings(session: Session, segments: list[Segment]) -> Row:
    """All ratings of five raters as an import brings them, in whole batches."""
    with session.reading() as reader:
        labels = next(scheme for scheme in reader.schemes() if scheme.name == SCHEME).item(ITEM).labels
    raters = [Rater(new_id(), f"rater {n}") for n in range(RATERS)]
    session.transact("Add raters", lambda transaction: transaction.put(*raters))
    given = list(answers(segments, raters, labels))
    batches = [given[first : first + BATCH] for first in range(0, len(given), BATCH)]

    def ours() -> None:
        for batch in batches:
            session.transact("Import", lambda transaction, batch=batch: transaction.record(batch))

    with bare(session.folder.parent / "import.sqlite") as database:
        database.execute("CREATE TABLE rating (id PRIMARY KEY, segment, rater, scheme, value)")

        def plain() -> None:
            for batch in batches:
                rows = [(new_id(), a.segment_id, a.rater_id, a.scheme, json.dumps(a.values)) for a in batch]
                with database:
                    database.executemany("INSERT INTO rating VALUES (?, ?, ?, ?, ?)", rows)

        theirs = timed(plain, 1)
    name = f"{len(given):,} ratings inserted, undoable, {BATCH:,} at a time"
    return Row(name, timed(ours, 1), "s", "sqlite3 executemany", theirs)


def one_rating(session: Session, segments: list[Segment], rounds: int) -> Row:
    """The middle of many single answers, each durable when the call returns; ours and the bare one in turn."""
    rater = Rater(new_id(), "the one who rates")
    session.transact("Add a rater", lambda transaction: transaction.put(rater))
    ours, theirs = [], []
    with bare(session.folder.parent / "ratings.sqlite") as database:
        database.execute("CREATE TABLE rating (id PRIMARY KEY, segment, rater, scheme, value, finished)")
        database.commit()
        for segment in segments[:rounds]:
            ours.append(timed(rate_by_program(session, segment, rater), 1))
            theirs.append(timed(rate_by_hand(database, segment, rater), 1))
    return Row(
        f"a rating stored durably, checked and undoable, {len(segments):,} segments",
        1000 * statistics.median(ours),
        "ms",
        "sqlite3, one insert, synchronous=FULL",
        1000 * statistics.median(theirs),
    )


def rate_by_program(session: Session, segment: Segment, rater: Rater) -> Callable[[], object]:
    return lambda: answer(session, segment_id=segment.id, rater=rater, scheme=SCHEME, values={ITEM: "happy"})


def rate_by_hand(database: sqlite3.Connection, segment: Segment, rater: Rater) -> Callable[[], object]:
    def run() -> None:
        values = (new_id(), segment.id, rater.id, SCHEME, '{"emotion": "happy"}', "2024-01-01")
        database.execute("INSERT INTO rating VALUES (?, ?, ?, ?, ?, ?)", values)
        database.commit()

    return run


def opening(folder: Path, n: int, repeats: int) -> Row:
    """From a closed corpus to all its counts and the list of its segments."""

    def ours() -> None:
        with open_corpus_folder(folder) as session:
            corpus_info(session)
            with session.reading() as reader:
                reader.segments()

    def rival() -> None:
        connection = sqlite3.connect(folder / DATABASE)
        pd.read_sql_query("SELECT * FROM recording", connection)
        pd.read_sql_query("SELECT * FROM segment", connection)
        connection.execute("SELECT count(*) FROM annotation").fetchone()
        connection.close()

    name = f"open {n:,} segments x {RATERS} raters: counts and list of segments"
    return Row(name, timed(ours, repeats), "s", "pandas read_sql of the same tables", timed(rival, repeats))


def agreement(folder: Path, n: int, repeats: int) -> Row:
    """From a closed corpus to the whole report with 1,000 bootstraps; the rival only gets at the ratings."""

    def ours() -> None:
        with open_corpus_folder(folder) as session:
            finish(measure_agreement(session))

    def rival() -> None:
        connection = sqlite3.connect(folder / DATABASE)
        query = 'SELECT segment_id, rater_id, "values" FROM annotation'
        frame = pd.read_sql_query(query, connection)
        frame["value"] = [json.loads(text)[ITEM] for text in frame["values"]]
        frame.pivot_table(index="segment_id", columns="rater_id", values="value", aggfunc="first")
        connection.close()

    return Row(
        f"open and measure agreement on 2 items, 1,000 bootstraps, {n * RATERS:,} ratings",
        timed(ours, repeats),
        "s",
        "pandas: read and pivot the same ratings",
        timed(rival, repeats),
    )


def merging(session: Session, before: Path, n: int) -> Row:
    """A copy that knows no rating takes in all of them, checked and undoable; the rival attaches and copies rows."""
    ours = timed(lambda: merge_into(before, session.folder), 1)
    theirs = before.parent / "plain.sqlite"

    def rival() -> None:
        with bare(theirs) as database:
            database.execute("ATTACH ? AS source", (str(session.folder / DATABASE),))
            database.execute("CREATE TABLE annotation AS SELECT * FROM source.annotation WHERE 0")
            database.execute("CREATE UNIQUE INDEX key ON annotation (id)")
            with database:
                database.execute("INSERT OR IGNORE INTO annotation SELECT * FROM source.annotation")

    name = f"merge a copy, {n:,} segments x {RATERS} raters, into one without ratings"
    return Row(name, ours, "s", "sqlite3: attach, insert or ignore", timed(rival, 1))


def merge_into(folder: Path, source: Path) -> None:
    with open_corpus_folder(folder) as home:
        finish(merge(home, [source]))


def main() -> None:
    options = arguments(__doc__ or "")
    n = 10_000 if options.quick else 100_000
    repeats = 2 if options.quick else 3
    with tempfile.TemporaryDirectory() as name:
        session, segments, inserted = insert_segments(Path(name), n)
        before = Path(name) / "before.corpus"
        shutil.copytree(session.folder, before)
        rows = [inserted, insert_ratings(session, segments)]
        session.close()
        rows.append(merging(session, before, n))
        rows.append(opening(session.folder, n, repeats))
        rows.append(agreement(session.folder, n, repeats))
        with open_corpus_folder(session.folder) as again:
            rows.append(one_rating(again, segments, 100 if options.quick else 500))
    report(rows, options.json)


if __name__ == "__main__":
    main()
