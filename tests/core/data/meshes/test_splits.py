"""Near-duplicates against every pair by hand, and splits that are fixed, kept together and in proportion."""

from collections import Counter

import numpy as np
import pytest

from core.data.bit_packing import pack
from core.data.meshes import splits
from core.data.meshes.splits import assign_splits, near_duplicates
from core.metrics import voxel_iou


def bar(length, row=0):
    grid = np.zeros((32, 32, 32), bool)
    grid[:length, row] = True
    return grid


@pytest.mark.parametrize("block", [1, 3, 512])
def test_pairs_are_those_of_the_metric(monkeypatch, block):
    monkeypatch.setattr(splits, "_BLOCK", block)
    rng = np.random.default_rng(0)
    grids = [
        bar(int(length), int(row)) for length, row in zip(rng.integers(1, 33, 25), rng.integers(0, 2, 25), strict=True)
    ]
    near = near_duplicates([pack(grid) for grid in grids])
    expected = {
        (a, b): float(voxel_iou(grids[a], grids[b]))
        for b in range(len(grids))
        for a in range(b)
        if voxel_iou(grids[a], grids[b]) >= 0.85
    }
    found = {tuple(pair): iou for pair, iou in zip(near.pairs.tolist(), near.iou.tolist(), strict=True)}
    assert len(found) == len(near.pairs)
    assert found == pytest.approx(expected)
    assert expected


def test_groups_are_transitive_and_the_nearest_is_named():
    # 20, 23 and 26 layers: 20/23 = 0.87 and 23/26 = 0.88 are near, 20/26 = 0.77 is not.
    near = near_duplicates([pack(bar(length)) for length in (26, 10, 20, 23)])
    assert near.pairs.tolist() in ([[0, 3], [2, 3]], [[2, 3], [0, 3]])
    assert near.groups[0] == near.groups[2] == near.groups[3] != near.groups[1]
    assert near.nearest(3) == (0, pytest.approx(23 / 26))
    assert near.nearest(2) == (3, pytest.approx(20 / 23))
    assert near.nearest(1) is None


def test_no_objects_and_empty_grids():
    assert near_duplicates([]).pairs.shape == (0, 2)
    near_duplicates([pack(bar(0)), pack(bar(0))])
    assert assign_splits([], np.zeros(0, np.int64), []) == ()


def objects(*counts):
    return [(f"c{category}", f"o{number:03d}") for category, count in enumerate(counts) for number in range(count)]


def test_shares_are_70_10_20_in_all_and_in_every_category():
    titles = objects(100, 50, 20, 10)
    splits = assign_splits(titles, np.arange(len(titles)), [None] * len(titles))
    assert Counter(splits) == {"train": 126, "val": 18, "test": 36}
    for category, count in (("c0", 100), ("c1", 50), ("c2", 20), ("c3", 10)):
        own = Counter(split for (name, _), split in zip(titles, splits, strict=True) if name == category)
        for split, share in (("train", 0.7), ("val", 0.1), ("test", 0.2)):
            assert abs(own[split] - share * count) <= 2, (category, own)


def test_the_order_of_the_objects_does_not_matter_and_names_do():
    titles = objects(30)
    first = dict(zip(titles, assign_splits(titles, np.arange(30), [None] * 30), strict=True))
    back = titles[::-1]
    assert dict(zip(back, assign_splits(back, np.arange(30), [None] * 30), strict=True)) == first
    assert list(first.values()) != sorted(first.values())  # dealt out by hash, not by name


def test_groups_stay_together():
    titles = objects(40, 40)
    groups = np.random.default_rng(1).integers(0, 12, 80)
    splits = np.array(assign_splits(titles, groups, [None] * 80))
    for group in range(12):
        assert len(set(splits[groups == group])) == 1
    assert set(splits) == {"train", "val", "test"}


def test_given_splits_are_kept_and_near_duplicates_follow_them():
    titles = objects(6)
    given = ["test", None, None, "train", "val", None]
    splits = assign_splits(titles, np.array([0, 0, 1, 2, 2, 2]), given)
    assert splits[:2] == ("test", "test")
    assert splits[3:5] == ("train", "val")  # parted on purpose
    assert splits[5] == "train"


def test_one_object_is_trained_on():
    assert assign_splits([("mug", "one")], np.zeros(1, np.int64), [None]) == ("train",)
