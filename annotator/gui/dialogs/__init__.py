"""The dialogs that are there in every workspace, each imported when it is first asked for: the window is up at once."""

from importlib import import_module
from typing import Any

_HOMES = {
    "add_audio": "audio",
    "add_scheme": "people",
    "describe": "describing",
    "edit_policy": "policy",
    "import_file": "importing",
    "make_demo": "corpus",
    "merge_files": "merging",
    "new_corpus": "corpus",
    "open_corpus": "corpus",
    "open_package": "merging",
    "switch_rater": "people",
    "take_dropped": "dropping",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"there is no dialog {name}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
