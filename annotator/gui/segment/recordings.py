"""The list of recordings: search, duration, number of segments, a mark where something is odd about the file."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from annotator.domain.corpus import Recording
from annotator.domain.timeline import clock
from annotator.domain.translation import tr, tr_n
from annotator.gui.icons import paint_icon
from annotator.gui.segment.keys import CONTROL_KEYS, TEXT_KEYS, KeyKeeper
from annotator.gui.theme import GRID, RADIUS, current_theme
from annotator.gui.widgets.painting import scaled_font

_RECORDING = Qt.ItemDataRole.UserRole
_COUNT = Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex


class RecordingModel(QAbstractListModel):
    """The corpus's recordings with the number of their segments on the tier in view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recordings: list[Recording] = []
        self._counts: Mapping[str, int] = {}

    def show(self, recordings: Sequence[Recording]) -> None:
        """Shows other recordings."""
        if list(recordings) == self.recordings:
            return
        self.beginResetModel()
        self.recordings = list(recordings)
        self.endResetModel()

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """Numbers of segments by recording key."""
        if counts != self._counts and self.recordings:
            self._counts = dict(counts)
            self.dataChanged.emit(self.index(0), self.index(len(self.recordings) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        return 0 if parent.isValid() else len(self.recordings)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        recording = self.recordings[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return recording.name
        if role == _RECORDING:
            return recording
        if role == _COUNT:
            return self._counts.get(recording.id, 0)
        if role == Qt.ItemDataRole.ToolTipRole:
            groups = [f"{key}: {value}" for key, value in recording.groups.items()]
            return "\n".join([recording.path, *groups, *filter(None, [recording.warning])])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{recording.name}, {_facts(recording, self._counts.get(recording.id, 0))}. {recording.warning}"
        return None


def _facts(recording: Recording, segments: int) -> str:
    return f"{clock(recording.seconds, 0)} · " + tr_n("{n:,} segment", "{n:,} segments", segments)


class _RecordingDelegate(QStyledItemDelegate):
    """Two lines: the name, shortened in its middle, and the facts."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        name = QFontMetricsF(option.font).height()
        return QSize(
            12 * GRID, round(name + QFontMetricsF(scaled_font(option.font, 0.86)).height()) + 2 * GRID
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme = current_theme()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(option.rect).adjusted(2, 1, -2, -1)
        chosen = option.state & QStyle.StateFlag.State_Selected
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_soft" if chosen else "hover"))
            painter.drawRoundedRect(place, RADIUS, RADIUS)
        recording: Recording = index.data(_RECORDING)
        inside = place.adjusted(GRID, GRID - 2, -GRID, -GRID + 2)
        if recording.warning:
            icon = QRectF(inside.right() - 18, inside.center().y() - 9, 18, 18)
            paint_icon(painter, "warning", icon, theme.colour("warning"))
            inside.setRight(icon.left() - GRID / 2)
        metrics = QFontMetricsF(option.font)
        painter.setFont(option.font)
        painter.setPen(theme.colour("text"))
        name = metrics.elidedText(recording.name, Qt.TextElideMode.ElideMiddle, inside.width())
        painter.drawText(QPointF(inside.left(), inside.top() + metrics.ascent()), name)
        small = scaled_font(option.font, 0.86)
        painter.setFont(small)
        painter.setPen(theme.colour("muted"))
        facts = _facts(recording, index.data(_COUNT))
        text = QFontMetricsF(small).elidedText(facts, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(QPointF(inside.left(), inside.bottom() - QFontMetricsF(small).descent()), text)
        painter.restore()


class RecordingList(QFrame):
    """Search field and list. `chosen` follows the user; `show_current` does not answer."""

    chosen = Signal(object)  # Recording
    left = Signal()  # the user is done here: the focus may go to the waveform

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setMinimumWidth(22 * GRID)
        self.model = RecordingModel(self)
        self._filter = QSortFilterProxyModel(self)
        self._filter.setSourceModel(self.model)
        self._filter.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._title = QLabel(tr("Recordings"))
        self._title.setProperty("role", "heading")
        #: Narrows the list to names that contain what is typed.
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(tr("Search recordings"))
        self.search.textChanged.connect(self._narrow)
        self.search.returnPressed.connect(self._take_first)
        #: The list itself.
        self.list = QListView()
        self.list.setModel(self._filter)
        self.list.setItemDelegate(_RecordingDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(tr("Recordings"))
        self.list.selectionModel().currentChanged.connect(self._choose)
        self.list.clicked.connect(self._leave)
        self.list.activated.connect(self._leave)
        KeyKeeper(CONTROL_KEYS, self).guard(self.list)
        KeyKeeper(TEXT_KEYS, self).guard(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID + GRID // 2, GRID, GRID)
        column.setSpacing(GRID)
        column.addWidget(self._title)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        self._answering = True
        self._current: Recording | None = None

    @Slot(str)
    def _narrow(self, text: str) -> None:
        # Rows that go must not make the list choose another recording by itself.
        self._answering = False
        self._filter.setFilterFixedString(text)
        self.show_current(self._current)

    def show_recordings(self, recordings: Sequence[Recording], current: Recording | None) -> None:
        """Shows the corpus's recordings, with the one that is open."""
        self._answering = False
        self.model.show(recordings)
        self._title.setText(tr_n("{n:,} recording", "{n:,} recordings", len(recordings)))
        self.show_current(current)

    def show_current(self, recording: Recording | None) -> None:
        """Marks the recording that is open."""
        self._current = recording
        keys = [each.id for each in self.model.recordings]
        self._answering = False
        if recording is not None and recording.id in keys:
            index = self._filter.mapFromSource(self.model.index(keys.index(recording.id)))
            self.list.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
            self.list.scrollTo(index)
        else:
            self.list.selectionModel().clear()
        self._answering = True

    @Slot()
    def _take_first(self) -> None:
        """Goes to the first recording that fits, unless the open one is among them."""
        if not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self._filter.index(0, 0))
        self.left.emit()

    def step(self, by: int) -> None:
        """Goes to the next recording of the list, or with -1 to the one before."""
        index = self._filter.index(self.list.currentIndex().row() + by, 0)
        if index.isValid():
            self.list.setCurrentIndex(index)

    @Slot(QModelIndex, QModelIndex)
    def _choose(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and self._answering:
            self._current = current.data(_RECORDING)
            self.chosen.emit(current.data(_RECORDING))

    @Slot(QModelIndex)
    def _leave(self, _index: QModelIndex) -> None:
        self.left.emit()

    def event(self, event: QEvent) -> bool:
        # Arrow down in the search field goes on into the list.
        if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return super().event(event)
