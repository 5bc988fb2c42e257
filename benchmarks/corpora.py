"""Training on real recordings, where they lie beside the project: talk shows by speaker, songs with several labels.

Grouped and ungrouped scores with their gap, for each model; runs that repeat; a cancelled run that leaves nothing.
"""

import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from rows import Row, cpu, skipped

from annotator.app.corpus_folder import create_corpus
from annotator.app.ingest import ingest
from annotator.app.session import Session
from annotator.app.split import fold_shares, make_split
from annotator.app.train import train
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import finish
from annotator.learning.models import MODELS

REAL = Path(__file__).resolve().parents[2] / "shared" / "data"
#: Features of installed packages, compared with our own by the same model.
PACKAGES = ("opensmile", "opensmile:ComParE_2016", "embedding:voices", "embedding:hearbaseline.torchcrepe")
SLOW = ("embedding:hearbaseline.torchcrepe",)
QUICK = ("majority", "logistic-regression", "linear-svm", "svm", "knn", "cnn")
TORCH = find_spec("torch") is not None


def talk_shows(folder: Path, quick: bool) -> Iterator[Row]:
    """UAR of each model on voices it never heard, beside what a random split claims."""
    session = create_corpus(folder / "shows.corpus", [])
    finish(ingest(session, "folders", REAL / "urdu_talkshows", groups=["speaker=name:^([^_]+)_"]))
    finish(
        make_split(
            session, "cv", shares=fold_shares(5), group_keys=["speaker"], stratify="emotion", folds=True
        )
    )
    with session:
        for name, model in MODELS.items():
            if model.task == "regression" or (model.network and not TORCH) or (quick and name not in QUICK):
                continue
            asked = {
                "features": "logmel" if model.network else "speech-162",
                "model": name,
                "target": "emotion",
                "split": "cv",
                "replicates": 200,
            }
            began = cpu()
            evaluation = finish(train(session, **asked)).evaluation
            took = cpu() - began
            uar, leaky = evaluation.overall["uar"]["value"], evaluation.ungrouped["uar"]
            yield Row(f"talk shows, {name}: UAR by speaker", uar, "", "random split", leaky)
            yield Row(f"talk shows, {name}: whole run, processor time", took, "s")
        yield from _by_packages(session, quick)
        yield from _repeated(session)
        yield from _cancelled(session)


def _by_packages(session: Session, quick: bool) -> Iterator[Row]:
    """The same by features of other packages, with logistic regression; the random split beside it."""
    for features in PACKAGES:
        asked = {"features": features, "model": "logistic-regression", "target": "emotion", "split": "cv"}
        name = f"talk shows, {features}, logistic-regression: UAR by speaker"
        if quick and features in SLOW:
            yield skipped(Row(name, None, "", "random split"), "takes minutes")
            continue
        try:
            evaluation = finish(train(session, **asked, replicates=200)).evaluation
        except AnnotatorError as error:
            yield skipped(Row(name, None, "", "random split"), str(error))
            continue
        uar, leaky = evaluation.overall["uar"]["value"], evaluation.ungrouped["uar"]
        yield Row(name, uar, "", "random split", leaky)


def _repeated(session: Session) -> Iterator[Row]:
    asked = {"features": "speech-162", "model": "logistic-regression", "target": "emotion", "split": "cv"}
    first, again = (finish(train(session, **asked, seed=7, curve=True)) for _ in range(2))
    yield Row("two runs with one seed that differ", float(first.to_dict() != again.to_dict()), "")


def _cancelled(session: Session) -> Iterator[Row]:
    """Runs and files beside the cache that a training stopped half way has left."""
    with session.reading() as reader:
        before = len(reader.runs())
    files = {path for path in session.folder.rglob("*") if "cache" not in path.parts}
    job = train(session, features="mfcc", model="svm", target="emotion", split="cv")
    for progress in job:
        if progress.fraction > 0.8:
            break
    job.close()
    with session.reading() as reader:
        left = len(reader.runs()) - before
    left += len({path for path in session.folder.rglob("*") if "cache" not in path.parts} - files)
    yield Row("what a cancelled run leaves behind", float(left), "")


def songs(folder: Path) -> Iterator[Row]:
    """Several labels of the songs whose sound is there, from the votes of many listeners."""
    session = create_corpus(folder / "songs.corpus", [])
    finish(ingest(session, "emotify", REAL / "emotify"))
    finish(make_split(session, "cv", shares=fold_shares(4), group_keys=["song"], folds=True))
    with session:
        for kind, model in (("labels", "logistic-regression"), ("shares", "ridge")):
            target = f"{kind}:emotify-9" + ("@0.3" if kind == "labels" else "")
            began = time.perf_counter()
            trained = finish(
                train(session, features="music-17", model=model, target=target, split="cv", skip_missing=True)
            )
            took = time.perf_counter() - began
            evaluation = trained.evaluation
            for metric, entry in evaluation.overall.items():
                n = len(evaluation.predictions)
                name = f"{n} songs, {target}, {model}: {metric}"
                yield Row(name, entry["value"], "", "one listener", evaluation.human_ceiling[metric])
            yield Row(f"{len(evaluation.predictions)} songs, {target}: whole run", took, "s")
