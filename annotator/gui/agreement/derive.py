"""Choosing the items that are made from those that were rated: bins of a scale, and the neutral band of quadrants."""

from PySide6.QtWidgets import QLineEdit, QWidget

from annotator.app.agreement import plane_of
from annotator.app.derived import check_edges, parse_bins
from annotator.domain.errors import AnnotatorError
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr
from annotator.gui.agreement.measure import Derivation
from annotator.gui.dialogs.form import Form


class DeriveDialog(Form):
    """One line an item with numbers, and one for the neutral band where the scheme has a plane."""

    def __init__(self, parent: QWidget, scheme: Scheme, now: Derivation) -> None:
        super().__init__(
            parent,
            tr("Quadrants and bins"),
            tr(
                "A scale cut at edges becomes an item of ordered categories, shown below those that were rated. "
                "Edges are numbers on the scale with commas between them. The ratings stay as they were given."
            ),
            tr("Measure"),
        )
        self._scheme = scheme
        self.result_wanted = now
        self.edges: dict[str, QLineEdit] = {}
        cuts = dict(now.cuts)
        for item in scheme.items:
            if item.numeric:
                field = QLineEdit(", ".join(f"{edge:g}" for edge in cuts.get(item.name, ())))
                field.setPlaceholderText(
                    tr("not cut ({low:g} to {high:g})", low=item.minimum, high=item.maximum)
                )
                field.setAccessibleName(tr("Edges of {item}", item=item.title))
                self.edges[item.name] = field
                self.fields.addRow(item.title, field)
        self.neutral = QLineEdit("" if now.neutral is None else f"{now.neutral:g}")
        self.neutral.setPlaceholderText(tr("half a step"))
        self.neutral.setAccessibleName(tr("Neutral band of quadrants"))
        self.neutral.setToolTip(tr("Half width, in points of the scale, around the middle of either scale."))
        if plane_of(scheme):
            self.fields.addRow(tr("Neutral band"), self.neutral)
        else:
            self.neutral.hide()

    def work(self) -> None:
        """Reads the fields."""
        cuts = []
        for name, field in self.edges.items():
            if field.text().strip():
                found = parse_bins(f"{name}={field.text()}")
                check_edges(self._scheme.item(name), found[1])
                cuts.append(found)
        text = self.neutral.text().strip()
        try:
            neutral = float(text) if text else None
        except ValueError:
            neutral = -1.0
        if neutral is not None and neutral < 0:
            raise AnnotatorError(
                tr('"{text}" is no width of a neutral band.', text=text), tr("Give a number from 0 on.")
            )
        self.result_wanted = Derivation(tuple(cuts), neutral)
