"""Work timed in turn, so that what else the machine does meets all of it alike."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    name: str
    """What was timed."""
    milliseconds: float
    """The median of its rounds."""
    ratio: float | None
    """To the row ``of``; None where it is compared with nothing."""
    of: str
    """Name of the row that it is compared with; empty where it is none."""


def in_turn(works: Mapping[str, Work], rounds: int, wait: Work = lambda: None) -> dict[str, float]:
    """Median milliseconds of each, called one after the other in every round; a first round is not counted.

    Args:
        works: name to what is timed.
        rounds: how often each is timed.
        wait: lets the device finish.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds + 1):
        for name, work in works.items():
            wait()
            began = time.perf_counter()
            work()
            wait()
            taken[name].append(1000.0 * (time.perf_counter() - began))
    return {name: statistics.median(found[1:]) for name, found in taken.items()}


def compared(works: Mapping[str, Work], to: Mapping[str, str], rounds: int, wait: Work = lambda: None) -> list[Row]:
    """``in_turn``, a row for each.

    Args:
        works: name to what is timed; the others are compared with the first.
        to: names of those that are compared with another one, and of that one.
        rounds: how often each is timed.
        wait: lets the device finish.
    """
    found = in_turn(works, rounds, wait)
    first = next(iter(found))
    rows = []
    for name, milliseconds in found.items():
        of = to.get(name, "" if name == first else first)
        rows.append(Row(name, milliseconds, milliseconds / found[of] if of else None, of))
    return rows
