"""Which segments a typed filter keeps: words of text or speaker, and lengths."""

import re
from collections.abc import Callable, Sequence

from annotator.domain.corpus import Segment

_LENGTH = re.compile(r"([<>])(\d+(?:[.,]\d*)?|[.,]\d+)s?")


def keep(text: str, sample_rate: int) -> Callable[[Segment], bool]:
    """A test for segments: every word must be in text or speaker; `<0.5` and `>10` bound the length in seconds.

    >>> test = keep("anna >1", 8000)
    >>> test(Segment("a", "r", "t", 0, 16000, "hello", "Anna")), test(Segment("b", "r", "t", 0, 800, "Anna"))
    (True, False)
    """
    words: list[str] = []
    least, most = 0.0, float("inf")
    for word in text.casefold().split():
        bound = _LENGTH.fullmatch(word)
        if bound is None:
            words.append(word)
        elif bound[1] == "<":
            most = min(most, float(bound[2].replace(",", ".")))
        else:
            least = max(least, float(bound[2].replace(",", ".")))

    def test(segment: Segment) -> bool:
        said = f"{segment.text}\n{segment.speaker}".casefold()
        seconds = segment.samples / sample_rate
        return (seconds > least or least == 0) and seconds < most and all(word in said for word in words)

    return test


def kept(segments: Sequence[Segment], text: str, sample_rate: int) -> list[Segment]:
    """The segments that a filter keeps, in their order."""
    test = keep(text, sample_rate)
    return [segment for segment in segments if test(segment)] if text.strip() else list(segments)
