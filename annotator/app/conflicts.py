"""Places where a corpus and a copy of it do not agree: told both ways, and settled by a person."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

from annotator.app.session import Session
from annotator.domain.corpus import Recording, Segment
from annotator.domain.errors import AnnotatorError, UsageError
from annotator.domain.registry import closest
from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n
from annotator.storage.joining import canonical
from annotator.storage.merge import ASPECTS, Collision
from annotator.storage.rows import Kind, Row
from annotator.storage.writer import Transaction

Side: TypeAlias = Literal["ours", "theirs", "both"]

#: In place of the key of one conflict: all of them.
ALL = "all"

#: What can be kept of both sides: two segments may stand side by side, two texts of one segment cannot.
_WITH_BOTH = frozenset({"edges", "overlap"})


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place where this corpus and a copy do not agree, as the text says; `settled` tells what stands now.

    `kind` is one of `edges, text, speaker, status, deleted, overlap, scheme, link`; `ours` and `theirs` are the two
    segments (start and end in samples), definitions or links. `key` names the conflict, also when the same copy is
    merged once more.
    """

    kind: str
    key: str
    source: str
    what: str
    recording: str
    ours: Row
    theirs: Row
    settled: str
    text: str

    @property
    def sides(self) -> tuple[Side, ...]:
        """What it can be settled by."""
        return ("ours", "theirs", "both") if self.kind in _WITH_BOTH else ("ours", "theirs")

    def segment(self, side: Side) -> Segment | None:
        """The segment of one side, to be heard; `None` where the conflict is not about one."""
        row = self.theirs if side == "theirs" else self.ours
        if "start" not in row:
            return None
        names = ("id", "recording_id", "tier_id", "start", "end", "text", "speaker", "origin", "status")
        return Segment(**{name: row[name] for name in names})


def describe(found: Collision, source: str, recordings: Mapping[str, Recording]) -> Conflict:
    """A collision in words; `source` is the name of the copy."""
    ours, theirs = found.ours, found.theirs
    if found.kind == "scheme":
        text = tr(
            'The scheme "{name}" is defined in another way in {source}.', name=ours["id"], source=source
        )
        return Conflict(found.kind, _key(found), source, ours["id"], "", ours, theirs, found.settled, text)
    if found.kind == "link":
        first, second = (recordings[ours[end]].name if ours[end] in recordings else "?" for end in ("a", "b"))
        text = tr(
            "{source} judged in another way whether {first} and {second} are the same sound.",
            source=source, first=first, second=second,
        )  # fmt: skip
        return Conflict(found.kind, _key(found), source, ours["id"], first, ours, theirs, found.settled, text)
    recording = recordings.get(ours["recording_id"])
    where = _where(ours, recording)
    there = _where(theirs, recording)
    texts = {
        "edges": tr("{where} is {there} in {source}.", where=where, there=there, source=source),
        "deleted": tr("{where} was deleted on one side and rated on the other ({source}).",
                      where=where, source=source),
        "overlap": tr("{there} from {source} lies over {where}.", there=there, where=where, source=source),
    }  # fmt: skip
    other = tr("{where}: {what} differs in {source}.", where=where, what=found.kind, source=source)
    name = recording.name if recording else ""
    return Conflict(
        found.kind, _key(found), source, ours["id"], name, ours, theirs, found.settled,
        texts.get(found.kind, other),
    )  # fmt: skip


def _key(found: Collision) -> str:
    """Eight digits from what the other side says of what: ours may change, and the conflict is the same."""
    names = [name for aspect, names in ASPECTS.items() if aspect == found.kind for name in names]
    said = {name: found.theirs[name] for name in names} if names else found.theirs["id"]
    text = canonical([found.kind, found.ours["id"], said])
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def _where(row: Row, recording: Recording | None) -> str:
    if recording is None:
        return tr("A segment")
    start, end = (clock(row[edge] / recording.sample_rate) for edge in ("start", "end"))
    return tr("{name} {start}-{end}", name=recording.name, start=start, end=end)


