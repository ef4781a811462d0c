"""An edit is undone and done again exactly, and takes no more room than what it changed."""

from itertools import pairwise

import numpy as np
import pytest

from core.memory.changes import Change
from core.memory.editing import NewSlots, add, remove
from core.memory.slots import MemorySlots
from core.network.shape_memory import ShapeSource


def memory(count=40, empty=(3, 7)):
    rng = np.random.default_rng(0)
    occupied = np.ones(count, bool)
    occupied[list(empty)] = False
    keys = rng.normal(size=(count, 8)).astype(np.float32)
    packed = rng.integers(0, 256, (count, 4096)).astype(np.uint8)
    sources = [ShapeSource("set", f"chair/{n}", 0, "chair") if occupied[n] else None for n in range(count)]
    return MemorySlots(
        keys * occupied[:, None], packed * occupied[:, None], np.arange(count) * occupied, occupied, tuple(sources)
    )


def new(count):
    rng = np.random.default_rng(1)
    keys, packed = rng.normal(size=(count, 8)).astype(np.float32), rng.integers(0, 256, (count, 4096)).astype(np.uint8)
    return NewSlots(keys, packed, tuple(ShapeSource("mesh", "mine.obj", view, "lamp") for view in range(count)))


def assert_same(one, other):
    for name in ("keys", "packed", "ages", "occupied"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        assert getattr(one, name).dtype == getattr(other, name).dtype
    assert one.sources == other.sources


@pytest.mark.parametrize(
    ("edit", "changed"),
    [
        (lambda slots: add(slots, new(1))[0], 1),
        (lambda slots: add(slots, new(5))[0], 5),
        (lambda slots: remove(slots, [0, 39]), 2),
        (lambda slots: slots, 0),
    ],
)
def test_an_edit_goes_back_and_forth(edit, changed):
    before = memory()
    after = edit(before)
    change = Change.between(before, after)
    assert len(change.places) == changed
    assert len(change.before.packed) <= changed
    assert len(change.after.packed) <= changed
    assert_same(change.undo(after), before)
    assert_same(change.redo(change.undo(after)), after)


def test_edits_are_undone_one_after_another():
    states = [memory()]
    for edit in (
        lambda slots: add(slots, new(6))[0],
        lambda slots: remove(slots, [2, 41]),
        lambda slots: add(slots, new(1))[0],
    ):
        states.append(edit(states[-1]))
    changes = [Change.between(one, other) for one, other in pairwise(states)]
    slots = states[-1]
    for change, expected in zip(reversed(changes), reversed(states[:-1]), strict=True):
        slots = change.undo(slots)
        assert_same(slots, expected)
    for change, expected in zip(changes, states[1:], strict=True):
        slots = change.redo(slots)
        assert_same(slots, expected)
