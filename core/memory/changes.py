"""What an edit of a memory changed, so that it can be undone and done again without a copy of the whole memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.memory.slots import MemorySlots
from core.network.shape_memory import ShapeSource


@dataclass(frozen=True, eq=False)
class _Rows:
    """Some slots of a memory, and how many it had."""

    count: int
    keys: NDArray[np.float32]
    packed: NDArray[np.uint8]
    ages: NDArray[np.int64]
    occupied: NDArray[np.bool_]
    sources: tuple[ShapeSource | None, ...]


@dataclass(frozen=True, eq=False)
class Change:
    """An edit: the slots that it changed, as they were and as they are then."""

    places: NDArray[np.int64]
    """(N,) the slots, ascending; those that a memory of another length has not at the end."""
    before: _Rows
    after: _Rows

    @staticmethod
    def between(before: MemorySlots, after: MemorySlots) -> "Change":
        """The edit that made ``after`` of ``before``."""
        both = min(len(before), len(after))
        same = np.array([before.sources[slot] == after.sources[slot] for slot in range(both)], bool)
        for name in ("ages", "occupied"):
            same &= getattr(before, name)[:both] == getattr(after, name)[:both]
        for name in ("keys", "packed"):
            same &= (getattr(before, name)[:both] == getattr(after, name)[:both]).all(axis=1)
        places = np.concatenate([np.flatnonzero(~same), np.arange(both, max(len(before), len(after)))])
        return Change(places, _rows(before, places), _rows(after, places))

    def undo(self, slots: MemorySlots) -> MemorySlots:
        """The memory before, of the one after."""
        return _with_rows(slots, self.places, self.before)

    def redo(self, slots: MemorySlots) -> MemorySlots:
        """The memory after, of the one before."""
        return _with_rows(slots, self.places, self.after)


def _rows(slots: MemorySlots, places: NDArray[np.int64]) -> _Rows:
    there = places[places < len(slots)]
    return _Rows(
        len(slots),
        slots.keys[there],
        slots.packed[there],
        slots.ages[there],
        slots.occupied[there],
        tuple(slots.sources[place] for place in there.tolist()),
    )


def _with_rows(slots: MemorySlots, places: NDArray[np.int64], rows: _Rows) -> MemorySlots:
    there = places[places < rows.count]
    arrays = {}
    for name in ("keys", "packed", "ages", "occupied"):
        old, new = getattr(slots, name), getattr(rows, name)
        arrays[name] = np.zeros((rows.count, *old.shape[1:]), old.dtype)
        both = min(len(old), rows.count)
        arrays[name][:both] = old[:both]
        arrays[name][there] = new
    sources = [*slots.sources[: rows.count], *[None] * (rows.count - len(slots))]
    for place, source in zip(there.tolist(), rows.sources, strict=True):
        sources[place] = source
    return MemorySlots(sources=tuple(sources), **arrays)
