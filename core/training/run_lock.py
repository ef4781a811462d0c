"""The lock of a run folder: one training at a time; it dies with the process that holds it."""

import time
from pathlib import Path

import core.locks
from core.errors import TrainingError
from core.files import told_when_not_written
from core.locks import FileLock

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
        for _ in range(_TRIES):  # who only asks whether it is locked holds it for a moment
            try:
                with told_when_not_written(Path(run), BlockingIOError):
                    # The file stays when it is released: who removed it could take it from one who has just opened it.
                    self._lock = FileLock(Path(run) / _NAME)
                return
            except BlockingIOError:
                time.sleep(0.05)
        raise TrainingError(f"{run}: is being trained by another process; wait for it, or stop it there first")

    def release(self) -> None:
        """Let others train; more than once is fine."""
        self._lock.release()


def is_locked(run: Path) -> bool:
    """Whether a training holds the lock of a run folder; False where that cannot be told."""
    return core.locks.is_locked(Path(run) / _NAME)
