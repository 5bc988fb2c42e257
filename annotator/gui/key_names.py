"""Keys as people read them."""

from PySide6.QtGui import QKeySequence

from annotator.app.actions import Action
from annotator.domain.translation import tr


def key_name(shortcut: str) -> str:
    """A key as it is called on this machine's keyboard."""
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)


def first_key(action: Action) -> str:
    """The first key of an action as people read it; empty where it has none."""
    return key_name(action.shortcuts[0]) if action.shortcuts else ""


def hint(action: Action) -> str:
    """Title and key of an action, as a tooltip says it."""
    key = first_key(action)
    return tr("{title} ({key})", title=action.title, key=key) if key else action.title


def titled(action: Action) -> str:
    """Title and key of an action, as a menu shows it."""
    key = first_key(action)
    return f"{action.title}\t{key}" if key else action.title
