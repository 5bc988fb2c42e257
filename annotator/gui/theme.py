"""Light and dark: colours as data, one palette and one style sheet made from them.

Widgets that paint themselves ask `current_theme()` while painting; applying another theme repaints every widget.
What is *kept* between paints (icons, cached pictures) is renewed on `theme_notifier().changed`.
"""

import string
import tomllib
from dataclasses import dataclass, fields
from functools import cache

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from annotator.domain.bundled import resource
from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.translation import tr

#: Spacing unit in device-independent pixels.
GRID = 8
#: Corner radius of controls, in device-independent pixels.
RADIUS = 6
#: Text size of the body, in device-independent pixels.
TEXT_SIZE = 14

# The first that are installed are used; the later ones carry the Korean letters.
_FAMILIES = (
    "Inter", "SF Pro Text", "Segoe UI Variable Text", "Segoe UI", "Cantarell", "Ubuntu Sans", "Ubuntu", "Noto Sans",
    "DejaVu Sans", "Noto Sans CJK KR", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo",
)  # fmt: skip


@dataclass(frozen=True)
class Theme:
    """Colours by role, as `#rrggbb`.

    `window` lies behind everything, `surface` under text and tables, `raised` under buttons and menus, `sunken`
    under grooves; `border` only separates, `outline` marks the edge of a control. `categories` are eight colours
    that people with any common colour vision tell apart; `ramp` runs from few to many.
    """

    name: str
    title: str
    dark: bool
    window: str
    surface: str
    raised: str
    sunken: str
    hover: str
    pressed: str
    border: str
    outline: str
    text: str
    muted: str
    accent: str
    on_accent: str
    accent_soft: str
    positive: str
    warning: str
    danger: str
    waveform: str
    segment_fill: str
    segment_selected: str
    segment_border: str
    cursor: str
    grid: str
    categories: tuple[str, ...]
    ramp: tuple[str, ...]

    def colour(self, role: str, alpha: float = 1.0) -> QColor:
        """Colour of a role, e.g. `"accent"`, with opacity `alpha` from 0 to 1."""
        colour = QColor(getattr(self, role))
        colour.setAlphaF(alpha)
        return colour

    @property
    def disabled(self) -> QColor:
        """Text of what cannot be used now: half-way between muted text and the surface."""
        return mix(QColor(self.surface), QColor(self.muted), 0.6)

    def category(self, index: int) -> QColor:
        """Colour of class number `index`; from the ninth on they repeat, so draw a pattern over those."""
        return QColor(self.categories[index % len(self.categories)])

    def heat(self, share: float) -> QColor:
        """Colour of the heat map at `share` of its range, 0 to 1 (clipped), between the stops of `ramp`."""
        position = min(max(share, 0.0), 1.0) * (len(self.ramp) - 1)
        stop = min(int(position), len(self.ramp) - 2)
        return mix(QColor(self.ramp[stop]), QColor(self.ramp[stop + 1]), position - stop)

    def ink_on(self, background: QColor) -> QColor:
        """Black or white, whichever reads better on `background`: the contrast is never below 4.5."""
        return max((QColor("#000000"), QColor("#ffffff")), key=lambda ink: contrast(ink, background))


def mix(a: QColor, b: QColor, share: float) -> QColor:
    """The colour at `share` (0 to 1) of the way from `a` to `b`, in sRGB."""
    return QColor.fromRgbF(
        *(x + (y - x) * share for x, y in zip(a.getRgbF()[:3], b.getRgbF()[:3], strict=True))
    )


def luminance(colour: QColor) -> float:
    """Relative luminance, 0 (black) to 1 (white), as WCAG 2.2 defines it."""
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3])
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: QColor, b: QColor) -> float:
    """Contrast ratio of WCAG 2.2, from 1 to 21; text needs 4.5 for level AA, edges of controls 3.

    >>> round(contrast(QColor("#000000"), QColor("#ffffff")))
    21
    """
    darker, lighter = sorted((luminance(a), luminance(b)))
    return (lighter + 0.05) / (darker + 0.05)


