"""Starting the window."""

import logging
import multiprocessing
import sys
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from annotator.app.logs import catch_crashes, start_log
from annotator.domain.translation import set_language, tr
from annotator.gui.context import Context
from annotator.gui.theme import apply_theme
from annotator.gui.window import MainWindow


def run_window(corpus: Path | None = None) -> int:
    """Shows the window, on a corpus where one is given, until it is closed; gives the exit status."""
    multiprocessing.freeze_support()
    start_log()
    crash = catch_crashes()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    app.setApplicationName("Annotator")
    app.setDesktopFileName("annotator")
    context = Context()
    sys.excepthook = _log_exception
    set_language(context.settings.language)
    apply_theme(app, theme_name(app, context.settings.theme))
    window = MainWindow(context)
    app.aboutToQuit.connect(context.shutdown)
    window.show()
    if crash:
        context.noticed.emit(
            tr("The program ended by a crash last time; nothing you had stored is lost."), "warning"
        )
    if corpus is not None:
        context.open(corpus)
    return int(app.exec())


def theme_name(app: QApplication, chosen: str) -> str:
    """The theme to show: the chosen one, or the desktop's own preference."""
    if chosen in ("light", "dark"):
        return chosen
    return "dark" if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"


def _log_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A bug in a slot: logged with all it says; the window stays up with everything stored."""
    logging.getLogger("annotator.gui").error("unexpected failure", exc_info=(kind, error, trace))


if __name__ == "__main__":
    sys.exit(run_window(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
