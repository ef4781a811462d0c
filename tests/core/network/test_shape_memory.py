"""The memory's two write rules and its read, against hand-computed cases and a plain-Python reference."""

import math

import numpy as np
import pytest
import torch

from core.errors import ConfigError
from core.network.shape_memory import (
    EMPTY,
    ShapeMemory,
    ShapeSource,
    _counted_bits,
    _matrix_product,
    pack_voxels,
    unpack_voxels,
    value_similarity,
)


def grid(*corners, resolution=32):
    """A grid with the given (x, y, z) voxels occupied."""
    volume = torch.zeros(resolution, resolution, resolution, dtype=torch.bool)
    for corner in corners:
        volume[corner] = True
    return volume


def slab(height):
    """A grid whose lowest ``height`` layers are full: height / 32 of all voxels."""
    volume = torch.zeros(32, 32, 32, dtype=torch.bool)
    volume[:, :height] = True
    return volume


def source(name, view=0, category="chair"):
    return ShapeSource("boxes", name, view, category)


class ReferenceMemory:
    """The paper's rules with lists and loops, nothing shared with the program."""

    def __init__(self, slots, kind, delta):
        self.m, self.kind, self.delta = slots, kind, delta
        self.entries = []  # [key, value, age, source]

    def s_v(self, a, b):
        if self.kind == "paper":
            return 1 - sum((int(x) - int(y)) ** 2 for x, y in zip(a, b, strict=True)) / len(a)
        both = sum(1 for x, y in zip(a, b, strict=True) if x and y)
        either = sum(1 for x, y in zip(a, b, strict=True) if x or y)
        return both / either if either else 1.0

    def write(self, feature, volume, where):
        length = math.sqrt(sum(x * x for x in feature))
        if length == 0:
            return None
        feature = [x / length for x in feature]
        if self.entries:
            similar = [sum(x * y for x, y in zip(feature, entry[0], strict=True)) for entry in self.entries]
            n = similar.index(max(similar))
            if self.s_v(volume, self.entries[n][1]) >= self.delta:
                total = [x + y for x, y in zip(feature, self.entries[n][0], strict=True)]
                length = math.sqrt(sum(x * x for x in total))
                self.entries[n][0] = [x / length for x in total]
                return self.touch(n)
        if len(self.entries) < self.m:
            self.entries.append(None)
            n = len(self.entries) - 1
        else:
            ages = [entry[2] for entry in self.entries]
            n = ages.index(max(ages))
        self.entries[n] = [feature, volume, 0, where]
        return self.touch(n)

    def touch(self, n):
        for entry in self.entries:
            entry[2] += 1
        self.entries[n][2] = 0
        return n


@pytest.mark.parametrize("kind", ["paper", "iou"])
@pytest.mark.parametrize("batch", [1, 3, 8])
def test_write_is_the_plain_reference_whatever_the_batch_size(kind, batch):
    # One-hot features of exactly representable length keep similarities exact, so that ties count.
    rng = np.random.default_rng(7)
    resolution, delta = 4, 0.75
    memory = ShapeMemory(5, 8, value_similarity=kind, delta=delta, resolution=resolution)
    reference = ReferenceMemory(5, kind, delta)
    features = np.zeros((48, 8), np.float32)
    for row in features:
        row[rng.integers(8)] = 2.0 ** rng.integers(-2, 3)
    features[[5, 17]] = 0
    shapes = rng.random((6, resolution, resolution, resolution)) < 0.4
    volumes = shapes[rng.integers(6, size=48)]
    slots = []
    for first in range(0, 48, batch):
        part = slice(first, first + batch)
        sources = [source(str(i)) for i in range(first, min(first + batch, 48))]
        slots += memory.write(torch.from_numpy(features[part]), torch.from_numpy(volumes[part]), sources).slots
    expected = [
        reference.write([float(x) for x in features[i]], volumes[i].ravel().tolist(), source(str(i))) for i in range(48)
    ]
    assert slots == [EMPTY if n is None else n for n in expected]
    assert memory.occupied_slots == len(reference.entries) == 5
    for slot, (key, value, age, where) in enumerate(reference.entries):
        np.testing.assert_array_equal(memory.keys[slot].numpy(), np.float32(key))
        np.testing.assert_array_equal(unpack_voxels(memory.packed[slot]).numpy().ravel(), np.array(value))
        assert memory.ages[slot] == age
        assert memory.sources[slot] == where


