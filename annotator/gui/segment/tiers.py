"""Which tiers stand beside the one that is worked on, and what can be done with a tier as a whole."""

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from annotator.app.segment import allow_overlaps, copy_tier
from annotator.domain.corpus import Recording, Tier
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.menus import add_heading
from annotator.gui.segment.editor import SegmentEditor
from annotator.gui.segment.lanes import TierLanes
from annotator.storage.reader import Reader


class Tiers(QObject):
    """The tiers of the corpus around the editor's own."""

    beside_changed = Signal()
    copy_wanted = Signal()
    speakers_wanted = Signal()

    def __init__(
        self, context: Context, editor: SegmentEditor, lanes: TierLanes, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._editor = editor
        self._lanes = lanes
        self._tiers: dict[str, Tier] = {}
        #: Names of tiers to be shown beside the editor's, whether or not the corpus has them.
        self.beside: list[str] = []

    def refresh(self, reader: Reader, tiers: dict[str, Tier], recording: Recording | None) -> None:
        """Reads the segments of the tiers that stand beside."""
        self._tiers = tiers
        names = [name for name in self.beside if name in tiers and name != self._editor.tier]
        if recording is None:
            names = []
        self._lanes.show_tiers(
            [(name, reader.segments(tier_id=tiers[name].id, recording_id=recording.id)) for name in names]
        )

    def after(self, name: str) -> str:
        """The tier that follows: among those on screen, or among all where none stands beside."""
        ring = [n for n in self._tiers if n in self.beside or n == name] if self._lanes.names else self._tiers
        names = list(ring)
        if name not in names:
            return names[0] if names else name
        return names[(names.index(name) + 1) % len(names)]

    def choose(self, parent: QWidget, place: QPoint) -> None:
        """Offers everything in a menu at a place on the screen."""
        menu = QMenu(parent)
        others = [name for name in self._tiers if name != self._editor.tier]
        add_heading(menu, tr("Show beside this tier"))
        for name in others:
            entry = self._entry(menu, name, ("beside", name))
            entry.setCheckable(True)
            entry.setChecked(name in self.beside)
        if not others:
            self._entry(menu, tr("There is no other tier yet"), None).setEnabled(False)
        add_heading(menu, tr('The tier "{name}"', name=self._editor.tier))
        overlap = self._entry(menu, tr("Segments may overlap (crosstalk)"), ("overlaps", ""))
        overlap.setCheckable(True)
        overlap.setChecked(self._editor.overlaps)
        overlap.setEnabled(self._editor.able)
        copy = self._entry(menu, tr("Copy this tier..."), ("copy", ""))
        copy.setEnabled(self._editor.able and self._editor.tier in self._tiers)
        voices = self._entry(menu, tr("Find speakers by voice..."), ("speakers", ""))
        voices.setEnabled(copy.isEnabled())
        menu.triggered.connect(self._take)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _entry(self, menu: QMenu, text: str, data: tuple[str, str] | None) -> QAction:
        entry = QAction(text, menu)
        entry.setData(data)
        menu.addAction(entry)
        return entry

    @Slot(QAction)
    def _take(self, entry: QAction) -> None:
        what, name = entry.data()
        if what == "overlaps":
            self.toggle_overlaps()
        elif what == "copy":
            self.copy_wanted.emit()
        elif what == "speakers":
            self.speakers_wanted.emit()
        else:
            self.show_beside(name, shown=name not in self.beside)

    def show_beside(self, name: str, *, shown: bool) -> None:
        """Gives a tier a lane, or takes it away."""
        self.beside = [n for n in self.beside if n != name] + ([name] if shown else [])
        self.beside_changed.emit()

    def toggle_overlaps(self) -> None:
        """Lets segments of the editor's tier overlap, or no longer."""
        session = self._context.session
        self._context.attempt(allow_overlaps, session, self._editor.tier, not self._editor.overlaps)

    def copy(self, name: str) -> Tier | None:
        """Copies the editor's tier under another name; `None`, with a notice, where that cannot be."""
        made: Tier | None = self._context.attempt(copy_tier, self._context.session, self._editor.tier, name)
        return made
