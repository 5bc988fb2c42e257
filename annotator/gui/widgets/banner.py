"""Notices: a Banner stays in the page until it is settled, a Toast lies over it for a moment."""

from typing import Literal

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from annotator.domain.translation import tr
from annotator.gui.icons import paint_icon, set_icon
from annotator.gui.theme import GRID, RADIUS, current_theme, mix
from annotator.gui.widgets.painting import box, open_painter

Kind = Literal["info", "positive", "warning", "danger"]
_ICONS = {"info": "info", "positive": "check", "warning": "warning", "danger": "warning"}
_ROLES = {"info": "accent", "positive": "positive", "warning": "warning", "danger": "danger"}


class Banner(QWidget):
    """A notice in the flow of a page: sentence, optional hint, optional button (`acted`), a cross (`dismissed`)."""

    acted = Signal()
    dismissed = Signal()

    def __init__(
        self, kind: Kind, text: str, hint: str = "", action: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self.setAccessibleName(f"{text} {hint}".strip())
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._text = QLabel(f"{text} {hint}".strip())
        self._text.setWordWrap(True)
        #: The button, hidden where no action was given.
        self.button = QPushButton(action)
        if not action:  # never show it here: without a parent it would flash up as a window of its own
            self.button.hide()
        self.button.clicked.connect(self._act)
        close = QToolButton()
        set_icon(close, "close", "muted")
        close.setAccessibleName(tr("Dismiss"))
        close.setToolTip(tr("Dismiss"))
        close.clicked.connect(self._dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(5 * GRID + GRID // 2, GRID, GRID, GRID)
        row.setSpacing(GRID)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        row.addWidget(close)

    def say(self, text: str, hint: str = "") -> None:
        """Another sentence in place of the first."""
        told = f"{text} {hint}".strip()
        self._text.setText(told)
        self.setAccessibleName(told)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        with open_painter(self) as painter:
            colour = theme.colour(_ROLES[self._kind])
            ground = mix(theme.colour("surface"), colour, 0.1)
            box(painter, QRectF(self.rect()), ground, mix(ground, colour, 0.45), radius=RADIUS)
            icon_rect = QRectF(2 * GRID - 2, (self.height() - 20) / 2, 20, 20)
            paint_icon(painter, _ICONS[self._kind], icon_rect, colour)

    @Slot()
    def _act(self) -> None:
        self.acted.emit()

    @Slot()
    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()


class Toast(QWidget):
    """A short notice at the head of its parent that goes away by itself; one per window, shown again by `say`.

    There it lies over the middle of the header; at the foot it would hide what one is about to press.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._kind: Kind = "info"
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._text = QLabel(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(5 * GRID + GRID // 2, GRID + GRID // 2, 2 * GRID, GRID + GRID // 2)
        row.addWidget(self._text)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def say(self, text: str, kind: Kind = "info", *, seconds: float = 4.0) -> None:
        """Shows `text` for some seconds; a second call replaces the first."""
        self._kind = kind
        self._text.setText(text)
        self.setAccessibleName(text)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._timer.start(round(seconds * 1000))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint().expandedTo(QSize(20 * GRID, 5 * GRID))

    def _place(self) -> None:
        parent = self.parentWidget()
        self.move((parent.width() - self.width()) // 2, GRID)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        with open_painter(self) as painter:
            colour = theme.colour(_ROLES[self._kind])
            box(
                painter,
                QRectF(self.rect()),
                theme.colour("raised"),
                mix(theme.colour("raised"), colour, 0.6),
                radius=RADIUS + 2,
            )
            paint_icon(
                painter, _ICONS[self._kind], QRectF(2 * GRID, (self.height() - 20) / 2, 20, 20), colour
            )
