"""Rating panels: one widget per kind of instrument, built from a `Scheme` and worked by digits."""

from annotator.gui.panels.base import RatingPanel
from annotator.gui.panels.factory import panel_for

__all__ = ["RatingPanel", "panel_for"]
