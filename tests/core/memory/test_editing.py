from dataclasses import replace

import numpy as np
import pytest
import torch

from core.checkpoint import load_checkpoint, save_checkpoint
from core.data.bit_packing import pack
from core.errors import ConfigError, OutputError
from core.memory.editing import NewSlots, add, remove, save_memory
from core.memory.slots import slots_of
from core.network.shape_memory import ShapeSource


def new(count, cube, size=2):
    keys = np.zeros((count, size), np.float32)
    keys[:, 0] = 1
    sources = tuple(ShapeSource("mesh", f"own {i}.obj", i, "own") for i in range(count))
    return NewSlots(keys, np.stack([pack(cube(3 + i)) for i in range(count)]), sources)


def test_empty_slots_are_filled_before_the_memory_grows(make_slots, cube):
    slots = make_slots(([0, 1], cube(8), "chair"), None, ([1, 1], cube(9), "lamp"))
    after, places = add(slots, new(3, cube))
    assert places.tolist() == [1, 3, 4]
    assert len(after) == 5
    assert after.occupied.all()
    np.testing.assert_array_equal(after.voxels(3), cube(4))
    np.testing.assert_array_equal(after.keys[[0, 2]], slots.keys[[0, 2]])
    assert after.ages.tolist() == [0, 0, 2, 0, 0]
    assert [source.object_id for source in after.sources] == [
        "chair/0",
        "own 0.obj",
        "lamp/2",
        "own 1.obj",
        "own 2.obj",
    ]
    assert (len(slots), slots.sources[1]) == (3, None)  # what was before is still there, to undo


def test_removed_slots_are_empty_and_the_others_keep_their_numbers(make_slots, cube):
    slots = make_slots(([0, 1], cube(8), "chair"), ([1, 0], cube(7), "car"), ([1, 1], cube(9), "lamp"))
    after = remove(slots, [1, 1])
    assert after.used.tolist() == [0, 2]
    assert not after.keys[1].any()
    assert not after.packed[1].any()
    assert after.sources[1] is None
    assert after.sources[2] == slots.sources[2]
    for wrong in (1, 3, -1):
        with pytest.raises(ConfigError, match=f"slot {wrong} holds no shape"):
            remove(after, [wrong])


def test_keys_of_another_network_are_refused(make_slots, cube):
    with pytest.raises(ConfigError, match="do not fit"):
        add(make_slots(([0, 1], cube(8), "chair")), new(1, cube, size=3))


def test_a_saved_memory_is_read_by_the_network(tmp_path, checkpoint, cube):
    slots, _ = add(slots_of(checkpoint), new(7, cube, size=16))
    slots = remove(slots, [1])
    out = tmp_path / "new.safetensors"
    save_memory(checkpoint, slots, out)
    again = load_checkpoint(out)
    assert again.config.model.memory_slots == len(slots) == 10
    assert replace(again.config, model=checkpoint.config.model) == checkpoint.config
    assert (again.step, again.metrics) == (12, {"validation_iou": 0.5})
    assert again.sources == slots.sources
    model, before = again.build(), checkpoint.build()
    read = model.memory.read(torch.eye(16)[:1], 0.9)  # key 0 is the first old slot's and that of all new ones
    assert read.slots.tolist() == [[0, 3, 4, 5, 6, 7, 8, 9]]
    np.testing.assert_array_equal(read.values[0, 7].numpy(), cube(9))
    images = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(model(images, use_memory=False).logits, before(images, use_memory=False).logits)
        assert model(images).logits.shape == (2, 32, 32, 32)


def test_the_checkpoint_that_is_edited_is_never_overwritten(checkpoint):
    content = checkpoint.path.read_bytes()
    with pytest.raises(OutputError, match="another name"):
        save_memory(checkpoint, slots_of(checkpoint), checkpoint.path)
    assert checkpoint.path.read_bytes() == content


@pytest.mark.parametrize("weights", [False, True])
def test_what_was_stored_in_half_the_bits_stays_so(tmp_path, checkpoint, weights):
    half, out = tmp_path / "half.safetensors", tmp_path / "edited.safetensors"
    save_checkpoint(half, checkpoint.build(), checkpoint.config, half_keys=True, half_weights=weights)
    small = load_checkpoint(half)
    save_memory(small, remove(slots_of(small), [0]), out)
    again = load_checkpoint(out)
    assert (again.half_keys, again.half_weights) == (True, weights)
    for name, value in small.tensors.items():
        assert name.startswith("memory.") or torch.equal(again.tensors[name], value), name
    assert slots_of(again).used.tolist() == [1, 2]
