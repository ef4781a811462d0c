import numpy as np

from core.data.categories import CATEGORIES
from core.memory.analysis import category_counts, near_duplicate_slots


def test_categories_that_the_memory_lacks_count_as_zero(make_slots, cube):
    counts = category_counts(make_slots(([1, 0], cube(4), "chair"), None, ([0, 1], cube(5), "hat")))
    assert (counts["chair"], counts["hat"], counts["lamp"]) == (1, 1, 0)
    assert list(counts) == [*CATEGORIES, "hat"]


def test_only_slots_with_both_alike_are_near_duplicates(make_slots, cube):
    near = cube(20)
    near[0, 0, 0] = False  # IoU 7999 / 8000
    slots = make_slots(
        ([1, 0, 0], cube(20), "chair"),
        ([0, 1, 0], cube(20), "chair"),  # the same shape from another side
        None,
        ([1, 0.1, 0], near, "chair"),  # cosine 0.995 to slot 0
        ([1, 0.05, 0], cube(10), "table"),  # its key, another shape
        ([0, 1, 0.1], near, "chair"),  # cosine 0.995 to slot 1
    )
    assert near_duplicate_slots(slots) == [(0, 3), (1, 5)]
    assert near_duplicate_slots(slots, 0.999) == []


def test_a_chain_is_one_group(make_slots, cube):
    angles = np.radians([0, 10, 20])  # cos 10 = 0.985, cos 20 = 0.940
    slots = make_slots(*[([np.cos(a), np.sin(a)], cube(9), "lamp") for a in angles])
    assert near_duplicate_slots(slots) == [(0, 1, 2)]


def test_an_empty_memory_has_none(make_slots, cube):
    slots = make_slots(([1, 0], cube(4), "chair"))
    assert near_duplicate_slots(slots) == []
