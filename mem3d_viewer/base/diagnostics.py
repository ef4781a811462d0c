"""Log file, crash traces and exception hooks: nothing that goes wrong stays unseen."""

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

_LARGEST_LOG = 1_000_000


@contextmanager
def log_to(file: Path | None) -> Iterator[Path | None]:
    """Log to ``file`` while the block runs, crash traces of native code included.

    Args:
        file: the log file; None logs nowhere.

    Yields:
        The file; None where it cannot be written, which is no reason not to start.
    """
    handler = None if file is None else _handler(file)
    if handler is None:
        yield None
        return
    root = logging.getLogger()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.INFO)
    faulthandler.enable(handler.stream or sys.stderr)
    try:
        yield file
    finally:
        faulthandler.disable()
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()


def _handler(file: Path) -> logging.FileHandler | None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Begun anew here and never while it is open: crash traces go to the very descriptor that is open now.
        if file.exists() and file.stat().st_size > _LARGEST_LOG:
            file.replace(file.with_suffix(".old.log"))
        return logging.FileHandler(file, encoding="utf-8")
    except OSError:
        return None


@contextmanager
def exceptions_to(report: Callable[[BaseException], None]) -> Iterator[None]:
    """Give every exception that nothing else catches to ``report``, from slots and from threads alike."""

    def in_slot(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            report(error)

    def in_thread(caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None:
            report(caught.exc_value)

    before = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = in_slot, in_thread
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before
