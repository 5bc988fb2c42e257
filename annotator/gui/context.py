"""What all workspaces share: the open corpus, who is rating, running jobs, notices."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from annotator.app.actions import Action
from annotator.app.keys import DEFAULT, bound_actions
from annotator.app.settings import Settings, load_settings, save_settings
from annotator.domain.corpus import Rater, Recording
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Job
from annotator.domain.translation import tr
from annotator.gui.worker import Worker

if TYPE_CHECKING:
    from annotator.app.session import Session
    from annotator.gui.player import Player

_log = logging.getLogger("annotator.gui")


class Context(QObject):
    """The state behind the window. Lives as long as the window; `shutdown` ends it.

    `session_changed` comes when another corpus is opened, `data_changed` when something in it was written, by
    whatever thread; it carries the kinds of thing that changed.
    """

    session_changed = Signal(object)  # Session | None
    data_changed = Signal(object)  # frozenset[Kind]
    rater_changed = Signal(object)  # Rater | None
    recording_changed = Signal(object)  # Recording | None
    segment_wanted = Signal(str)  # id of a segment that is to be shown and heard in the Segment workspace
    job_started = Signal(object)  # Worker
    sound_changed = Signal()  # volume, or whether it is off
    keys_changed = Signal()
    noticed = Signal(str, str)  # text; "info", "positive", "warning" or "danger"

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings: Settings = load_settings()
        self.session: Session | None = None
        self.rater: Rater | None = None
        self.recording: Recording | None = None
        self._workers: list[Worker] = []
        self._player: Player | None = None
        #: All actions by id, with the keys that are in force.
        self.actions: dict[str, Action] = {}
        self._bind_keys()

    # Corpus

    def open(self, folder: Path) -> bool:
        """Opens a corpus in place of the current one; `False`, with a notice, where that fails."""
        # Databases take longer to load than the window to draw.
        from annotator.app.corpus_folder import open_corpus_folder

        session = self.attempt(open_corpus_folder, folder)
        if session is None:
            return False
        self.adopt(session)
        return True

    def adopt(self, session: "Session") -> None:
        """Shows an open corpus."""
        self.close()
        self.session = session
        session.subscribe(self._announce)
        self.update_settings(self.settings.with_recent(session.folder))
        with session.reading() as reader:
            recordings = reader.recordings()
            raters = {rater.name: rater for rater in reader.raters() if rater.kind == "human"}
            packed = reader.meta("package") is not None
        self.session_changed.emit(session)
        # A work package is for one person.
        alone = next(iter(raters.values())) if packed and len(raters) == 1 else None
        self.choose_rater(raters.get(self.settings.raters.get(str(session.folder), ""), alone))
        if self.recording is None:  # else the Segment workspace goes on where it was left
            self.choose_recording(recordings[0] if recordings else None)
        if not session.writable:
            self.noticed.emit(
                tr("This corpus is read-only: you can look and listen, but not change it."), "warning"
            )
        elif session.others:
            self.noticed.emit(
                tr("This corpus is open in another program too ({who}). Nothing gets lost, but what you see may "
                   "be older than what is there.", who=session.others),
                "warning",
            )  # fmt: skip

    def close(self) -> None:
        """Lets go of the corpus, once its sound and its jobs have stopped."""
        if self._player is not None:
            self._player.stop()
        self._stop_jobs()
        if self.session is not None:
            self.session.close()
            self.session = None
            self.session_changed.emit(None)
        self.rater = None
        self.recording = None

    def _announce(self, changed: object) -> None:
        # Called on the writer's thread; a signal to an object of the window's thread is queued there.
        self.data_changed.emit(changed)

    def choose_rater(self, rater: Rater | None) -> None:
        """From here on ratings are this person's."""
        self.rater = rater
        if rater is not None and self.session is not None:
            raters = {**self.settings.raters, str(self.session.folder): rater.name}
            self.update_settings(replace(self.settings, raters=raters))
        self.rater_changed.emit(rater)

    def choose_recording(self, recording: Recording | None) -> None:
        """Shows another recording in the Segment workspace."""
        self.recording = recording
        self.recording_changed.emit(recording)

    def update_settings(self, settings: Settings) -> None:
        """Takes over and stores changed settings."""
        if settings != self.settings:
            self.settings = settings
            save_settings(settings)

    # Sound

    @property
    def player(self) -> "Player":
        """The one voice of the window. Multimedia is only loaded when something is first to be heard."""
        if self._player is None:
            from annotator.gui.player import Player

            self._player = Player(self)
            self._player.volume = self.settings.volume
            self._player.muted = self.settings.muted
            self._player.device = self.settings.device
            self._player.failed.connect(self._report_sound)
            self._player.recovered.connect(self._report_sound_again)
        return self._player

    @Slot(float)
    def set_volume(self, volume: float) -> None:
        """Loudness, 0..1, of everything from here on; whoever changes it wants to hear it."""
        volume = min(max(volume, 0.0), 1.0)
        self.update_settings(replace(self.settings, volume=volume, muted=False))
        self._apply_sound()

    @Slot(bool)
    def set_muted(self, muted: bool) -> None:
        """Silence, or not, whatever the volume."""
        self.update_settings(replace(self.settings, muted=muted))
        self._apply_sound()

    def _apply_sound(self) -> None:
        if self._player is not None:
            self._player.volume = self.settings.volume
            self._player.muted = self.settings.muted
        self.sound_changed.emit()

    def set_device(self, device: str) -> None:
        """Plays on a device from here on, by its id; empty for the one the system prefers."""
        self.update_settings(replace(self.settings, device=device))
        self.player.device = device

    @Slot(str)
    def _report_sound(self, reason: str) -> None:
        self.noticed.emit(reason, "warning")

    @Slot(str)
    def _report_sound_again(self, text: str) -> None:
        self.noticed.emit(text, "info")

    # Keys

    def set_keys(self, profile: str, changes: dict[str, list[str]]) -> None:
        """Uses the keys of a profile with one's own on top, from here on."""
        self.update_settings(replace(self.settings, keys_profile=profile, keys=changes))
        self._bind_keys()
        self.keys_changed.emit()

    def _bind_keys(self) -> None:
        settings = self.settings
        try:
            bound = bound_actions(settings.keys_profile, settings.keys)
        except TypeError:  # the settings file was edited by hand, and not well
            _log.warning("the keys in the settings make no sense; the default ones are used")
            bound = bound_actions(DEFAULT)
        self.actions = {action.id: action for action in bound}

    # Work

    def attempt(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Calls something quick; a failure becomes a notice and gives `None`."""
        try:
            return function(*args, **kwargs)
        except AnnotatorError as error:
            self.report(error)
            return None

    @Slot(object)
    def report(self, error: AnnotatorError) -> None:
        """Shows a failure in its own words."""
        self.noticed.emit(str(error), "danger")

    def run(
        self,
        title: str,
        job: Job[Any],
        on_done: Callable[[Any], None] | None = None,
        on_failed: Callable[[AnnotatorError], None] | None = None,
        *,
        quiet: bool = False,
    ) -> Worker:
        """Runs a job on its own thread, shown in the jobs bar unless `quiet`.

        `on_done` (and `on_failed`) must be bound methods of living QObjects; they are called on the window's
        thread. Without `on_failed` a failure becomes a notice.
        """
        worker = Worker(title, job)
        self._workers.append(worker)
        if on_done is not None:
            worker.succeeded.connect(on_done)
        worker.failed.connect(on_failed or self.report)
        worker.finished.connect(self._forget_finished)
        if not quiet:
            self.job_started.emit(worker)
        worker.start()
        return worker

    @Slot()
    def _forget_finished(self) -> None:
        # A thread object may only go once its thread has ended.
        self._workers = [worker for worker in self._workers if not worker.isFinished()]

    def _stop_jobs(self) -> None:
        for worker in self._workers:
            worker.cancel()
        for worker in self._workers:
            worker.wait()
        self._workers = []

    def shutdown(self) -> None:
        """The one way out: stops every job, waits for it, closes the corpus."""
        self.close()