def test_general_features_agree_with_the_reference_within_float_tolerance():
    rng = np.random.default_rng(3)
    memory, reference = ShapeMemory(6, 16, delta=0.9, resolution=4), ReferenceMemory(6, "paper", 0.9)
    features = rng.random((40, 16))
    shapes = rng.random((5, 4, 4, 4)) < 0.5
    chosen = rng.integers(5, size=40)
    memory.write(torch.from_numpy(features), torch.from_numpy(shapes[chosen]))
    for i in range(40):
        reference.write(features[i].tolist(), shapes[chosen[i]].ravel().tolist(), None)
    np.testing.assert_allclose(memory.keys.numpy(), np.array([entry[0] for entry in reference.entries]), atol=1e-5)
    assert memory.ages.tolist() == [entry[2] for entry in reference.entries]


def test_a_write_that_is_given_the_similarities_is_the_one_that_computes_them():
    rng = np.random.default_rng(4)
    shapes = torch.from_numpy(rng.random((5, 4, 4, 4)) < 0.5)
    memories = [ShapeMemory(6, 16, delta=0.9, resolution=4) for _ in range(2)]
    for _ in range(4):
        features = torch.from_numpy(rng.standard_normal((8, 16)).astype(np.float32))
        volumes = shapes[rng.integers(5, size=8)]
        known = {
            "similarities": memories[1].similarities(features),
            "value_similarities": memories[1].value_similarities(volumes),
        }
        assert memories[0].write(features, volumes) == memories[1].write(features, volumes, **known)
    for name, value in memories[0].state_dict().items():
        assert torch.equal(memories[1].state_dict()[name], value), name


def test_a_batch_meets_what_it_has_just_written_itself():
    memory = ShapeMemory(2, 2)
    memory.write(torch.eye(2), torch.stack([slab(4), slab(20)]), [source("a"), source("b")])
    # The first takes the oldest slot; the second finds its new key and value there, and the third replaces the other.
    features = torch.tensor([[0.6, 0.8], [0.6, 0.8], [0.6, 0.8]])
    written = memory.write(
        features, torch.stack([slab(12), slab(12), slab(30)]), [source("c"), source("d"), source("e")]
    )
    assert written.slots == (0, 0, 1)
    assert written.new == (True, False, True)
    assert memory.sources == [source("c"), source("e")]
    own = memory.read(features[:1], 0.5, exclude=[source("e", 7)])
    assert own.slots.tolist() == [[0]]  # the object that was replaced has no slot any more


def test_a_known_shape_moves_the_key_and_keeps_value_and_source():
    memory = ShapeMemory(4, 2)
    memory.write(torch.tensor([[3.0, 4.0]]), slab(8)[None], [source("first", category="sofa")])
    almost = slab(8)
    almost[0, 8, 0] = True
    written = memory.write(torch.tensor([[4.0, 3.0]]), almost[None], [source("second")])
    assert written.slots == (0,)
    assert written.new == (False,)
    torch.testing.assert_close(memory.keys[0], torch.tensor([0.5**0.5, 0.5**0.5]))  # (0.6+0.8, 0.8+0.6) to length 1
    assert torch.equal(unpack_voxels(memory.packed[0]), slab(8))
    assert memory.sources[0] == source("first", category="sofa")


def test_delta_itself_counts_as_known():
    memory = ShapeMemory(4, 1, delta=0.75)
    memory.write(torch.ones(1, 1), slab(8)[None])
    assert memory.write(torch.ones(1, 1), slab(16)[None]).new == (False,)  # 8 of 32 layers differ: S_v = 0.75
    assert memory.write(torch.ones(1, 1), slab(17)[None]).new == (True,)


