"""What automatic segmentation would give and has given, in words."""

from collections.abc import Sequence

import numpy as np

from annotator.app.laying import Plan, Segmented
from annotator.domain.corpus import Segment
from annotator.domain.translation import tr, tr_n
from annotator.gui.numbers import percent


def summary_text(segments: Sequence[Segment], whole: tuple[int, int], rate: int) -> str:
    """How many segments, how long they are, and how much they hold of the samples [start, end) that were cut."""
    if not segments:
        return tr("No segments with these options.")
    lengths = np.array([segment.samples for segment in segments]) / rate
    share = min(lengths.sum() * rate / (whole[1] - whole[0]), 1.0)
    return " · ".join(
        (
            tr_n("{n:,} segment", "{n:,} segments", len(segments)),
            tr("median {seconds} s", seconds=f"{np.median(lengths):.1f}"),
            tr("{share} of the recording", share=percent(share))
            if whole[0] == 0
            else tr("{share} of the selection", share=percent(share)),
        )
    )


def changes_text(planned: Plan) -> str:
    """What would change on the tier, where it holds segments already."""
    removed = len(planned.removed)
    parts = [
        tr_n("{n:,} new", "{n:,} new", planned.added) if planned.added else "",
        tr_n("{n:,} removed", "{n:,} removed", removed) if removed else "",
        tr_n("{n:,} moved", "{n:,} moved", planned.moved) if planned.moved else "",
        tr_n("{n:,} with other words", "{n:,} with other words", planned.reworded)
        if planned.reworded
        else "",
    ]
    kept = tr_n("{n:,} kept", "{n:,} kept", planned.kept)
    if planned.by_hand:
        kept += " " + tr_n("({n:,} made by hand)", "({n:,} made by hand)", planned.by_hand)
    if not any(parts):
        return tr("Nothing would change: {kept}.", kept=kept)
    return tr("On this tier: {changes}.", changes=" · ".join(filter(None, (*parts, kept))))


def made_notice(results: Sequence[Segmented]) -> str:
    """What was done, in a sentence or two."""
    made, by_hand = sum(result.segments for result in results), sum(result.by_hand for result in results)
    rated = sum(result.rated for result in results)
    text = tr_n("{n:,} segment made.", "{n:,} segments made.", made)
    if by_hand:
        text += " " + tr_n(
            "{n:,} made by hand was left as it was.", "{n:,} made by hand were left as they were.", by_hand
        )
    if rated:
        text += " " + tr_n(
            "{n:,} that was rated is gone; undo brings it back.",
            "{n:,} that were rated are gone; undo brings them back.",
            rated,
        )
    return text
