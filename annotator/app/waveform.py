"""The waveform of a recording, made once and kept in the corpus's cache."""

import logging
from collections.abc import Callable
from pathlib import Path

from annotator.app.session import Session
from annotator.audio.measuring import build
from annotator.audio.peaks import PeakPyramid
from annotator.audio.source import prepare
from annotator.domain.corpus import Recording
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr

_log = logging.getLogger("annotator.waveform")


def load_waveform(
    session: Session,
    recording: Recording,
    started: Callable[[PeakPyramid], None] | None = None,
    uncached: Callable[[AnnotatorError], None] | None = None,
) -> Job[PeakPyramid]:
    """The peaks of a recording from the cache, or computed from every sample and cached for the next time.

    Where the format needs a decoded copy, that is in the cache afterwards too: opening the sound is then quick.

    Parameters
    ----------
    started
        Called, on the job's thread, with the pyramid as soon as it can be drawn: it may grow from then on.

    uncached
        Called, on the job's thread, where peaks or decoded sound could not be kept, for want of space or rights: the
        peaks are given all the same.

    Raises
    ------
    AnnotatorError
        The file is missing or cannot be read.
    """
    path = session.audio_file(recording)
    cached = peaks_path(session, recording)
    if cached is None:
        return (yield from build(path, started=started))
    known = PeakPyramid.load(
        cached, sample_rate=recording.sample_rate, channels=recording.channels, samples=recording.samples
    )
    if known is None:
        made = yield from build(path, cache=session.cache, started=started, uncached=uncached)
        _keep(made, cached, uncached)
        return made
    if started is not None:
        started(known)
    # The peaks may be there without the decoded copy, where somebody tidied up the cache.
    yield Progress(0.0, 1.0)
    if session.cache is not None:
        yield from prepare(path, session.cache, uncached)
    return known


def _keep(made: PeakPyramid, cached: Path, uncached: Callable[[AnnotatorError], None] | None) -> None:
    """Saves peaks; a full disk costs the next opening some time, and nothing else."""
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        made.save(cached)
    except (AnnotatorError, OSError) as error:
        _log.warning("the peaks cannot be kept in %s: %s", cached, error)
        if uncached is not None:
            uncached(
                AnnotatorError(
                    tr("The waveform cannot be kept in the cache: {reason}", reason=error),
                    tr("Work goes on; opening will take longer until there is space."),
                )
            )


def peaks_path(session: Session, recording: Recording) -> Path | None:
    """Where the peaks of a recording are kept: under the hash of its file; `None` where the corpus is read-only."""
    return session.cache / "peaks" / f"{recording.sha256}.peaks" if session.cache else None
