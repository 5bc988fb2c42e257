"""One module per stage of the work; importing them registers their commands with the application."""

from annotator.cli.app import app
from annotator.cli.commands import dataset, deciding, listing, ratings, recordings, schemes, team, training

__all__ = [
    "app",
    "command_names",
    "dataset",
    "deciding",
    "listing",
    "ratings",
    "recordings",
    "schemes",
    "team",
    "training",
]


def command_names() -> list[str]:
    """Names of all commands."""
    return [str(info.name or getattr(info.callback, "__name__", "")) for info in app.registered_commands]
