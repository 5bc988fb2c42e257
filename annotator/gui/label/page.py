"""RatingPage: one segment in the middle of a calm page."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from annotator.app.actions import Action, actions
from annotator.domain.translation import tr
from annotator.gui.label.buttons import KeyedButton
from annotator.gui.label.judged import JudgedLine
from annotator.gui.label.note import NoteRow
from annotator.gui.label.sound_picture import SoundPicture
from annotator.gui.label.strip import SegmentStrip
from annotator.gui.panels import RatingPanel
from annotator.gui.theme import GRID, set_property
from annotator.gui.widgets.painting import announce

_WIDTH = 120 * GRID


class RatingPage(QWidget):
    """Sound above, instrument in the middle, ways on below. It only shows; the workspace decides."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = {
            name: KeyedButton(name, text, icon=icon, kind=kind)
            for name, text, icon, kind in (
                ("replay", tr("Play again"), "play", ""),
                ("previous_item", tr("Previous"), "previous", "quiet"),
                ("skip_item", tr("Skip"), "skip", "quiet"),
                ("first_unrated", tr("First not rated"), "", "quiet"),
                ("toggle_flag", tr("Flag"), "flag", "quiet"),
                ("toggle_note", tr("Comment"), "", "quiet"),
                ("submit", tr("Store and go on"), "", "primary"),
            )
        }
        self.show_keys({action.id: action for action in actions()})
        self.strip = SegmentStrip()
        self.picture = SoundPicture()
        self.picture.hide()
        self._said = QLabel()
        self._said.setWordWrap(True)
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.hide()
        self.judged = JudgedLine()
        self.note = NoteRow()
        self.note.hide()
        self.panel: RatingPanel | None = None
        self._place = QLabel()
        self._place.setProperty("role", "heading")
        self._length = QLabel()
        self._length.setProperty("role", "caption")
        self._state = QLabel()
        self._state.setProperty("role", "positive")
        self._flag = QLabel(tr("Flagged to talk about"))
        self._flag.setProperty("role", "warning")
        self._flag.hide()
        self._feedback = QLabel()
        self._feedback.setProperty("role", "heading")
        self._feedback.setWordWrap(True)
        self._feedback.hide()
        self._column = self._build()

    def show_keys(self, known: Mapping[str, Action]) -> None:
        """Has the buttons show the keys that are in force."""
        for name, button in self.buttons.items():
            button.show_key(known[name].shortcuts[0] if known[name].shortcuts else "")
            button.setToolTip(f"{known[name].title} ({button.key})" if button.key else known[name].title)

    def _build(self) -> QVBoxLayout:
        inner = QWidget()
        inner.setMaximumWidth(_WIDTH)
        inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addStretch(0)
        column.addLayout(self._sound_row())
        column.addWidget(self.picture)
        column.addWidget(self._said)
        column.addWidget(self._card_of_panel())
        column.addWidget(self._feedback)
        column.addWidget(self.note)
        column.addLayout(self._ways_on())
        column.addStretch(0)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(1)
        outer.addWidget(inner, 100)
        outer.addStretch(1)
        return column

    def _sound_row(self) -> QHBoxLayout:
        where = QVBoxLayout()
        where.setSpacing(0)
        for label in (self._place, self._length):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            where.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(self.buttons["replay"])
        row.addWidget(self.strip, 1)
        row.addLayout(where)
        return row

    def _card_of_panel(self) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        head = QHBoxLayout()
        head.addWidget(self.judged, 1)
        head.addWidget(self._flag)
        head.addWidget(self._state)
        self._inside = QVBoxLayout(card)
        self._inside.setContentsMargins(2 * GRID, GRID + GRID // 2, 2 * GRID, GRID + GRID // 2)
        self._inside.setSpacing(GRID)
        self._inside.addLayout(head)
        self._card = card
        return card

    def _ways_on(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for name in ("previous_item", "skip_item", "first_unrated"):
            row.addWidget(self.buttons[name])
        row.addStretch(1)
        for name in ("toggle_flag", "toggle_note", "submit"):
            row.addWidget(self.buttons[name])
        return row

    def show_panel(self, panel: RatingPanel) -> None:
        """Puts another instrument in the middle; the one before is gone."""
        if self.panel is not None:
            self.panel.hide()
            self._inside.removeWidget(self.panel)
            self.panel.deleteLater()
        self.panel = panel
        self._inside.addWidget(panel, 1)
        panel.show()  # now, not when the layout comes to it: what is hidden cannot take the keyboard
        self.judged.show_judged(panel.scheme.judged)
        # A grid is the better the larger it is; rows and tiles need no more than their own height, in the middle.
        grows = panel.scheme.panel == "grid"
        self._column.setStretchFactor(self._card, 1 if grows else 0)
        self._column.setStretch(0, 0 if grows else 1)
        self._column.setStretch(self._column.count() - 1, 0 if grows else 2)

    def show_place(
        self, number: int, total: int, seconds: float, told: str, *, practice: bool = False
    ) -> None:
        """Says which segment this is; `told` is what a closer look tells about it."""
        place = tr("Practice {n} of {total}", n=number, total=total) if practice else ""
        self._place.setText(place or tr("{n} of {total}", n=number, total=total))
        self._length.setText(tr("{seconds:.1f} s", seconds=seconds))
        for label in (self._place, self._length):
            label.setToolTip(told)
        self.strip.setAccessibleName(tr("Sound of segment {n} of {total}", n=number, total=total))

    def show_state(self, text: str, *, role: str = "positive") -> None:
        """Says in a word what is known of the answer: stored before, or on its way."""
        set_property(self._state, "role", role)
        self._state.setText(text)

    def show_said(self, text: str) -> None:
        """What is said in the segment, where the lead lets raters read it."""
        self._said.setText(text)
        self._said.setVisible(bool(text))

    def show_feedback(self, text: str) -> None:
        """Says what the lead expected of an answer given to practise, or nothing."""
        self._feedback.setText(text)
        self._feedback.setVisible(bool(text))
        announce(self._feedback, text)

    def show_flag(self, flagged: bool) -> None:
        """Marks a segment that is to be talked about."""
        self._flag.setVisible(flagged)
        self.buttons["toggle_flag"].setText(tr("Flagged") if flagged else tr("Flag"))

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint().boundedTo(QSize(90 * GRID, 100 * GRID))