def test_the_oldest_slot_is_replaced_and_ties_go_to_the_lowest_index():
    memory = ShapeMemory(3, 3)
    memory.write(torch.eye(3), torch.stack([slab(0), slab(8), slab(16)]), [source("a"), source("b"), source("c")])
    assert memory.ages.tolist() == [2, 1, 0]
    memory.write(torch.eye(3)[:1], slab(0)[None])  # slot 0 is used again
    assert memory.ages.tolist() == [0, 2, 1]
    memory.write(torch.eye(3)[2:], slab(28)[None], [source("d")])
    assert [entry.object_id for entry in memory.sources] == ["a", "d", "c"]
    memory.ages[:] = 4
    assert memory.write(torch.eye(3)[:1], slab(24)[None]).slots == (0,)


def test_zero_features_are_neither_written_nor_match():
    memory = ShapeMemory(3, 2)
    written = memory.write(torch.tensor([[0.0, 0.0], [1.0, 0.0]]), torch.stack([slab(1), slab(2)]))
    assert written.slots == (EMPTY, 0)
    assert memory.occupied_slots == 1
    assert memory.read(torch.zeros(1, 2), beta=0.0).above_beta.tolist() == [0]


def test_opposite_features_leave_the_key_whole():
    memory = ShapeMemory(1, 2)
    memory.write(torch.tensor([[1.0, 0.0], [-1.0, 0.0]]), torch.stack([slab(4), slab(4)]))
    assert torch.equal(memory.keys[0], torch.tensor([1.0, 0.0]))


def test_read_gives_what_exceeds_beta_most_similar_first_and_counts_it_all():
    memory = ShapeMemory(6, 2)
    angles = torch.tensor([0.0, 0.5, 0.2, 0.1, 1.5])
    keys = torch.stack([angles.cos(), angles.sin()], dim=1)
    memory.write(keys, torch.stack([slab(6 * i) for i in range(5)]))
    found = memory.read(torch.tensor([[5.0, 0.0], [0.0, -1.0]]), beta=0.85, max_priors=3)
    assert found.slots.tolist() == [[0, 3, 2], [EMPTY] * 3]
    assert found.above_beta.tolist() == [4, 0]
    assert found.counts.tolist() == [3, 0]
    np.testing.assert_allclose(found.similarities[0], np.cos([0.0, 0.1, 0.2]), rtol=1e-6)
    assert torch.equal(found.values[0], torch.stack([slab(0), slab(18), slab(12)]))
    assert not found.values[1].any()


def test_a_read_leaves_out_copies_of_the_own_object():
    memory = ShapeMemory(3, 1)
    memory.keys.fill_(1.0)
    memory.occupied.fill_(True)
    memory.set_sources([source(name, 0) for name in ("a", "a~1", "ab")])
    for own in ("a", "a~2"):
        assert memory.read(torch.ones(1, 1), 0.5, exclude=[source(own, 0)]).slots.tolist() == [[2]]


def test_read_excludes_beta_itself_and_empty_slots():
    memory = ShapeMemory(3, 2)
    memory.write(torch.tensor([[1.0, 0.0]]), slab(1)[None])
    feature = torch.tensor([[1.0, 0.0]])
    assert memory.read(feature, beta=1.0).above_beta.tolist() == [0]
    assert memory.read(feature, beta=-1.0).slots.tolist() == [[0]]  # empty slots have similarity 0 > -1


def test_equally_similar_slots_come_in_slot_order():
    memory = ShapeMemory(4, 2)
    memory.write(torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]]), torch.stack([slab(1), slab(9), slab(20)]))
    assert memory.read(torch.tensor([[1.0, 0.0]]), beta=0.5).slots.tolist() == [[1, 2]]


def test_read_can_leave_out_the_samples_own_object():
    memory = ShapeMemory(4, 1)
    shapes = torch.stack([slab(0), slab(8), slab(16)])
    memory.write(torch.ones(3, 1), shapes, [source("a", 0), source("b", 0), source("a", 5)])
    found = memory.read(torch.ones(3, 1), 0.5, exclude=[source("a", 9), source("b", 9), source("z", 0)])
    assert found.slots.tolist() == [[1, EMPTY, EMPTY], [0, 2, EMPTY], [0, 1, 2]]
    assert found.above_beta.tolist() == [1, 2, 3]


def test_reading_an_empty_memory_finds_nothing():
    found = ShapeMemory(3, 2).read(torch.ones(2, 2), beta=-1.0)
    assert found.slots.shape == (2, 0)
    assert found.above_beta.tolist() == [0, 0]


