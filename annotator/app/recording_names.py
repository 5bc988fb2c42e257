"""Recordings by what files of other tools call them."""

from collections.abc import Mapping

from annotator.app.session import find_recordings
from annotator.domain.corpus import Recording
from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.translation import tr
from annotator.storage.reader import Reader


class RecordingNames:
    """Finds recordings by what files call them: path, name, name without suffix, or key.

    `known` names some that are certain, such as those that come with the file, in the corpus or not yet.
    """

    def __init__(
        self, reader: Reader, only: str | None = None, known: Mapping[str, Recording] | None = None
    ) -> None:
        self._only = find_recordings(reader, [only])[0] if only else None
        self._known = dict(known or {})
        self._all = reader.recordings()
        self._by_name: dict[str, list[Recording]] = {}
        for recording in self._all:
            stem = recording.name.rsplit(".", 1)[0]
            for name in {recording.path, recording.name, stem, recording.id}:
                self._by_name.setdefault(name, []).append(recording)

    def named(self, name: str) -> Recording:
        """The recording of that name; `AnnotatorError` where there is none or more than one."""
        if self._only is not None:
            return self._only
        if name in self._known:
            return self._known[name]
        key = name.replace("\\", "/")
        tail = key.rsplit("/", 1)[-1]
        hits = (
            self._by_name.get(key) or self._by_name.get(tail) or self._by_name.get(tail.rsplit(".", 1)[0], [])
        )
        if len(hits) == 1:
            return hits[0]
        if hits:
            raise AnnotatorError(
                tr('Several recordings are called "{name}".', name=name),
                tr("Name one by its path: {paths}.", paths=", ".join(hit.path for hit in hits[:4])),
            )
        raise AnnotatorError(
            tr('The corpus has no recording "{name}".', name=name),
            tr("Name the recording with --recording.")
            + " "
            + closest(tail, [recording.name for recording in self._all][:20]),
        )
