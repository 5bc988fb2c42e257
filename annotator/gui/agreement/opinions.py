"""What every rater said of one segment: answers, confidence, listens, comments; in the plane where there is one."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt

from annotator.app.adjudication import Case, Opinion
from annotator.app.agreement import RaterPlace, plane_of
from annotator.domain.corpus import Value
from annotator.domain.scheme import Item, Scheme
from annotator.domain.translation import tr, tr_n
from annotator.gui.agreement.plane import RaterPlane
from annotator.gui.agreement.words import answer_text
from annotator.gui.numbers import percent
from annotator.gui.theme import GRID
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.figure_table import Cell, FigureTable
from annotator.gui.widgets.remark import remark, say

#: Up to this many items each has a column of its own.
_MOST_COLUMNS = 4


class OpinionsCard(Card):
    """The answers of all raters, those alike side by side; `names` may hide who they are."""

    def __init__(self) -> None:
        super().__init__(tr("What the raters said"))
        self.table = FigureTable(name=tr("What the raters said"))
        self.plane = RaterPlane(name=tr("The answers in the plane"))
        self.plane.setMinimumHeight(28 * GRID)
        self.comments = remark(role="")
        self.comments.setTextFormat(Qt.TextFormat.PlainText)
        self.comments.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addWidget(self.table)
        self.body.addWidget(self.comments)
        self.body.addWidget(self.plane, 1)
        self.body.addStretch(0)
        self._places, self._room = False, True

    def give_room(self, room: bool) -> None:
        """Whether there is room for the plane too; without, the instrument below is more important."""
        self._room = room
        self.plane.setVisible(self._places and room)

    def show_case(self, scheme: Scheme, case: Case, names: Mapping[str, str]) -> None:
        """Fills table and plane with one segment's answers."""
        listed = sorted(
            case.opinions,
            key=lambda one: (_sort_key(scheme, case.divided, one), names.get(one.rater, one.rater)),
        )
        columns = [tr("Rater"), *_answer_titles(scheme)]
        sure = any(one.confidence is not None for one in listed)
        columns += [tr("Sure")] if sure else []
        rows: list[list[Cell | str]] = []
        for one in listed:
            heard = tr_n("heard {n} time", "heard {n} times", one.listens)
            row: list[Cell | str] = [Cell(names.get(one.rater, one.rater), heard), *_answers(scheme, one)]
            if sure:
                row.append("–" if one.confidence is None else percent(one.confidence))
            rows.append(row)
        self.table.set_rows(columns, rows)
        spoken = [f"{names.get(one.rater, one.rater)}: “{one.comment}”" for one in listed if one.comment]
        say(self.comments, "\n".join(spoken))
        axes = plane_of(scheme)
        places = _places(axes, listed, names) if axes else ()
        self._places = bool(places)
        self.plane.setVisible(self._places and self._room)
        if axes is not None:
            self.plane.set_places(*axes, places)


def _answer_titles(scheme: Scheme) -> list[str]:
    if len(scheme.items) > _MOST_COLUMNS:
        return [tr("Answers")]
    return [item.title for item in scheme.items]


def _answers(scheme: Scheme, opinion: Opinion) -> list[str]:
    if len(scheme.items) <= _MOST_COLUMNS:
        return [_said(item, opinion.values) for item in scheme.items]
    if all(item.type == "boolean" for item in scheme.items):
        ticked = [item.title for item in scheme.items if opinion.values.get(item.name)]
        return [", ".join(ticked) or tr("none")]
    told = [
        f"{item.title} {_said(item, opinion.values)}" for item in scheme.items if item.name in opinion.values
    ]
    return ["; ".join(told)]


def _said(item: Item, values: Mapping[str, Value]) -> str:
    return answer_text(item, values[item.name]) if item.name in values else "–"


def _sort_key(
    scheme: Scheme, divided: Sequence[str], opinion: Opinion
) -> tuple[tuple[bool, float, str], ...]:
    """Camps side by side: by the answers to the items that divide, numbers from low to high."""
    key = []
    for item in scheme.items:
        if item.name in divided:
            value = opinion.values.get(item.name)
            number = float(value) if item.numeric and value is not None else 0.0
            key.append((value is None, number, "" if item.numeric else str(value)))
    return tuple(key)


def _places(
    axes: tuple[Item, Item], opinions: Sequence[Opinion], names: Mapping[str, str]
) -> tuple[RaterPlace, ...]:
    places = []
    for one in opinions:
        x, y = (one.values.get(axis.name) for axis in axes)
        if x is not None and y is not None:
            places.append(RaterPlace(names.get(one.rater, one.rater), 1, (float(x), float(y)), None))
    return tuple(places)
