"""Work in spawned processes, one a core: results in order, each process with an off-screen window of its own."""

import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from core.data.rendering import Renderer
from core.errors import DatasetError

_AHEAD = 8
"""Items per process that are worked on before the caller has taken them."""
_MOST_PROCESSES = 16
"""Each holds VTK and a window: some hundred megabytes."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class WorkerDied(DatasetError):
    """A process ended in the middle of its work."""


def in_processes(
    function: Callable[[Item], Result], items: Iterable[Item], processes: int | None = None, *, known: Any = None
) -> Generator[Result, None, None]:
    """``function`` of every item, in order, made by one process per core a little ahead of the one who takes them.

    Closing the iterator early cancels what has not begun and waits for what has.

    Args:
        function: of the top level of a module, as its name is sent to the processes.
        items: what it is called with; they may be without end.
        processes: how many; None takes one per core.
        known: sent to each process once, where ``known`` gives it.

    Raises:
        WorkerDied: if a process died. What ``function`` raises is raised here.
    """
    waiting = iter(items)
    processes = min(processes or cores(), _MOST_PROCESSES)
    # In a file: a process that is being started takes what is more than a pipe holds only once it has imported what
    # that is made of, and until then none of the others would be started.
    file = None if known is None else _kept(known)
    # Spawned, not forked: a forked child of a process that runs Qt, torch or VTK threads may hang.
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _start_worker, (file,))
    try:
        running = [_submit(pool, function, item) for item in islice(waiting, processes * _AHEAD)]
        while running:
            first: Future[Result] = running.pop(0)
            made = first.result()
            running.extend(_submit(pool, function, item) for item in islice(waiting, 1))
            yield made
    except BrokenProcessPool as error:
        raise WorkerDied(
            "a process that makes the shapes or pictures died: off-screen rendering may be impossible here (install "
            "Mesa's EGL or OSMesa library) or memory ran out"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        if file is not None:
            file.unlink(missing_ok=True)


def renderer() -> Renderer:
    """The one off-screen window of this worker process, opened when it is first asked for.

    Raises:
        DatasetError: if no window can be made on this machine.
    """
    global _renderer
    if _renderer is None:
        _renderer = Renderer().__enter__()
    return _renderer


_renderer: Renderer | None = None


def _kept(known: Any) -> Path:
    with tempfile.NamedTemporaryFile(prefix="mem3d-", delete=False) as file:
        pickle.dump(known, file)
    return Path(file.name)


@cache
def known() -> Any:
    """What this worker process was given when it was started."""
    assert _known_file is not None
    return pickle.loads(_known_file.read_bytes())


_known_file: Path | None = None


def _submit(pool: ProcessPoolExecutor, function: Callable[[Item], Result], item: Item) -> "Future[Result]":
    """Hand one item to the pool, which may start a process for it.

    A spawned process imports its parent's main module. Here that would be a whole window or command line, or a script
    that starts a build of its own, so an empty module stands in for it meanwhile.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        return pool.submit(function, item)
    finally:
        sys.modules["__main__"] = main


def cores() -> int:
    """How many cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _start_worker(known_file: Path | None) -> None:
    global _known_file
    _known_file = known_file
    # One process per core already keeps the machine busy: Mesa's own threads would only get in each other's way.
    os.environ["LP_NUM_THREADS"] = "1"
    # Ctrl+C reaches every process of the terminal; the parent alone answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    """End this process when its parent was killed; it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        if _known_file is not None:
            _known_file.unlink(missing_ok=True)  # the parent has ended without doing so
        os._exit(1)
