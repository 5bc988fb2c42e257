"""Where a report is to be kept, and showing it."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from annotator.domain.translation import tr


def ask_for_page(parent: QWidget, name: str) -> Path | None:
    """Where the page is to be kept; `None` where it is not."""
    proposed = str(Path.home() / f"{name}.html")
    path, _ = QFileDialog.getSaveFileName(parent, tr("Report"), proposed, tr("Page (*.html)"))
    return Path(path).with_suffix(".html") if path else None


def ask_for_tables(parent: QWidget, name: str) -> Path | None:
    """A new folder for the tables in one that is chosen; `None` where none is."""
    folder = QFileDialog.getExistingDirectory(parent, tr("Folder for the tables"), str(Path.home()))
    return Path(folder) / name if folder else None


def open_in_browser(path: Path) -> None:
    """Shows a page in whatever the system opens pages with."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