def theme_names() -> tuple[str, ...]:
    """Names of the themes that ship, sorted.

    >>> theme_names()
    ('dark', 'light')
    """
    return tuple(sorted(path.stem for path in resource("themes").glob("*.toml")))


@cache
def load_theme(name: str) -> Theme:
    """Reads `resources/themes/NAME.toml`; `AnnotatorError` where there is no such theme or a colour is missing.

    >>> load_theme("dark").dark
    True
    """
    if name not in theme_names():
        raise AnnotatorError(tr('There is no theme "{name}".', name=name), closest(name, list(theme_names())))
    path = resource("themes", f"{name}.toml")
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    palettes = {key: tuple(colours) for key, colours in data["palettes"].items()}
    values = {"name": name, "title": data["title"], "dark": data["dark"], **data["colours"], **palettes}
    missing = sorted({field.name for field in fields(Theme)} ^ set(values))
    if missing:
        raise AnnotatorError(
            tr("{path} lacks, or has without need: {roles}.", path=path, roles=", ".join(missing)),
            tr("A theme names exactly the roles that the other themes name."),
        )
    return Theme(**values)


class ThemeNotifier(QObject):
    """Says `changed(Theme)` after another theme was applied. There is one: `theme_notifier()`."""

    changed = Signal(object)


@cache
def theme_notifier() -> ThemeNotifier:
    """The one notifier of this process."""
    return ThemeNotifier()


_current = "light"


def current_theme() -> Theme:
    """The theme that was applied last; light before any was."""
    return load_theme(_current)


def apply_theme(app: QApplication, name: str) -> Theme:
    """Gives the whole application the theme `name` (style, font, palette, style sheet) and tells everyone."""
    global _current
    theme = load_theme(name)
    _current = name
    if app.style().name() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setFont(_font())
    app.setPalette(_palette(theme))
    app.setStyleSheet(_style_sheet(theme))
    theme_notifier().changed.emit(theme)
    return theme


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Sets a property that the style sheet selects by (`role` of a label, `kind` of a button) and restyles."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def _font() -> QFont:
    installed = set(QFontDatabase.families())
    font = QFont([family for family in _FAMILIES if family in installed] or QFont().families())
    font.setPixelSize(TEXT_SIZE)
    return font


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window, role.WindowText: theme.text, role.Base: theme.surface, role.Text: theme.text,
        role.AlternateBase: theme.hover, role.Button: theme.raised, role.ButtonText: theme.text,
        role.BrightText: theme.danger, role.Highlight: theme.accent, role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent, role.Link: theme.accent, role.LinkVisited: theme.accent,
        role.ToolTipBase: theme.raised, role.ToolTipText: theme.text, role.PlaceholderText: theme.muted,
        role.Light: theme.hover, role.Midlight: theme.border, role.Mid: theme.outline, role.Dark: theme.outline,
        role.Shadow: theme.sunken,
    }  # fmt: skip
    palette = QPalette()
    for key, colour in colours.items():
        palette.setColor(key, QColor(colour))
    for key in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, theme.disabled)
    return palette


def _style_sheet(theme: Theme) -> str:
    template = string.Template(resource("themes", "application.qss").read_text(encoding="utf-8"))
    accent, text = QColor(theme.accent), QColor(theme.text)
    derived = {
        "disabled": theme.disabled.name(),
        "track": mix(QColor(theme.surface), QColor(theme.muted), 0.3).name(),
        "accent_hover": mix(accent, text, 0.12).name(),
        "accent_pressed": mix(accent, text, 0.24).name(),
        "glyphs": resource("themes", theme.name).as_posix(),
    }
    roles = {f.name: getattr(theme, f.name) for f in fields(Theme) if isinstance(getattr(theme, f.name), str)}
    return template.substitute(roles | derived)
