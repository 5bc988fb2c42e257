"""What the Label workspace says where there is nothing to rate, and what it offers to do about it."""

from dataclasses import dataclass

from annotator.app.rate import Workload
from annotator.domain.translation import tr


@dataclass(frozen=True)
class Help:
    """An empty page: its words, its button, and the action of the window behind the button."""

    icon: str
    title: str
    sentence: str
    button: str = ""
    action: str = ""


def without_rater() -> Help:
    """Nobody has said who is rating."""
    return Help(
        "user",
        tr("Who is rating?"),
        tr("Say who you are, so that your ratings are kept apart from everybody else's."),
        tr("Choose a name"),
        "switch_rater",
    )


def at_the_end() -> Help:
    """Everything is rated."""
    return Help(
        "check",
        tr("All segments are rated"),
        tr("Thank you. Every answer is stored. You can go back and change your mind about any of them."),
        tr("Go back"),
        "previous_item",
    )


def without_work(load: Workload) -> Help:
    """There is no scheme, no recording or no segment to rate."""
    if load.scheme is None:
        return Help(
            "grid",
            tr("No instrument yet"),
            tr("Ratings need a scheme: valence and arousal, emotions by name, or one of your own."),
            tr("Add a rating scheme"),
            "add_scheme",
        )
    if not load.recordings:
        return Help(
            "music",
            tr("Nothing to listen to yet"),
            tr("Add audio, cut it into segments, then rate them here."),
            tr("Add audio"),
            "add_audio",
        )
    if load.assigned:
        return Help(
            "check",
            tr("Nothing is assigned to you here"),
            tr("The segments assigned to you belong to another tier: choose it above."),
        )
    return Help(
        "segment",
        tr("No segments yet"),
        tr("Cut the recordings into segments, by hand or automatically, then rate them here."),
        tr("Segment automatically"),
        "segment_automatically",
    )
