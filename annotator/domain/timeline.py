"""Positions in audio are integer samples, half-open; seconds exist only where people read or write them."""

from annotator.domain.errors import AnnotatorError
from annotator.domain.translation import tr


def to_samples(seconds: float, sample_rate: int) -> int:
    """Nearest sample to a time in seconds.

    >>> to_samples(0.5, 44100), to_samples(1 / 3, 48000)
    (22050, 16000)
    """
    return round(seconds * sample_rate)


def to_seconds(samples: int, sample_rate: int) -> float:
    """Time of a sample in seconds.

    >>> to_seconds(22050, 44100)
    0.5
    """
    return samples / sample_rate


def clock(seconds: float, decimals: int = 3) -> str:
    """A time as people read it, `h:mm:ss.mmm` or `m:ss.mmm`.

    >>> clock(75.25), clock(3725, 0)
    ('1:15.250', '1:02:05')
    """
    scale = 10**decimals
    ticks = round(abs(seconds) * scale)
    whole, rest = divmod(ticks, scale)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    text = f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"
    text += f".{rest:0{decimals}d}" if decimals else ""
    return f"-{text}" if seconds < 0 and ticks else text


def parse_clock(text: str) -> float:
    """Seconds from `ss`, `mm:ss` or `hh:mm:ss`, with a point or comma before the fraction.

    >>> parse_clock("00:01:15,250"), parse_clock("4.5")
    (75.25, 4.5)
    """
    try:
        parts = [float(part) for part in text.strip().replace(",", ".").split(":")]
    except ValueError:
        parts = []
    if not 1 <= len(parts) <= 3 or any(part < 0 for part in parts):
        raise AnnotatorError(tr('"{text}" is not a time.', text=text), tr("Write it as 1:02:03.250."))
    total = 0.0
    for part in parts:
        total = total * 60 + part
    return total
