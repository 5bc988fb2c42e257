"""What an audit finds."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

Kind: TypeAlias = Literal[
    "group", "identical", "near_duplicate", "overlap", "text", "missing_class", "empty_part", "missing_group",
    "consensus", "normalisation",
]  # fmt: skip
Severity: TypeAlias = Literal["leak", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is, or may be, wrong with a split.

    Parameters
    ----------
    kind
        What was found: see `annotator.splits.audit`.
    severity
        ``"leak"``: scores on this split cannot be trusted; ``"warning"``: know it, and decide.
    a, b
        Segments to listen to as an example; `None` where the finding is not about a segment.
    part_a, part_b
        The parts of `a` and `b`, or the part that lacks something; `None` where there is no split.
    score
        How alike `a` and `b` are: 1 for the same audio or text, the shared portion of the shorter segment for
        an overlap, the likeness of a near-duplicate; `None` where there is nothing to measure.
    text
        A sentence that explains the finding.
    """

    kind: Kind
    severity: Severity
    a: str | None
    b: str | None
    part_a: str | None
    part_b: str | None
    score: float | None
    text: str

    def to_dict(self) -> dict[str, Any]:
        """The fields as the command line prints them.

        >>> Finding("empty_part", "warning", None, None, "dev", None, None, "Empty.").to_dict()["part_a"]
        'dev'
        """
        return asdict(self)
