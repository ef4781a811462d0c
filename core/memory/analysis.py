"""What a memory holds twice, and what it lacks."""

from collections import Counter

import numpy as np
import scipy

from core.data.categories import CATEGORIES
from core.data.meshes.splits import near_duplicates
from core.memory.slots import MemorySlots

ALIKE = 0.95
"""Key similarity from which on two slots are called up by the same pictures."""


def category_counts(slots: MemorySlots) -> dict[str, int]:
    """Slots of every category, R2N2's 13 first and in its order; 0 says that the memory lacks one."""
    counts = Counter(slots.category(int(slot)) for slot in slots.used)
    return {name: counts[name] for name in (*CATEGORIES, *sorted(set(counts) - set(CATEGORIES)))}


def near_duplicate_slots(slots: MemorySlots, alike: float = ALIKE) -> list[tuple[int, ...]]:
    """Groups of slots that say the same twice: keys and shapes are both almost equal.

    Two slots belong together if their voxel grids have an IoU of 0.85 or more (``near_duplicates``) and their key
    similarity is ``alike`` or more; so do theirs in turn. One shape seen from several sides is no near-duplicate: its
    keys differ, and each answers other pictures.

    Returns:
        The groups, largest first, each in ascending order.
    """
    used = slots.used
    if not len(used):
        return []
    # Many slots hold one and the same grid, seen from several sides.
    grids, grid_of = np.unique(slots.packed[used], axis=0, return_inverse=True)
    grid_of = grid_of.reshape(-1)
    near = near_duplicates(list(grids))
    alike_grids = [near.pairs @ (len(grids), 1), np.arange(len(grids)) * (len(grids) + 1)]  # one number a pair
    alike_pairs = np.concatenate(alike_grids)
    links = [np.zeros((0, 2), np.int64)]
    for group in np.unique(near.groups):
        members = np.flatnonzero(near.groups[grid_of] == group)
        if len(members) > 1:
            keys = slots.keys[used[members]]
            pairs = np.argwhere(np.triu(keys @ keys.T >= alike, 1))
            numbers = np.sort(grid_of[members][pairs], axis=1) @ (len(grids), 1)
            links.append(members[pairs[np.isin(numbers, alike_pairs)]])
    found = np.concatenate(links)
    graph = scipy.sparse.coo_array((np.ones(len(found), bool), tuple(found.T)), shape=(len(used), len(used)))
    labels = scipy.sparse.csgraph.connected_components(graph, directed=False)[1]
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order])) + 1
    groups = [tuple(used[np.sort(part)].tolist()) for part in np.split(order, starts) if len(part) > 1]
    return sorted(groups, key=lambda group: (-len(group), group))
