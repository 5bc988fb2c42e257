"""What readers of labelled stretches share: answers collected by who gave them to what, and the scheme they make."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr
from annotator.exchange.bundle import Findings, ImportedRating

#: The rater of labels that a source gives without saying whose they are.
REFERENCE = "reference"

#: More different texts than this are no categories.
_MOST_LABELS = 100


@dataclass(frozen=True, slots=True)
class Stretch:
    """A file, or a stretch of it in seconds."""

    file: str
    start: float | None = None
    end: float | None = None


@dataclass(slots=True)
class _Given:
    values: dict[str, str | float]
    row: int
    confidence: float | None = None
    comment: str = ""


@dataclass(slots=True)
class Answers:
    """Collects answers; the second answer of one rater to one item about one stretch is reported and left out."""

    findings: Findings
    scheme: str = ""
    _given: dict[tuple[Stretch, str, int], _Given] = field(default_factory=dict)

    def add(
        self,
        stretch: Stretch,
        rater: str,
        item: str,
        value: str | float,
        *,
        row: int = 0,
        confidence: float | None = None,
        comment: str = "",
        repeat: int = 0,
    ) -> None:
        """Takes one answer in; `confidence` is 0..1."""
        given = self._given.setdefault((stretch, rater, repeat), _Given({}, row))
        if item in given.values:
            if given.values[item] != value:
                self.findings.drop(
                    row,
                    tr('{rater} answers {item} for {target} twice: "{value}" was left out.',
                       rater=rater, item=item, target=stretch.file, value=value),
                )  # fmt: skip
            return
        given.values[item] = value
        if confidence is not None and 0 <= confidence <= 1:
            given.confidence = confidence
        given.comment = given.comment or comment

    def values(self) -> dict[str, list[str | float]]:
        """All answers by item."""
        found: dict[str, list[str | float]] = {}
        for given in self._given.values():
            for item, value in given.values.items():
                found.setdefault(item, []).append(value)
        return found

    def ratings(self) -> tuple[ImportedRating, ...]:
        """The answers, one rating for each rater and stretch."""
        return tuple(
            ImportedRating(
                stretch.file, stretch.start, stretch.end, rater, given.values, given.row, stretch.file,
                self.scheme, repeat, confidence=given.confidence, comment=given.comment,
            )
            for (stretch, rater, repeat), given in self._given.items()
        )  # fmt: skip


def slug(name: str, fallback: str = "imported") -> str:
    """A name as schemes have them.

    >>> slug("Talk shows, 2nd take"), slug("...")
    ('talk-shows-2nd-take', 'imported')
    """
    return re.sub(r"[^\w]+", "-", name.strip().lower()).strip("-_") or fallback


def observed_item(name: str, values: Iterable[str | float], findings: Findings) -> Item | None:
    """An item that takes these values: a scale over their range, or their labels; `None` for free text."""
    found = list(values)
    numbers = [number for value in found if (number := _number(value)) is not None]
    if found and len(numbers) == len(found):
        low, high = min(numbers), max(numbers)
        findings.warn(
            tr("The source does not tell the range of {item}: {low:g} to {high:g}, as found, is taken for it.",
               item=name, low=low, high=high if high > low else low + 1)
        )  # fmt: skip
        steps = all(number.is_integer() for number in numbers) and high - low <= _MOST_LABELS
        return Item(
            name, "integer" if steps else "number", minimum=low, maximum=high if high > low else low + 1
        )
    labels = {str(value) for value in found if value != ""}
    if len(labels) > _MOST_LABELS:
        findings.warn(tr("{item} has {n} different values and was not read.", item=name, n=len(labels)))
        return None
    return category(name, labels)


def _number(value: str | float) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if abs(number) < 1e15 else None  # not NaN either


def category(name: str, labels: Iterable[str]) -> Item:
    """An item with these labels in their order, sorted where they have none; a single one gets `other` beside it."""
    ordered = (
        labels if isinstance(labels, list | tuple) else sorted(labels, key=lambda one: (one.casefold(), one))
    )
    names = tuple(dict.fromkeys(label for label in ordered if label))
    while len(names) < 2:
        names = (*names, "other" if "other" not in names else "none")
    return Item(name, "category", title=name.replace("_", " ").capitalize(), labels=names)


def scheme_of(
    name: str, answers: Answers, findings: Findings, known: Mapping[str, Item] | None = None
) -> tuple[Scheme, ...]:
    """The scheme of the collected answers, items as the source describes them where it does; none without items."""
    items = [
        item
        for item_name, values in answers.values().items()
        if (item := (known or {}).get(item_name) or observed_item(item_name, values, findings)) is not None
    ]
    if not items:
        return ()
    panel = "choice" if items[0].type == "category" else "scales"
    if all(item.type == "boolean" for item in items):
        panel = "checklist"
    return (Scheme(name, name.replace("-", " ").capitalize(), "perceived", tuple(items), panel),)  # type: ignore[arg-type]
