"""The table of colours behind a picture's numbers, for the theme of the moment."""

from functools import cache

from PySide6.QtGui import QColor

from annotator.gui.segment.picture import Ground, Ink
from annotator.gui.theme import Theme, load_theme, mix


def colour_table(theme: Theme) -> list[int]:
    """256 colours as 0xffRRGGBB for the numbers of `Ink` and `Ground`."""
    return _table(theme.name)


@cache
def _table(name: str) -> list[int]:
    theme = load_theme(name)
    table = [QColor(theme.window)] * 256
    for number, (ground, wave) in _grounds(theme).items():
        table[Ink.GROUND + number] = ground
        table[Ink.PEAK + number] = mix(ground, wave, 0.55)
        table[Ink.BODY + number] = wave
        table[Ink.AXIS + number] = mix(ground, wave, 0.22)
    for number in range(9):
        table[Ink.BAND + number] = band_colour(theme, number, selected=False)
        table[Ink.BAND_SELECTED + number] = band_colour(theme, number, selected=True)
    table[Ink.EMPTY_BAND] = mix(QColor(theme.surface), QColor(theme.window), 0.5)
    table[Ink.RATED] = QColor(theme.text)
    return [colour.rgb() for colour in table]


def _grounds(theme: Theme) -> dict[int, tuple[QColor, QColor]]:
    """Ground and wave of every kind of column. Sound that no segment holds steps back."""
    surface, wave = QColor(theme.surface), QColor(theme.waveform)
    aside = mix(surface, QColor(theme.muted), 0.55)
    fill, chosen = QColor(theme.segment_fill), QColor(theme.segment_selected)
    edge, accent = QColor(theme.segment_border), QColor(theme.accent)
    proposed = mix(surface, QColor(theme.positive), 0.16)
    return {
        Ground.BEYOND: (QColor(theme.window), QColor(theme.window)),
        Ground.PLAIN: (surface, aside),
        Ground.GRID: (mix(surface, QColor(theme.grid), 0.7), aside),
        Ground.SEGMENT: (fill, wave),
        Ground.SELECTED: (chosen, mix(wave, QColor(theme.text), 0.35)),
        Ground.EDGE: (mix(fill, edge, 0.6), mix(wave, edge, 0.5)),
        Ground.SELECTED_EDGE: (accent, accent),
        Ground.PROPOSED: (proposed, mix(wave, QColor(theme.positive), 0.5)),
        Ground.PROPOSED_EDGE: (QColor(theme.positive), QColor(theme.positive)),
    }


def band_colour(theme: Theme, number: int, *, selected: bool) -> QColor:
    """Colour of the strip over a segment: `number` 0 without a speaker, 1..8 for the colour of one."""
    if number == 0:
        return (
            QColor(theme.accent)
            if selected
            else mix(QColor(theme.segment_fill), QColor(theme.segment_border), 0.45)
        )
    colour = theme.category(number - 1)
    return colour if selected else mix(QColor(theme.surface), colour, 0.6)
