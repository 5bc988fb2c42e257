"""StackedBars: how the classes share each part of a split."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from annotator.domain.translation import tr
from annotator.gui.theme import GRID, current_theme
from annotator.gui.widgets.painting import announce, elided, focus_ring, open_painter, scaled_font

_BAR, _GAP, _SWATCH = 24, 12, 10


class StackedBars(QWidget):
    """One horizontal bar per part, cut by class, each bar 100 % of its part; the total stands at its end.

    `opened((part, class))` follows a click, Enter or Space on a piece; arrow keys move between pieces.
    """

    opened = Signal(object)

    def __init__(self, *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._parts: tuple[str, ...] = ()
        self._classes: tuple[str, ...] = ()
        self._counts: Sequence[Sequence[int]] = ()
        self._piece = (0, 0)

    def set_data(self, parts: Sequence[str], classes: Sequence[str], counts: Sequence[Sequence[int]]) -> None:
        """Shows `counts[part][class]`."""
        self._parts, self._classes, self._counts = tuple(parts), tuple(classes), counts
        self._piece = (0, 0)
        self._announce()
        self.updateGeometry()
        self.update()

    def piece_text(self, part: int, cls: int) -> str:
        """What a piece says in words."""
        n, total = self._counts[part][cls], sum(self._counts[part])
        return tr(
            "{part}, {cls}: {n} of {total} ({share:.0%})",
            part=self._parts[part],
            cls=self._classes[cls],
            n=n,
            total=total,
            share=n / total if total else 0.0,
        )

    # Geometry

    def _bar_rect(self, part: int) -> QRectF:
        metrics = QFontMetricsF(self.font())
        left = max((metrics.horizontalAdvance(text) for text in self._parts), default=0.0) + 12
        totals = [f"{sum(row):,}" for row in self._counts]
        right = max((metrics.horizontalAdvance(text) for text in totals), default=0.0) + 12
        return QRectF(left, 2 + part * (_BAR + _GAP), max(1.0, self.width() - left - right - 2), _BAR)

    def _pieces(self, part: int) -> list[QRectF]:
        bar, counts = self._bar_rect(part), self._counts[part]
        total = sum(counts) or 1
        pieces, x = [], bar.left()
        for n in counts:
            width = bar.width() * n / total
            pieces.append(QRectF(x, bar.top(), width, bar.height()))
            x += width
        return pieces

    def _piece_at(self, point: QPointF) -> tuple[int, int] | None:
        for part in range(len(self._parts)):
            for cls, rect in enumerate(self._pieces(part)):
                if rect.contains(point):
                    return part, cls
        return None

    def _legend(self, width: float) -> tuple[list[QRectF], float]:
        """Places of the legend's entries below the bars, wrapped to `width`, and the height of everything."""
        metrics = QFontMetricsF(scaled_font(self.font(), 0.9))
        line = metrics.height() + 6
        x, y = 0.0, 2.0 + len(self._parts) * (_BAR + _GAP)
        places = []
        for text in self._classes:
            entry = _SWATCH + 6 + metrics.horizontalAdvance(text) + 2
            if x > 0 and x + entry > width:
                x, y = 0.0, y + line
            places.append(QRectF(x, y, entry, line))
            x += entry + 2 * GRID
        return places, y + line + 2

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(self._legend(width)[1])

    def sizeHint(self) -> QSize:
        width = 60 * GRID
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        width = max(self.width(), 30 * GRID)
        return QSize(30 * GRID, self.heightForWidth(width))

    # Mouse and keys

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        piece = self._piece_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and piece is not None:
            self._move(*piece)
            self.opened.emit(piece)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        part, cls = self._piece
        target = {
            Qt.Key.Key_Left: (part, cls - 1), Qt.Key.Key_Right: (part, cls + 1),
            Qt.Key.Key_Up: (part - 1, cls), Qt.Key.Key_Down: (part + 1, cls),
        }.get(event.key())  # fmt: skip
        if not self._parts or not self._classes:
            super().keyPressEvent(event)
        elif target is not None:
            self._move(*target)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(self._piece)
        else:
            super().keyPressEvent(event)

    def _move(self, part: int, cls: int) -> None:
        self._piece = min(max(part, 0), len(self._parts) - 1), min(max(cls, 0), len(self._classes) - 1)
        self._announce()
        self.update()

    def _announce(self) -> None:
        announce(self, self.piece_text(*self._piece) if self._parts and self._classes else "")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self._show_tip(event)
            return True
        return super().event(event)

    def _show_tip(self, event: QHelpEvent) -> None:
        piece = self._piece_at(QPointF(event.pos()))
        QToolTip.showText(event.globalPos(), self.piece_text(*piece) if piece else "", self)

    # Painting

    def _brushes(self, cls: int) -> list[QBrush]:
        theme = current_theme()
        solid = QBrush(theme.category(cls))
        if cls < len(theme.categories):
            return [solid]
        # Colours repeat from the ninth class on; hatching keeps them apart.
        return [solid, QBrush(theme.colour("surface"), Qt.BrushStyle.BDiagPattern)]

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        with open_painter(self) as painter:
            for part in range(len(self._parts)):
                self._paint_bar(painter, part)
            painter.setFont(scaled_font(self.font(), 0.9))
            for cls, place in enumerate(self._legend(self.width())[0]):
                swatch = QRectF(place.left(), place.center().y() - _SWATCH / 2, _SWATCH, _SWATCH)
                painter.setPen(Qt.PenStyle.NoPen)
                for brush in self._brushes(cls):
                    painter.setBrush(brush)
                    painter.drawRoundedRect(swatch, 2, 2)
                painter.setPen(theme.colour("muted"))
                painter.drawText(
                    place.adjusted(_SWATCH + 6, 0, 2, 0), Qt.AlignmentFlag.AlignVCenter, self._classes[cls]
                )

    def _paint_bar(self, painter: QPainter, part: int) -> None:
        theme, bar = current_theme(), self._bar_rect(part)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self.font())
        painter.setPen(theme.colour("text"))
        elided(
            painter,
            QRectF(0, bar.top(), bar.left() - 8, bar.height()),
            middle | Qt.AlignmentFlag.AlignLeft,
            self._parts[part],
        )
        painter.setPen(theme.colour("muted"))
        total = QRectF(bar.right() + 8, bar.top(), self.width() - bar.right() - 8, bar.height())
        painter.drawText(total, middle | Qt.AlignmentFlag.AlignLeft, f"{sum(self._counts[part]):,}")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("sunken"))
        painter.drawRoundedRect(bar, 4, 4)
        painter.setFont(scaled_font(self.font(), 0.86))
        for cls, piece in enumerate(self._pieces(part)):
            self._paint_piece(painter, piece, part, cls)
        if self.hasFocus() and self._piece[0] == part:
            focus_ring(painter, self._pieces(part)[self._piece[1]].adjusted(-2, -2, 2, 2), radius=4)

    def _paint_piece(self, painter: QPainter, piece: QRectF, part: int, cls: int) -> None:
        theme = current_theme()
        # One pixel of ground between pieces: neighbours stay apart even where their colours look alike.
        inner = piece.adjusted(0.5, 0, -0.5, 0)
        if inner.width() <= 0:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        for brush in self._brushes(cls):
            painter.setBrush(brush)
            painter.drawRoundedRect(inner, 3, 3)
        share = self._counts[part][cls] / (sum(self._counts[part]) or 1)
        text = f"{share:.0%}"
        if QFontMetricsF(painter.font()).horizontalAdvance(text) + 8 < inner.width() and cls < len(
            theme.categories
        ):
            painter.setPen(theme.ink_on(theme.category(cls)))
            painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, text)
