"""Settling what the raters together say of a scheme, and what is settled of it so far."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QPushButton

from annotator.app.adjudication import ADJUDICATED
from annotator.app.consensus import CONSENSUS_METHODS, SettledState
from annotator.app.trace_agreement import MEAN_TRACE
from annotator.domain.scheme import Scheme
from annotator.domain.translation import tr, tr_n
from annotator.gui.theme import GRID
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.remark import remark, say


class ConsensusCard(Card):
    """A method that fits the scheme, two buttons, and a sentence on what stands.

    `settle_asked` and `decide_asked` follow the buttons: by rule, or segment by segment.
    """

    settle_asked = Signal()
    decide_asked = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Consensus"))
        self._scheme: Scheme | None = None
        self.method = QComboBox()
        self.method.setAccessibleName(tr("Consensus method"))
        self.method.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.method.setMinimumContentsLength(8)
        self.method.currentIndexChanged.connect(self._explain)
        self.button = QPushButton(tr("Settle a consensus"))
        self.button.setToolTip(tr("Settle a consensus ({key})", key="Ctrl+Return"))
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(self._ask)
        self.decide = QPushButton(tr("Decide where raters differ..."))
        self.decide.setToolTip(tr("Segment by segment, the widest disagreement first ({key})", key="Ctrl+J"))
        self.decide.clicked.connect(self._ask_to_decide)
        self._fit = remark()
        self.state = remark(role="muted")
        self.body.setSpacing(GRID)
        for widget in (self.method, self._fit, self.button, self.decide, self.state):
            self.body.addWidget(widget)

    def show_scheme(self, scheme: Scheme, settled: Sequence[SettledState]) -> None:
        """Offers the methods for a scheme; the chosen one stays chosen where it fits."""
        if scheme != self._scheme:
            self._scheme = scheme
            fitting = [(k, m) for k, m in CONSENSUS_METHODS.items() if any(map(m.fits, scheme.items))]
            before = self.method.currentData()
            self.method.blockSignals(True)
            self.method.clear()
            for name, method in fitting:
                self.method.addItem(method.title, name)
            self.method.setCurrentIndex(max(0, self.method.findData(before)))
            self.method.blockSignals(False)
            self._explain()
        self.show_settled(settled)

    def show_settled(self, settled: Sequence[SettledState]) -> None:
        """Says what is settled, all methods one below the other."""
        lines = [
            state_text(state) for state in settled if self._scheme and state.scheme.name == self._scheme.name
        ]
        say(self.state, "\n".join(lines) or tr("Nothing is settled yet."))

    @Slot()
    def _explain(self) -> None:
        """Names the items that the method leaves out."""
        name = self.method.currentData()
        if self._scheme is None or name is None:
            return
        left_out = [item.title for item in self._scheme.items if not CONSENSUS_METHODS[name].fits(item)]
        say(self._fit, tr("Leaves out {items}.", items=", ".join(left_out)) if left_out else "")

    @Slot()
    def _ask_to_decide(self) -> None:
        self.decide_asked.emit()

    @Slot()
    def _ask(self) -> None:
        self.settle_asked.emit()


def method_title(name: str) -> str:
    """What a method is called; those of other origin by their own name."""
    if name == ADJUDICATED:
        return tr("Decided by a person")
    if name == MEAN_TRACE:
        return tr("Mean of the traces")
    return CONSENSUS_METHODS[name].title if name in CONSENSUS_METHODS else name


def state_text(state: SettledState) -> str:
    """What one method has settled, in a sentence."""
    settled = tr_n("{n} segment settled", "{n} segments settled", state.segments)
    parts = [settled]
    if state.ties:
        parts.append(tr_n("{n} with a tie", "{n} with a tie", state.ties))
    parts.append(
        tr_n("{n} left undecided", "{n} left undecided", state.undecided)
        if state.undecided
        else tr("none undecided")
    )
    return f"{method_title(state.method)}: {', '.join(parts)}."
