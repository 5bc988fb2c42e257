"""A CSV table that names a label for every file: `file,label,...`."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings
from annotator.exchange.recipes.finder import Finder
from annotator.exchange.recipes.recipe import (
    EMOTION,
    RecipeFile,
    RecipeResult,
    check_folder,
    emotion_scheme,
    listed,
)
from annotator.exchange.table import CsvTable, Row, read_table

_FILE = ("file", "file_name", "filename", "path", "recording")
_LABEL = ("label", "emotion")
_RATER = ("rater", "annotator", "rater_id", "annotator_id")

#: Columns that become group keys.
GROUP_KEYS = ("song", "artist", "album", "speaker", "show", "episode", "actor", "session")


def read_labels(place: Path) -> RecipeResult:
    """Files of a table with the columns `file` and `label` (or `emotion`); `place` is the table or its folder.

    Paths are from the table's folder; a bare name is found in any folder below where it is unique, with or without
    its suffix. Columns named in `GROUP_KEYS` become group keys. With a column `rater` every row is one vote, by an
    anonymous rater where the cell is empty.

    Raises `AnnotatorError` where there is no table or more than one, where a column is missing, or where no file of
    the table exists.
    """
    path = _find_table(place)
    findings = Findings()
    table = read_table(path, findings)
    file, label, rater = table.column(_FILE), table.column(_LABEL), table.column(_RATER)
    if file is None or label is None:
        raise AnnotatorError(
            tr("{path} has the columns {columns}.", path=path, columns=", ".join(table.columns)),
            tr("Needed are file and label (or emotion)."),
        )
    keys = {key: column for key in GROUP_KEYS if (column := table.column((key,)))}
    ignored = [name for name in table.columns if name and name not in {file, label, rater, *keys.values()}]
    if ignored:
        findings.warn(tr("Columns that were not read: {names}.", names=", ".join(ignored)))
    files = list(_files(table, Finder(path.parent), file, label, rater, keys, findings))
    if not files:
        raise AnnotatorError(tr("No row of {path} can be used.", path=path), " ".join(findings.dropped[:3]))
    labels = {str(one.labels[EMOTION]) for one in files}
    return RecipeResult(
        tuple(files), emotion_scheme(labels, str(path)), (*findings.warnings, *findings.dropped)
    )


def _find_table(place: Path) -> Path:
    if place.is_file():
        return place
    check_folder(place)
    tables = sorted(path for path in place.iterdir() if path.suffix.lower() in (".csv", ".tsv"))
    if len(tables) == 1:
        return tables[0]
    if not tables:
        raise AnnotatorError(
            tr("No CSV table is in {folder}.", folder=place), tr("It needs the columns file and label.")
        )
    names = listed([path.name for path in tables], most=10)
    raise AnnotatorError(
        tr("{folder} holds several tables: {names}.", folder=place, names=names),
        tr("Give one of them in its place."),
    )


def _files(
    table: CsvTable,
    finder: Finder,
    file: str,
    label: str,
    rater: str | None,
    keys: dict[str, str],
    findings: Findings,
) -> Iterator[RecipeFile]:
    first: dict[tuple[Path, str | None], tuple[int, str]] = {}
    anonymous: Counter[Path] = Counter()
    for row in table.rows:
        name, given = row.get(file), row.get(label)
        if not (name and given):
            findings.drop(row.line, tr("file or label is missing."))
            continue
        try:
            path = finder.find(name)
        except AnnotatorError as error:
            findings.drop(row.line, error.message)
            continue
        who = _rater(row, rater, path, anonymous)
        if (path, who) in first:
            line, earlier = first[path, who]
            findings.drop(
                row.line,
                tr(
                    '{name} has the label "{label}" from line {line} already.',
                    name=name,
                    label=earlier,
                    line=line,
                ),
            )
            continue
        first[path, who] = (row.line, given)
        groups = {key: row.get(column) for key, column in keys.items() if row.get(column)}
        yield RecipeFile(path, groups, {EMOTION: given}, who)


def _rater(row: Row, column: str | None, path: Path, anonymous: Counter[Path]) -> str | None:
    """Who gave the label of a row: votes without a name are those of anonymous 1, anonymous 2, ... of that file."""
    if column is None:
        return None
    if row.get(column):
        return row.get(column)
    anonymous[path] += 1
    return f"anonymous {anonymous[path]}"
