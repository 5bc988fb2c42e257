"""Writing the report: where it is to be kept, the job, and showing it in the browser."""

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from annotator.domain.translation import tr
from annotator.gui.agreement.measure import Measured, write_report
from annotator.gui.context import Context
from annotator.gui.task import Task


class Reporter(QObject):
    """Asks and writes, one report at a time."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._page = context, parent
        self._writing = Task(context, self, self._written)

    @property
    def busy(self) -> bool:
        """Whether a report is being written."""
        return self._writing.running

    def page(self, measured: Measured) -> None:
        """Asks where the page is to be kept, writes it and opens it in the browser."""
        proposed = str(Path.home() / f"{self._name(measured)}.html")
        path, _ = QFileDialog.getSaveFileName(self._page, tr("Report"), proposed, tr("Page (*.html)"))
        if path:
            self._write(measured, Path(path).with_suffix(".html"))

    def tables(self, measured: Measured) -> None:
        """Asks for a folder and writes the figures into a new one there."""
        folder = QFileDialog.getExistingDirectory(self._page, tr("Folder for the tables"), str(Path.home()))
        if folder:
            self._write(measured, Path(folder) / self._name(measured))

    def _name(self, measured: Measured) -> str:
        return f"{self._context.session.name}-{measured.agreement.scheme.name}"

    def _write(self, measured: Measured, path: Path) -> None:
        self._writing.start(tr("Writing the report"), write_report(self._context.session, measured, path))

    @Slot(object)
    def _written(self, path: Path) -> None:
        self._context.noticed.emit(tr("Written: {path}", path=path), "positive")
        if path.suffix == ".html":
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
