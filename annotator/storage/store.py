"""One corpus database: open it, read a consistent moment of it, change it in whole transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, insert

from annotator.domain.corpus import now
from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.storage import schema
from annotator.storage.engine import back_up, explained, has_tables, integrity_problems, sqlite_engine
from annotator.storage.migrate import known, upgrade, version
from annotator.storage.reader import Reader
from annotator.storage.writer import Transaction


class Store:
    """The database of one corpus.

    Each `reading()` or `writing()` has a connection of its own, so threads may share a store.
    """

    def __init__(self, database: Path, engine: Engine, *, writable: bool) -> None:
        self.database = database
        self.writable = writable
        self._engine = engine
        self._temporary: TemporaryDirectory[str] | None = None

    @staticmethod
    def create(database: Path, meta: dict[str, str]) -> "Store":
        """Makes a new database with the newest schema; the file must not exist yet."""
        engine = sqlite_engine(database)
        with explained(database), engine.execution_options(writes=True).begin() as connection:
            upgrade(connection)
            for key, value in meta.items():
                connection.execute(insert(schema.meta).values(key=key, value=value))
        return Store(database, engine, writable=True)

    @staticmethod
    def open(database: Path, *, writable: bool = True) -> "Store":
        """Opens an existing database; refuses what is damaged, foreign or from a newer version.

        One from an older version is upgraded, after a copy of it was left in `backups/` beside it. Where nothing may
        be written, an upgraded copy in a temporary folder is read instead.
        """
        if not database.is_file():
            raise AnnotatorError(
                tr(
                    "{corpus} is not a corpus: it holds no {name}.",
                    corpus=database.parent,
                    name=database.name,
                ),
                tr('Make one with "annotator new", or give the folder of an existing corpus.'),
            )
        if database.stat().st_size == 0 or not has_tables(database):
            raise AnnotatorError(
                tr("The database {database} is damaged or no database at all.", database=database),
                tr("Restore it from a copy."),
            )
        engine = sqlite_engine(database, writable=writable)
        with explained(database), engine.begin() as connection:
            found = version(connection)
        if found is None:
            raise AnnotatorError(
                tr("{database} is a database, but not of a corpus.", database=database),
                tr("Give the folder of a corpus."),
            )
        if not known(found):
            raise AnnotatorError(
                tr("The corpus {corpus} was made by a newer version of Annotator.", corpus=database.parent),
                tr("Update Annotator, then open it again."),
            )
        if found != schema.HEAD:
            if not writable:
                engine.dispose()
                return _upgraded_copy(database)
            _upgrade_in_place(database, engine, found)
        return Store(database, engine, writable=writable)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A reader on the corpus as it is at this moment."""
        with explained(self.database), self._engine.begin() as connection:
            yield Reader(connection)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction: durable when the block has ended, undone entirely when it raises."""
        if not self.writable:
            raise AnnotatorError(
                tr("The corpus {corpus} is read-only.", corpus=self.database.parent),
                tr("Give yourself the right to write there, or work on a copy."),
            )
        engine = self._engine.execution_options(writes=True)
        with explained(self.database), engine.begin() as connection:
            yield Transaction(connection)

    def problems(self) -> list[str]:
        """What the database itself finds wrong with its file."""
        with explained(self.database), self._engine.begin() as connection:
            return integrity_problems(connection)

    def close(self) -> None:
        """Gives up all connections."""
        self._engine.dispose()
        if self._temporary is not None:
            self._temporary.cleanup()


def _upgrade_in_place(database: Path, engine: Engine, found: str) -> None:
    """Brings a database from version `found` to the newest, and leaves a copy of the old one in `backups/`."""
    copy = (
        database.parent
        / "backups"
        / f"{database.stem}-{found}-{now()[:19].replace(':', '')}{database.suffix}"
    )
    try:
        copy.parent.mkdir(exist_ok=True)
        with explained(database):
            back_up(database, copy)
    except OSError as error:
        raise AnnotatorError(
            tr(
                "The corpus {corpus} is of an older version and no copy of it can be made: {reason}.",
                corpus=database.parent,
                reason=error.strerror or error,
            ),
            tr("Make room, then open it again."),
        ) from None
    with explained(database), engine.execution_options(writes=True).begin() as connection:
        upgrade(connection)


def _upgraded_copy(database: Path) -> Store:
    """A store for reading an older corpus that stays as it is."""
    temporary = TemporaryDirectory(prefix="annotator-")
    copy = Path(temporary.name) / database.name
    with explained(database):
        back_up(database, copy)
    engine = sqlite_engine(copy)
    with explained(database), engine.execution_options(writes=True).begin() as connection:
        upgrade(connection)
    store = Store(database, engine, writable=False)
    store._temporary = temporary
    return store
