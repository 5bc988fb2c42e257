"""The jobs of the Agreement workspace: each reads all that a page shows, off the window's thread."""

from dataclasses import dataclass, replace
from pathlib import Path

from annotator.agreement.report import ItemReport
from annotator.app.agreement import (
    Divided,
    RatedScheme,
    RaterPlace,
    SchemeAgreement,
    divided_segments,
    measure_agreement,
    places_of,
    rated_schemes,
)
from annotator.app.consensus import (
    ConsensusResult,
    SettledState,
    settle_consensus,
    settled_states,
)
from annotator.app.focus import Focus, focused_segments
from annotator.app.known import anchor_report
from annotator.app.raters import RaterBook, rater_book
from annotator.app.report.page import write_page
from annotator.app.report.tables import write_tables
from annotator.app.session import Session
from annotator.domain.progress import Job, Progress
from annotator.domain.scheme import Item
from annotator.domain.translation import tr


@dataclass(frozen=True)
class Survey:
    """What there is to measure: the schemes that have ratings, and what is settled of them."""

    rated: tuple[RatedScheme, ...]
    settled: tuple[SettledState, ...]


@dataclass(frozen=True)
class Measured:
    """All that is shown of one scheme; `divided` by item."""

    agreement: SchemeAgreement
    divided: dict[str, tuple[Divided, ...]]
    places: tuple[RaterPlace, ...]

    def shown_item(self, row: int) -> tuple[Item, ItemReport, str]:
        """Item, report and, for a derived item, how it was made; those that were rated come first."""
        items = self.agreement.items
        if row < len(items):
            return self.agreement.scheme.item(items[row].item), items[row], ""
        made = self.agreement.derived[row - len(items)]
        return made.item, made.report, made.note


def survey(session: Session) -> Job[Survey]:
    """What has been rated and settled."""
    yield Progress(0, 1, tr("Looking for ratings"))
    return Survey(rated_schemes(session), settled_states(session))


@dataclass(frozen=True)
class Derivation:
    """Items made from those of a scheme: where scales are cut, and half the width of the neutral band of quadrants."""

    cuts: tuple[tuple[str, tuple[float, ...]], ...] = ()
    neutral: float | None = None


def measure(session: Session, scheme: str, made: Derivation) -> Job[Measured]:
    """The agreement on one scheme, the segments that divide the raters, and the raters' places."""
    (agreement,) = yield from measure_agreement(session, scheme, cuts=made.cuts, neutral=made.neutral)
    yield Progress(1, 1, tr("Collecting the answers that differ"))
    return Measured(agreement, divided_segments(session, agreement), places_of(agreement))


def read_book(session: Session, scheme: str) -> Job[tuple[str, RaterBook]]:
    """How the raters of a scheme work."""
    yield Progress(0, 1, tr("Looking at how raters work"))
    return scheme, replace(rater_book(session, scheme), anchors=anchor_report(session, scheme))


@dataclass(frozen=True)
class Look:
    """The segments within a focus on one item."""

    item: Item
    focus: Focus
    divided: tuple[Divided, ...]


def look(session: Session, measured: Measured, row: int, focus: Focus) -> Job[Look]:
    """Finds the segments that divide the raters within a focus."""
    yield Progress(0, 1, tr("Looking for segments"))
    item, report, _ = measured.shown_item(row)
    return Look(item, focus, focused_segments(session, measured.agreement, item, report, focus))


def write_report(session: Session, measured: Measured, path: Path) -> Job[Path]:
    """Writes the figures as one page, or as tables where the path has no ending `.html`; gives where."""
    yield Progress(0, 1, tr("Writing the report"))
    if path.suffix.lower() in (".html", ".htm"):
        write_page(session, [measured.agreement], path)
    else:
        write_tables(session, [measured.agreement], path)
    return path


def settle(session: Session, scheme: str, method: str) -> Job[ConsensusResult]:
    """Settles a consensus; once begun it is written as a whole."""
    yield Progress(0, 1, tr("Settling"))
    return settle_consensus(session, scheme, method)
