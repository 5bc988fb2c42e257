"""Running jobs: the same generators for the command line's progress bar and the window's jobs bar."""

import time
from collections.abc import Callable
from typing import TypeVar

from annotator.domain.errors import Cancelled
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr

T = TypeVar("T")


class Pace:
    """Remaining time of a job from its own pace so far."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._forecast: tuple[Progress, float] | None = None

    def remaining(self, progress: Progress) -> float | None:
        """Seconds to go, as the job itself forecasts them or by its pace so far.

        `None` while that is a guess (the first 2 % or half a second).
        """
        now = self._clock()
        if progress.seconds_left is not None:
            if self._forecast is None or self._forecast[0] != progress:
                self._forecast = progress, now
            return max(progress.seconds_left - (now - self._forecast[1]), 0.0)
        elapsed = now - self._started
        if progress.fraction < 0.02 or elapsed < 0.5:
            return None
        return elapsed * (1 - progress.fraction) / progress.fraction


def run_job(
    job: Job[T],
    *,
    on_progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> T:
    """Runs a job to its end on this thread.

    Raises `Cancelled`, with the job closed and the corpus as it was, as soon as `cancelled()` is true.
    """
    try:
        while True:
            if cancelled():
                raise Cancelled(tr("Cancelled; nothing was changed."))
            on_progress(next(job))
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        job.close()
