"""One module per stage of the work; importing them registers their commands with the application."""

from annotator.cli.app import app
from annotator.cli.commands import (
    dataset,
    deciding,
    exporting,
    listing,
    people,
    ratings,
    recordings,
    runs,
    schemes,
    segmenting,
    team,
    training,
)

__all__ = [
    "app",
    "command_names",
    "dataset",
    "deciding",
    "exporting",
    "listing",
    "people",
    "ratings",
    "recordings",
    "runs",
    "schemes",
    "segmenting",
    "team",
    "training",
]


def command_names() -> list[str]:
    """Names of all commands."""
    return [str(info.name or getattr(info.callback, "__name__", "")) for info in app.registered_commands]
