"""Opening the window: the one place where the command line knows that there is one."""

import os
import sys
from pathlib import Path

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr


def has_display() -> bool:
    """Whether a window could be shown here."""
    if sys.platform.startswith("linux"):
        chosen = os.environ.get("QT_QPA_PLATFORM", "")
        return bool(chosen or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def open_window(corpus: Path | None) -> int:
    """Shows the window, on a corpus where one is given, and gives the exit status once it is closed."""
    if not has_display():
        raise AnnotatorError(
            tr("There is no display to open a window on."),
            tr('Use the commands instead: "annotator --help" lists them.'),
        )
    try:
        from annotator.gui.main import run_window
    except ImportError as error:
        raise AnnotatorError(
            tr("The window cannot be opened: {reason}.", reason=error),
            tr("Install the system libraries that the README lists."),
        ) from None
    return run_window(corpus)
