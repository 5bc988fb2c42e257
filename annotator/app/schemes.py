"""The instruments of a corpus: added, written, checked, changed where no answer forbids it, saved as files."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from annotator.app.session import Session
from annotator.audio.aside import written_aside
from annotator.domain.corpus import Value
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Item, Scheme, find_scheme, read_scheme
from annotator.domain.scheme_reader import SchemeError
from annotator.domain.scheme_toml import scheme_to_toml
from annotator.domain.translation import tr, tr_n
from annotator.exchange.gems_list import licence_notice, read_gems_list
from annotator.storage.reader import Reader
from annotator.storage.writer import Transaction


def add_scheme(session: Session, name_or_path: str) -> Scheme:
    """Adds a scheme that ships with the program, or one from a TOML file; one that is there already is refused."""
    scheme = find_scheme(name_or_path)
    with session.reading() as reader:
        if scheme.name in {held.name for held in reader.schemes()}:
            raise AnnotatorError(
                tr('The corpus has a scheme "{name}" already.', name=scheme.name),
                tr("Give the new one another name: ratings under two versions must not be mixed."),
            )
    session.transact(
        tr("Add the scheme {title}", title=scheme.title), lambda transaction: transaction.put(scheme)
    )
    return scheme


@dataclass(frozen=True, slots=True)
class Checked:
    """A scheme file that can be read, and what about it may not be meant so."""

    scheme: Scheme
    warnings: tuple[str, ...]


def check_scheme(path: Path) -> Checked:
    """Reads a scheme file; raises `AnnotatorError` naming line and field of the first fault."""
    scheme = read_scheme(path)
    return Checked(scheme, doubts_about(scheme))


def doubts_about(scheme: Scheme) -> tuple[str, ...]:
    """What is allowed and seldom meant: scales without words at their ends, a panel that cannot show the items.

    >>> doubts_about(find_scheme("sam-9"))
    ()
    """
    found = []
    if not scheme.question:
        found.append(tr("There is no question: raters are not told what to judge."))
    if scheme.panel == "grid" and not (len(scheme.items) == 2 and all(item.numeric for item in scheme.items)):
        found.append(tr("A grid takes two scales; each item gets a row of its own instead."))
    if scheme.panel == "checklist" and any(item.type != "boolean" for item in scheme.items):
        found.append(tr("A checklist takes boxes alone; each item gets a row of its own instead."))
    boxes = sum(item.type == "boolean" for item in scheme.items)
    if scheme.most is not None and scheme.most >= boxes:
        found.append(tr("{most} of {n} boxes may be chosen, which is no limit.", most=scheme.most, n=boxes))
    found += [
        tr('"{name}" has a colon or comma in it and cannot be told in commands.', name=name)
        for name in (scheme.name, *(item.name for item in scheme.items))
        if ":" in name or "," in name
    ]
    for item in scheme.items:
        if item.scaled and not (item.low and item.high):
            found.append(tr("{item} has no words at the ends of its scale.", item=item.name))
        if item.type == "integer" and not (item.minimum.is_integer() and item.maximum.is_integer()):
            found.append(tr("{item} has whole steps between ends that are not whole.", item=item.name))
        if len(set(item.labels)) < len(item.labels):
            found.append(tr("{item} has a label twice.", item=item.name))
    return tuple(found)


def scheme_from_draft(draft: Mapping[str, Any]) -> Scheme:
    """The scheme of a form that is being filled in: as `Scheme.from_dict`, but felt or perceived must be said.

    Raises `SchemeError`, whose `where` is the field to be mended.
    """
    if draft.get("judged") not in ("felt", "perceived"):
        raise SchemeError(
            tr("Say whether raters judge what they feel or what the sound expresses."), where="judged"
        )
    return Scheme.from_dict(draft)


def put_scheme(session: Session, scheme: Scheme) -> bool:
    """Adds a scheme, or changes the one of that name; whether there was one. Can be undone.

    Raises `AnnotatorError` saying why, where answers would not be valid, or would not mean the same, any more.
    """

    def write(transaction: Transaction) -> bool:
        held = {known.name: known for known in transaction.schemes()}.get(scheme.name)
        if held is not None:
            answers = transaction.answers(scheme.name).values
            reasons = forbidden_changes(held, scheme, answers)
            if reasons:
                raise AnnotatorError(
                    tr_n(
                        "{title} has {n} answer and cannot be changed so: {reasons}",
                        "{title} has {n} answers and cannot be changed so: {reasons}",
                        len(answers),
                        title=held.title,
                        reasons=" ".join(reasons),
                    ),
                    tr("Give the new version a name of its own."),
                )
        transaction.put(scheme)
        return held is not None

    return session.transact(tr("Write the scheme {title}", title=scheme.title), write).result


def forbidden_changes(old: Scheme, new: Scheme, answers: Sequence[Mapping[str, Value]]) -> tuple[str, ...]:
    """Why a scheme may not become another: sentences about answers that would not hold any more.

    Words may change, labels and optional items may come; what was asked, and on which scale, may not.
    """
    if not answers:
        return ()
    reasons = []
    if old.judged != new.judged:
        reasons.append(tr("Answers tell what was {judged}.", judged=_judged(old)))
    items = {item.name: item for item in new.items}
    for item in old.items:
        given = [values[item.name] for values in answers if values.get(item.name) is not None]
        if given:
            reasons += _item_reasons(item, items.get(item.name), given)
    known = {item.name for item in old.items}
    for item in new.items:
        if item.name not in known and not item.optional:
            reasons.append(tr("{item} is new and has no answers: make it optional.", item=item.name))
    boxes = [item.name for item in new.items if item.type == "boolean"]
    if new.most is not None and any(
        sum(values.get(name) is True for name in boxes) > new.most for values in answers
    ):
        reasons.append(tr("There are answers with more than {most} boxes.", most=new.most))
    return tuple(reasons)


def _item_reasons(old: Item, new: Item | None, given: Sequence[Value]) -> list[str]:
    if new is None:
        return [tr("{item} has answers and is gone.", item=old.name)]
    if new.type != old.type:
        return [tr("{item} was of the type {type}.", item=old.name, type=old.type)]
    reasons = []
    if old.scaled and (old.minimum, old.maximum) != (new.minimum, new.maximum):
        reasons.append(
            tr("{item} was rated from {low:g} to {high:g}.", item=old.name, low=old.minimum, high=old.maximum)
        )
    if old.scaled and old.direction != new.direction:
        reasons.append(tr("The scale of {item} ran the other way.", item=old.name))
    if old.type == "trace" and old.rate != new.rate:
        reasons.append(tr("{item} was traced at {rate:g} Hz.", item=old.name, rate=old.rate))
    lost = sorted({str(value) for value in given} - set(new.labels)) if old.type == "category" else []
    if lost:
        reasons.append(
            tr("{item} has answers {labels}.", item=old.name, labels=", ".join(f'"{x}"' for x in lost))
        )
    return reasons


def _judged(scheme: Scheme) -> str:
    return tr("felt") if scheme.judged == "felt" else tr("perceived")


def duplicate(scheme: Scheme, taken: Collection[str]) -> Scheme:
    """A copy under a name that is free, to be changed at will."""
    n = 2
    while f"{scheme.name}-{n}" in taken:
        n += 1
    return replace(scheme, name=f"{scheme.name}-{n}", title=tr("{title} (copy)", title=scheme.title))


def save_scheme(scheme: Scheme, path: Path) -> None:
    """Writes a scheme as a TOML file, all of it or nothing."""
    with written_aside(path) as aside:
        aside.write_text(scheme_to_toml(scheme), encoding="utf-8")


def answered_schemes(reader: Reader) -> dict[str, int]:
    """How many current answers each scheme has."""
    return {scheme.name: len(reader.answers(scheme.name).values) for scheme in reader.schemes()}


def gems_scheme(path: Path, *, language: str | None = None, accepted: bool) -> Scheme:
    """The 45- or 25-item form from the user's own list; refused with the notice until the licence is `accepted`."""
    if not accepted:
        raise AnnotatorError(licence_notice(), tr("Accept it with --accept-licence."))
    return read_gems_list(path, language=language)
