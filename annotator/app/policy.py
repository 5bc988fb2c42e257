"""What the lead of a corpus lets annotators see, and when: kept in the corpus, carried by packages.

Text and pictures of the sound bias ratings, and so do other people's answers. All three are out of sight until the lead
says otherwise.
"""

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, TypeAlias, get_args

from annotator.app.session import Session
from annotator.domain.corpus import PRACTICE, Rater
from annotator.domain.errors import AnnotatorError, UsageError
from annotator.domain.translation import tr, tr_n
from annotator.storage.reader import Reader

#: Where the policy is kept.
_KEY = "policy"

Adjudication: TypeAlias = Literal["after", "open", "closed"]
"""Who may see the answers of others: each rater `after` their own task is done, everybody, or nobody."""

#: Longest time between two words about a pause, in minutes.
_LONGEST_PAUSE = 480


@dataclass(frozen=True, slots=True)
class Policy:
    """The lead's switches.

    Parameters
    ----------
    text, spectrogram
        Whether what is said, and the spectrogram, are shown to whoever rates.
    pause
        Minutes of rating after which a pause is proposed; 0 for never.
    adjudication
        When the answers of others are shown.
    """

    text: bool = False
    spectrogram: bool = False
    pause: int = 30
    adjudication: Adjudication = "after"

    def __post_init__(self) -> None:
        if not 0 <= self.pause <= _LONGEST_PAUSE:
            raise UsageError(
                tr("{n} minutes are no time to a pause.", n=self.pause),
                tr("Give 0 (never) to {most}.", most=_LONGEST_PAUSE),
            )
        if self.adjudication not in get_args(Adjudication):
            raise UsageError(
                tr('"{value}" does not say when adjudication is open.', value=self.adjudication),
                tr("Valid: {names}.", names=", ".join(get_args(Adjudication))),
            )


def read_policy(reader: Reader) -> Policy:
    """The lead's switches; what was never set is as it is to begin with.

    Raises `AnnotatorError` where what is kept makes no sense.
    """
    text = reader.meta(_KEY)
    if not text:
        return Policy()
    try:
        data = json.loads(text)
        known = {field.name: type(field.default) for field in fields(Policy)}
        given = {name: data[name] for name in known if name in data}
        if type(data) is not dict or any(type(value) is not known[name] for name, value in given.items()):
            raise ValueError(text)
        return Policy(**given)
    except (ValueError, TypeError, UsageError):
        raise AnnotatorError(
            tr("What annotators may see is not readable in this corpus: {text}", text=text[:100]),
            tr('Set it again with "annotator policy".'),
        ) from None


def policy_text(reader: Reader) -> str:
    """The policy as packages carry it."""
    return json.dumps(asdict(read_policy(reader)))


def set_policy(session: Session, **changes: Any) -> Policy:
    """Changes some of the lead's switches, by the names of `Policy`'s fields, in one undoable step.

    Raises `AnnotatorError` in a work package: these switches are the lead's.
    """
    with session.reading() as reader:
        if reader.meta("package") is not None:
            raise AnnotatorError(
                tr("What annotators may see is decided in the corpus that this work package was cut from."),
                tr("Ask whoever sent it."),
            )
    made = replace(policy_of(session, unreadable=Policy()), **changes)
    session.transact(
        tr("Change what annotators may see"), lambda t: t.set_meta(_KEY, json.dumps(asdict(made)))
    )
    return made


def policy_of(session: Session, *, unreadable: Policy | None = None) -> Policy:
    """The lead's switches of an open corpus; `unreadable` where they make no sense and that is no error."""
    with session.reading() as reader:
        try:
            return read_policy(reader)
        except AnnotatorError:
            if unreadable is None:
                raise
            return unreadable


def require_open(reader: Reader) -> None:
    """Raises `AnnotatorError` where the lead has closed everybody's answers to everybody."""
    if read_policy(reader).adjudication == "closed":
        raise AnnotatorError(
            tr("Adjudication is closed in this corpus: nobody sees the answers of others."),
            tr('The lead opens it with "annotator policy CORPUS --adjudication open".'),
        )


def open_work(reader: Reader, rater: Rater) -> int:
    """How many of the segments that a rater was asked for still have no answer of theirs; practice is no work."""
    asked = {
        (task.scheme, segment, repeat)
        for task in reader.tasks()
        if task.rater_id == rater.id
        for segment, repeat in task.entries
        if repeat > PRACTICE
    }
    if not asked:
        return 0
    there = {s.id for s in reader.segments(ids={segment for _, segment, _ in asked})}
    given = {(a.scheme, a.segment_id, a.repeat) for a in reader.annotations(rater_id=rater.id)}
    return sum(key[1] in there for key in asked - given)


def blind(reader: Reader, rater: Rater | None) -> str:
    """Why someone must not see the answers of others now, as a sentence; empty where they may."""
    policy = read_policy(reader)
    if policy.adjudication == "open":
        return ""
    if policy.adjudication == "closed":
        return tr("The lead has not opened adjudication: nobody sees the answers of others yet.")
    left = open_work(reader, rater) if rater is not None else 0
    if not left:
        return ""
    return tr_n(
        "{name} still has {n} segment to rate: until then the answers of others stay out of sight.",
        "{name} still has {n} segments to rate: until then the answers of others stay out of sight.",
        left,
        name=rater.name if rater else "",
    )
