"""Reads a corpus by a recipe file."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from annotator.audio.files import audio_files
from annotator.domain.corpus import Value as Answer
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr, tr_n
from annotator.exchange.bundle import Findings
from annotator.exchange.recipes.declaration import Declaration, Place, Value, Votes
from annotator.exchange.recipes.finder import Finder
from annotator.exchange.recipes.recipe import Absent, RecipeFile, RecipeResult, check_folder, listed, no_audio
from annotator.exchange.table import read_table
from annotator.exchange.textfile import read_text

_RATE = 44_100

_Fields = dict[str, str]


@dataclass(slots=True)
class _Run:
    """One reading of a corpus."""

    recipe: Declaration
    scheme: Scheme
    folder: Path
    finder: Finder
    findings: Findings
    files: list[RecipeFile] = field(default_factory=list)
    absent: dict[Path, Absent] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)
    strange: Counter[tuple[str, str]] = field(default_factory=Counter)  # what, value


def read_declared(recipe: Declaration, folder: Path) -> RecipeResult:
    """The files and labels that a recipe file finds in a folder, and what it could not place.

    Raises `AnnotatorError` where nothing there looks like the corpus.
    """
    check_folder(folder)
    audio = audio_files(folder)
    if not audio and recipe.absent_seconds is None:
        raise no_audio(folder)
    if recipe.scheme is None:
        raise AnnotatorError(tr('The recipe "{name}" has no scheme.', name=recipe.name))
    run = _Run(recipe, recipe.scheme, folder, Finder(folder, audio), Findings())
    for place in recipe.places:
        if _read_place(run, place, audio):
            break
    if not run.files:
        raise AnnotatorError(
            tr("Nothing in {folder} looks like {title}.", folder=folder, title=recipe.title),
            " ".join(run.findings.dropped[:2]) or recipe.how,
        )
    return RecipeResult(tuple(run.files), run.scheme, tuple(_warnings(run)), run.absent)


def _warnings(run: _Run) -> Iterator[str]:
    yield from run.findings.warnings
    yield from run.findings.dropped
    for (what, value), n in sorted(run.strange.items()):
        yield tr_n(
            '{n} time {what} is "{value}", which the recipe does not know.',
            '{n} times {what} is "{value}", which the recipe does not know.',
            n, what=what, value=value,
        )  # fmt: skip
    if run.missing:
        names, n = listed(list(run.missing)), len(run.missing)
        if run.absent:
            yield tr_n(
                "{n} file is not there; its labels came in without sound: {names}.",
                "{n} files are not there; their labels came in without sound: {names}.", n, names=names,
            )  # fmt: skip
        else:
            yield tr_n(
                "{n} file with labels is not there: {names}.",
                "{n} files with labels are not there: {names}.", n, names=names,
            )  # fmt: skip


def _read_place(run: _Run, place: Place, audio: list[Path]) -> bool:
    """Reads one place; says whether it is there."""
    if place.kind == "names":
        return _read_names(run, place, audio)
    tables = sorted(run.folder.rglob(place.path), key=lambda path: (len(path.parts), path))
    if not tables:
        return False
    joined = [_joined(run, path, on) for path, on in place.join]
    before = len(run.files)
    for table in tables:
        rows = _table_rows(run, table, place) if place.kind == "table" else _line_rows(run, table, place)
        for row, fields, votes in rows:
            for (_, on), others in zip(place.join, joined, strict=True):
                fields = {**others.get(fields.get(on, ""), {}), **fields}
            _take(run, place, fields, row, votes)
    return len(run.files) > before


def _read_names(run: _Run, place: Place, audio: list[Path]) -> bool:
    strangers = []
    assert place.pattern is not None
    for path in audio:
        inner = path.relative_to(run.folder)
        name = path.stem if place.where == "name" else inner.with_suffix("").as_posix()
        match = place.pattern.fullmatch(name)
        if match is None:
            strangers.append(path.name)
            continue
        fields = {key: value or "" for key, value in match.groupdict().items()}
        _add(run, place, path, fields, 0, [])
    if not run.files:
        return False
    if strangers:
        run.findings.warn(
            tr_n("Left out, as it is not named in the way of the corpus: {names}.",
                 "Left out, as they are not named in the way of the corpus: {names}.",
                 len(strangers), names=listed(strangers))
        )  # fmt: skip
    return True


_Vote = tuple[Votes, _Fields]


def _table_rows(run: _Run, table: Path, place: Place) -> Iterator[tuple[int, _Fields, list[_Vote]]]:
    found = read_table(table, run.findings)
    if not place.join:  # another table may have what this one lacks
        needed = set().union(
            *(value.fields for value in (place.file, place.rater, *place.labels.values()) if value)
        )
        lacking = sorted(needed - set(found.columns))
        if lacking:
            run.findings.warn(
                tr('{path} has no column "{column}" and was not read.', path=table, column=lacking[0])
            )
            return
    for row in found.rows:
        yield row.line, dict(row.cells), []


def _line_rows(run: _Run, path: Path, place: Place) -> Iterator[tuple[int, _Fields, list[_Vote]]]:
    """Lines about files, each with the votes on the lines below it."""
    assert place.pattern is not None
    held: tuple[int, _Fields, list[_Vote]] | None = None
    for row, line in enumerate(read_text(path, run.findings).split("\n"), start=1):
        head = place.pattern.search(line)
        if head is not None:
            if held is not None:
                yield held
            held = (row, {key: value or "" for key, value in head.groupdict().items()}, [])
            continue
        for votes in place.votes if held is not None else ():
            match = votes.pattern.search(line)
            if match is not None and held is not None:
                held[2].append((votes, {key: value or "" for key, value in match.groupdict().items()}))
                break
    if held is not None:
        yield held


def _joined(run: _Run, path: str, on: str) -> dict[str, _Fields]:
    """Rows of another table by the field that both have; empty where that table is not there."""
    tables = sorted(run.folder.rglob(path), key=lambda one: (len(one.parts), one))
    if not tables:
        run.findings.warn(tr("The table {name} is not there; what it tells is missing.", name=path))
        return {}
    return {row.get(on): dict(row.cells) for row in read_table(tables[0], run.findings).rows}


def _take(run: _Run, place: Place, fields: _Fields, row: int, votes: list[_Vote]) -> None:
    assert place.file is not None
    try:
        name = place.file.of(fields)
    except KeyError as error:
        run.strange[tr("the name of a file"), str(error.args[0])] += 1
        return
    path = run.finder.look(name)
    if path is None:
        run.missing.setdefault(name)
        if run.recipe.absent_seconds is None:
            return
        path = run.folder / name.replace("\\", "/").rsplit("/", 1)[-1]
        samples = round(run.recipe.absent_seconds * _RATE)
        warning = tr("The file is not there; its length is what the recipe assumes.")
        run.absent.setdefault(path, Absent(_RATE, samples, warning))
    _add(run, place, path, fields, row, votes)


def _add(run: _Run, place: Place, path: Path, fields: _Fields, row: int, votes: list[_Vote]) -> None:
    groups = {}
    for key, value in place.groups.items():
        text = _text(run, key, value, fields)
        if text:
            groups[key] = text
    part = _text(run, tr("the part"), place.part, fields) if place.part else ""
    rater = _text(run, tr("the rater"), place.rater, fields) if place.rater else ""
    labels = _labels(run, place.labels, fields, row)
    run.files.append(RecipeFile(path, groups, labels, rater or None, part=part or ""))
    by_rater: dict[str, dict[str, Answer]] = {}
    for vote, found in votes:
        name = _text(run, tr("the rater"), vote.rater, found)
        if name:
            by_rater.setdefault(name, {}).update(_labels(run, vote.labels, found, row))
    run.files += [RecipeFile(path, groups, given, name) for name, given in by_rater.items() if given]


def _labels(run: _Run, labels: Mapping[str, Value], fields: _Fields, row: int) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for name, value in labels.items():
        text = _text(run, name, value, fields)
        if text is None:
            continue
        try:
            found[name] = run.scheme.item(name).parse(text)
        except AnnotatorError as error:
            run.findings.drop(row, error.message)
    return found


def _text(run: _Run, what: str, value: Value, fields: _Fields) -> str | None:
    """The text of a value; what the recipe does not know is counted, and is `None`."""
    try:
        return value.of(fields)
    except KeyError as error:
        run.strange[what, str(error.args[0])] += 1
        return None
