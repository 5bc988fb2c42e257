"""Chooses the panel for a scheme."""

from annotator.domain.scheme import Scheme
from annotator.gui.panels.base import RatingPanel
from annotator.gui.panels.checklist import ChecklistPanel
from annotator.gui.panels.grid import GridPanel
from annotator.gui.panels.rows import RowsPanel
from annotator.gui.panels.trace import TracePanel


def panel_for(scheme: Scheme, *, order_seed: int = 0) -> RatingPanel:
    """The panel that asks `scheme`; `order_seed` draws the order of items where the scheme shuffles them.

    A scheme names the panel it wants; where its items cannot be asked that way (a grid takes exactly two scales,
    a checklist only boxes), each item gets a row of its own.
    """
    if scheme.panel == "grid" and len(scheme.items) == 2 and all(item.numeric for item in scheme.items):
        return GridPanel(scheme)
    if scheme.panel == "trace":
        return TracePanel(scheme)
    if scheme.panel == "checklist" and all(item.type == "boolean" for item in scheme.items):
        return ChecklistPanel(scheme, order_seed=order_seed)
    return RowsPanel(scheme, order_seed=order_seed)
