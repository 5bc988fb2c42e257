"""RatingFlow: from one segment to the next; shows, plays, takes the answer, stores it, goes on."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent

from annotator.app.rate import Entry, answer, item_seed
from annotator.app.session import Session
from annotator.domain.corpus import Annotation, now
from annotator.domain.errors import AnnotatorError
from annotator.domain.timeline import clock, to_seconds
from annotator.domain.translation import tr
from annotator.gui.context import Context
from annotator.gui.label.desk import Desk, Draft
from annotator.gui.label.feedback import feedback
from annotator.gui.label.listening import Listening
from annotator.gui.label.page import RatingPage
from annotator.gui.label.sitting import Sitting
from annotator.gui.label.storing import AnswerStore
from annotator.gui.panels import panel_for

#: Seconds in which Enter on an untouched segment is the bounce of the key that brought it up, not an answer.
BOUNCE = 0.3

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_DIGITS = range(Qt.Key.Key_0.value, Qt.Key.Key_9.value + 1)


class RatingFlow(QObject):
    """One rater at work on one `desk`.

    `moved` says that another segment came up, or the end; `refreshed` that only what is known of it has changed;
    `rated` that an answer is stored.
    """

    moved = Signal()
    refreshed = Signal()
    rated = Signal()

    def __init__(self, context: Context, page: RatingPage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._page = context, page
        self.desk: Desk | None = None
        self.sitting = Sitting()
        #: How many answers were stored here.
        self.stored = 0
        self.listening = Listening(context, page.strip, page.picture, self)
        self._drafts: dict[tuple[str, str, Entry], Draft] = {}
        self._touched = self._flagged = False
        self._started = ""
        self._pending: Entry | None = None  # on its way into the corpus
        self._news = 0  # announcements to come of what is on the desk already
        self._store = AnswerStore(self)
        self._store.stored.connect(self._stored)
        self._store.failed.connect(self._not_stored)
        self._store.waiting.connect(self._show_waiting)
        page.note.edited.connect(self._touch)
        page.note.left.connect(self.close_note)

    @property
    def showing(self) -> bool:
        """Whether a segment is shown."""
        return self.desk is not None and self.desk.index is not None

    # What is worked on

    def take(self, desk: Desk) -> None:
        """Puts a desk before the rater; where the same work is only read anew, as little as possible moves."""
        before, self.desk = self.desk, desk
        if before is None or (before.scheme, before.rater) != (desk.scheme, desk.rater):
            self._make_panel()
        if before is None or not desk.continues(before):
            self.show(desk.next_unrated())
            return
        self._keep_draft(before)
        changed = desk.changed_since(before)
        here = desk.place(before.current)
        if len(changed) == 1:
            # One answer has become another, as undo does: there the rater wants to look.
            self.show(desk.place(changed[0]))
        elif here is None or desk.segment(here) != before.segment(before.index):
            self.show(desk.next_unrated())
        elif desk.policy != before.policy:
            self.show(here)
        else:
            desk.show(here)
            self._fill()
            self.refreshed.emit()

    def put_away(self) -> None:
        """Nothing is worked on; what was begun is kept for when its segment comes up again."""
        self.listening.stop()
        self._keep_draft(self.desk)
        self.desk = None

    def forget(self) -> None:
        """The corpus has gone, and all that belongs to it."""
        self.put_away()
        self.listening.forget()
        self._drafts.clear()

    def set_advance(self, advance: bool) -> None:
        """Whether a rating is stored as soon as its last question is answered."""
        if self._page.panel is not None:
            self._page.panel.auto_advance = advance

    def _make_panel(self) -> None:
        panel = panel_for(self.desk.scheme, order_seed=item_seed(self.desk.rater, self.desk.scheme.name))
        panel.auto_advance = self._context.settings.advance
        panel.changed.connect(self._touch)
        panel.submitted.connect(self._submitted)
        panel.installEventFilter(self)
        self._page.show_panel(panel)

    # One segment

    def show(self, index: int | None) -> None:
        """Brings up an entry, or, for `None`, the end."""
        desk = self.desk
        self._keep_draft(desk)
        self.listening.stop()
        desk.show(index)
        self._touched, self._started = False, now()
        self.sitting.show()
        if index is not None:
            self._fill()
            recording, segment = desk.recording(index), desk.segment(index)
            start, end = (to_seconds(at, recording.sample_rate) for at in (segment.start, segment.end))
            told = tr("{name}, {start} to {end}", name=recording.name, start=clock(start), end=clock(end))
            practice = index < desk.practice
            number, total = (index, desk.practice) if practice else (index - desk.practice, desk.work)
            self._page.show_place(number + 1, total, end - start, told, practice=practice)
            self._page.show_said(segment.text if desk.policy.text else "")
        self.moved.emit()

    def bring_up_sound(self, session: Session, *, play: bool) -> None:
        """Opens the shown segment and then the ones that the rater may come to next; plays it if `play`."""
        desk = self.desk
        near = (desk.index, desk.next_unrated(desk.index), desk.index + 1, desk.index - 1)
        places = dict.fromkeys(n for n in near if n is not None and 0 <= n < desk.total)
        wanted = [(desk.recording(n), desk.segment(n)) for n in places]
        self.listening.bring_up(session, wanted, play=play, spectrogram=desk.policy.spectrogram)

    def _fill(self) -> None:
        """Shows what this rater gave before: unfinished, or stored."""
        desk, entry = self.desk, self.desk.current
        stored = desk.answers.get(entry)
        draft = self._drafts.pop((desk.rater.id, desk.scheme.name, entry), None)
        given = draft or stored
        try:
            self._page.panel.set_values(given.values if given else {})
        except AnnotatorError as error:  # the scheme was another one when this was stored
            self._page.panel.clear()
            self._context.report(error)
        self._touched = draft is not None
        self._page.note.fill(given.comment if given else "", given.confidence if given else None)
        self._page.note.setVisible(self._page.note.filled)
        self._flagged = bool(given and given.flagged)
        self._page.show_flag(self._flagged)
        self._page.show_state(tr("Rated") if stored else "")
        expected = None if draft is not None else desk.expected(entry)
        self._page.show_feedback("" if expected is None else feedback(desk.scheme, stored.values, expected))

    def _keep_draft(self, desk: Desk | None) -> None:
        if self._touched and desk is not None and desk.current is not None:
            note = self._page.note
            draft = Draft(self._page.panel.values(), note.comment, note.confidence, self._flagged)
            self._drafts[desk.rater.id, desk.scheme.name, desk.current] = draft
            self._touched = False

    @Slot()
    def _touch(self) -> None:
        self._touched = True

    # Ways on

    def submit(self) -> None:
        """Hands the answer over, where it is complete."""
        bounced = not self._touched and self.sitting.shown_for < BOUNCE
        if self.showing and not bounced and not self._store.busy:
            self._page.panel.submit()

    def go_back(self) -> None:
        """Shows the segment before; from the end, the last one shown."""
        if self.desk is not None and self.desk.index != 0:
            self.show(self.desk.last if self.desk.index is None else self.desk.index - 1)

    def skip(self) -> None:
        """Goes on without an answer: to the segment behind, from the last one to the first still unrated."""
        if self.showing:
            behind = self.desk.index + 1
            self.show(behind if behind < self.desk.total else self.desk.next_unrated())

    def open_note(self) -> None:
        """Shows the comment and goes there; where it is open, empty and has the keyboard, closes it."""
        note = self._page.note
        if note.field.hasFocus() and not note.filled:
            self.close_note()
        elif self.showing:
            note.show()
            note.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def toggle_flag(self) -> None:
        """Asks to talk about the segment, or no longer; stored with the answer."""
        if self.showing and not self._store.busy:
            self._flagged = not self._flagged
            self._page.show_flag(self._flagged)
            self._touch()

    def cycle_confidence(self) -> None:
        """Says the next of the words for how sure the rater is."""
        if self.showing and not self._store.busy:
            self._page.note.cycle_confidence()
            self._page.note.setVisible(self._page.note.filled)

    @Slot()
    def close_note(self) -> None:
        """Goes back to the instrument; a comment that was written stays in sight."""
        self._page.note.setVisible(self._page.note.filled)
        self._page.panel.setFocus()

    # Storing

    def expects_news(self) -> bool:
        """Whether an announcement of changed answers tells of one that was stored here; asked once for each."""
        expected = self._news > 0
        self._news -= expected
        return expected

    @Slot()
    def _submitted(self) -> None:
        desk, session = self.desk, self._context.session
        if not self.showing or session is None or self._store.busy:
            return
        segment, repeat = entry = desk.current
        if entry in desk.answers and not self._touched:
            self._go_on()
            return
        if entry not in desk.answers and self.listening.failure is not None:
            self._context.noticed.emit(
                tr("What cannot be heard cannot be rated. Skip this segment."), "warning"
            )
            return
        self._pending = entry
        self._news += 1
        self._store.put(
            partial(
                answer,
                session,
                segment_id=segment,
                rater=desk.rater,
                scheme=desk.scheme.name,
                values=self._page.panel.values(),
                repeat=repeat,
                confidence=self._page.note.confidence,
                comment=self._page.note.comment,
                started=self._started,
                listens=self.listening.listens,
                flagged=self._flagged,
                shown=self._page.panel.order() if desk.scheme.shuffle else None,
            )
        )

    @Slot(object)
    def _stored(self, annotation: Annotation) -> None:
        entry, self._pending = self._pending, None
        self._page.panel.setEnabled(True)
        self.stored += 1
        desk = self.desk
        if desk is None or (desk.rater.id, desk.scheme.name) != (annotation.rater_id, annotation.scheme):
            return
        desk.record(entry, annotation)
        self.sitting.rate()
        self.rated.emit()
        if entry == desk.current:
            self._touched = False
            if desk.expected(entry) is None:
                self._go_on()
            else:
                # Practice: what the lead expected is read before Enter goes on.
                self._fill()
                self.refreshed.emit()
                self._page.panel.setFocus()

    @Slot(object)
    def _not_stored(self, error: AnnotatorError) -> None:
        """The panel keeps the answer; the notice says why it is only there."""
        self._pending = None
        self._news -= 1
        self._touched = True
        self._page.panel.setEnabled(True)
        self._page.show_state(tr("Not stored"), role="danger")
        self._page.panel.setFocus()
        self._context.report(error)

    @Slot()
    def _show_waiting(self) -> None:
        self._page.panel.setEnabled(False)
        self._page.show_state(tr("Storing..."), role="muted")

    def _go_on(self) -> None:
        self.show(self.desk.next_unrated(self.desk.index))

    # Keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and watched is self._page.panel and self.takes_key(event):
            return True
        return super().eventFilter(watched, event)

    def takes_key(self, event: QKeyEvent) -> bool:
        """Keys that the panel must not get: while an answer is on its way, held keys, and Enter, which is `submit`."""
        held = event.isAutoRepeat() and (event.key() in ENTER or event.key() in _DIGITS)
        if held or self._store.busy:
            return True
        if event.key() in ENTER:
            self.submit()
            return True
        return False
