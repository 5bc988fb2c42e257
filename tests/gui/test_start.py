"""Starting: the window is up before anything heavy is loaded, then the corpus that was asked for opens."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from annotator.app.corpus_folder import create_corpus
from annotator.gui.context import Context
from annotator.gui.main import Start
from annotator.gui.window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)

HEAVY = """
import sys
import annotator.gui.main
print(sorted({"sqlalchemy", "numpy", "pandas", "sklearn", "scipy", "soundfile", "typer"} & set(sys.modules)))
"""


def started(qtbot: QtBot, corpus: Path | None) -> tuple[MainWindow, list[str]]:
    context = Context()
    notices: list[str] = []
    context.noticed.connect(lambda text, _kind: notices.append(text))
    window = MainWindow(context)
    qtbot.addWidget(window)
    start = Start(window, corpus)
    window.painted.connect(start.go_on)
    with qtbot.waitSignal(window.painted):
        start.show()
    return window, notices


def test_garbage_is_collected_again_once_the_window_is_up(qtbot: QtBot) -> None:
    gc.disable()
    try:
        started(qtbot, None)
        assert gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.parametrize(("given", "used"), [({}, "4"), ({"OPENBLAS_THREAD_TIMEOUT": "20"}, "20")])
def test_threads_of_linear_algebra_sleep_unless_the_user_says_otherwise(
    given: dict[str, str], used: str
) -> None:
    code = "import os, annotator; print(os.environ['OPENBLAS_THREAD_TIMEOUT'])"
    others = {name: value for name, value in os.environ.items() if name != "OPENBLAS_THREAD_TIMEOUT"}
    ran = subprocess.run(
        [sys.executable, "-c", code], env={**others, **given}, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == used


def test_nothing_heavy_is_loaded_before_the_window_is_up() -> None:
    ran = subprocess.run([sys.executable, "-c", HEAVY], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_corpus_opens_once_the_window_has_been_painted(tmp_path: Path, qtbot: QtBot) -> None:
    create_corpus(tmp_path / "talks.corpus", ["valence-arousal"]).close()
    window, notices = started(qtbot, tmp_path / "talks.corpus")
    qtbot.waitUntil(lambda: window.context.session is not None)
    assert window.context.session.name == "talks"
    assert notices == []
    window.close()


def test_a_corpus_that_cannot_be_opened_leaves_the_start_page(tmp_path: Path, qtbot: QtBot) -> None:
    window, notices = started(qtbot, tmp_path / "none.corpus")
    qtbot.waitUntil(lambda: bool(notices))
    assert "none.corpus" in notices[0]
    assert window.context.session is None
    assert window._start.isVisible()
    assert window.windowTitle() == "Annotator"
    window.close()
