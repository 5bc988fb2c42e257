"""The forms of a scheme and of one item of it."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton, QWidget

from annotator.domain.scheme import Item
from annotator.domain.trace import DEFAULT_RATE
from annotator.domain.translation import tr
from annotator.gui.schemes.fields import Fields

_NUMBERS = ("number", "integer", "trace")
_TITLED = ("name", "title", "gloss", "factor", "optional")
_SCALE = ("minimum", "maximum", "low", "high", "reversed")


class HeadForm(Fields):
    """What concerns the scheme as a whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.add_text("name", tr("Name"), tr("Short, for commands and tables; choose it for good."))
        self.add_text("title", tr("Title"), tr("What people read."))
        self.add_choice(
            "judged",
            tr("Raters judge"),
            {
                "": tr("choose..."),
                "felt": tr("what they feel (felt)"),
                "perceived": tr("what the sound expresses"),
            },
            tr("Asked once for the whole scheme and shown to raters on every segment."),
        )
        self.add_text("question", tr("Question"), tr("The sentence above the panel."))
        self.add_choice(
            "panel",
            tr("Panel"),
            {
                "grid": tr("Grid: one point for two scales"),
                "scales": tr("Scales: one row for each item"),
                "choice": tr("Choice: one key for each label"),
                "checklist": tr("Checklist: boxes"),
                "trace": tr("Trace: followed while the sound plays"),
            },
        )
        self.add_count(
            "most", tr("At most"), tr("any number"), tr("How many boxes of a checklist may be ticked.")
        )
        self.add_check(
            "shuffle",
            tr("Another order for each rater"),
            tr("Items stand in an order drawn by lot, and kept."),
        )
        self.add_text("source", tr("Source"), tr("The publication or manual."))

    def load(self, values: Mapping[str, Any]) -> None:
        super().load(values)
        self.show_row("most", shown=values.get("panel") == "checklist")

    def data(self) -> dict[str, Any]:
        """The fields as a scheme file has them."""
        names = ("name", "title", "judged", "panel", "question", "source", "shuffle")
        data = {name: self.value(name) for name in names}
        if data["panel"] == "checklist" and self.value("most"):
            data["most"] = self.value("most")
        return data


class ItemForm(Fields):
    """One item; only the fields that its type has are shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.add_text(
            "name", tr("Item name"), tr("Short and unique in the scheme; columns of tables are called so.")
        )
        self.add_text("title", tr("Item title"), tr("What people read."))
        kind = self.add_choice(
            "type",
            tr("Type"),
            {
                "integer": tr("Steps of a scale"),
                "number": tr("Any value of a range"),
                "category": tr("One of several labels"),
                "boolean": tr("A box to tick"),
                "trace": tr("A value all the while the sound plays"),
            },
        )
        kind.activated.connect(self._show_fields)
        self.add_number("minimum", tr("From"))
        self.add_number("maximum", tr("To"))
        self.add_text("low", tr("Words at the low end"), tr("Every scale shows raters what its ends mean."))
        self.add_text("high", tr("Words at the high end"))
        self.add_check(
            "reversed",
            tr("Low means pleasant or excited"),
            tr("The scale runs the other way: values are stored as given, and turned on export."),
        )
        self.add_lines("labels", tr("Labels, one a line"))
        self._none = QPushButton(tr('Add "none of these"'))
        self._none.setAutoDefault(False)
        self._none.clicked.connect(self._add_none)
        self.form.addRow("", self._none)
        self.add_number("rate", tr("Steps a second"), lowest=0.0)
        self.add_number("lag", tr("Delay of raters, s"), tr("Taken out of what is exported."), lowest=0.0)
        self.add_text("gloss", tr("Explanation"), tr("Shown beside the item."))
        self.add_text("factor", tr("Factor"), tr("Items of one factor have a score: their mean."))
        self.add_check("optional", tr("May stay open"))

    def load(self, values: Mapping[str, Any]) -> None:
        start = {"type": "number", "minimum": 0.0, "maximum": 1.0, "rate": DEFAULT_RATE}
        super().load({**start, **values, "reversed": values.get("direction", 1) == -1})
        self._show_fields()

    def data(self) -> dict[str, Any]:
        """The fields as a scheme file has them: those of the item's type."""
        kind = self.value("type")
        data: dict[str, Any] = {"type": kind} | {name: self.value(name) for name in _TITLED}
        if kind in _NUMBERS:
            data |= {name: self.value(name) for name in ("minimum", "maximum", "low", "high")}
            data["direction"] = -1 if self.value("reversed") else 1
        if kind == "trace":
            data |= {"rate": self.value("rate"), "lag": self.value("lag")}
        if kind == "category":
            data["labels"] = self.value("labels")
        return data

    @Slot()
    def _show_fields(self) -> None:
        kind = self.value("type")
        for name in _SCALE:
            self.show_row(name, shown=kind in _NUMBERS)
        for name in ("rate", "lag"):
            self.show_row(name, shown=kind == "trace")
        self.show_row("labels", shown=kind == "category")
        self.form.setRowVisible(self._none, kind == "category")

    @Slot()
    def _add_none(self) -> None:
        labels, none = self.value("labels"), tr("none of these")
        if none not in labels:
            self._widgets["labels"].setPlainText("\n".join([*labels, none]))


def item_data(item: Item) -> dict[str, Any]:
    """An item as the form takes it."""
    names = (
        "name",
        "title",
        "type",
        "minimum",
        "maximum",
        "low",
        "high",
        "direction",
        "gloss",
        "factor",
        "optional",
    )
    data = {name: getattr(item, name) for name in names}
    return {**data, "labels": list(item.labels), "rate": item.rate, "lag": item.lag}
