"""What the audit of a split found, each finding with the two segments to compare by ear."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from annotator.domain.corpus import Recording, Segment
from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n
from annotator.gui.dataset.flow import FlowLayout
from annotator.gui.dataset.reading import Audited
from annotator.gui.icons import paint_icon, set_icon
from annotator.gui.listening import ListenButton, Listener
from annotator.gui.theme import GRID, current_theme
from annotator.gui.widgets.banner import Banner
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.painting import open_painter
from annotator.gui.widgets.remark import remark, say
from annotator.gui.widgets.row_list import Row, RowList
from annotator.splits.findings import Finding

#: Findings listed at a time.
_SHOWN = 50


def kind_title(kind: str) -> str:
    """What a kind of finding is called."""
    return {
        "group": tr("On two sides"),
        "identical": tr("Same audio"),
        "overlap": tr("Shared sound"),
        "text": tr("Same sentence"),
        "missing_class": tr("Class missing"),
        "empty_part": tr("Empty part"),
        "missing_group": tr("Key not known"),
        "near_duplicate": tr("Nearly the same sound"),
        "consensus": tr("Consensus across parts"),
        "normalisation": tr("Normalised across parts"),
    }.get(kind, kind)


class FindingRow(Row):
    """A sentence, and up to two segments to listen to: Enter or A plays the first, B the second."""

    def __init__(
        self, finding: Finding, places: dict[str, tuple[Segment, Recording]], listener: Listener,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        self.finding = finding
        leak = finding.severity == "leak"
        severity = tr("Leak") if leak else tr("Warning")
        super().__init__(f"{severity}, {kind_title(finding.kind)}: {finding.text}", parent)
        self.players: list[ListenButton] = []
        title = QLabel(f"{severity}: {kind_title(finding.kind)}")
        title.setProperty("role", "danger" if leak else "warning")
        text = QLabel(finding.text)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        listening = QWidget()
        heard = FlowLayout(listening, gap=GRID // 2)
        ends = (
            (finding.a, finding.part_a, Qt.Key.Key_A, "A"),
            (finding.b, finding.part_b, Qt.Key.Key_B, "B"),
        )
        for segment_id, part, key, letter in ends:
            if segment_id in places:
                segment, recording = places[segment_id]
                words = [letter, part or "", recording.name, clock(segment.start / recording.sample_rate, 0)]
                button = ListenButton(listener, segment, recording, "  ".join(filter(None, words)))
                self.keys[key] = button
                self.players.append(button)
                heard.addWidget(button)
        if not self.players:
            listening.hide()
        if self.players:
            self.opened.connect(self.players[0].toggle)
        else:
            self.unsetCursor()
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(title)
        column.addWidget(text)
        column.addWidget(listening)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID, GRID, GRID)
        row.setSpacing(GRID + GRID // 2)
        row.addWidget(_Sign("danger" if leak else "warning"), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)


class _Sign(QWidget):
    """The warning sign in the colour of its role."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(20, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with open_painter(self) as painter:
            paint_icon(painter, "warning", QRectF(self.rect()), current_theme().colour(self._role))


class AuditCard(Card):
    """A banner with the verdict and the findings below, leaks first. `audit_asked` follows the button."""

    audit_asked = Signal()

    def __init__(self, listener: Listener) -> None:
        super().__init__(tr("Audit"))
        self._listener = listener
        self._audited: Audited | None = None
        self.button = QPushButton(tr("Audit again"))
        self.button.setToolTip(tr("Audit the split ({key})", key="F5"))
        set_icon(self.button, "search")
        self.button.clicked.connect(self._ask)
        self.add_action(self.button)
        self._state = remark(role="muted")
        self.verdict: Banner | None = None
        self._keys = remark(tr("Enter or A plays the first segment of a finding, B the second."))
        self.list = RowList(name=tr("Findings"))
        self._more = QPushButton()
        self._more.clicked.connect(self._show_more)
        for widget in (self._state, self._keys, self.list, self._more):
            self.body.addWidget(widget)
        self.show_waiting("")

    @Slot()
    def _ask(self) -> None:
        self.audit_asked.emit()

    def show_waiting(self, text: str) -> None:
        """Nothing is known of the split yet."""
        self._audited = None
        self._replace_verdict(None)
        self.list.set_rows(())
        self._more.hide()
        self._keys.hide()
        say(self._state, text)

    def show_audit(self, audited: Audited) -> None:
        """Shows the verdict and the first findings."""
        self.show_waiting("")
        self._audited = audited
        findings = audited.result.findings
        self._replace_verdict(_verdict(findings))
        self._keys.setVisible(any(finding.a in audited.places for finding in findings))
        self._add(findings[:_SHOWN])

    def _replace_verdict(self, banner: Banner | None) -> None:
        if self.verdict is not None:
            self.body.removeWidget(self.verdict)
            self.verdict.hide()
            self.verdict.deleteLater()
        self.verdict = banner
        if banner is not None:
            self.body.insertWidget(0, banner)
            banner.show()

    def _add(self, findings: Sequence[Finding]) -> None:
        self.list.add_rows([FindingRow(one, self._audited.places, self._listener) for one in findings])
        left = len(self._audited.result.findings) - len(self.list.rows)
        self._more.setVisible(left > 0)
        self._more.setText(tr_n("Show {n} more finding", "Show {n} more findings", min(left, _SHOWN)))

    @Slot()
    def _show_more(self) -> None:
        shown = len(self.list.rows)
        self._add(self._audited.result.findings[shown : shown + _SHOWN])


def _verdict(findings: Sequence[Finding]) -> Banner:
    leaks = sum(finding.severity == "leak" for finding in findings)
    warnings = len(findings) - leaks
    noted = tr_n("{n} thing to know is listed below.", "{n} things to know are listed below.", warnings)
    if leaks:
        text = tr_n(
            "This split leaks in {n} place: scores on it cannot be trusted.",
            "This split leaks in {n} places: scores on it cannot be trusted.",
            leaks,
        )
        return Banner("danger", text, noted if warnings else "")
    return Banner("positive", tr("No leak: what must be apart is apart."), noted if warnings else "")
