import numpy as np
import pytest

from core.checkpoint import load_checkpoint
from core.errors import CheckpointError
from core.memory.slots import UNKNOWN, slots_of


def test_a_checkpoints_slots_without_the_network(checkpoint, monkeypatch):
    monkeypatch.setattr("core.checkpoint.Mem3D", None)  # none is made
    slots = slots_of(load_checkpoint(checkpoint.path))
    assert len(slots) == 8
    assert slots.used.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(slots.keys[:3], np.eye(16, dtype=np.float32)[:3])
    assert slots.ages[:3].tolist() == [2, 1, 0]
    assert slots.sources[1].object_id == "lamp/1"
    assert [slots.category(slot) for slot in (1, 5)] == ["lamp", UNKNOWN]


def test_its_shapes_are_those_that_the_network_reads(checkpoint):
    memory = checkpoint.build().memory
    slots = slots_of(checkpoint)
    read = memory.read(memory.keys[1:2], 0.9)
    np.testing.assert_array_equal(slots.voxels(1), read.values[0, 0].numpy())


def test_similarities_by_hand(make_slots, cube):
    slots = make_slots(([1, 0], cube(4), "chair"), None, ([1, 1], cube(5), "table"), ([-1, 0], cube(6), "lamp"))
    np.testing.assert_allclose(slots.similarities(np.array([2, 0], np.float32)), [1, 0, 0.5**0.5, -1], atol=1e-6)
    np.testing.assert_array_equal(slots.similarities(np.zeros(2, np.float32)), np.zeros(4))
    near = slots.nearest(0, 5)
    assert [slot for slot, _ in near] == [2, 3]
    assert near[0][1] == pytest.approx(0.5**0.5)


def test_a_slot_cannot_be_changed_by_accident(make_slots, cube):
    slots = make_slots(([1, 0], cube(4), "chair"))
    with pytest.raises(ValueError, match="read-only"):
        slots.ages[0] = 3


def test_parts_that_do_not_fit_are_refused(checkpoint):
    damaged = {**checkpoint.tensors, "memory.ages": checkpoint.tensors["memory.ages"][:4]}
    object.__setattr__(checkpoint, "tensors", damaged)
    with pytest.raises(CheckpointError, match="do not fit"):
        slots_of(checkpoint)
    del damaged["memory.keys"]
    with pytest.raises(CheckpointError, match=r"holds no memory\.keys"):
        slots_of(checkpoint)
