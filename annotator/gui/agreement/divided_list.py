"""The segments that divide the raters most: who said what, to be heard with one press."""

import html
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from annotator.app.agreement import Divided
from annotator.domain.scheme import Item
from annotator.domain.translation import tr
from annotator.gui.agreement.words import answer_text, voices
from annotator.gui.icons import set_icon
from annotator.gui.listening import ListenButton, Listener, when
from annotator.gui.theme import GRID, current_theme
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.painting import open_painter
from annotator.gui.widgets.remark import remark, say
from annotator.gui.widgets.row_list import Row, RowList


class DividedRow(Row):
    """One segment: play, where it is, what is said in it, who answered what, and the way to its place."""

    wanted = Signal(str)  # id of the segment that is to be shown in the Segment workspace

    def __init__(
        self, item: Item, divided: Divided, listener: Listener, parent: QWidget | None = None
    ) -> None:
        self.divided = divided
        heard = voices(item, divided.answers)
        answers = "; ".join(f"{answer}: {', '.join(raters)}" for answer, raters in heard)
        place = f"{divided.recording.name}  {when(divided.segment, divided.recording)}"
        super().__init__(f"{place}. {answers}", parent)
        self._play = ListenButton(listener, divided.segment, divided.recording)
        self._open = QToolButton()
        self._open.setText(tr("Open in Segment"))
        self._open.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._open.setToolTip(tr("Show it in the Segment workspace ({key})", key="O"))
        self._open.setAccessibleName(tr("Open {place} in Segment", place=place))
        set_icon(self._open, "segment", "muted")
        self._open.clicked.connect(self._want)
        self.opened.connect(self._play.toggle)
        self.keys = {Qt.Key.Key_O: self._open}
        where = _OneLine(place, "muted")
        said = QLabel("&nbsp;&nbsp;&nbsp; ".join(_marked(answer, raters) for answer, raters in heard))
        said.setTextFormat(Qt.TextFormat.RichText)
        said.setWordWrap(True)
        text = _OneLine(divided.segment.text, "caption")
        if not divided.segment.text:
            text.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(GRID, GRID, GRID, GRID)
        grid.setHorizontalSpacing(GRID + GRID // 2)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._play, 0, 0, 3, 1)
        grid.addWidget(said, 0, 1)
        grid.addWidget(where, 1, 1)
        grid.addWidget(text, 2, 1)
        if item.numeric:
            grid.addWidget(_Strip(item, divided), 0, 2, 3, 1)
        grid.addWidget(self._open, 0, 3, 3, 1)

    @Slot()
    def _want(self) -> None:
        self.wanted.emit(self.divided.segment.id)


def _marked(answer: str, raters: Sequence[str]) -> str:
    """An answer in bold, then who gave it; no line ends between the two."""
    return f"<b>{html.escape(answer)}</b>&nbsp;{html.escape(', '.join(raters))}"


class _Strip(QWidget):
    """The answers as dots on the item's scale."""

    def __init__(self, item: Item, divided: Divided) -> None:
        super().__init__()
        self._item = item
        self._values = [float(value) for _, value in divided.answers if value is not None]
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        ends = [answer_text(item, end) for end in (item.minimum, item.maximum)]
        self.setToolTip(tr("The answers on the scale from {low} to {high}", low=ends[0], high=ends[1]))

    def sizeHint(self) -> QSize:
        return QSize(18 * GRID, 3 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(8 * GRID, 3 * GRID)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        line = QRectF(GRID, self.height() / 2 - 1, self.width() - 2 * GRID, 2)
        with open_painter(self) as painter:
            painter.fillRect(line, theme.colour("outline", 0.5))
            for share in (0.0, 0.5, 1.0):
                painter.fillRect(
                    QRectF(line.left() + share * line.width() - 0.5, line.top() - 3, 1, 8),
                    theme.colour("outline"),
                )
            painter.setPen(QPen(theme.colour("surface"), 1.5))
            painter.setBrush(theme.colour("accent", 0.85))
            span = self._item.maximum - self._item.minimum
            for value in self._values:
                share = (value - self._item.minimum) / span
                painter.drawEllipse(QPointF(line.left() + share * line.width(), line.center().y()), 5.5, 5.5)


class _OneLine(QLabel):
    """A text of which as much is shown as fits on one line."""

    def __init__(self, text: str, role: str) -> None:
        super().__init__(text)
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._text = text
        self.setToolTip(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def _elide(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width()))


class DividedCard(Card):
    """The list, widest disagreement first. `wanted(id)` asks for a segment's place, `looked_at(Divided)` says where in
    the list one is, `all_wanted` that the focus is to be let go."""

    wanted = Signal(str)
    looked_at = Signal(object)
    all_wanted = Signal()

    def __init__(self, listener: Listener) -> None:
        super().__init__(tr("Segments that divide the raters"), _explained())
        self._listener = listener
        self._shown: tuple[object, ...] = ()
        self.list = RowList(name=tr("Segments that divide the raters"))
        self.everything = QPushButton(tr("Show all"))
        self.everything.setToolTip(tr("Show the segments that divide any of the raters ({key})", key="Esc"))
        self.everything.clicked.connect(self._want_all)
        self.everything.hide()
        self.add_action(self.everything)
        self._none = remark(role="muted")
        self.body.addWidget(self.list)
        self.body.addWidget(self._none)

    def show_divided(self, item: Item, divided: Sequence[Divided], focus: str = "") -> None:
        """Lists the segments of one item, within a focus where it is told; the place in the list is kept."""
        self.set_title(
            tr("Segments that divide the raters"),
            tr("Only: {focus}. {explained}", focus=focus, explained=_explained()) if focus else _explained(),
        )
        self.everything.setVisible(bool(focus))
        shown = (item, tuple(divided))
        if shown == self._shown:
            return
        held = self.list.current
        at = held.divided.segment.id if isinstance(held, DividedRow) and held.hasFocus() else None
        self._shown = shown
        rows = [DividedRow(item, one, self._listener) for one in divided]
        for row in rows:
            row.wanted.connect(self.wanted)
            row.focused.connect(self._look)
        self.list.set_rows(rows)
        again = next((row for row in rows if row.divided.segment.id == at), None)
        if again is not None:
            again.setFocus()
        say(self._none, "" if rows else tr("No segment divides the raters here."))

    @Slot()
    def _look(self) -> None:
        row = self.sender()
        if isinstance(row, DividedRow):
            self.looked_at.emit(row.divided)

    @Slot()
    def _want_all(self) -> None:
        self.all_wanted.emit()


def _explained() -> str:
    return tr("Widest disagreement first. Enter plays one and stops it; O opens it in the Segment workspace.")
