"""Work in threads a little ahead of the one who takes it, in order."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(
    function: Callable[[Item], Result], items: Iterable[Item], *, threads: int, ahead: int, name: str
) -> Generator[Result, None, None]:
    """``function`` of every item, in order; close the iterator to end the threads.

    Args:
        function: what it raises is raised here.
        items: what it is called with; they may be without end.
        threads: how many.
        ahead: how many items are worked on before the caller has taken them.
        name: what the threads are called.
    """
    waiting = iter(items)
    with ThreadPoolExecutor(threads, thread_name_prefix=name) as pool:
        try:
            pending = deque(pool.submit(function, item) for item in islice(waiting, ahead))
            while pending:
                made = pending.popleft().result()
                pending.extend(pool.submit(function, item) for item in islice(waiting, 1))
                yield made
        finally:
            pool.shutdown(cancel_futures=True)
