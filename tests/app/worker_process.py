"""Works on a corpus in processes that are killed, and tells what had been acknowledged by then.

Run as a program: reads one order a line, `{"corpus", "seed", "sources", "table", "kill", "count", "processes"}`, and
answers with one line, the list of what each process was told is stored. With `kill`, `[n, seconds]`, a process is
killed that many seconds after it was told of its n-th deed; else each does `count` things and ends. Processes are
forked, so that none has to import anything.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

from annotator.app.corpus_folder import open_corpus_folder
from annotator.app.importing import import_file
from annotator.app.merge import merge
from annotator.app.rate import add_rater, answer
from annotator.app.segment import delete_segments, draw_segment, move_segment
from annotator.app.session import Session
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish

SCHEME = "valence-arousal"


def rate(session: Session, rng: random.Random, order: dict[str, Any]) -> dict[str, Any]:
    with session.reading() as reader:
        segment = rng.choice(reader.segments())
    values = {"valence": round(rng.uniform(-1, 1), 3), "arousal": 0.0}
    made = answer(
        session, segment_id=segment.id, rater=add_rater(session, "Ann"), scheme=SCHEME, values=values
    )
    return {"annotation": made.id, "values": dict(made.values)}


def cut(session: Session, rng: random.Random, order: dict[str, Any]) -> dict[str, Any]:
    with session.reading() as reader:
        recording = rng.choice(reader.recordings())
        held = [s for s in reader.segments() if s.end - s.start < 50]
    what = rng.choice(["draw", "move", "delete"]) if held else "draw"
    if what == "draw":
        start = rng.randrange(recording.samples - 50)
        made = draw_segment(session, recording, f"tier {rng.random()}", start, start + 40)
        return {"segment": made.id, "span": [made.start, made.end]}
    segment = rng.choice(held)
    if what == "delete":
        delete_segments(session, [segment])
        return {"segment": segment.id, "span": None}
    moved = move_segment(session, segment, segment.start, segment.start + rng.randrange(1, 49))
    return {"segment": moved.id, "span": [moved.start, moved.end]}


def bring_in(session: Session, rng: random.Random, order: dict[str, Any]) -> dict[str, Any]:
    name = f"import {rng.random()}"
    result = finish(import_file(session, Path(order["table"]), format="csv", rater=name))
    return {"rater": name, "answers": result.annotations}


def join(session: Session, rng: random.Random, order: dict[str, Any]) -> dict[str, Any]:
    source = Path(rng.choice(order["sources"]))
    result = finish(merge(session, [source]))
    return {"rater": source.name, "answers": result.annotations_added + result.unchanged}


def work(order: dict[str, Any], number: int, told: int) -> None:
    """Does one thing after the other, and tells of each when the call has returned."""
    rng = random.Random(f"{order['seed']} {number}")
    deeds = [rate, rate, rate, cut, cut, bring_in, join]
    done = 0
    with open_corpus_folder(Path(order["corpus"])) as session:
        while done < (order.get("count") or sys.maxsize):
            try:
                said = rng.choice(deeds)(session, rng, order)
            except AnnotatorError as error:
                if "any more" not in error.message:  # the other process has deleted the segment meanwhile
                    raise
                said = {"refused": error.message}
            os.write(told, (json.dumps(said) + "\n").encode())
            done += 1


def run(order: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Starts the processes, ends them, and gives what each was told; an incomplete last line is none."""
    running = []
    for number in range(order.get("processes", 1)):
        heard, told = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(heard)
            try:
                work(order, number, told)
            except BaseException as error:
                os.write(told, (json.dumps({"error": repr(error)}) + "\n").encode())
                os._exit(1)
            os._exit(0)
        os.close(told)
        running.append((child, heard))
    said = []
    for child, heard in running:
        text = b""
        if order.get("kill"):
            deeds, seconds = order["kill"]
            while text.count(b"\n") < deeds and (more := os.read(heard, 1 << 16)):
                text += more
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
        with open(heard, "rb") as rest:
            text += rest.read()
        os.waitpid(child, 0)
        said.append([json.loads(line) for line in text.split(b"\n")[:-1]])
    return said


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(json.loads(line))) + "\n")
        sys.stdout.flush()
