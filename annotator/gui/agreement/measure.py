"""The jobs of the Agreement workspace: each reads all that a page shows, off the window's thread."""

from dataclasses import dataclass

from annotator.agreement.report import ItemReport
from annotator.app.agreement import (
    Divided,
    RatedScheme,
    RaterPlace,
    SchemeAgreement,
    divided_segments,
    measure_agreement,
    rated_schemes,
    rater_places,
)
from annotator.app.consensus import (
    ConsensusResult,
    SettledState,
    settle_consensus,
    settled_states,
)
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


def measure(session: Session, scheme: str) -> Job[Measured]:
    """The agreement on one scheme, the segments that divide the raters, and the raters' places."""
    (agreement,) = yield from measure_agreement(session, scheme)
    yield Progress(1, 1, tr("Collecting the answers that differ"))
    return Measured(agreement, divided_segments(session, agreement), rater_places(session, scheme))


def settle(session: Session, scheme: str, method: str) -> Job[ConsensusResult]:
    """Settles a consensus; once begun it is written as a whole."""
    yield Progress(0, 1, tr("Settling"))
    return settle_consensus(session, scheme, method)
