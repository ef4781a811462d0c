"""The lock of a run folder: one training at a time; it dies with the process that holds it."""

import os
import sys
import time
from pathlib import Path

from core.errors import TrainingError
from core.files import told_when_not_written

_NAME = "run.lock"
_TRIES = 5


class RunLock:
    """Keeps every other training, of this process or another, out of a run folder until ``release``.

    Args:
        run: an existing run folder.

    Raises:
        TrainingError: if another training holds it.
        OutputError: if the folder cannot be written.
    """

    def __init__(self, run: Path) -> None:
        self._file = -1
        with told_when_not_written(Path(run)):
            file = os.open(Path(run) / _NAME, os.O_RDWR | os.O_CREAT, 0o666)
        for _ in range(_TRIES):  # who only asks whether it is locked holds it for a moment
            if _lock(file):
                self._file = file
                return
            time.sleep(0.05)
        os.close(file)
        raise TrainingError(f"{run}: is being trained by another process; wait for it, or stop it there first")

    def release(self) -> None:
        """Let others train; more than once is fine."""
        if self._file >= 0:
            os.close(self._file)  # the file stays: who removed it could take it from one who has just opened it
            self._file = -1

    def __del__(self) -> None:
        self.release()


def is_locked(run: Path) -> bool:
    """Whether a training holds the lock of a run folder; False where that cannot be told."""
    try:
        file = os.open(Path(run) / _NAME, os.O_RDWR)
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
            return True  # a file system without locks: better to train unguarded than not at all
        return True
