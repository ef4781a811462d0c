"""Captions below pictures, where names may be longer than the picture is wide."""

import heapq
import math
import re
from collections.abc import Iterable

from PySide6.QtGui import QFontMetrics

_WHOLE = 10
"""Letters in a row that are not broken."""
_MOST_LINES = 4


def breakable(text: str) -> str:
    """The same words, which may be broken inside, too: a space of no width stands after every so many letters."""
    return re.sub(rf"(\S{{{_WHOLE}}})(?=\S)", "\\1\u200b", text)


def caption_height(texts: Iterable[str], width: int, metrics: QFontMetrics) -> int:
    """Pixels that the longest of these captions takes when it is broken into lines of ``width`` pixels."""
    longest = max(map(metrics.horizontalAdvance, heapq.nlargest(20, texts, key=len)), default=0)
    # A line is not always full, as a word may not fit in what is left of it.
    lines = 1 if longest <= width else math.ceil(1.25 * longest / width)
    return min(lines, _MOST_LINES) * metrics.lineSpacing()
