"""Slow work off the GUI thread: one small job class and a lane that runs one job at a time."""

import gc
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

_REPORT_SECONDS = 0.1
_SWITCH_SECONDS = 0.0005


class Cancelled(Exception):
    """Unwinds work that reports progress after its job was cancelled; nobody sees it."""


class Job(QObject):
    """One piece of work; its signals arrive on the thread that made it (the GUI thread).

    Exactly one of ``succeeded`` and ``failed`` comes before ``finished``; after ``cancel()`` only ``finished`` does.
    """

    told = Signal(object)
    """Whatever the work reports on its way."""
    succeeded = Signal(object)
    """The work's result."""
    failed = Signal(object)
    """The exception it ended with."""
    finished = Signal()
    """The work is over, however it ended."""

    _reported = Signal(object)
    _ended = Signal(object, object)

    def __init__(self, work: Callable[["Job"], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._cancelled = False
        self._reported.connect(self._deliver_report, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._deliver_end, Qt.ConnectionType.QueuedConnection)

    @property
    def cancelled(self) -> bool:
        """Whether the result is no longer wanted; long work may look and end early."""
        return self._cancelled

    def cancel(self) -> None:
        """Drop the result: what arrives from now on is stale."""
        self._cancelled = True

    def report(self, value: Any) -> None:
        """Send ``value`` to ``told``; called by the work, on its own thread."""
        self._reported.emit(value)

    def run(self) -> None:
        """Do the work on the calling thread."""
        result, error = None, None
        if not self._cancelled:
            try:
                result = self._work(self)
            except Exception as caught:  # handed to the GUI thread, which shows it
                error = caught
        self._ended.emit(result, error)

    @Slot(object)
    def _deliver_report(self, value: Any) -> None:
        if not self._cancelled:
            self.told.emit(value)

    @Slot(object, object)
    def _deliver_end(self, result: Any, error: Exception | None) -> None:
        if not self._cancelled:
            if error is None:
                self.succeeded.emit(result)
            else:
                self.failed.emit(error)
        self.finished.emit()
        self.deleteLater()


def reporting(job: Job) -> Callable[[int, int, str], None]:
    """A progress function that sends (done, total, what) to the job's ``told`` at most ten times a second.

    It raises ``Cancelled`` once the result is no longer wanted, which ends the work.
    """
    last, doing = 0.0, ""

    def report(done: int, total: int, what: str) -> None:
        nonlocal last, doing
        if job.cancelled:
            raise Cancelled
        now = time.monotonic()
        if now - last >= _REPORT_SECONDS or what != doing or done == total:
            last, doing = now, what
            job.report((done, total, what))

    return report


@contextmanager
def prompt_switching() -> Iterator[None]:
    """Within, a thread that computes in Python lets another one in after half a millisecond.

    Python's own 5 ms add up: the window's thread waits that long each time that it wants to go on.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@contextmanager
def imports_uncollected() -> Iterator[Callable[[], None]]:
    """Within, the garbage collector never looks at what was imported; the block calls what it is given after importing.

    torch, VTK and Qt make 650 000 objects that live as long as the program. Looked through again and again while they
    are made they cost a fifth of the start, and each full collection later holds all threads for 0.3 s.
    """
    gc.disable()

    def imported() -> None:
        gc.freeze()
        gc.enable()

    try:
        yield imported
    finally:
        gc.enable()
        gc.unfreeze()


class Lane(QObject):
    """Runs jobs one after the other on a single thread of its own, in the order they came."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._jobs: set[Job] = set()

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return bool(self._jobs)

    def submit(self, work: Callable[[Job], Any]) -> Job:
        """Queue ``work``; connect to the returned job's signals at once."""
        job = Job(work, self)
        self._jobs.add(job)
        job.finished.connect(self._forget)
        self._executor.submit(job.run)
        return job

    @Slot()
    def _forget(self) -> None:
        # A lambda would keep the lane alive for the job's sake: its end would then come within that of its own child.
        self._jobs.discard(self.sender())

    def close(self) -> None:
        """Drop every result, let the running job end, and end the thread."""
        for job in self._jobs:
            job.cancel()
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._jobs.clear()
