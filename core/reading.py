"""Files of others, opened so that nothing is waited for and no more is read than is asked for."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

BUFFER = 1 << 16
"""Bytes that a file is read or written by, where that is done bit by bit.

Python lets go of its lock for each such part. If that happens again before a waiting thread, such as the window's, has
waited for a switch interval, that one only ever finds the lock taken again and never asks for it: with the 4 KiB that
Python takes itself it was seen to wait for seconds.
"""

_AT_ONCE = 1 << 22


def open_file(path: str | Path) -> BinaryIO:
    """Open an ordinary file for reading.

    A named pipe would be waited for, and a device may do anything: neither is opened, whatever name leads to it.

    Raises:
        OSError: if there is no such file, it may not be read, is no ordinary file, or has a name that cannot be.
    """
    try:
        _require_ordinary(os.stat(path), path)
        file = open(path, "rb", buffering=BUFFER, opener=_without_waiting)  # noqa: SIM115
    except ValueError as error:  # a zero byte, or half a letter, in the name
        raise OSError(errno.EINVAL, str(error), str(path)) from error
    try:
        _require_ordinary(os.fstat(file.fileno()), path)  # of what was opened: it may have taken the other's place
    except OSError:
        file.close()
        raise
    return file


def read_file(path: str | Path, largest: int) -> bytes:
    """The content of an ordinary file.

    Raises:
        OSError: if it cannot be read, or is no ordinary file.
        ValueError: if it has more than ``largest`` bytes.
    """
    parts, left = [], largest + 1
    with open_file(path) as file:
        # In parts: asked for more than there is, Python takes the memory for all of it first.
        while left and (part := file.read(min(left, _AT_ONCE))):
            parts.append(part)
            left -= len(part)
    if not left:
        raise ValueError(f"more than {largest / 1e6:g} MB")
    return b"".join(parts)


def _require_ordinary(facts: os.stat_result, path: str | Path) -> None:
    if stat.S_ISDIR(facts.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(facts.st_mode):
        raise OSError(errno.EINVAL, "not an ordinary file", str(path))


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