def parse_choices(texts: Sequence[str]) -> dict[str, Side]:
    """Choices as they are typed, `KEY=ours`, `KEY=theirs`, `KEY=both`, or the same for `all`.

    >>> parse_choices(["3fa9c1d2=theirs", "all=ours"])
    {'3fa9c1d2': 'theirs', 'all': 'ours'}
    """
    choices: dict[str, Side] = {}
    for text in texts:
        key, _, side = text.partition("=")
        if not key or side not in get_args(Side):
            raise UsageError(
                tr('"{text}" settles no conflict.', text=text),
                tr("Write KEY=ours, KEY=theirs or KEY=both, with the key of a conflict, or all."),
            )
        choices[key] = side  # type: ignore[assignment]
    return choices


def pick(conflicts: Sequence[Conflict], choices: Mapping[str, Side]) -> dict[str, Side]:
    """The side for each conflict that was chosen for, by its key.

    For all at once, "both" means "ours" where both cannot be. Raises `UsageError` where a choice fits no conflict.
    """
    known = {conflict.key: conflict for conflict in conflicts}
    sides: dict[str, Side] = {}
    if ALL in choices:
        side = choices[ALL]
        sides = {key: side if side in conflict.sides else "ours" for key, conflict in known.items()}
    for key, side in choices.items():
        if key == ALL:
            continue
        if key not in known:
            raise UsageError(tr('There is no conflict "{key}".', key=key), closest(key, list(known)))
        if side not in known[key].sides:
            raise UsageError(
                tr("Of this conflict one side must be chosen: {text}", text=known[key].text),
                tr("Write {key}=ours or {key}=theirs.", key=key),
            )
        sides[key] = side
    return sides


def settle_conflicts(
    session: Session, conflicts: Sequence[Conflict], choices: Mapping[str, Side]
) -> tuple[Conflict, ...]:
    """Settles conflicts that a merge has listed, in one undoable step; gives all of them as they are settled now.

    Parameters
    ----------
    choices
        The side for the key of a conflict, or for `all`.

    Raises `AnnotatorError`, with nothing changed, where a choice fits no conflict or what it is about has gone.
    """
    sides = pick(conflicts, choices)

    def write(transaction: Transaction) -> tuple[Conflict, ...]:
        return tuple(
            apply_choice(transaction, conflict, sides[conflict.key]) if conflict.key in sides else conflict
            for conflict in conflicts
        )

    return session.transact(tr_n("Settle {n} conflict", "Settle {n} conflicts", len(sides)), write).result


def apply_choice(transaction: Transaction, conflict: Conflict, side: Side) -> Conflict:
    """Has one side stand, or both; the conflict as it is settled then."""
    chosen = conflict.theirs if side == "theirs" else conflict.ours
    if conflict.kind == "scheme":
        transaction.put_rows(Kind.SCHEME, [{**chosen, "deleted": False}])
    elif conflict.kind == "link":
        transaction.put_rows(Kind.LINK, [{**chosen, "deleted": False}])
    elif conflict.kind == "overlap":
        kept = {"ours": {conflict.ours["id"]}, "theirs": {conflict.theirs["id"]}}.get(side)
        rows = [_held(transaction, row["id"]) for row in (conflict.ours, conflict.theirs)]
        transaction.put_rows(
            Kind.SEGMENT, [{**row, "deleted": kept is not None and row["id"] not in kept} for row in rows]
        )
    else:
        _settle_segment(transaction, conflict, chosen, both=side == "both")
    return replace(conflict, settled=side)


def _settle_segment(transaction: Transaction, conflict: Conflict, chosen: Row, *, both: bool) -> None:
    held = _held(transaction, conflict.what)
    if conflict.kind == "deleted":
        transaction.put_rows(Kind.SEGMENT, [{**held, "deleted": chosen["deleted"]}])
        return
    names = ("start", "end", "origin") if conflict.kind == "edges" else ASPECTS[conflict.kind]
    rows = [held | {name: chosen[name] for name in names}]
    if both:
        # Their edges become a segment of its own, with the same key on every copy that decides so.
        place = f"{conflict.theirs['start']}-{conflict.theirs['end']}"
        key = uuid.uuid5(uuid.UUID(held["id"]), place).hex
        rows.append(held | {name: conflict.theirs[name] for name in names} | {"id": key, "deleted": False})
    transaction.put_rows(Kind.SEGMENT, rows)


def _held(transaction: Transaction, key: str) -> Row:
    found = transaction.held(Kind.SEGMENT, key)
    if found is None:
        raise AnnotatorError(
            tr("A segment that sides do not agree on is not in the corpus any more."),
            tr("Merge the copy once more."),
        )
    return found
