import signal
import sqlite3
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from annotator.domain.corpus import Annotation, Link, Rater, Recording, Segment, Split, Tier, new_id
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import find_scheme
from annotator.storage import engine as engine_module
from annotator.storage import schema
from annotator.storage.rows import Kind
from annotator.storage.store import Store
from annotator.storage.writer import Change

RECORDING = Recording("r" * 32, "a.wav", "sha", "pcm", 16000, 160000, 1, {"song": "one"})
TIER = Tier("t" * 32, "hand")
RATER = Rater("a" * 32, "Anna")
SCHEME = find_scheme("valence-arousal")


def filled(folder: Path, n: int = 3) -> tuple[Store, list[Segment]]:
    store = Store.create(folder / "corpus.sqlite", {"created": "now"})
    segments = [Segment(new_id(), RECORDING.id, TIER.id, 100 * k, 100 * k + 50) for k in range(n)]
    with store.writing() as transaction:
        transaction.put(RECORDING, TIER, RATER, SCHEME, *segments)
    return store, segments


def rate(store: Store, segment: Segment, valence: float) -> list[Change]:
    with store.writing() as transaction:
        transaction.record([Annotation("", segment.id, RATER.id, SCHEME.name, {"valence": valence})])
        return transaction.changes


def current(store: Store) -> dict[str, float]:
    with store.reading() as reader:
        return {a.segment_id: a.values["valence"] for a in reader.annotations()}


def test_what_was_put_comes_back(tmp_path: Path) -> None:
    store, segments = filled(tmp_path)
    split = Split(new_id(), "cv", "milp", 3, ("song",), {segments[0].id: "a"}, {segments[0].id: "song one"})
    with store.writing() as transaction:
        transaction.put(split)
    with store.reading() as reader:
        assert reader.recordings() == [RECORDING]
        assert reader.tiers() == [TIER]
        assert reader.raters() == [RATER]
        assert reader.schemes() == [SCHEME]
        assert reader.segments() == segments
        assert reader.splits("cv") == [split]


