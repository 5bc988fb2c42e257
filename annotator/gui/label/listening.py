"""Listening: plays the segment that is shown, says on its strip how far, and has the next ones ready."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from annotator.app.session import Session
from annotator.domain.corpus import Recording, Segment
from annotator.domain.errors import AnnotatorError
from annotator.domain.progress import Progress
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.label.clips import ClipLoader
from annotator.gui.label.sound_picture import SoundPicture
from annotator.gui.label.strip import SegmentStrip


class Listening(QObject):
    """The sound of one segment at a time. `began` says that the player was given the segment, from its start or not."""

    began = Signal()

    def __init__(
        self, context: Context, strip: SegmentStrip, picture: SoundPicture, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._strip, self._picture = context, strip, picture
        self._segment: Segment | None = None
        self._wants_sound = self._sounding = self._hears_player = False
        #: How often the segment that is shown was played.
        self.listens = 0
        self._clips = ClipLoader(context, self)
        self._clips.ready.connect(self._ready)
        self._clips.failed.connect(self._refused)
        self._clips.progressed.connect(self._progressed)
        strip.sought.connect(self.play)

    @property
    def failure(self) -> AnnotatorError | None:
        """Why the segment cannot be heard, where that is so."""
        return None if self._segment is None else self._clips.failure(self._segment.id)

    def bring_up(
        self,
        session: Session,
        wanted: Sequence[tuple[Recording, Segment]],
        *,
        play: bool,
        spectrogram: bool = False,
    ) -> None:
        """Shows the first wanted segment, plays it as soon as it is there if `play`, and gets the others ready.

        Its `spectrogram` is shown only where the lead lets raters see it.
        """
        self.stop()
        self._segment = wanted[0][1]
        self._wants_sound, self.listens = play, 0
        self._strip.set_share(0.0)
        self._picture.setVisible(spectrogram)
        self._picture.show_levels(None)
        self._clips.want(session, wanted, spectrogram=spectrogram)
        if self._clips.clip(self._segment.id) is not None:
            self._ready(self._segment.id)
        elif self.failure is not None:
            self._refused(self._segment.id)
        else:
            self._strip.show_message(tr("Opening the sound..."))

    @Slot(float)
    def play(self, share: float = 0.0) -> None:
        """Plays from `share` (0..1) of the segment; where that failed before, tries to open the sound again."""
        if self._segment is None:
            return
        clip = self._clips.clip(self._segment.id)
        if clip is None:
            self._wants_sound = True
            if self.failure is not None:
                self._strip.show_message(tr("Opening the sound..."))
                self._clips.retry(self._segment.id)
            return
        self._wants_sound = False
        player = self._context.player
        if not self._hears_player:
            self._hears_player = True
            player.position_changed.connect(self._moved)
            player.finished.connect(self._ended)
            player.stopped.connect(self._silenced)
        start = clip.segment.start + int(share * clip.segment.samples)
        player.play(clip.source, start, clip.segment.end)
        # Only now: starting has stopped what played before, and that was not this.
        self._sounding = player.playing
        self._strip.set_share(share)
        self.listens += 1
        self.began.emit()

    @Slot()
    def stop(self) -> None:
        """Silence."""
        self._wants_sound = False
        if self._sounding:
            self._context.player.stop()

    def forget(self) -> None:
        """Lets go of all sound: the corpus is about to go, or has gone."""
        self.stop()
        self._segment = None
        self._clips.clear()

    @Slot(str)
    def _ready(self, segment_id: str) -> None:
        if self._segment is not None and segment_id == self._segment.id:
            clip = self._clips.clip(segment_id)
            self._strip.show_outline(clip.outline)
            self._picture.show_levels(clip.levels)
            if self._wants_sound:
                self.play()

    @Slot(str)
    def _refused(self, segment_id: str) -> None:
        if self._segment is not None and segment_id == self._segment.id:
            self._strip.show_message(str(self.failure), role="danger")

    @Slot(str, object)
    def _progressed(self, segment_id: str, progress: Progress) -> None:
        if self._segment is not None and segment_id == self._segment.id and progress.fraction > 0:
            self._strip.show_message(f"{progress.text} {progress.fraction:.0%}")

    @Slot(object)
    def _moved(self, sample: int) -> None:
        if self._sounding and self._segment is not None:
            self._strip.set_share((sample - self._segment.start) / self._segment.samples)

    @Slot()
    def _ended(self) -> None:
        if self._sounding:
            self._sounding = False
            self._strip.set_share(1.0)

    @Slot()
    def _silenced(self) -> None:
        self._sounding = False
