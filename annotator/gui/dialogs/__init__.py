"""The dialogs that are there in every workspace."""

from annotator.gui.dialogs.audio import add_audio
from annotator.gui.dialogs.corpus import make_demo, new_corpus, open_corpus
from annotator.gui.dialogs.importing import import_file
from annotator.gui.dialogs.people import add_scheme, switch_rater
from annotator.gui.dialogs.policy import edit_policy

__all__ = [
    "add_audio",
    "add_scheme",
    "edit_policy",
    "import_file",
    "make_demo",
    "new_corpus",
    "open_corpus",
    "switch_rater",
]
