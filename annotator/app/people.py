"""Who the raters are: what they chose to tell of themselves, and numbers of it that may leave the house."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from annotator.app.rate import ensure_rater, find_rater
from annotator.app.session import Session
from annotator.domain.corpus import Rater, now
from annotator.domain.errors import AnnotatorError, UsageError
from annotator.domain.translation import tr
from annotator.storage.reader import Reader
from annotator.storage.writer import Transaction

#: Ages that a person who rates can have.
AGES = (3, 120)

#: Longest word for a gender or a language, and most languages.
_LONGEST = 60
_MOST_LANGUAGES = 20


@dataclass(frozen=True, slots=True)
class Person:
    """A rater with what they told, and how many answers of theirs count."""

    name: str
    kind: str
    age: int | None
    gender: str
    languages: tuple[str, ...]
    ratings: int


def people(session: Session) -> tuple[Person, ...]:
    """All raters, by name."""
    with session.reading() as reader:
        raters = reader.raters()
        counts = _counts(reader)
    return tuple(
        Person(
            rater.name, rater.kind, rater.profile.get("age"), str(rater.profile.get("gender", "")),
            tuple(rater.profile.get("languages", ())), counts[rater.id],
        )
        for rater in raters
    )  # fmt: skip


def _counts(reader: Reader) -> Counter[str]:
    counts: Counter[str] = Counter()
    for scheme in reader.schemes():
        answers = reader.answer_columns(scheme.name)
        for index in answers.rater_index.tolist():
            counts[answers.raters[index]] += 1
    return counts


def set_profile(
    session: Session,
    name: str,
    *,
    age: int | None = None,
    gender: str | None = None,
    languages: Iterable[str] | None = None,
    clear: bool = False,
) -> Rater:
    """Keeps what a rater tells of themselves, in one undoable step; a new name becomes a rater.

    Parameters
    ----------
    age, gender, languages
        `None` leaves what was told before; an empty text or no languages at all takes it back.
    clear
        Whether everything that was told before is taken back first.

    Raises `UsageError` where an age is none that a person can have, or a word is too long.
    """
    told: dict[str, Any] = {}
    if age is not None:
        if not AGES[0] <= age <= AGES[1]:
            raise UsageError(
                tr("{age} is no age.", age=age), tr("Give whole years, {low} to {high}.", low=AGES[0], high=AGES[1])
            )  # fmt: skip
        told["age"] = age
    if gender is not None:
        told["gender"] = _word(gender)
    if languages is not None:
        words = list(dict.fromkeys(filter(None, map(_word, languages))))
        if len(words) > _MOST_LANGUAGES:
            raise UsageError(tr("{n} languages are too many.", n=len(words)), tr("Give the main ones."))
        told["languages"] = words

    def write(transaction: Transaction) -> Rater:
        rater = ensure_rater(transaction, name)
        kept = {} if clear else _told(rater.profile)
        profile = {key: value for key, value in (kept | told).items() if value not in ("", [])}
        if profile == _told(rater.profile):
            return rater
        # The time tells copies of a corpus which profile is the later one.
        made = replace(rater, profile={**_beside(rater.profile), **profile, "told": now()})
        transaction.put(made)
        return made

    return session.transact(tr("Describe the rater {name}", name=name), write).result


def _word(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > _LONGEST:
        raise UsageError(tr('"{text}..." is too long.', text=text[:20]), tr("Give a word or two."))
    return text


_TOLD = ("age", "gender", "languages")


def _told(profile: Mapping[str, Any]) -> dict[str, Any]:
    return {key: profile[key] for key in _TOLD if key in profile}


def _beside(profile: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in profile.items() if key not in (*_TOLD, "told")}


def rename_rater(session: Session, name: str, new: str) -> Rater:
    """Gives a rater another name or a pseudonym; their answers stay theirs.

    Raises `AnnotatorError` where another rater has that name already.
    """
    new = new.strip()

    def write(transaction: Transaction) -> Rater:
        rater = find_rater(transaction, name)
        if not new:
            raise AnnotatorError(tr("A rater needs a name."), tr("Give a name or a pseudonym."))
        if new != rater.name and new in {other.name for other in transaction.raters()}:
            raise AnnotatorError(
                tr('There is another rater called "{name}".', name=new), tr("Choose another name.")
            )
        made = replace(rater, name=new)
        transaction.put(made)
        return made

    return session.transact(tr("Rename the rater {name}", name=name), write).result
