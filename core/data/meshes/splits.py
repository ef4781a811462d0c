"""Near-duplicates among voxel grids, and splits that keep them together."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from core.data.dataset import SPLITS, Split

NEAR_DUPLICATE_IOU = 0.85
"""Voxel IoU from which on two objects are near-duplicates and belong to one split."""
SHARES: Mapping[Split, float] = {"train": 0.7, "val": 0.1, "test": 0.2}
"""Part of the objects that goes to each split, as is usual for R2N2."""

_BLOCK = 512


@dataclass(frozen=True)
class NearDuplicates:
    """Pairs of objects whose voxel grids are almost the same."""

    pairs: NDArray[np.int64]
    """(P, 2) the lower index first."""
    iou: NDArray[np.float64]
    """(P,) voxel IoU of each pair."""
    groups: NDArray[np.int64]
    """(N,) number of the group of each object: near-duplicates, and theirs, are in one group."""

    def nearest(self, index: int) -> tuple[int, float] | None:
        """The near-duplicate most like object ``index`` and their IoU; None where there is none."""
        own = np.flatnonzero((self.pairs == index).any(1))
        if not len(own):
            return None
        best = own[np.argmax(self.iou[own])]
        return int(self.pairs[best].sum() - index), float(self.iou[best])


def near_duplicates(packed: Sequence[NDArray[np.uint8]]) -> NearDuplicates:
    """Every pair of grids with an IoU of at least ``NEAR_DUPLICATE_IOU``.

    Args:
        packed: N bit-packed grids (4096,) uint8, as ``voxels.pack`` gives them.
    """
    count = len(packed)
    bits = np.stack(packed) if count else np.zeros((0, 4096), np.uint8)
    volumes = np.bitwise_count(bits).sum(1, dtype=np.int64)
    # Of two grids with this IoU the smaller has this part of the larger one's volume at least.
    order = np.argsort(volumes, kind="stable")
    ranked = volumes[order]
    pairs, ious = [np.zeros((0, 2), np.int64)], [np.zeros(0)]
    for start in range(0, count, _BLOCK):
        one = order[start : start + _BLOCK]
        last = np.searchsorted(ranked, ranked[min(start + _BLOCK, count) - 1] / NEAR_DUPLICATE_IOU, "right")
        for begin in range(start, int(last), _BLOCK):
            other = order[begin : min(begin + _BLOCK, int(last))]
            # Counts up to 32 768 are exact in float32, so the product of matrices counts common voxels exactly.
            common = _unpacked(bits[one]) @ _unpacked(bits[other]).T
            union = volumes[one][:, None] + volumes[other][None, :] - common
            iou = common / np.maximum(union, 1)
            rows, columns = np.nonzero(iou >= NEAR_DUPLICATE_IOU)
            later = begin + columns > start + rows  # every pair once, none with itself
            rows, columns = rows[later], columns[later]
            pairs.append(np.sort(np.stack([one[rows], other[columns]], 1), axis=1))
            ious.append(iou[rows, columns].astype(np.float64))
    found = np.concatenate(pairs)
    links = scipy.sparse.coo_array((np.ones(len(found), bool), (found[:, 0], found[:, 1])), shape=(count, count))
    groups = scipy.sparse.csgraph.connected_components(links, directed=False)[1] if count else np.zeros(0)
    return NearDuplicates(found, np.concatenate(ious), np.asarray(groups, np.int64))


def assign_splits(
    objects: Sequence[tuple[str, str]], groups: NDArray[np.int64], given: Sequence[Split | None]
) -> tuple[Split, ...]:
    """A split for every object: the one that is given, that of its near-duplicates, or 70/10/20.

    The order in which a category's groups are dealt out follows from a hash of their names alone, so the same
    objects always get the same splits; every category has about its share of each split, and the whole set has it to
    within one group.

    Args:
        objects: category and name of each object.
        groups: (N,) number of the group of each object; a group stays together where no given split parts it.
        given: the split that is fixed for each object, or None.
    """
    members: dict[int, list[int]] = {}
    for index in sorted(range(len(objects)), key=lambda number: objects[number]):
        members.setdefault(int(groups[index]), []).append(index)
    chosen: dict[int, Split] = {index: split for index, split in enumerate(given) if split is not None}
    dealt = {split: 0.0 for split in SPLITS}
    seen = 0
    for own in sorted(members.values(), key=lambda group: (objects[group[0]][0], _hash(*objects[group[0]]))):
        free = [index for index in own if index not in chosen]
        fixed = [chosen[index] for index in own if index in chosen]
        if not free:
            continue
        seen += len(free)
        lacking = {split: SHARES[split] * seen - dealt[split] for split in SPLITS}
        split = fixed[0] if fixed else max(SPLITS, key=lambda name: lacking[name])
        dealt[split] += len(free)
        chosen.update(dict.fromkeys(free, split))
    return tuple(chosen[index] for index in range(len(objects)))


def _unpacked(bits: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.unpackbits(bits, axis=1).astype(np.float32)


def _hash(category: str, name: str) -> bytes:
    return hashlib.blake2b(f"{category}/{name}".encode(), digest_size=8).digest()
