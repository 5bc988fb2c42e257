"""SchemeEditor: the forms of one scheme, with its list of items."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr
from annotator.gui.schemes.forms import HeadForm, ItemForm, item_data
from annotator.gui.theme import GRID

_ROWS = 5  # items seen at once


class SchemeEditor(QWidget):
    """Holds a draft: plain data as in a scheme file, whole or not. `changed` follows what the user does."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[dict[str, Any]] = []
        self.head = HeadForm()
        self.item = ItemForm()
        self.items = QListWidget()
        self.items.setAccessibleName(tr("Items"))
        self.items.setFixedHeight(_ROWS * (self.items.fontMetrics().lineSpacing() + GRID))
        self.items.currentRowChanged.connect(self._show_item)
        self.head.changed.connect(self._head_changed)
        self.item.changed.connect(self._item_changed)
        heading = QLabel(tr("Items"))
        heading.setProperty("role", "heading")
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(GRID + GRID // 2)
        column.addWidget(self.head)
        column.addWidget(heading)
        column.addWidget(self.items)
        column.addLayout(self._buttons())
        column.addWidget(self.item)
        column.addStretch(1)
        self._content = content
        scroll = QScrollArea()
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll = scroll
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def minimumSizeHint(self) -> QSize:
        # The forms scroll down, never sideways.
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        return QSize(self._content.minimumSizeHint().width() + bar, 40 * GRID)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        self.buttons: dict[str, QPushButton] = {}
        for name, text, whole, slot in (
            ("add", tr("Add"), tr("Add an item"), self._add),
            ("copy", tr("Copy"), tr("Copy the item"), self._copy),
            ("up", tr("Up"), tr("Move the item up"), self._move_up),
            ("down", tr("Down"), tr("Move the item down"), self._move_down),
            ("remove", tr("Remove"), tr("Remove the item"), self._remove),
        ):
            button = QPushButton(text)
            button.setAutoDefault(False)
            button.setToolTip(whole)
            button.setAccessibleName(whole)
            button.clicked.connect(slot)
            row.addWidget(button)
            self.buttons[name] = button
        row.addStretch(1)
        return row

    # The draft

    def draft(self) -> dict[str, Any]:
        """What is filled in, as a scheme file would have it."""
        return {**self.head.data(), "items": [dict(item) for item in self._items]}

    def load(self, draft: Mapping[str, Any] | Scheme, *, editable: bool = True) -> None:
        """Shows a draft, or a scheme."""
        if isinstance(draft, Scheme):
            items = [item_data(item) for item in draft.items]
            draft = {**draft.to_dict(), "items": items}
        self._items = [dict(item) for item in draft["items"]]
        self.head.load(draft)
        self._list_items(0)
        self._content.setEnabled(editable)

    def focus(self, where: str) -> None:
        """Goes to the field that a complaint names, such as `items[2].minimum`."""
        place, _, field = where.rpartition(".")
        if place.startswith("items["):
            self.items.setCurrentRow(int(place[6:-1]) - 1)
            self.item.focus("reversed" if field == "direction" else field)
        else:
            self.head.focus(field)

    # Items

    def _list_items(self, row: int) -> None:
        self.items.blockSignals(True)
        self.items.clear()
        self.items.addItems([_told(item) for item in self._items])
        self.items.setCurrentRow(min(row, len(self._items) - 1))
        self.items.blockSignals(False)
        self._show_item(self.items.currentRow())

    @Slot(int)
    def _show_item(self, row: int) -> None:
        there = 0 <= row < len(self._items)
        self.item.setVisible(there)
        if there:
            self.item.load(self._items[row])
        for name, allowed in (
            ("copy", there),
            ("remove", there),
            ("up", there and row > 0),
            ("down", there and row < len(self._items) - 1),
        ):
            self.buttons[name].setEnabled(allowed)

    @Slot()
    def _head_changed(self) -> None:
        self.head.show_row("most", shown=self.head.value("panel") == "checklist")
        self.changed.emit()

    @Slot()
    def _item_changed(self) -> None:
        row = self.items.currentRow()
        if 0 <= row < len(self._items):
            self._items[row] = self.item.data()
            self.items.item(row).setText(_told(self._items[row]))
            self.changed.emit()

    def _rearranged(self, row: int) -> None:
        self._list_items(row)
        self.changed.emit()

    @Slot()
    def _add(self) -> None:
        names = {item.get("name") for item in self._items}
        n = next(k for k in range(1, len(names) + 2) if f"item_{k}" not in names)
        kind = {"checklist": "boolean", "choice": "category", "trace": "trace", "grid": "number"}
        made: dict[str, Any] = {"name": f"item_{n}", "type": kind.get(self.head.value("panel"), "integer")}
        ends = (1.0, 5.0) if made["type"] == "integer" else (-1.0, 1.0)
        self._items.append(made | {"minimum": ends[0], "maximum": ends[1]})
        self._list_items(len(self._items) - 1)
        self._items[-1] = self.item.data()
        self.changed.emit()
        self.item.focus("name")

    @Slot()
    def _copy(self) -> None:
        row = self.items.currentRow()
        copied = dict(self._items[row])
        names = {item.get("name") for item in self._items}
        n = next(k for k in range(2, len(names) + 3) if f"{copied['name']}_{k}" not in names)
        self._items.insert(row + 1, copied | {"name": f"{copied['name']}_{n}"})
        self._rearranged(row + 1)

    @Slot()
    def _move_up(self) -> None:
        self._swap(-1)

    @Slot()
    def _move_down(self) -> None:
        self._swap(1)

    def _swap(self, step: int) -> None:
        row = self.items.currentRow()
        self._items[row], self._items[row + step] = self._items[row + step], self._items[row]
        self._rearranged(row + step)

    @Slot()
    def _remove(self) -> None:
        row = self.items.currentRow()
        del self._items[row]
        self._rearranged(row)


def _told(item: Mapping[str, Any]) -> str:
    return str(item.get("title") or item.get("name") or tr("without a name"))
