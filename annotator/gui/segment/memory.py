"""Where one was in each recording: kept in the corpus's cache, so that work goes on where it was left."""

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

_log = logging.getLogger("annotator.gui")


@dataclass(frozen=True, slots=True)
class Place:
    """What was on screen of a recording: first sample, length of the view, cursor, tier."""

    start: float
    span: float
    cursor: int
    tier: str


class Places:
    """Places by key of recording. A file that is missing or damaged is as if there were none."""

    def __init__(self, cache: Path | None = None) -> None:
        self._path = cache / "views.json" if cache is not None else None
        self._places: dict[str, Place] = {}
        #: Tiers shown beside the one that is worked on.
        self.beside: list[str] = []
        #: Key of the recording that was open last.
        self.last = ""
        try:
            data = json.loads(self._path.read_text(encoding="utf-8")) if self._path else {}
            self.beside = [str(name) for name in data.get("beside", ())]
            self.last = str(data.get("last", ""))
            self._places = {
                key: Place(float(p["start"]), float(p["span"]), int(p["cursor"]), str(p["tier"]))
                for key, p in data.get("places", {}).items()
            }
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            _log.info("the views in %s cannot be read; recordings open at their beginning", self._path)

    def find(self, recording_id: str) -> Place | None:
        """Where one was in a recording; `None` where one never was."""
        return self._places.get(recording_id)

    def keep(self, recording_id: str, place: Place) -> None:
        """Remembers a place, until `save` for as long as the program runs."""
        self._places[recording_id] = place
        self.last = recording_id

    def save(self) -> None:
        """Writes all places; where that fails nothing is lost but the comfort."""
        if self._path is None:
            return
        data = {
            "beside": self.beside,
            "last": self.last,
            "places": {key: asdict(p) for key, p in self._places.items()},
        }
        aside = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            aside.write_text(json.dumps(data), encoding="utf-8")
            aside.replace(self._path)
        except OSError as error:
            _log.info("the views cannot be saved to %s: %s", self._path, error)
