"""Starting the window."""

import gc
import logging
import sys
from importlib import import_module
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QApplication

from annotator.app.logs import catch_crashes, start_log
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import set_language, tr
from annotator.gui.context import Context
from annotator.gui.theme import apply_theme
from annotator.gui.window import MainWindow


def run_window(corpus: Path | None = None) -> int:
    """Shows the window, on a corpus where one is given, until it is closed; gives the exit status."""
    # What is loaded now stays: looking through it for garbage again and again would take a sixth of the start.
    gc.disable()
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
    start = Start(window, corpus)
    window.painted.connect(start.go_on)
    start.show()
    if crash:
        context.noticed.emit(
            tr("The program ended by a crash last time; nothing you had stored is lost."), "warning"
        )
    return int(app.exec())


class Start(QObject):
    """Shows the window, and goes on once it is seen: databases and arrays take longer to load than it does."""

    def __init__(self, window: MainWindow, corpus: Path | None) -> None:
        super().__init__(window)
        self._window = window
        self._corpus = corpus

    def show(self) -> None:
        """Shows the start page, or that a corpus is about to be opened."""
        if self._corpus is not None:
            self._window.show_opening(self._corpus.stem)
        self._window.show()

    @Slot()
    def go_on(self) -> None:
        """Opens the corpus that was asked for, or loads what opening one will need."""
        context = self._window.context
        if self._corpus is None:
            context.run(tr("Getting ready"), _load_what_corpora_need(), quiet=True)
        elif not context.open(self._corpus):
            self._window.show_start()
        gc.freeze()  # nor is it looked through later, while something is drawn
        gc.enable()


def _load_what_corpora_need() -> Job[None]:
    yield Progress(0, 1)
    import_module("annotator.app.corpus_folder")


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
