"""Locks on files: they keep other processes, and other threads, out, and die with the process that holds them."""

import os
import sys
from pathlib import Path


class FileLock:
    """A file that is held, made if it is missing; ``release``, and the end of the process, let it go.

    Args:
        path: the file; its folder must exist.

    Raises:
        BlockingIOError: if it is held elsewhere.
        OSError: if it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._file = -1
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if not _lock(file):
            os.close(file)
            raise BlockingIOError(f"{path} is locked")
        self._file = file

    def release(self) -> None:
        """Let others have it; more than once is fine."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __del__(self) -> None:
        self.release()


def is_locked(path: Path) -> bool:
    """Whether a file is held; False where it is missing, or that cannot be told."""
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _lock(file)
    finally:
        os.close(file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        """Take the lock if it is free; closing the file gives it back."""
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(file: int) -> bool:
        """Take the lock if it is free; closing the file gives it back."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a file system without locks: better to work unguarded than not at all
        return True
