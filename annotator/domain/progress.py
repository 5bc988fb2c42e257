"""What a long job yields while it works.

A job is a plain generator: it yields `Progress`, returns its result, and is cancelled by not being resumed
(`generator.close()`), so it must leave nothing half done when it is closed at a `yield`.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come: `done` of `total` (same unit, `total` > 0) and what it is doing now.

    `seconds_left` is the job's own forecast, of a job that knows better than its pace so far tells; else `None`.
    """

    done: float
    total: float
    text: str = ""
    seconds_left: float | None = None

    @property
    def fraction(self) -> float:
        """Share done, 0..1.

        >>> Progress(3, 12).fraction
        0.25
        """
        return min(max(self.done / self.total, 0.0), 1.0) if self.total > 0 else 0.0


Job: TypeAlias = Generator[Progress, None, T]


def part(
    job: "Job[T]",
    start: float,
    stop: float,
    total: float = 1.0,
    *,
    text: str = "",
    left: float | None = None,
) -> "Job[T]":
    """A job as one part, `start` to `stop` of `total`, of a larger one's progress.

    `text` says what the larger one is doing; what the job itself does then stands behind it. `left` is the larger one's
    forecast in seconds, told where the job has none.

    >>> def count() -> Job[int]:
    ...     yield Progress(1, 2, "counting")
    ...     return 2
    >>> next(part(count(), 3, 4, 10, text="fold 4"))
    Progress(done=3.5, total=10, text='fold 4: counting', seconds_left=None)
    """
    try:
        while True:
            progress = next(job)
            said = ": ".join(filter(None, (text, progress.text)))
            known = left if progress.seconds_left is None else progress.seconds_left
            yield Progress(start + (stop - start) * progress.fraction, total, said, known)
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        job.close()


def finish(job: "Job[T]") -> T:
    """Runs a job to its end on this thread, without showing progress, and gives its result.

    >>> def count() -> Job[int]:
    ...     yield Progress(1, 2, "counting")
    ...     return 2
    >>> finish(count())
    2
    """
    while True:
        try:
            next(job)
        except StopIteration as end:
            result: T = end.value
            return result
