"""What is settled of each scheme: the values that splits are stratified on and models learn."""

from collections import defaultdict

from PySide6.QtWidgets import QLabel

from annotator.domain.translation import tr
from annotator.gui.agreement.consensus_card import state_text
from annotator.gui.dataset.reading import Facts
from annotator.gui.theme import GRID
from annotator.gui.widgets.card import Card
from annotator.gui.widgets.remark import remark


class SettledCard(Card):
    """A line for each scheme."""

    def __init__(self) -> None:
        super().__init__(tr("Consensus and target"))
        self.body.setSpacing(GRID // 2)
        self._lines: list[QLabel] = []

    def show_facts(self, facts: Facts) -> None:
        """Lists the schemes; those without ratings are left out."""
        for line in self._lines:
            self.body.removeWidget(line)
            line.deleteLater()
        self._lines = []
        states = defaultdict(list)
        for state in facts.settled:
            states[state.scheme.name].append(state_text(state))
        single = {entry.scheme.name for entry in facts.items if entry.method == "single"}
        open_schemes = []
        for scheme in facts.schemes:
            if states[scheme.name]:
                self._add(scheme.title, "\n".join(states[scheme.name]))
            elif scheme.name in single:
                self._add(scheme.title, tr("One rating a segment: taken as it is."))
            else:
                open_schemes.append(scheme.title)
        if open_schemes:
            self._add(
                ", ".join(open_schemes),
                tr("Not settled. Settle it in Agreement ({key}) to spread its classes evenly.", key="Alt+3"),
            )

    def _add(self, title: str, text: str) -> None:
        heading, line = QLabel(title), remark(text, role="muted")
        heading.setWordWrap(True)
        if self._lines:
            heading.setContentsMargins(0, GRID // 2, 0, 0)
        for label in (heading, line):
            self.body.addWidget(label)
            self._lines.append(label)
