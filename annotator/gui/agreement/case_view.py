"""One segment to decide on: its sound, what everybody said, and the scheme's own instrument for the decision."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from annotator.app.adjudication import Case
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr
from annotator.gui.agreement.opinions import OpinionsCard
from annotator.gui.icons import set_icon
from annotator.gui.listening import ListenButton, Listener, when
from annotator.gui.panels.base import RatingPanel
from annotator.gui.panels.factory import panel_for
from annotator.gui.theme import GRID
from annotator.gui.widgets.card import Card


class CaseView(QScrollArea):
    """Shows one case after another. Its signals carry what the buttons, or Enter in the panel, ask for."""

    decide_asked = Signal()
    withdraw_asked = Signal()
    previous_asked = Signal()
    next_asked = Signal()

    def __init__(self, listener: Listener, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._listener = listener
        self.panel: RatingPanel | None = None
        self._play: ListenButton | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._where, self._text = QLabel(), QLabel()
        self._where.setProperty("role", "heading")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sound = QHBoxLayout()
        self._sound.setSpacing(GRID + GRID // 2)
        self._sound.addWidget(self._where, 1)
        self.opinions = OpinionsCard()
        self._instrument = Card(tr("The decision"))
        self.comment = QLineEdit()
        self.comment.setPlaceholderText(tr("Why (optional)"))
        self.comment.setAccessibleName(tr("Reason of the decision"))
        self.comment.returnPressed.connect(self.decide_asked)
        self._instrument.body.addWidget(self.comment)
        self._instrument.body.addLayout(self._build_buttons())
        self._pair = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._pair.setSpacing(2 * GRID)
        self._pair.addWidget(self.opinions, 1)
        self._pair.addWidget(self._instrument, 1)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(GRID, 0, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID + GRID // 2)
        column.addLayout(self._sound)
        column.addWidget(self._text)
        column.addLayout(self._pair, 1)
        self.setWidget(inner)

    def _build_buttons(self) -> QHBoxLayout:
        self.withdraw, self.decision = QPushButton(tr("Take back")), QPushButton(tr("Decide"))
        self.decision.setProperty("kind", "primary")
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for button, sign, asked, told in (
            (self.withdraw, "undo", self.withdraw_asked, tr("Take the decision back ({key})", key="Ctrl+Backspace")),
            (QPushButton(tr("Previous")), "previous", self.previous_asked, tr("Previous segment ({key})", key="PgUp")),
            (QPushButton(tr("Next")), "next", self.next_asked, tr("Next segment ({key})", key="PgDown")),
            (self.decision, "check", self.decide_asked, tr("Decide and go on ({key})", key="Enter")),
        ):  # fmt: skip
            set_icon(button, sign, "on_accent" if button is self.decision else "text")
            button.clicked.connect(asked)
            button.setToolTip(told)
            row.addWidget(button)
            if button is self.withdraw:
                row.addStretch(1)
        return row

    def set_wide(self, wide: bool) -> None:
        """Whether answers and instrument stand side by side."""
        self.opinions.give_room(wide)
        self._pair.setStretchFactor(self.opinions, 1 if wide else 0)
        directions = QBoxLayout.Direction
        self._pair.setDirection(directions.LeftToRight if wide else directions.TopToBottom)

    def use(self, scheme: Scheme) -> None:
        """Decides by the instrument of a scheme from here on."""
        if self.panel is not None:
            self.panel.hide()
            self._instrument.body.removeWidget(self.panel)
            self.panel.deleteLater()
        self.panel = panel_for(scheme)
        self.panel.submitted.connect(self.decide_asked)
        self._instrument.body.insertWidget(0, self.panel, 1)

    def show_case(self, case: Case, names: Mapping[str, str], held: Case | None) -> None:
        """Shows a case where `held` was shown; of one and the same, answers not stored yet stay as they are."""
        self.opinions.show_case(self.panel.scheme, case, names)
        same = held is not None and held.segment.id == case.segment.id
        if not same:
            self._show_segment(case)
        if not same or held.decision != case.decision:
            self.panel.set_values(case.decision or {})
            self.comment.clear()
        again = tr("Decided already; Enter changes it.") if case.decision is not None else ""
        self._instrument.set_title(tr("The decision"), again)

    def _show_segment(self, case: Case) -> None:
        self._where.setText(f"{case.recording.name}  {when(case.segment, case.recording)}")
        self._text.setText(case.segment.text)
        self._text.setVisible(bool(case.segment.text))
        if self._play is not None:
            self._sound.removeWidget(self._play)
            self._play.hide()
            self._play.deleteLater()
        self._play = ListenButton(self._listener, case.segment, case.recording, tr("Play"))
        self._sound.insertWidget(0, self._play)
        self.verticalScrollBar().setValue(0)
        self.panel.setFocus()
