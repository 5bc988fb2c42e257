"""Which key gives which value: the arithmetic of answering, without a window.

Digits give the values of short whole-number scales themselves where they can, so that what a rater types is
what is stored; every other scale is cut into nine steps, or into as many as it has. The digit 0 means "cannot
tell" unless the scale starts at 0.
"""

from collections.abc import Mapping

from annotator.domain.corpus import Value
from annotator.domain.scheme import Item
from annotator.domain.translation import tr
from annotator.gui.numbers import number, shortest, with_minus

#: Whole-number scales of up to this many steps are shown as buttons, longer ones as sliders.
MOST_BUTTONS = 11
#: Steps of a scale that has none of its own, one for each digit.
KEY_STEPS = 9
#: Parts of its range by which a continuous scale moves with Shift and an arrow key.
FINE_STEPS = 40
#: Parts of its range to which a mouse position on a continuous scale is rounded.
_RESOLUTION = 200


def stepped(item: Item) -> bool:
    """Whether the item is a whole-number scale short enough for one button per step."""
    return item.type == "integer" and item.maximum - item.minimum < MOST_BUTTONS


def choices(item: Item) -> tuple[Value, ...]:
    """Every value of an item that can be listed, in order; empty for long and continuous scales.

    >>> choices(Item("arousal", "integer", minimum=1, maximum=5))
    (1, 2, 3, 4, 5)
    """
    if item.type == "category":
        return item.labels
    if item.type == "boolean":
        return (False, True)
    if stepped(item):
        return tuple(range(int(item.minimum), int(item.maximum) + 1))
    return ()


def digit_values(item: Item) -> Mapping[int, Value]:
    """The value behind each digit key.

    >>> digit_values(Item("valence", "integer", minimum=-2, maximum=2))
    {1: -2, 2: -1, 3: 0, 4: 1, 5: 2}
    >>> digit_values(Item("valence", "number", minimum=-1, maximum=1))[5]
    0.0
    """
    listed = choices(item)
    if not listed:
        return {digit: at_share(item, (digit - 1) / (KEY_STEPS - 1)) for digit in range(1, KEY_STEPS + 1)}
    if item.type == "integer" and item.minimum in (0, 1):
        return {int(value): value for value in listed if 0 <= int(value) <= 9}
    return dict(enumerate(listed[:9], start=1))


def share_of(item: Item, value: float) -> float:
    """Where a value lies on its scale: 0 at the minimum, 1 at the maximum."""
    return (value - item.minimum) / (item.maximum - item.minimum)


def at_share(item: Item, share: float) -> float | int:
    """The value at `share` (clipped to 0..1) of the scale, rounded to what the scale can hold.

    >>> at_share(Item("valence", "number", minimum=-1, maximum=1), 0.333)
    -0.33
    """
    share = min(max(share, 0.0), 1.0)
    span = item.maximum - item.minimum
    if item.type == "integer":
        return int(item.minimum + round(share * span))
    # Rounding the step, then the sum, keeps binary dust such as 0.30000000000000004 out of the corpus.
    return round(item.minimum + round(share * _RESOLUTION) / _RESOLUTION * span, 10)


def neighbour(item: Item, value: Value, direction: int, *, fine: bool = False) -> Value:
    """The value one step up (`direction` 1) or down (-1); the middle of the scale where none was chosen yet.

    >>> neighbour(Item("valence", "integer", minimum=1, maximum=9), 9, 1)
    9
    >>> neighbour(Item("valence", "number", minimum=-1, maximum=1), 0.1, 1)
    0.25
    """
    listed = choices(item)
    if listed:
        if value is None:
            return listed[len(listed) // 2] if item.numeric else listed[0]
        position = listed.index(value) + direction
        return listed[min(max(position, 0), len(listed) - 1)]
    if value is None:
        return at_share(item, 0.5)
    steps = FINE_STEPS if fine else KEY_STEPS - 1
    position = share_of(item, float(value)) * steps
    # Onto the next step of the grid, not one step further from between two of them.
    nearest = int(position + 1e-9) + 1 if direction > 0 else -int(-(position - 1e-9) // 1) - 1
    moved = at_share(item, nearest / steps)
    if item.type == "integer" and moved == value:
        moved = at_share(item, share_of(item, float(value) + direction))
    return moved


def end_words(item: Item) -> tuple[str, str]:
    """What stands at the low and at the high end of a scale: its anchors, or the end itself where it has none.

    >>> end_words(Item("energy", "number", minimum=-1, maximum=1, high="full"))
    ('−1', 'full')
    """
    low, high = map(shortest, (item.minimum, item.maximum))
    return item.low or low, item.high or high


def value_text(item: Item, value: Value) -> str:
    """A value as raters see it: names as they are, continuous values with two decimals, `None` as "cannot tell".

    >>> value_text(Item("valence", "number", minimum=-1, maximum=1), -0.25)
    '−0.25'
    """
    if value is None:
        return tr("cannot tell")
    if item.type == "number":
        return number(float(value))
    return with_minus(str(value)) if item.numeric else str(value)
