"""Group keys from rules: `speaker=name:^([^_]+)_`, `song=stem`, `show=parent`, `artist=tag:artist`,
`song=table:songs.csv`.
"""

import csv
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from annotator.domain.corpus import RECORDING_KEY
from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.translation import tr

Rule = Callable[[Path], str | None]

_RULES = ["stem", "parent", "name:REGEX", "tag:NAME", "table:FILE.csv"]


def parse_rules(texts: Sequence[str]) -> dict[str, Rule]:
    """Rules by group key, from `KEY=RULE` texts.

    Each rule gives the key's value for a file, or `None` where the file does not tell.

    >>> rules = parse_rules(["speaker=name:^([^_]+)_", "show=parent"])
    >>> path = Path("evening/SM1_F1_A01.wav")
    >>> rules["speaker"](path), rules["show"](path)
    ('SM1', 'evening')
    """
    rules: dict[str, Rule] = {}
    for text in texts:
        key, equals, rule = text.partition("=")
        key = key.strip()
        if not equals or not key:
            raise AnnotatorError(
                tr('"{text}" is not a group rule.', text=text),
                tr("Write it as KEY=RULE, such as speaker=parent."),
            )
        if key == RECORDING_KEY:
            raise AnnotatorError(
                tr('"{key}" is a group key that every recording has by itself.', key=key),
                tr("Choose another name."),
            )
        rules[key] = _parse_rule(key, rule.strip())
    return rules


def groups_of(rules: dict[str, Rule], path: Path) -> dict[str, str]:
    """The group keys that the rules find for one file."""
    found = {key: rule(path) for key, rule in rules.items()}
    return {key: value for key, value in found.items() if value}


def _parse_rule(key: str, rule: str) -> Rule:
    kind, _, rest = rule.partition(":")
    if rule == "stem":
        return lambda path: path.stem
    if rule == "parent":
        return lambda path: path.absolute().parent.name
    if kind == "name" and rest:
        return _name_rule(rest)
    if kind == "tag" and rest:
        return lambda path: _tag(path, rest)
    if kind == "table" and rest:
        return _table_rule(key, Path(rest))
    raise AnnotatorError(tr('"{rule}" is not a group rule.', rule=rule), closest(kind, _RULES))


def _name_rule(pattern: str) -> Rule:
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise AnnotatorError(
            tr('"{pattern}" is not a regular expression: {reason}.', pattern=pattern, reason=error.msg)
        ) from None
    if expression.groups < 1:
        raise AnnotatorError(
            tr('The regular expression "{pattern}" captures nothing.', pattern=pattern),
            tr("Put brackets round the part of the file name that is the value, as in ^([^_]+)_."),
        )

    def rule(path: Path) -> str | None:
        hit = expression.search(path.name)
        return hit.group(1) if hit else None

    return rule


def _tag(path: Path, name: str) -> str | None:
    """A tag (artist, album, title, ...) from the file's own metadata, in container or stream."""
    import av
    from av.error import FFmpegError

    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            tags = dict(container.metadata)
            for stream in container.streams.audio:
                tags |= stream.metadata
    except (FFmpegError, OSError):
        return None
    lowered = {key.lower(): value for key, value in tags.items()}
    value = lowered.get(name.lower(), "").strip()
    return value or None


def _table_rule(key: str, table: Path) -> Rule:
    """Looks a file up in a CSV with a column `file` (name, path or stem) and a column named as the key."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as lines:
            rows = [
                {(k or "").strip(): (v or "").strip() for k, v in row.items() if k}
                for row in csv.DictReader(lines)
            ]
    except FileNotFoundError:
        raise AnnotatorError(tr("There is no table {path}.", path=table)) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AnnotatorError(
            tr("The table {path} cannot be read: {reason}.", path=table, reason=error)
        ) from None
    columns = list(rows[0]) if rows else []
    for needed in ("file", key):
        if needed not in columns:
            raise AnnotatorError(
                tr('The table {path} has no column "{column}".', path=table, column=needed),
                tr("It has: {columns}.", columns=", ".join(columns) or tr("nothing")),
            )
    values = {row["file"].replace("\\", "/"): row[key] for row in rows}

    def rule(path: Path) -> str | None:
        tail = path.as_posix()
        for name in (tail, f"{path.parent.name}/{path.name}", path.name, path.stem):
            if name in values:
                return values[name]
        return None

    return rule
