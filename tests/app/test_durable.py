"""What was acknowledged is there, however often the program is killed and whoever else is writing."""

import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from annotator.app.corpus_folder import open_corpus_folder
from annotator.app.rate import add_rater, answer
from annotator.app.segment import draw_segment
from annotator.app.session import Session
from annotator.storage.rows import Kind
from annotator.storage.store import Store

SCHEME = "valence-arousal"
EACH = 30
KILLS_PER_CORPUS = 20

Order = Callable[..., list[list[dict[str, Any]]]]


@pytest.fixture
def workers() -> Iterator[Order]:
    """Has the worker program carry out an order."""
    program = Path(__file__).with_name("worker_process.py")
    with subprocess.Popen(
        [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None

        def order(**what: object) -> list[list[dict[str, Any]]]:
            running.stdin.write(json.dumps(what, default=str) + "\n")  # type: ignore[union-attr]
            running.stdin.flush()  # type: ignore[union-attr]
            return json.loads(running.stdout.readline())  # type: ignore[union-attr]

        yield order
        running.stdin.close()


@pytest.fixture
def material(session: Session, tmp_path: Path) -> dict[str, object]:
    """A corpus with 30 segments, three copies rated by one more person each, and a table of ratings."""
    with session.reading() as reader:
        recording = reader.recordings()[0]
    segments = [draw_segment(session, recording, "hand", 500 * n, 500 * n + 400) for n in range(EACH)]
    sources = []
    for n in range(3):
        folder = tmp_path / f"copy {n}.corpus"
        shutil.copytree(session.folder, folder)
        with open_corpus_folder(folder) as copy:
            rater = add_rater(copy, folder.name)
            for segment in segments:
                answer(
                    copy, segment_id=segment.id, rater=rater, scheme=SCHEME,
                    values={"valence": n / 4, "arousal": 0},
                )  # fmt: skip
        sources.append(folder)
    table = tmp_path / "ratings.csv"
    rows = [f"{segment.id},valence,0.5" for segment in segments]
    table.write_text("\n".join(["segment,item,value", *rows]) + "\n")
    return {"corpus": session.folder, "sources": sources, "table": table}


class Memory:
    """What has been acknowledged of one corpus so far, compared with what is found."""

    def __init__(self) -> None:
        self.answers: dict[str, dict[str, float]] = {}
        self.spans: dict[str, list[int] | None] = {}
        self.whole: set[str] = set()
        self.lost: list[str] = []
        self.acknowledged = 0

    def hear(self, said: list[dict[str, Any]]) -> None:
        """Adds what one process was told."""
        self.acknowledged += len(said)
        for one in said:
            assert "error" not in one, one
            if "annotation" in one:
                self.answers[one["annotation"]] = one["values"]
            elif "segment" in one:
                self.spans[one["segment"]] = one["span"]
            elif "rater" in one:
                assert one["answers"] == EACH
                self.whole.add(one["rater"])

    def compare(self, corpus: Path, *, unheard: int) -> None:
        """Checks a corpus after a kill: at most `unheard` things may be there, whole, that nobody was told of."""
        store = Store.open(corpus / "corpus.sqlite")
        assert store.problems() == []
        with store.reading() as reader:
            names = {rater.id: rater.name for rater in reader.raters()}
            answers = {row["id"]: row for row in reader.rows(Kind.ANNOTATION)}  # to deleted segments too
            spans: dict[str, list[int] | None] = {s.id: [s.start, s.end] for s in reader.segments()}
        store.close()
        for key, values in self.answers.items():
            if key not in answers or answers[key]["values"] != values:
                self.lost.append(key)
        counts = Counter(names[row["rater_id"]] for row in answers.values())
        self.lost += [name for name in self.whole if counts[name] != EACH]
        changed = [key for key, span in self.spans.items() if spans.get(key) != span]
        single = [
            key for key, row in answers.items() if names[row["rater_id"]] == "Ann" and key not in self.answers
        ]
        batches = [name for name in counts if name != "Ann" and name not in self.whole]
        assert all(counts[name] == EACH for name in batches), "half an import or merge"
        drawn = [key for key in spans if key not in self.spans and spans[key][1] - spans[key][0] == 40]  # type: ignore[index]
        assert len(changed) + len(single) + len(batches) + len(drawn) <= unheard
        # What is there now was stored: it must be there after the next kill too.
        self.answers |= {key: answers[key]["values"] for key in single}
        self.whole |= set(batches)
        self.spans |= {key: spans.get(key) for key in [*changed, *drawn]}


def kill_again_and_again(material: dict[str, object], workers: Order, kills: int) -> int:
    """Kills a process at work so many times, and says how many acknowledged things were all found again."""
    rng = random.Random(0)
    pristine = Path(str(material["corpus"]))
    acknowledged = 0
    for generation in range(0, kills, KILLS_PER_CORPUS):
        corpus = pristine.with_name(f"generation {generation}.corpus")
        shutil.copytree(pristine, corpus)
        memory = Memory()
        for n in range(generation, min(generation + KILLS_PER_CORPUS, kills)):
            kill = [rng.randrange(6), rng.uniform(0, 0.05)]
            (said,) = workers(**{**material, "corpus": corpus}, seed=n, kill=kill)
            memory.hear(said)
            memory.compare(corpus, unheard=1)
            assert memory.lost == []
        acknowledged += memory.acknowledged
        shutil.rmtree(corpus)
    return acknowledged


def test_nothing_acknowledged_is_lost_in_twenty_kills(material: dict[str, object], workers: Order) -> None:
    assert kill_again_and_again(material, workers, 20) > 20


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_nothing_acknowledged_is_lost_in_three_hundred_kills(
    material: dict[str, object], workers: Order, record_testsuite_property: Callable[[str, object], None]
) -> None:
    acknowledged = kill_again_and_again(material, workers, 300)
    record_testsuite_property("acknowledged", acknowledged)
    assert acknowledged > 300


def test_two_processes_that_write_at_once_lose_nothing(material: dict[str, object], workers: Order) -> None:
    memory = Memory()
    for said in workers(**material, seed=1, count=25, processes=2):
        assert len(said) == 25, said[-1]
        memory.hear(said)
    # Segments that both have moved are as the last one left them.
    memory.spans.clear()
    memory.compare(Path(str(material["corpus"])), unheard=1000)
    assert memory.lost == []


def test_the_second_program_on_a_corpus_is_told(session: Session) -> None:
    folder = session.folder
    session.close()
    code = (
        "import sys; from pathlib import Path; from annotator.app.corpus_folder import open_corpus_folder;"
        f"held = open_corpus_folder(Path({str(folder)!r})); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with open_corpus_folder(folder) as second:
            assert f"process {other.pid} on " in second.others
            add_rater(second, "Bo")  # and may write all the same
        with open_corpus_folder(folder, writable=False) as reader:
            assert reader.others == ""
        other.kill()
    with open_corpus_folder(folder) as alone, open_corpus_folder(folder) as again:
        assert (alone.others, again.others) == ("", "")
