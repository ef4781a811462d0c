"""Several data sets as one, for a training on all of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import ObjectRecord, ShapeDataset
from core.data.fingerprint import dataset_fingerprint

JOIN = " + "
"""Between the specs of data sets to be joined."""


class JoinedDataset:
    """The objects of several data sets, one set after the other; each record says which it is of.

    Objects of two sets never count as the same one, even if both the sets and the objects have the same names.

    Args:
        parts: the data sets.
        weights: how many times an epoch shows the pictures of each.
    """

    def __init__(self, parts: Sequence[ShapeDataset], weights: Sequence[int]) -> None:
        self._parts = tuple(parts)
        self._names = _apart([part.name for part in parts])
        self._places: list[tuple[ShapeDataset, int]] = []
        records: list[ObjectRecord] = []
        for part, name, weight in zip(self._parts, self._names, weights, strict=True):
            self._places += [(part, index) for index in range(len(part.objects))]
            records += [
                replace(record, object_id=f"{name}/{record.object_id}", dataset=name, weight=weight)
                for record in part.objects
            ]
        self._objects = tuple(records)

    @property
    def name(self) -> str:
        """The names of all, such as ``builtin + shapenet``."""
        return JOIN.join(self._names)

    @property
    def version(self) -> str:
        """What changes when one of them does."""
        return " ".join(dataset_fingerprint(part) for part in self._parts)

    @property
    def objects(self) -> Sequence[ObjectRecord]:
        """Every object of every set."""
        return self._objects

    def image(self, index: int, view: int) -> NDArray[np.uint8]:
        """Rendering ``view`` of object ``index``, as its own set gives it."""
        part, own = self._places[index]
        return part.image(own, view)

    def voxels(self, index: int) -> NDArray[np.bool_]:
        """Voxel grid of object ``index``, (32, 32, 32) bool."""
        part, own = self._places[index]
        return part.voxels(own)


def _apart(names: Sequence[str]) -> list[str]:
    """The names, numbered where several are the same."""
    several = {name for name, count in Counter(names).items() if count > 1}
    met: Counter[str] = Counter()
    told = []
    for name in names:
        met[name] += 1
        told.append(f"{name} {met[name]}" if name in several else name)
    return told
