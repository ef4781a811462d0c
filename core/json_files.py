"""JSON that others may have written: read in bounded memory and depth, or refused as any other damaged file.

Python's own reader follows brackets until its stack ends, and turns any row of digits into a number.
"""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from core.reading import read_file

LARGEST = 64_000_000
"""Bytes of the largest file; the index of a hundred thousand objects takes a sixth."""
DEEPEST = 64
"""Levels of lists and objects in each other; files of this program have six."""
_MOST_CONTAINERS = 4_000_000
_MOST_DIGITS = 20  # of 2^64, the largest number that anything here counts to
_BRACKETS = b"[]{}"
_OTHERS = bytes(set(range(256)) - set(_BRACKETS))
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def read_json(path: Path) -> Any:
    """What a JSON file holds.

    Raises:
        OSError: if it cannot be read, or is no ordinary file.
        ValueError: if it is too large, no JSON, nested too deeply, or holds what cannot be used.
    """
    return parse_json(read_file(path, LARGEST))


def parse_json(content: bytes | str) -> Any:
    """What JSON text holds; NaN and infinity are understood, as Python writes them.

    Raises:
        ValueError: if it is no JSON, nested too deeply, or holds numbers or letters that cannot be used.
    """
    if isinstance(content, str):
        content = content.encode(errors="surrogatepass")
    containers = content.count(b"[") + content.count(b"{")
    if containers > _MOST_CONTAINERS:
        raise ValueError("too many lists and objects")
    try:
        values = json.loads(content.decode("utf-8-sig"), parse_int=_whole)
    except RecursionError:
        raise ValueError(f"more than {DEEPEST} levels of lists and objects in each other") from None
    if containers > DEEPEST and _depth(content) > DEEPEST:
        raise ValueError(f"more than {DEEPEST} levels of lists and objects in each other")
    if _SURROGATE.search(content):  # half a letter without the other; some stand for a byte of a file's name
        json.dumps(values, ensure_ascii=False).encode(errors="surrogateescape")
    return values


def is_whole(value: Any, low: int = 0, high: int = 2**63 - 1) -> bool:
    """Whether a value is a whole number from ``low`` to ``high``; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _depth(content: bytes) -> int:
    """The most brackets that are open at once in valid JSON; brackets in strings do not count."""
    brackets = np.frombuffer(_STRING.sub(b"", content).translate(None, _OTHERS), np.uint8)
    opened = (brackets == ord("[")) | (brackets == ord("{"))
    return int(np.cumsum(np.where(opened, 1, -1)).max(initial=0))
