"""The program's own line icons, in the colours of the theme and sharp on every screen.

The drawings are `resources/icons/NAME.svg`: 24 x 24, strokes of 1.75 in `currentColor`.
"""

from functools import cache

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QAction, QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton

from annotator.domain.bundled import resource
from annotator.domain.errors import AnnotatorError
from annotator.domain.registry import closest
from annotator.domain.translation import tr
from annotator.gui.theme import current_theme, load_theme, theme_notifier

# Sizes in device-independent pixels that a QIcon holds ready; others are scaled from the next larger.
_SIZES = (16, 20, 24, 32, 48)


@cache
def icon_names() -> tuple[str, ...]:
    """Names of all icons, sorted.

    >>> "play" in icon_names()
    True
    """
    return tuple(sorted(path.stem for path in resource("icons").glob("*.svg")))


def icon(name: str, role: str = "text", *, on: str | None = None, beside: bool = False) -> QIcon:
    """The icon in the current theme's colour for `role`; `on` is the role while its button is checked.

    `beside` leaves room at its right for the text it stands beside: the style itself hardly leaves any.

    An icon keeps its colours: `set_icon` gives a button or action one that follows the theme.
    """
    ratios = frozenset(screen.devicePixelRatio() for screen in QGuiApplication.screens()) or frozenset({1.0})
    return _icon(name, current_theme().name, role, on or role, ratios, beside)


def paint_icon(painter: QPainter, name: str, rect: QRectF, colour: QColor) -> None:
    """Draws the icon into `rect` at the painter's own resolution."""
    _renderer(name, colour.name()).render(painter, rect)


def set_icon(
    target: QAbstractButton | QAction, name: str, role: str = "text", *, on: str | None = None
) -> None:
    """Gives a button or action the icon and renews it whenever another theme is applied."""
    keeper = target.findChild(_IconKeeper, options=Qt.FindChildOption.FindDirectChildrenOnly)
    (keeper or _IconKeeper(target)).keep(name, role, on)


class _IconKeeper(QObject):
    """Lives and dies with its button, so that the theme never reaches a dead one."""

    def __init__(self, target: QAbstractButton | QAction) -> None:
        super().__init__(target)
        theme_notifier().changed.connect(self._renew)

    def keep(self, name: str, role: str, on: str | None) -> None:
        self._name, self._role, self._on = name, role, on
        self._renew()

    @Slot(object)
    def _renew(self, _theme: object = None) -> None:
        target = self.parent()
        beside = isinstance(target, QPushButton) or (
            isinstance(target, QToolButton)
            and target.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        )
        target.setIcon(icon(self._name, self._role, on=self._on, beside=beside))
        if beside:
            height = target.iconSize().height()
            target.setIconSize(QSize(height + _gap(height), height))


@cache
def _source(name: str) -> str:
    if name not in icon_names():
        raise AnnotatorError(tr('There is no icon "{name}".', name=name), closest(name, list(icon_names())))
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))


@cache
def _icon(name: str, theme_name: str, role: str, on: str, ratios: frozenset[float], beside: bool) -> QIcon:
    theme = load_theme(theme_name)
    result = QIcon()
    for size in _SIZES:
        for ratio in sorted(ratios):
            gap = _gap(size) if beside else 0
            off_picture = _picture(name, theme.colour(role), size, ratio, gap)
            on_picture = off_picture if on == role else _picture(name, theme.colour(on), size, ratio, gap)
            disabled = _picture(name, theme.disabled, size, ratio, gap)
            result.addPixmap(off_picture, QIcon.Mode.Normal, QIcon.State.Off)
            result.addPixmap(on_picture, QIcon.Mode.Normal, QIcon.State.On)
            # Selected rows keep their text colour in this style sheet, so the icon keeps its own too.
            result.addPixmap(off_picture, QIcon.Mode.Selected, QIcon.State.Off)
            result.addPixmap(disabled, QIcon.Mode.Disabled, QIcon.State.Off)
            result.addPixmap(disabled, QIcon.Mode.Disabled, QIcon.State.On)
    return result


def _gap(size: int) -> int:
    """Room between an icon and its text."""
    return size // 4


def _picture(name: str, colour: QColor, size: int, ratio: float, gap: int) -> QPixmap:
    pixels = round(size * ratio)
    picture = QPixmap(pixels + round(gap * ratio), pixels)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_icon(painter, name, QRectF(0, 0, pixels, pixels), colour)
    picture.setDevicePixelRatio(ratio)
    return picture
