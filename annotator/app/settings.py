"""Settings of this user: one typed file, written whole or not at all."""

import json
import logging
import os
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import platformdirs

_log = logging.getLogger("annotator.settings")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the program remembers between starts.

    Parameters
    ----------
    theme
        `system`, `light` or `dark`.
    language
        `en` for now; further ones as their translations arrive.
    recent
        Folders of corpora opened last, newest first.
    raters
        For each corpus folder the rater who worked there last.
    autoplay
        Whether a segment plays by itself when it comes up for rating.
    volume
        Loudness of playback, 0..1.
    muted
        Whether playback is silent, whatever the volume.
    device
        Id of the device to play on; empty for the one the system prefers.
    speed
        Pace of playback while segmenting, 0.5..2.
    keys_profile
        Whose keys are used: `default`, or a file of `resources/keys`.
    keys
        One's own keys on top, by the id of their action.
    tiers, schemes
        For each corpus folder the tier rated last, and the scheme it was rated with.
    adjudicators
        For each corpus folder who decides there where raters differ, and was told that this ends blindness.
    in_order
        Whether segments come up for rating in the order of the recordings, not in a random one.
    advance
        Whether a rating is stored by itself as soon as its last question is answered.
    embeddings
        Feature sets of networks and packages that were asked for by name, newest first; no other package's code is
        run.
    spectrogram
        Whether the spectrogram is shown (`shown`), and how: `scale`, `span` in dB, `colours`.
    """

    theme: str = "system"
    language: str = "en"
    recent: tuple[str, ...] = ()
    raters: dict[str, str] = field(default_factory=dict)
    autoplay: bool = True
    volume: float = 1.0
    muted: bool = False
    device: str = ""
    speed: float = 1.0
    keys_profile: str = "default"
    keys: dict[str, list[str]] = field(default_factory=dict)
    tiers: dict[str, str] = field(default_factory=dict)
    schemes: dict[str, str] = field(default_factory=dict)
    adjudicators: dict[str, str] = field(default_factory=dict)
    in_order: bool = False
    advance: bool = False
    embeddings: tuple[str, ...] = ()
    spectrogram: dict[str, Any] = field(default_factory=dict)

    def with_recent(self, folder: Path) -> "Settings":
        """A copy in which `folder` is the corpus opened last; ten are kept.

        >>> Settings(recent=("/a", "/b")).with_recent(Path("/b")).recent
        ('/b', '/a')
        """
        others = [path for path in self.recent if path != str(folder)]
        return replace(self, recent=(str(folder), *others)[:10])

    def with_embedding(self, name: str) -> "Settings":
        """A copy in which this feature set was asked for last; fifty are kept.

        >>> Settings(embeddings=("embedding:a", "embedding:b")).with_embedding("embedding:b").embeddings
        ('embedding:b', 'embedding:a')
        """
        others = [one for one in self.embeddings if one != name]
        return replace(self, embeddings=(name, *others)[:50])


def settings_file() -> Path:
    """Where this user's settings are kept."""
    return Path(platformdirs.user_config_dir("annotator", appauthor=False)) / "settings.json"


def load_settings() -> Settings:
    """The stored settings; entries that are missing, unknown or of the wrong type are as if never set."""
    try:
        data = json.loads(settings_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError):
        _log.warning("the settings file %s cannot be read; defaults are used", settings_file())
        return Settings()
    if not isinstance(data, dict):
        return Settings()
    default = Settings()
    good: dict[str, object] = {}
    for entry in fields(Settings):
        value = data.get(entry.name)
        wanted = type(getattr(default, entry.name))
        if wanted is tuple and isinstance(value, list):
            value = tuple(map(str, value))
        if isinstance(value, wanted) or (wanted is float and isinstance(value, int)):
            good[entry.name] = value
    return replace(default, **good)  # type: ignore[arg-type]


def save_settings(settings: Settings) -> None:
    """Stores the settings; a folder that cannot be written is logged, not fatal."""
    path = settings_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".part")
        aside.write_text(json.dumps(asdict(settings), indent=1), encoding="utf-8")
        os.replace(aside, path)
    except OSError:
        _log.warning("the settings cannot be saved to %s", path)
