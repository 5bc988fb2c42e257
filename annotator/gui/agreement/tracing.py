"""The jobs behind the card for traces: measured after the figures, one segment's course when it is chosen."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Slot

from annotator.app.session import Session, find_scheme
from annotator.app.trace_agreement import TraceAgreement, measure_traces, trace_course
from annotator.domain.progress import Job, Progress
from annotator.domain.translation import tr
from annotator.gui.agreement.item_page import ItemPage
from annotator.gui.context import Context
from annotator.gui.task import Task

Traces = Mapping[str, TraceAgreement]


class Tracing(QObject):
    """Keeps what was measured of the traces of each scheme, and shows it on the page while that shows the scheme."""

    def __init__(self, context: Context, page: ItemPage, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._page = context, page
        self._found: dict[str, Traces] = {}
        self._measuring = Task(context, self, self._take)
        self._reading = Task(context, self, self._take_course)
        page.traces.course_wanted.connect(self._read_course)
        context.session_changed.connect(self._forget)

    @property
    def busy(self) -> bool:
        """Whether something is measured or read."""
        return self._measuring.running or self._reading.running

    def of(self, scheme: str) -> Traces:
        """Agreement by the name under which figures take the trace; empty while it is not known, or without traces."""
        return self._found.get(scheme, {})

    def measure(self, session: Session, scheme: str) -> None:
        """Compares the traces of a scheme, if it has any."""
        with session.reading() as reader:
            traced = any(item.type == "trace" for item in find_scheme(reader, scheme).items)
        if traced:
            title = tr("Comparing traces")
            self._measuring.start(title, _measure(session, scheme), quiet=scheme in self._found)

    @Slot(object)
    def _take(self, found: tuple[str, Traces]) -> None:
        scheme, self._found[found[0]] = found
        if self._page.measured is not None and self._page.measured.agreement.scheme.name == scheme:
            self._page.show_traces(self._found[scheme])

    @Slot(str, str)
    def _read_course(self, item: str, segment: str) -> None:
        session, measured = self._context.session, self._page.measured
        if session is not None and measured is not None:
            job = _course(session, measured.agreement.scheme.name, item, segment)
            self._reading.start(tr("Reading a trace"), job, quiet=True)

    @Slot(object)
    def _take_course(self, found: tuple[str, str, dict[str, Any]]) -> None:
        self._page.traces.show_course(*found)

    @Slot(object)
    def _forget(self, _session: object) -> None:
        self._found.clear()


def _measure(session: Session, scheme: str) -> Job[tuple[str, Traces]]:
    found = yield from measure_traces(session, scheme)
    with session.reading() as reader:
        names = {item.name: item.measured().name for item in find_scheme(reader, scheme).items}
    return scheme, {names[one.item]: one for one in found}


def _course(session: Session, scheme: str, item: str, segment: str) -> Job[tuple[str, str, dict[str, Any]]]:
    yield Progress(0, 1, tr("Reading a trace"))
    return item, segment, trace_course(session, segment, item, scheme)
