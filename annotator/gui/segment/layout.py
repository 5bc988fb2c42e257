"""What the Segment workspace is made of: its parts, where they stand, and who hears whom."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from annotator.domain.translation import tr
from annotator.gui.key_names import first_key
from annotator.gui.segment.bars import ActionBar, TitleBar
from annotator.gui.segment.keys import TEXT_KEYS, KeyKeeper
from annotator.gui.segment.look import SpectrogramLook
from annotator.gui.segment.proposal_drawer import ProposalDrawer
from annotator.gui.segment.recordings import RecordingList
from annotator.gui.segment.speakers import SpeakerSearch
from annotator.gui.segment.table import SegmentTable
from annotator.gui.segment.tiers import Tiers
from annotator.gui.segment.timeline import Timeline
from annotator.gui.segment.trouble import FileTrouble
from annotator.gui.theme import GRID
from annotator.gui.widgets.empty_state import EmptyState

#: Widths from which on the list of recordings stands beside the waveform: by itself, and with a proposal.
_WIDE, _WIDE_WITH_PROPOSAL = 118 * GRID, 150 * GRID


class SegmentLayout:
    """Builds and wires the page of a `SegmentWorkspace`, which does what the signals ask for."""

    _roomy, _folded = True, False

    def _build(self) -> None:
        self.recordings = RecordingList()
        self.title = TitleBar(self.context)
        self.bar = ActionBar(self.context)
        self.timeline = Timeline(self.context, self._shown)
        self.tiers = Tiers(self.context, self._editor, self.timeline.lanes, self)
        self.speakers = SpeakerSearch(self.context, self._editor, self)
        self.look = SpectrogramLook(self.context, self.timeline.spectrogram, self)
        self.bar.show_spectrogram(shown=self.timeline.spectrogram.shown)
        self.table = SegmentTable(self._shown, self._editor.speakers)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("Filter: words of text or speaker, >2 or <0.5 for seconds"))
        self.filter.setAccessibleName(tr("Filter the table"))
        self.filter.setClearButtonEnabled(True)
        KeyKeeper(TEXT_KEYS, self).guard(self.filter)
        listed = QWidget()
        list_column = QVBoxLayout(listed)
        list_column.setContentsMargins(0, 0, 0, 0)
        list_column.setSpacing(GRID // 2)
        list_column.addWidget(self.filter)
        list_column.addWidget(self.table, 1)
        self.trouble = FileTrouble(self.context)
        self.proposal = ProposalDrawer(self.context)
        self._hint = QLabel()
        self._hint.setProperty("role", "muted")
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setContentsMargins(4 * GRID, GRID, 4 * GRID, GRID)
        self._name_keys()
        self._below = QStackedWidget()
        self._below.addWidget(listed)
        self._below.addWidget(self._hint)
        centre = QSplitter(Qt.Orientation.Vertical)
        centre.setChildrenCollapsible(False)
        centre.addWidget(self.timeline)
        centre.addWidget(self._below)
        centre.setStretchFactor(0, 3)
        centre.setStretchFactor(1, 2)
        centre.setSizes([700, 300])  # shares, whatever the height
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.title)
        column.addWidget(self.bar)
        column.addWidget(self.trouble)
        column.addWidget(centre, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        for widget, stretch in ((self.recordings, 0), (middle, 1), (self.proposal, 0)):
            split.addWidget(widget)
            split.setStretchFactor(split.count() - 1, stretch)
        split.setSizes([30 * GRID, 100 * GRID, 36 * GRID])
        self._empty = EmptyState(
            "music",
            tr("No recordings yet"),
            tr("Add audio files or a folder. They stay where they are; the corpus remembers them."),
            tr("Add audio"),
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(split)
        self._pages.addWidget(self._empty)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID + GRID // 2, 2 * GRID, 2 * GRID)
        row.addWidget(self._pages)

    def _name_keys(self) -> None:
        """Says on a tier without segments how there come to be some, by the keys in force."""
        start, stop = (first_key(self.context.actions[name]) for name in ("set_in", "set_out"))
        if start and stop:
            told = tr(
                "No segments on this tier yet. Drag over the waveform to draw one, press {start} and {stop} while it "
                "plays, or let a method do it: Segment automatically.",
                start=start,
                stop=stop,
            )
        else:
            told = tr(
                "No segments on this tier yet. Drag over the waveform to draw one, or let a method do it: "
                "Segment automatically."
            )
        self._hint.setText(told)

    def _make_room(self) -> None:
        """Puts the list of recordings away when it becomes too narrow for it, and brings it back afterwards.

        In between it comes and goes as the user says.
        """
        roomy = self.width() >= (_WIDE if self.proposal.isHidden() else _WIDE_WITH_PROPOSAL)
        if roomy == self._roomy:
            return
        self._roomy = roomy
        if roomy and self._folded:
            self.title.toggle.setChecked(True)
        self._folded = not roomy and self.title.toggle.isChecked()
        if self._folded:
            self.title.toggle.setChecked(False)

    def _connect(self) -> None:
        context, waveform = self.context, self.timeline.waveform
        context.session_changed.connect(self._show_session)
        context.recording_changed.connect(self._show_recording)
        context.rater_changed.connect(self._show_rater)
        context.data_changed.connect(self._take_change)
        context.keys_changed.connect(self._name_keys)
        self.recordings.chosen.connect(context.choose_recording)
        self.recordings.left.connect(self._focus_waveform)
        self.title.list_toggled.connect(self.recordings.setVisible)
        self.title.tier_chosen.connect(self._choose_tier)
        self.title.new_tier_wanted.connect(self._name_tier)
        self.title.tier_options_wanted.connect(self.tier_options)
        self.tiers.beside_changed.connect(self._refresh_segments)
        self.tiers.copy_wanted.connect(self.copy_tier)
        self.tiers.speakers_wanted.connect(self.find_speakers)
        self.timeline.lanes.tier_wanted.connect(self._choose_tier)
        self.timeline.lanes.play_wanted.connect(self._play)
        self.title.automatic_wanted.connect(self.segment_automatically)
        self.bar.wanted.connect(self._do)
        self.bar.sound.speed_wanted.connect(self._transport.set_speed)
        self.timeline.cursor_set.connect(self._transport.seek)
        waveform.drawn.connect(self._editor.draw)
        waveform.moved.connect(self._editor.move)
        waveform.play_wanted.connect(self._play)
        waveform.menu_wanted.connect(self._show_menu)
        self.filter.textChanged.connect(self.table.segments.set_filter)
        self.filter.returnPressed.connect(self._focus_table)
        self.table.play_wanted.connect(self._play)
        self.table.picked.connect(self._go_to)
        self.table.selectionModel().selectionChanged.connect(self._tell_selection)
        self.table.segments.edited.connect(self._editor.describe)
        self._shown.selected.connect(self._selected)
        self._transport.moved.connect(self._cursor_moved)
        self._transport.changed.connect(self._playing_changed)
        self.proposal.proposed.connect(self.timeline.propose)
        self.proposal.applied.connect(self._show_applied)
        self.proposal.closed.connect(self._close_proposal)
        self.trouble.returned.connect(self._reopen)
        self.look.changed.connect(self._spectrogram_toggled)
        self._empty.acted.connect(self._add_audio)
