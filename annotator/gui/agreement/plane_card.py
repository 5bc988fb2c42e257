"""The raters in the plane: their means over all segments, or what they said of the segment that is looked at."""

from collections.abc import Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton

from annotator.app.agreement import RaterPlace
from annotator.domain.corpus import Value
from annotator.domain.scheme import Item
from annotator.domain.translation import tr
from annotator.gui.agreement.plane import RaterPlane
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.remark import remark, say


class PlaneCard(Card):
    """The raters in the plane of a grid's two items. `all_wanted` says that one segment has been looked at enough."""

    all_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Raters in the plane"))
        self.plane = RaterPlane(name=tr("Raters in the plane"))
        self._described, self._note = remark(role="muted"), remark()
        self.plane.described.connect(self._describe)
        self._all = QPushButton(tr("All segments"))
        self._all.clicked.connect(self._want_all)
        self._all.hide()
        self.add_action(self._all)
        self.body.addWidget(self.plane, 1)
        self.body.addWidget(self._described)
        self.body.addWidget(self._note)

    def show_places(self, across: Item, upwards: Item, places: tuple[RaterPlace, ...]) -> None:
        """Draws the raters' means."""
        self.set_title(
            tr("Raters in the plane"),
            tr("Mean of each rater's answers, and one standard deviation to each side."),
        )
        say(self._note, tr("Raters who rated different segments may lie apart for that reason alone."))
        self._all.hide()
        self.plane.set_places(across, upwards, places)

    def show_segment(
        self, across: Item, upwards: Item, answers: Mapping[str, tuple[Value, ...]], where: str
    ) -> None:
        """Draws what the raters said of one segment."""
        self.set_title(tr("Raters in the plane"), tr("Their answers to {where}.", where=where))
        say(self._note, "")
        self._all.show()
        places = [
            RaterPlace(rater, 1, (float(x), float(y)), None)
            for rater, (x, y) in answers.items()
            if x is not None and y is not None
        ]
        self.plane.set_places(across, upwards, places)

    @Slot()
    def _want_all(self) -> None:
        self.all_wanted.emit()

    @Slot(str)
    def _describe(self, text: str) -> None:
        say(self._described, text)
