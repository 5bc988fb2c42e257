"""What the window expects of a workspace."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from annotator.gui.context import Context


class Workspace(QWidget):
    """One stage of the work. Subclasses build their widgets once and refresh them when told.

    The window sends the actions whose `home` is this workspace to `perform` while it is shown. A workspace that
    wants its actions enabled or disabled anew emits `availability_changed`.
    """

    availability_changed = Signal()

    #: Id of the workspace, as in `annotator.app.actions.WORKSPACES`.
    name = ""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.context = context

    def perform(self, action: str) -> None:
        """Does one of the workspace's actions: calls the method of the action's id."""
        getattr(self, action)()

    def can(self, action: str) -> bool:  # noqa: ARG002
        """Whether the action makes sense now."""
        return self.context.session is not None

    def enter(self) -> None:
        """The workspace has come to the front."""

    def leave(self) -> None:
        """Another workspace comes to the front: stop the sound."""
