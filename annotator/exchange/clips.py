"""How the files of clips are called."""

import hashlib
import re

from annotator.domain.corpus import Segment
from annotator.exchange.bundle import ClipFormat

_HEX = re.compile(r"[0-9a-f]+")


def clip_name(segment: Segment, clips: ClipFormat) -> str:
    """File name of a segment's clip, made of hexadecimal digits.

    A name that holds a word such as train or test would make the Hugging Face library guess the wrong part.

    >>> clip_name(Segment("0f" * 16, "r", "t", 0, 10), "wav")
    '0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f.wav'
    """
    stem = segment.id if _HEX.fullmatch(segment.id) else hashlib.sha256(segment.id.encode()).hexdigest()[:32]
    return f"{stem}.{clips}"
