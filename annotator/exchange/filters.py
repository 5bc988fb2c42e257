"""What a segment must satisfy to leave the house, and the words for why it stays."""

from dataclasses import dataclass

from annotator.domain.corpus import Segment
from annotator.domain.errors import UsageError
from annotator.domain.translation import tr

OTHER_TIER = "other_tier"
NOT_IN_SPLIT = "not_in_split"
NO_LABEL = "no_label"
TOO_SHORT = "too_short"
TOO_LONG = "too_long"
FEW_RATINGS = "few_ratings"
NO_SECOND_RATING = "no_second_rating"
LOW_AGREEMENT = "low_agreement"
FLAGGED = "flagged"
UNCERTAIN = "uncertain"
NO_UNCERTAINTY = "no_uncertainty"
DUPLICATE = "duplicate"
SAME_PLACE = "same_place"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A segment that is not exported: `reason` is one of the words above, `detail` the figure that decided."""

    segment: Segment
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a segment must satisfy; nothing unless asked for.

    Parameters
    ----------
    min_ratings
        People who have rated it, under any scheme.
    min_agreement
        Observed agreement of its raters, 0..1: of categories the share of pairs of raters that agree, of scales 1 less
        the mean difference of two raters as a share of the scale; the mean over the items of a scheme, and of several
        schemes the lowest. A segment that nobody rated twice is left out too.
    min_seconds, max_seconds
        Duration.
    no_flagged
        Nobody has asked to talk about it.
    max_uncertainty
        How unsure its settled values are, at most, in the terms of the method that settled them; the worst item counts.
    no_duplicates
        Of segments with the same or nearly the same sound (identical recordings, and links that nobody dismissed) the
        first is kept.
    """

    min_ratings: int = 0
    min_agreement: float | None = None
    min_seconds: float | None = None
    max_seconds: float | None = None
    no_flagged: bool = False
    max_uncertainty: float | None = None
    no_duplicates: bool = False

    def __post_init__(self) -> None:
        checks = (
            ("min_ratings", self.min_ratings, 0.0, float("inf")),
            ("min_agreement", self.min_agreement, 0.0, 1.0),
            ("min_seconds", self.min_seconds, 0.0, float("inf")),
            ("max_seconds", self.max_seconds, 0.0, float("inf")),
            ("max_uncertainty", self.max_uncertainty, 0.0, float("inf")),
        )
        for name, value, low, high in checks:
            if value is not None and not low <= value <= high:
                raise UsageError(
                    tr("{value} is not possible for {option}.", value=value, option="--" + name.replace("_", "-")),
                    tr("Give a number from {low:g} to {high:g}.", low=low, high=high)
                    if high < float("inf")
                    else tr("Give a number from {low:g}.", low=low),
                )  # fmt: skip
