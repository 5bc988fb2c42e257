"""The dialogs that are there in every workspace, each imported when it is first asked for: the window is up at once."""

from importlib import import_module
from typing import Any

#: Module of each, seen from the package of the window.
_HOMES = {
    "add_audio": "dialogs.audio",
    "add_scheme": "dialogs.people",
    "describe": "dialogs.describing",
    "edit_policy": "dialogs.policy",
    "edit_schemes": "schemes.dialog",
    "import_file": "dialogs.importing",
    "make_demo": "dialogs.corpus",
    "merge_files": "dialogs.merging",
    "new_corpus": "dialogs.corpus",
    "open_corpus": "dialogs.corpus",
    "open_package": "dialogs.merging",
    "switch_rater": "dialogs.people",
    "take_dropped": "dialogs.dropping",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"there is no dialog {name}")
    return getattr(import_module(f"annotator.gui.{_HOMES[name]}"), name)
