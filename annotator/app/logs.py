"""One log file with rotation, and the log of crashes that no program survives."""

import faulthandler
import logging
import logging.handlers
import sys
from pathlib import Path

import platformdirs

_handles: list[object] = []


def log_folder() -> Path:
    """Where logs are kept, for this user."""
    return Path(platformdirs.user_log_dir("annotator", appauthor=False))


def start_log() -> None:
    """Begins logging to the rotating file; a folder that cannot be written is no reason to stop."""
    logger = logging.getLogger("annotator")
    if logger.handlers:
        return
    logger.setLevel(logging.INFO)
    try:
        log_folder().mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            log_folder() / "annotator.log", maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.StreamHandler(sys.stderr)
        handler.setLevel(logging.ERROR)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    logger.propagate = False


def log_bug() -> Path:
    """Writes the exception being handled to the log and gives the log's path."""
    logger = logging.getLogger("annotator")
    logger.exception("unexpected failure")
    for handler in logger.handlers:
        if isinstance(handler, logging.FileHandler):
            return Path(handler.baseFilename)
    return log_folder() / "annotator.log"


def catch_crashes() -> str:
    """Has crashes of the interpreter written to a file; gives what the last run left there, if anything."""
    path = log_folder() / "crash.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        last = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        file = path.open("w", encoding="utf-8")
    except OSError:
        return ""
    _handles.append(file)  # faulthandler needs the file to stay open
    faulthandler.enable(file)
    return last.strip()
