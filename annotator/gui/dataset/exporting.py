"""Export from the window: the dialog, the job, and the notice of what was written."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from annotator.domain.translation import tr, tr_n
from annotator.exchange.bundle import ExportResult
from annotator.gui.context import Context
from annotator.gui.dataset.export_dialog import ExportDialog, ExportRequest
from annotator.gui.dataset.export_fields import reason_in_words
from annotator.gui.dataset.reading import Facts
from annotator.gui.task import Task
from annotator.gui.widgets.banner import Banner


class Exporting(QObject):
    """Asks for what and where, exports it as a job, and shows a banner by `show_banner`."""

    ended = Signal()

    def __init__(
        self, context: Context, parent: QWidget, show_banner: Callable[[Banner | None], None]
    ) -> None:
        super().__init__(parent)
        self._context, self._window, self._show_banner = context, parent, show_banner
        self._exported: Path | None = None
        self._task = Task(context, self, self._show)
        self._task.ended.connect(self.ended)

    @property
    def running(self) -> bool:
        """Whether something is being exported."""
        return self._task.running

    def ask(self, facts: Facts, split: str | None) -> None:
        """Opens the dialog with a split chosen, and does what it says."""
        dialog = ExportDialog(self._window, self._context, facts, split)
        dialog.exec()
        if dialog.request is not None and dialog.session is self._context.session:
            self._export(dialog.request)
        dialog.deleteLater()

    def _export(self, asked: ExportRequest) -> None:
        job = asked.job(self._context.session)
        self._show_banner(None)
        self._task.start(tr("Exporting to {folder}", folder=asked.out.name), job)

    @Slot(object)
    def _show(self, result: ExportResult) -> None:
        self._exported = result.manifest.parent
        text = tr(
            "Exported {segments} in {files} to {folder}.",
            segments=tr_n("{n} segment", "{n} segments", result.segments),
            files=tr_n("{n} file", "{n} files", result.files),
            folder=self._exported,
        )
        left_out = [reason_in_words(reason, n) for reason, n in result.excluded.items() if n]
        hints = ([tr("Left out: {reasons}.", reasons=", ".join(left_out))] if left_out else []) + list(
            result.warnings
        )
        banner = Banner("positive", text, " ".join(hints), tr("Open the folder"))
        banner.acted.connect(self._open_folder)
        self._show_banner(banner)

    @Slot()
    def _open_folder(self) -> None:
        if self._exported is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._exported)))
