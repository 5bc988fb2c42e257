"""Jobs in processes of their own: results, failures and progress come back, and nothing outlives who asked."""

import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from annotator.app.jobs import run_job
from annotator.domain.child import ChildEndedError, elsewhere, picklable
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Progress, finish
from annotator.domain.translation import set_language

JOBS = """
import os, sys, time
from pathlib import Path

from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Progress
from annotator.domain.translation import language


def add(a, b):
    print("something that a library prints")
    yield Progress(1, 2, "adding", 60.0)
    return a + b


def spoken():
    yield Progress(0, 1)
    return language()


def refuse():
    yield Progress(0, 1)
    raise AnnotatorError("No.", "Ask again.")


def stumble():
    yield Progress(0, 1)
    raise KeyError("lost")


def die():
    yield Progress(0, 1)
    os._exit(3)


def sleep(mark):
    Path(mark).write_text(str(os.getpid()))
    yield Progress(1, 2, "asleep")
    time.sleep(600)
"""


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    (tmp_path / "jobs_elsewhere.py").write_text(JOBS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "jobs_elsewhere", raising=False)
    import jobs_elsewhere  # type: ignore[import-not-found]

    return jobs_elsewhere


def test_result_and_progress_come_back(jobs: ModuleType) -> None:
    steps: list[Progress] = []
    assert run_job(elsewhere(jobs.add, 2, 3, text="starting"), on_progress=steps.append) == 5
    assert steps[0] == Progress(0, 1, "starting")
    assert steps[-1] == Progress(1, 2, "adding", 60.0)


def test_texts_are_in_the_language_of_who_asked(jobs: ModuleType) -> None:
    set_language("it")
    try:
        assert finish(elsewhere(jobs.spoken, text="")) == "it"
    finally:
        set_language("en")


def test_a_failure_that_explains_itself_comes_back_whole(jobs: ModuleType) -> None:
    with pytest.raises(AnnotatorError) as caught:
        finish(elsewhere(jobs.refuse, text=""))
    assert (caught.value.message, caught.value.hint) == ("No.", "Ask again.")


def test_a_mistake_comes_back_with_where_it_was_made(jobs: ModuleType) -> None:
    with pytest.raises(RuntimeError, match=r"in stumble\n.*\nKeyError: 'lost'"):
        finish(elsewhere(jobs.stumble, text=""))


def test_a_process_that_ends_on_its_own_is_told(jobs: ModuleType) -> None:
    with pytest.raises(ChildEndedError):
        finish(elsewhere(jobs.die, text=""))


def test_closing_a_job_ends_its_process_in_the_middle_of_a_step(jobs: ModuleType, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    job = elsewhere(jobs.sleep, mark, text="")
    while next(job).text != "asleep":
        pass
    began = time.monotonic()
    job.close()
    assert time.monotonic() - began < 60  # it would sleep for ten minutes
    assert not Path(f"/proc/{mark.read_text()}").exists() or sys.platform != "linux"


def test_what_cannot_be_sent_is_known_beforehand() -> None:
    assert picklable({"a": 1}, len)
    assert not picklable(lambda: 1)
