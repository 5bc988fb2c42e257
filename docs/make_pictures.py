"""Takes the pictures of the README from the real window, on the demo corpus.

    python docs/make_pictures.py [--theme light] [--out docs/pictures]

Needs a display (or `xvfb-run`). Every workspace is used as a person would: by its actions.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from annotator.app.demo import run_demo
from annotator.app.rate import add_rater
from annotator.domain.progress import finish

SIZE = (1440, 900)


def main() -> None:
    """Makes the demo corpus in a temporary folder, opens the window on it, takes one picture a workspace."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--theme", default="light", choices=["light", "dark"])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "pictures")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        # The pictures show a first start, and leave this user's settings alone.
        os.environ["XDG_CONFIG_HOME"] = str(Path(folder) / "config")
        chosen = {"theme": given.theme, "schemes": {str(Path(folder) / "demo.corpus"): "valence-arousal"}}
        settings = Path(folder) / "config" / "annotator" / "settings.json"
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps(chosen), encoding="utf-8")
        session, _ = finish(run_demo(Path(folder)))
        session.close()
        take(session.folder, given.theme, given.out)


def take(corpus: Path, theme: str, out: Path) -> None:
    """One picture of every workspace."""
    from annotator.gui.context import Context
    from annotator.gui.theme import apply_theme
    from annotator.gui.window import MainWindow

    app = QApplication.instance() or QApplication([])
    apply_theme(app, theme)
    window = MainWindow(Context())
    window.resize(*SIZE)
    window.show()
    wait(300)
    context = window.context
    context.open(corpus)
    with context.session.reading() as reader:
        talk = next(r for r in reader.recordings() if r.name == "talk_en.flac")
        tier = next(t for t in reader.tiers() if t.name == "transcript")
        segment = reader.segments(tier_id=tier.id, recording_id=talk.id)[5]
    context.choose_recording(talk)
    wait(1500)
    window.workspace("segment").show_segment(segment.id)
    wait(9000)  # until a notice about a missing sound device has gone
    picture(window, "segment", out)
    context.choose_rater(add_rater(context.session, "maya"))
    window.show_workspace("label")
    picture(window, "label", out)
    window.workspace("agreement").gate.button.click()
    picture(window, "agreement", out)
    window.show_workspace("dataset")
    picture(window, "dataset", out)
    window.show_workspace("train")
    wait(2500)
    window.perform("train_model")
    picture(window, "train", out)
    window.close()


def wait(milliseconds: int) -> None:
    """Lets the window and its jobs work on."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def picture(window: object, name: str, out: Path) -> None:
    """Waits until the page has settled and saves what the window shows."""
    wait(6000)
    window.grab().save(str(out / f"{name}.png"))


if __name__ == "__main__":
    main()
