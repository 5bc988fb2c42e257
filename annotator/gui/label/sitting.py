"""A sitting: how fast this rater works today, and when a pause would do good. Knows nothing of the window."""

import statistics
import time
from collections.abc import Callable

from annotator.domain.translation import tr, tr_n

#: Seconds of work without a break after which a pause is proposed.
WORK = 30 * 60.0
#: Seconds without a rating that count as a break.
BREAK = 5 * 60.0
#: Ratings before their pace says anything.
FEW = 3


class Sitting:
    """The pace of one rater under one scheme since they sat down.

    Parameters
    ----------
    clock
        Seconds that only ever grow.
    work
        Seconds of work without a break after which a pause is proposed; infinity for never.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, work: float = WORK) -> None:
        self._clock = clock
        self.work = work
        self._shown = clock()
        self._last = self._working_since = clock()
        self._seconds: list[float] = []

    def show(self) -> None:
        """A segment has come up."""
        self._shown = self._clock()

    def rate(self) -> None:
        """The segment that came up last has been rated."""
        now = self._clock()
        if now - self._last > BREAK:
            self._working_since = self._shown
        self._last = now
        self._seconds.append(now - self._shown)

    @property
    def shown_for(self) -> float:
        """Seconds since the segment came up."""
        return self._clock() - self._shown

    @property
    def pause_due(self) -> bool:
        """Whether this person has been rating for long without a break."""
        return self._last - self._working_since >= self.work

    def remind_later(self) -> None:
        """The pause has been proposed: not again before as much work has been done once more."""
        self._working_since = self._clock()

    def remaining(self, ratings: int) -> float | None:
        """Seconds that so many more ratings will take, from the median of this sitting; `None` while unknown.

        The median, because one long break or one doubled key must not change the forecast.
        """
        if len(self._seconds) < FEW:
            return None
        return statistics.median(self._seconds) * ratings


def spoken_duration(seconds: float) -> str:
    """A remaining time as one says it: whole minutes, from an hour and a half on hours and tens of minutes.

    >>> spoken_duration(20), spoken_duration(95), spoken_duration(7800)
    ('less than a minute left', 'about 2 minutes left', 'about 2 h 10 min left')
    """
    minutes = round(seconds / 60)
    if seconds < 45:
        return tr("less than a minute left")
    if minutes < 90:
        return tr_n("about {n} minute left", "about {n} minutes left", max(1, minutes))
    tens = round(seconds / 600)
    return tr("about {hours} h {minutes} min left", hours=tens // 6, minutes=tens % 6 * 10)