def test_packing_is_numpys_and_comes_back_whole():
    voxels = torch.from_numpy(np.random.default_rng(0).random((3, 32, 32, 32)) < 0.3)
    packed = pack_voxels(voxels)
    assert packed.shape == (3, 4096)  # 4 KiB a slot
    np.testing.assert_array_equal(packed.numpy(), np.packbits(voxels.numpy().reshape(3, -1), axis=1))
    assert torch.equal(unpack_voxels(packed), voxels)
    assert torch.equal(pack_voxels(voxels.float() * 0.9), packed)


def test_value_similarities_by_hand():
    a, b = pack_voxels(torch.stack([slab(8), slab(0)])), pack_voxels(torch.stack([slab(8), slab(24), slab(0)]))
    np.testing.assert_array_equal(value_similarity(a, b, "paper"), [[1, 0.5, 0.75], [0.75, 0.25, 1]])
    np.testing.assert_allclose(value_similarity(a, b, "iou"), [[1, 1 / 3, 0], [0, 0, 1]])


def test_both_ways_of_counting_agree_with_numpy():
    rng = np.random.default_rng(1)
    a, b = rng.random((3, 32, 32, 32)) < 0.2, rng.random((5, 32, 32, 32)) < 0.6
    expected = np.array([[(x & y).sum() for y in b] for x in a])
    packed = pack_voxels(torch.from_numpy(a)), pack_voxels(torch.from_numpy(b))
    np.testing.assert_array_equal(_counted_bits(*packed), expected)  # on a CPU
    np.testing.assert_array_equal(_matrix_product(*packed), expected)  # on a GPU


def test_similarities_are_differentiable_cosines():
    memory = ShapeMemory(3, 4)
    keys = torch.rand(2, 4)
    memory.write(keys, torch.stack([slab(1), slab(20)]))
    features = torch.rand(5, 4, requires_grad=True)
    similar = memory.similarities(features)
    expected = torch.nn.functional.cosine_similarity(features[:, None], keys[None], dim=2)
    torch.testing.assert_close(similar[:, :2], expected)
    similar.sum().backward()
    assert torch.isfinite(features.grad).all()


def test_impossible_sizes_are_refused():
    with pytest.raises(ConfigError, match="at least one slot"):
        ShapeMemory(0, 4)


def test_slots_above_are_those_that_a_read_gives_in_its_order():
    torch.manual_seed(0)
    memory = ShapeMemory(60, 3)
    for _ in range(50):
        memory.write(torch.randn(1, 3).round(), torch.rand(1, 32, 32, 32) < 0.1)  # few directions: many keys are equal
    for _ in range(20):
        feature = torch.randn(1, 3).round() + 0.1
        similar = memory.similarities(feature)
        for beta in (-1.0, 0.0, 0.7, 1.0):
            assert memory.slots_above(similar[0], beta) == memory.read(feature, beta).slots[0].tolist()


@pytest.mark.parametrize("limit", [1, 2, 5, 30, 60])
def test_a_limited_read_is_the_head_of_the_whole_one_whatever_is_equal(limit):
    torch.manual_seed(1)
    memory = ShapeMemory(60, 3)
    for _ in range(60):
        memory.write(torch.randn(1, 3).round(), torch.rand(1, 32, 32, 32) < 0.1)
    features = torch.cat([torch.randn(8, 3), torch.randn(8, 3).round() + 0.1])
    whole, head = memory.read(features, 0.2), memory.read(features, 0.2, max_priors=limit)
    assert torch.equal(head.slots, whole.slots[:, : head.slots.shape[1]])
    assert torch.equal(head.counts, whole.counts.clamp(max=limit))
    assert torch.equal(head.packed, whole.packed[:, : head.slots.shape[1]])


def test_unpacking_is_the_same_on_every_device_and_shape():
    volumes = torch.rand(2, 3, 8, 8, 8) < 0.4
    packed = pack_voxels(volumes)
    assert torch.equal(unpack_voxels(packed), volumes)
    assert torch.equal(unpack_voxels(packed[:, ::2]), volumes[:, ::2])  # not contiguous
    np.testing.assert_array_equal(packed.numpy(), np.packbits(volumes.reshape(2, 3, -1).numpy(), axis=-1))
