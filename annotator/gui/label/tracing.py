"""Tracing: tells a panel that follows the sound how far the sound has got, and plays what the panel asks for."""

from PySide6.QtCore import QObject, Slot

from annotator.gui.label.listening import Listening
from annotator.gui.panels import RatingPanel
from annotator.gui.panels.trace import TracePanel


class Tracing(QObject):
    """Between the sound of a segment and a `TracePanel`; other panels are left alone."""

    def __init__(self, listening: Listening, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._listening = listening

    def attach(self, panel: RatingPanel) -> None:
        """Has the panel follow the sound. The connections go with the panel."""
        if not isinstance(panel, TracePanel):
            return
        self._listening.begun_at.connect(panel.begin)
        self._listening.heard.connect(panel.hear)
        self._listening.ended.connect(panel.end)
        self._listening.outlined.connect(panel.show_outline)
        panel.restart_wanted.connect(self._restart)
        panel.sought.connect(self._listening.play)

    def play(self, panel: RatingPanel) -> None:
        """Plays the segment; a trace goes on where it stopped, and stops where it plays."""
        share = panel.next_share() if isinstance(panel, TracePanel) else 0.0
        if share is None:
            self._listening.stop()
        else:
            self._listening.play(share)

    @Slot()
    def _restart(self) -> None:
        self._listening.play()