def test_migrations_lead_to_the_schema_in_use(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    store = Store.create(tmp_path / "corpus.sqlite", {})
    store.close()
    engine = create_engine(f"sqlite:///{tmp_path / 'corpus.sqlite'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
    engine.dispose()
    scripts = ScriptDirectory(str(Path(engine_module.__file__).parent / "migrations"))
    assert scripts.get_heads() == [schema.HEAD]


def test_a_new_answer_is_a_new_revision_and_the_old_one_stays(tmp_path: Path) -> None:
    store, segments = filled(tmp_path)
    rate(store, segments[0], 0.1)
    rate(store, segments[0], 0.9)
    assert current(store) == {segments[0].id: 0.9}
    with store.reading() as reader:
        history = reader.annotations(history=True)
    assert [(a.revision, a.values["valence"]) for a in history] == [(1, 0.1), (2, 0.9)]


def test_taking_back_an_answer_adds_a_revision_and_loses_nothing(tmp_path: Path) -> None:
    store, segments = filled(tmp_path)
    first = rate(store, segments[0], 0.1)
    second = rate(store, segments[0], 0.9)
    with store.writing() as transaction:
        transaction.take_back(second)
    assert current(store) == {segments[0].id: 0.1}
    with store.writing() as transaction:
        transaction.take_back(first)
    assert current(store) == {}
    with store.reading() as reader:
        assert len(reader.annotations(history=True)) == 4


def test_answers_and_annotations_agree(tmp_path: Path) -> None:
    store, segments = filled(tmp_path)
    for segment in segments:
        rate(store, segment, 0.5)
    rate(store, segments[1], -0.5)
    with store.reading() as reader:
        answers = reader.answers(SCHEME.name)
    by_segment = dict(zip(answers.segments, [v["valence"] for v in answers.values], strict=True))
    assert by_segment == current(store)


STEPS = st.lists(
    st.tuples(st.sampled_from(["move", "delete", "rate", "new"]), st.integers(0, 4)), max_size=12
)


def snapshot(store: Store) -> tuple[object, ...]:
    with store.reading() as reader:
        answers = {(a.segment_id, a.rater_id): dict(a.values) for a in reader.annotations()}
        return reader.segments(), answers


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_undoing_everything_leads_back_and_redoing_leads_forth(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    store, segments = filled(tmp_path_factory.mktemp("undo"), 5)
    states, done = [snapshot(store)], []
    for number, (what, which) in enumerate(steps):
        segment = segments[which]
        with store.writing() as transaction:
            if what == "move":
                transaction.put(
                    Segment(segment.id, RECORDING.id, TIER.id, segment.start + number, segment.end + 9)
                )
            elif what == "delete":
                transaction.remove(Kind.SEGMENT, [segment.id])
            elif what == "rate":
                transaction.record(
                    [Annotation("", segment.id, RATER.id, SCHEME.name, {"valence": number / 20})]
                )
            else:
                transaction.put(Segment(new_id(), RECORDING.id, TIER.id, 0, 10 + number))
            done.append(transaction.changes)
        states.append(snapshot(store))
    undone = []
    for changes, state in zip(reversed(done), reversed(states[:-1]), strict=True):
        with store.writing() as transaction:
            transaction.take_back(changes)
            undone.append(transaction.changes)
        assert snapshot(store) == state
    for changes, state in zip(reversed(undone), states[1:], strict=True):
        with store.writing() as transaction:
            transaction.take_back(changes)
        assert snapshot(store) == state


def test_a_transaction_that_fails_changes_nothing(tmp_path: Path) -> None:
    store, segments = filled(tmp_path)

    def fail_halfway() -> None:
        with store.writing() as transaction:
            transaction.remove(Kind.SEGMENT, [segments[0].id])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    with store.reading() as reader:
        assert reader.segments() == segments


def test_a_rating_survives_a_process_that_is_killed(tmp_path: Path) -> None:
    store, segments = filled(tmp_path)
    store.close()
    code = f"""
        import os, signal
        from pathlib import Path
        from annotator.domain.corpus import Annotation
        from annotator.storage.store import Store
        store = Store.open(Path({str(tmp_path / "corpus.sqlite")!r}))
        with store.writing() as transaction:
            answer = Annotation("", {segments[0].id!r}, {RATER.id!r}, "valence-arousal", {{"valence": 0.25}})
            transaction.record([answer])
        os.kill(os.getpid(), signal.SIGKILL)
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False, cwd=tmp_path)
    assert ended.returncode == -signal.SIGKILL
    assert current(Store.open(tmp_path / "corpus.sqlite")) == {segments[0].id: 0.25}


def test_commits_are_durable_and_references_hold(tmp_path: Path) -> None:
    store, _ = filled(tmp_path)
    with store.writing() as transaction:
        connection = transaction._connection
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    assert store.problems() == []


def test_a_corpus_locked_by_another_program_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "LOCK_TIMEOUT", 0.1)
    store, segments = filled(tmp_path)
    other = sqlite3.connect(tmp_path / "corpus.sqlite")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(AnnotatorError, match="locked by another program"):
        rate(store, segments[0], 0.5)
    other.rollback()
    other.close()
    rate(store, segments[0], 0.5)
    assert current(store) == {segments[0].id: 0.5}


def test_a_corpus_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    store, _ = filled(tmp_path)
    store.close()
    with sqlite3.connect(tmp_path / "corpus.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(AnnotatorError, match="newer version"):
        Store.open(tmp_path / "corpus.sqlite")


def as_first_version(database: Path) -> None:
    """Takes a corpus back to what the first version of the program made."""
    with sqlite3.connect(database) as connection:
        for table in ("link", "run"):
            connection.execute(f"DROP TABLE {table}")
        for column in (
            "rater.profile", "tier.made", "task.options", "annotation.flagged",
            "consensus.uncertainty", "consensus.sources",
        ):  # fmt: skip
            connection.execute("ALTER TABLE {} DROP COLUMN {}".format(*column.split(".")))
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()


def version_of(database: Path) -> str:
    connection = sqlite3.connect(database)
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    connection.close()
    return str(found)


def test_an_older_corpus_is_upgraded_when_it_is_opened_and_a_copy_is_kept(tmp_path: Path) -> None:
    store, segments = filled(tmp_path)
    rate(store, segments[0], 0.5)
    store.close()
    as_first_version(tmp_path / "corpus.sqlite")

    upgraded = Store.open(tmp_path / "corpus.sqlite")
    assert current(upgraded) == {segments[0].id: 0.5}
    with upgraded.reading() as reader:
        assert reader.segments() == segments
        assert reader.links() == []
    upgraded.close()
    assert version_of(tmp_path / "corpus.sqlite") == schema.HEAD
    [copy] = (tmp_path / "backups").iterdir()
    assert version_of(copy) == "0001"
    kept = Store.open(copy, writable=False)
    assert current(kept) == {segments[0].id: 0.5}
    kept.close()

    Store.open(tmp_path / "corpus.sqlite").close()
    assert [*(tmp_path / "backups").iterdir()] == [copy]


def test_an_older_corpus_that_is_only_read_stays_as_it_is(tmp_path: Path) -> None:
    store, segments = filled(tmp_path)
    store.close()
    as_first_version(tmp_path / "corpus.sqlite")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    quiet = Store.open(tmp_path / "corpus.sqlite", writable=False)
    with quiet.reading() as reader:
        assert (reader.segments(), reader.links()) == (segments, [])
    with pytest.raises(AnnotatorError, match="read-only"):
        rate(quiet, segments[0], 0.1)
    quiet.close()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_an_upgrade_that_fails_leaves_the_old_corpus(tmp_path: Path) -> None:
    store, _ = filled(tmp_path)
    store.close()
    as_first_version(tmp_path / "corpus.sqlite")
    (tmp_path / "backups").write_text("a file where the folder should be")
    with pytest.raises(AnnotatorError, match="no copy of it can be made"):
        Store.open(tmp_path / "corpus.sqlite")
    assert version_of(tmp_path / "corpus.sqlite") == "0001"


def test_a_link_is_kept_once_and_its_verdict_can_be_undone(tmp_path: Path) -> None:
    store, _ = filled(tmp_path)
    other = replace(RECORDING, id="s" * 32, path="b.wav")
    link = Link(RECORDING.id, other.id, 0.9, 0, 100, 50, 150)
    with store.writing() as transaction:
        transaction.put(other, link)
    with store.writing() as transaction:
        transaction.put(replace(link, verdict="dismissed", reason="another band"))
        changes = transaction.changes
    with store.reading() as reader:
        assert [(found.verdict, found.reason) for found in reader.links()] == [("dismissed", "another band")]
    with store.writing() as transaction:
        transaction.take_back(changes)
    with store.reading() as reader:
        assert reader.links() == [link]
    with store.writing() as transaction:
        transaction.remove(Kind.RECORDING, [other.id])
        assert transaction.links() == []


@pytest.mark.parametrize(("content", "said"), [(b"", "damaged"), (b"hello" * 500, "damaged")])
def test_a_file_that_is_no_database_says_so(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "corpus.sqlite").write_bytes(content)
    with pytest.raises(AnnotatorError, match=said):
        Store.open(tmp_path / "corpus.sqlite")


def first_page_in_log(log: bytes) -> bytes:
    """The newest first page in a write-ahead log (https://sqlite.org/fileformat2.html#walformat)."""
    size = int.from_bytes(log[8:12], "big")
    frames = [log[start : start + 24 + size] for start in range(32, len(log), 24 + size)]
    return [frame[24:] for frame in frames if frame[:4] == (1).to_bytes(4, "big")][-1]


@pytest.mark.parametrize("writable", [True, False])
def test_a_program_killed_while_it_brings_the_log_in_leaves_a_corpus_that_opens(
    tmp_path: Path, writable: bool
) -> None:
    store, _ = filled(tmp_path)
    store.close()
    (tmp_path / "killed").mkdir()
    names = ("corpus.sqlite", "corpus.sqlite-wal")
    holder = sqlite3.connect(tmp_path / "corpus.sqlite")  # as long as it is open the log stays
    holder.execute("SELECT count(*) FROM sqlite_master").fetchone()
    with Store.open(tmp_path / "corpus.sqlite").writing() as transaction:
        segments = [Segment(new_id(), RECORDING.id, TIER.id, 100 * k, 100 * k + 50) for k in range(500)]
        transaction.put(*segments)
    database, log = ((tmp_path / name).read_bytes() for name in names)
    holder.close()
    # The first page says how long the database is; it is brought in before the pages that make it so long.
    page = first_page_in_log(log)
    (tmp_path / "killed" / names[0]).write_bytes(page + database[len(page) :])
    (tmp_path / "killed" / names[1]).write_bytes(log)
    opened = Store.open(tmp_path / "killed" / "corpus.sqlite", writable=writable)
    with opened.reading() as reader:
        assert {segment.id for segment in segments} <= {segment.id for segment in reader.segments()}
    assert opened.problems() == []
    opened.close()


def test_a_database_of_something_else_says_so(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "corpus.sqlite") as connection:
        connection.execute("CREATE TABLE stamps (id)")
    connection.close()
    with pytest.raises(AnnotatorError, match="not of a corpus"):
        Store.open(tmp_path / "corpus.sqlite")


def test_reading_only_writes_no_file(tmp_path: Path) -> None:
    store, segments = filled(tmp_path)
    store.close()
    before = sorted(path.name for path in tmp_path.iterdir())
    quiet = Store.open(tmp_path / "corpus.sqlite", writable=False)
    with quiet.reading() as reader:
        assert reader.segments() == segments
    with pytest.raises(AnnotatorError, match="read-only"):
        rate(quiet, segments[0], 0.1)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
