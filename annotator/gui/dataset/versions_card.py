"""A split in time: placing what came later, and comparing it with another split or version."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton

from annotator.app.growth import SplitComparison, compare_splits, extend_split
from annotator.app.session import Session
from annotator.app.split import SplitReport, SplitResult
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr, tr_n
from annotator.gui.context import Context
from annotator.gui.dataset.fields import combo, refill
from annotator.gui.icons import set_icon
from annotator.gui.task import Task
from annotator.gui.theme import GRID, set_property
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.remark import remark, say

#: Ways from part to part that are told.
_MOVES = 6


class VersionsCard(Card):
    """`extended(name)` follows a new version. Old segments stay where they are."""

    extended = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__(tr("Versions"))
        self._context = context
        self._report: SplitReport | None = None
        self._names: tuple[str, ...] = ()
        self._extending = Task(context, self, self._extended, self._refused)
        self._comparing = Task(context, self, self._show, self._refused)
        for task in (self._extending, self._comparing):
            task.ended.connect(self._tell_state)
        self._later = remark(role="muted")
        self.extend_button = QPushButton(tr("Place them as a new version"))
        self.extend_button.setToolTip(tr("Nothing that is placed moves; the earlier version stays"))
        set_icon(self.extend_button, "plus")
        self.extend_button.clicked.connect(self.extend)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self._later, 1)
        row.addWidget(self.extend_button)
        self.other = combo(tr("Compare with"))
        self.other.currentIndexChanged.connect(self.compare)
        self._label = QLabel(tr("Compare with"))
        self._label.setBuddy(self.other)
        second = QHBoxLayout()
        second.setSpacing(GRID)
        second.addWidget(self._label)
        second.addWidget(self.other, 1)
        self.told = remark(role="muted")
        self.body.addLayout(row)
        self.body.addLayout(second)
        self.body.addWidget(self.told)
        self.hide()

    @property
    def busy(self) -> bool:
        """Whether a version is being made or compared."""
        return self._extending.running or self._comparing.running

    def offer(self, names: Sequence[str]) -> None:
        """The splits that there are."""
        self._names = tuple(names)

    def show_split(self, report: SplitReport) -> None:
        """Turns to a split."""
        self._report = report
        others = [name for name in self._names if name != report.split.name]
        choices = [(tr("Choose a split"), None, "")] + [(name, name, "") for name in others]
        refill(self.other, choices, report.split.options.get("extends") or self.other.currentData())
        self._label.setVisible(bool(others))
        self.other.setVisible(bool(others))
        if report.later:
            set_property(self._later, "role", "warning")
            say(self._later, tr_n("{n} segment came later.", "{n} segments came later.", report.later))
        else:
            set_property(self._later, "role", "muted")
            say(self._later, tr("Every segment of the corpus is in a part."))
        self.setVisible(bool(others) or bool(report.later))
        self.compare()
        self._tell_state()

    @Slot()
    def extend(self) -> None:
        """Places what came later as the next version."""
        session = self._context.session
        if session is None or self._report is None or self._extending.running:
            return
        # Versions are counted from the first: "cv" where "cv-2" is shown.
        name = _first_name(self._report)
        self._extending.start(tr("Extending the split {name}", name=name), extend_split(session, name))
        self._tell_state()

    @Slot()
    def compare(self) -> None:
        """Compares with the split that is chosen."""
        session, other = self._context.session, self.other.currentData()
        if session is None or self._report is None or not other:
            say(self.told, "")
            return
        job = _compared(session, other, self._report.split.name)
        self._comparing.start(tr("Comparing splits"), job, quiet=True)

    @Slot()
    def _tell_state(self) -> None:
        session = self._context.session
        can = session is not None and session.writable and not self._extending.running
        later = self._report is not None and self._report.later > 0
        self.extend_button.setVisible(later)
        self.extend_button.setEnabled(can)

    @Slot(object)
    def _extended(self, result: SplitResult) -> None:
        self._context.noticed.emit(
            tr('Kept as "{name}"; the earlier version stays.', name=result.name), "positive"
        )
        self.extended.emit(result.name)

    @Slot(object)
    def _show(self, found: SplitComparison) -> None:
        told = [
            tr_n("{n} segment is in the same part.", "{n} segments are in the same part.", found.unchanged),
            tr_n("{n} is in another.", "{n} are in another.", found.moved),
        ]
        if found.moves:
            moves = [tr("{n} from {a} to {b}", n=n, a=a, b=b) for a, b, n in found.moves[:_MOVES]]
            more = found.moved - sum(n for _, _, n in found.moves[:_MOVES])
            if more:
                moves.append(tr("{n} others", n=more))
            told.append(tr("Moved: {moves}.", moves=", ".join(moves)))
        told.append(
            tr('Only in "{b}": {added}. Only in "{a}": {removed}.', a=found.a, b=found.b,
               added=found.added, removed=found.removed)
        )  # fmt: skip
        set_property(self.told, "role", "muted")
        say(self.told, " ".join(told))

    @Slot(object)
    def _refused(self, error: AnnotatorError) -> None:
        set_property(self.told, "role", "danger")
        say(self.told, str(error))


def _compared(session: Session, a: str, b: str) -> Job[SplitComparison]:
    yield Progress(0, 1, tr("Comparing splits"))
    return compare_splits(session, a, b)


def _first_name(report: SplitReport) -> str:
    """The name under which a split began, whichever version is shown."""
    version = report.split.options.get("version")
    return report.split.name.removesuffix(f"-{version}") if version else report.split.name
