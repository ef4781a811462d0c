"""Signals that ask the process to end, answered by Qt's event loop."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSocketNotifier

_ASKING = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def asked_to_end(end: Callable[[], object]) -> Iterator[None]:
    """Within, Ctrl+C, SIGTERM and a closed terminal call ``end`` from the event loop of the main thread.

    Python runs its handlers between two steps of Python code, of which there are none while Qt waits: the system's
    handler writes to a socket instead that Qt listens to. A second Ctrl+C ends the process at once.
    """
    reading, writing = socket.socketpair()
    for end_of_pair in (reading, writing):
        end_of_pair.setblocking(False)
    numbers = [number for name in _ASKING if (number := getattr(signal, name, None)) is not None]
    numbers = [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]  # as nohup sets it
    before = {number: signal.signal(number, _nothing) for number in numbers}
    before_fd = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)

    def answer() -> None:
        if any(number in before for number in reading.recv(64)):
            if signal.SIGINT in before:
                signal.signal(signal.SIGINT, signal.SIG_DFL)
            end()

    notifier.activated.connect(answer)
    try:
        yield
    finally:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(before_fd)
        for number, handler in before.items():
            signal.signal(number, handler)
        reading.close()
        writing.close()


def _nothing(number: int, frame: object) -> None:
    """A handler that Python writes to the socket for."""
