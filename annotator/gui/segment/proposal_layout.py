"""What the panel for automatic segmentation is made of, and who hears whom."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotator.app.transcripts import METHOD
from annotator.domain.translation import tr
from annotator.gui.icons import set_icon
from annotator.gui.segment.keys import CONTROL_KEYS, TEXT_KEYS, KeyKeeper
from annotator.gui.segment.options import OptionControls
from annotator.gui.segment.transcript import TranscriptSource
from annotator.gui.theme import GRID
from annotator.gui.widgets.segmented import SegmentedControl
from annotator.segmentation.methods import METHODS


class ProposalLayout:
    """Builds and wires the controls of a `ProposalPanel`, which does what they ask for."""

    def _build(self) -> None:
        heading = QLabel(tr("Segment automatically"))
        heading.setProperty("role", "heading")
        close = QToolButton()
        set_icon(close, "close", "muted")
        close.setAccessibleName(tr("Close"))
        close.setToolTip(tr("Close"))
        close.clicked.connect(self.closed)
        top = QHBoxLayout()
        top.addWidget(heading, 1)
        top.addWidget(close)
        #: The methods.
        self.methods = QComboBox()
        self.methods.setAccessibleName(tr("Method"))
        for name in self._names:
            self.methods.addItem(tr("Transcript") if name == METHOD else METHODS[name].title, name)
        self.methods.currentIndexChanged.connect(self._choose_method)
        self._about = QLabel()
        self._about.setProperty("role", "caption")
        self._about.setWordWrap(True)
        self._controls = {name: OptionControls(name) for name in METHODS.names()}
        #: File and language of the method transcript.
        self.transcript = TranscriptSource()
        self.transcript.changed.connect(self._propose)
        #: The whole recording, or what is selected.
        self.scope = SegmentedControl((tr("Recording"), tr("Selection")), name=tr("What to segment"))
        self.scope.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.scope.chosen.connect(self._choose_scope)
        self._selected = QLabel()
        self._selected.setProperty("role", "caption")
        self._selected.setWordWrap(True)
        #: Where the segments go.
        self.tier = QLineEdit()
        self.tier.setAccessibleName(tr("Tier"))
        self.tier.textChanged.connect(self._choose_tier)
        tier_label = QLabel(tr("Tier"))
        tier_label.setBuddy(self.tier)
        #: Whether what was drawn or corrected by hand goes, too.
        self.replace_corrected = QCheckBox()
        self.replace_corrected.toggled.connect(self._propose)
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName(tr("Listening"))
        self._result, self._changes = QLabel(), QLabel()
        for label in (self._result, self._changes):
            label.setWordWrap(True)
        #: Apply to the recording in view, or to all.
        self.here, self.everywhere = QPushButton(), QPushButton()
        self.here.setProperty("kind", "primary")
        self.here.clicked.connect(self._apply_here)
        self.everywhere.clicked.connect(self._apply_everywhere)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(GRID)
        column.addWidget(self.methods)
        column.addWidget(self._about)
        for page in (*self._controls.values(), self.transcript):
            column.addWidget(page)
        for page in self._controls.values():
            page.changed.connect(self._propose)
        column.addSpacing(GRID)
        for widget in (self.scope, self._selected, tier_label, self.tier, self.replace_corrected):
            column.addWidget(widget)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * GRID, GRID + GRID // 2, GRID + GRID // 2, 2 * GRID)
        whole.setSpacing(GRID)
        whole.addLayout(top)
        whole.addWidget(scroll, 1)
        for widget in (self._bar, self._result, self._changes, self.here, self.everywhere):
            whole.addWidget(widget)
        self.setMinimumWidth(34 * GRID)
        buttons = (self.methods, self.scope, self.replace_corrected, close, self.here, self.everywhere)
        KeyKeeper(CONTROL_KEYS, self).guard(*buttons)
        KeyKeeper(TEXT_KEYS, self).guard(self.tier)
