"""Where the panel for automatic segmentation comes in: most sessions never open it, so no window waits for it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from annotator.domain.corpus import Recording
from annotator.gui.context import Context


class ProposalDrawer(QWidget):
    """Builds the panel when it is opened first, and hands on to it what it must know from then on."""

    proposed = Signal(object)  # spans (n, 2) as the tier would have them, or None
    applied = Signal(str)  # name of the tier
    closed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._selection: tuple[int, int] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()
        #: The panel (a `ProposalPanel`), once there is one.
        self.panel = None

    def open(self, recording: Recording | None, recordings: int) -> None:
        """The panel comes up for a recording, of so many."""
        if self.panel is None:
            # With all methods, transcripts and their formats behind it.
            from annotator.gui.segment.proposal import ProposalPanel

            self.panel = ProposalPanel(self._context, self)
            self.panel.proposed.connect(self.proposed)
            self.panel.applied.connect(self.applied)
            self.panel.closed.connect(self.closed)
            self._column.addWidget(self.panel)
            self.panel.select(self._selection)
        self.show()
        self.panel.open(recording, recordings)

    def shut(self) -> None:
        """The panel goes; nothing listens on for it."""
        if self.panel is not None:
            self.panel.shut()
        self.hide()

    def show_recording(self, recording: Recording | None) -> None:
        """Proposes for another recording."""
        self._selection = None
        if self.panel is not None:
            self.panel.show_recording(recording)

    def select(self, span: tuple[int, int] | None) -> None:
        """Takes over what is selected in the recording, samples [start, end)."""
        self._selection = span
        if self.panel is not None:
            self.panel.select(span)

    def forget(self) -> None:
        """Another corpus: what was heard belongs to the old one."""
        if self.panel is not None:
            self.panel.forget()
