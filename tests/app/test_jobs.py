"""Remaining time: from a job's own forecast where it has one, else from its pace."""

from annotator.app.jobs import Pace
from annotator.domain.progress import Job, Progress, part


def test_the_pace_tells_what_is_left() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    assert pace.remaining(Progress(0, 10)) is None
    now[0] = 4.0
    assert pace.remaining(Progress(2, 10)) == 16.0


def test_a_forecast_goes_before_the_pace_and_runs_down() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    step = Progress(7, 10, "fitting", 100.0)
    assert pace.remaining(step) == 100.0
    now[0] = 30.0
    assert pace.remaining(step) == 70.0
    now[0] = 200.0
    assert pace.remaining(step) == 0.0
    assert pace.remaining(Progress(8, 10, "fitting", 50.0)) == 50.0


def test_a_part_of_a_job_keeps_its_forecast() -> None:
    def job() -> Job[None]:
        yield Progress(1, 2, "half", 9.0)

    assert next(part(job(), 0.5, 1.0)) == Progress(0.75, 1.0, "half", 9.0)
