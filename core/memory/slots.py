"""All slots of a checkpoint's memory as NumPy arrays: looked at without building the network."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.checkpoint import Checkpoint
from core.data.bit_packing import unpack
from core.errors import CheckpointError
from core.network.shape_memory import ShapeSource

UNKNOWN = "unknown"
"""Category of a slot whose source was not recorded."""


@dataclass(frozen=True, eq=False)
class MemorySlots:
    """The m slots of a memory. All arrays are read-only: an edit makes a new value (see ``core.memory.editing``)."""

    keys: NDArray[np.float32]
    """(m, n_k), unit length where occupied, else 0."""
    packed: NDArray[np.uint8]
    """(m, 4096), the voxel grids, bit-packed (``core.data.bit_packing.unpack``)."""
    ages: NDArray[np.int64]
    """(m,) writes since the slot was last used; 0 where empty."""
    occupied: NDArray[np.bool_]
    """(m,) whether the slot holds a shape."""
    sources: tuple[ShapeSource | None, ...]
    """Where each slot's shape came from; None where empty or unknown."""

    def __post_init__(self) -> None:
        for array in (self.keys, self.packed, self.ages, self.occupied):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.occupied)

    @property
    def used(self) -> NDArray[np.int64]:
        """(N,) indices of the occupied slots, ascending."""
        return np.flatnonzero(self.occupied)

    def category(self, slot: int) -> str:
        """Category of a slot's object; ``UNKNOWN`` where it was not recorded."""
        source = self.sources[slot]
        return UNKNOWN if source is None else source.category

    def voxels(self, slot: int) -> NDArray[np.bool_]:
        """A slot's voxel grid: (32, 32, 32) bool, axes x, y, z, y up, front to +x."""
        return unpack(self.packed[slot])

    def similarities(self, feature: NDArray[np.float32]) -> NDArray[np.float32]:
        """Key similarity S_k = F.K / (|F||K|) of a feature (n_k,) to every slot: (m,); 0 where slot or F is empty."""
        length = float(np.linalg.norm(feature))
        return np.asarray(self.keys @ (feature / (length or 1.0)), np.float32)

    def nearest(self, slot: int, count: int) -> list[tuple[int, float]]:
        """The occupied slots whose keys are most similar to a slot's own, itself left out, with their similarities."""
        similar = self.similarities(self.keys[slot])
        others = self.used[self.used != slot]
        order = others[np.argsort(-similar[others], kind="stable")[:count]]
        return [(int(other), float(similar[other])) for other in order]


def slots_of(checkpoint: Checkpoint) -> MemorySlots:
    """The slots of a checkpoint.

    Raises:
        CheckpointError: if the memory's tensors are missing or do not fit each other.
    """
    try:
        tensors = {name: checkpoint.tensors[f"memory.{name}"] for name in ("keys", "packed", "ages", "occupied")}
    except KeyError as error:
        raise CheckpointError(f"{checkpoint.path}: holds no {error.args[0]}; use another checkpoint") from error
    slots = MemorySlots(
        keys=tensors["keys"].float().numpy().copy(),
        packed=tensors["packed"].numpy().copy(),
        ages=tensors["ages"].long().numpy().copy(),
        occupied=tensors["occupied"].bool().numpy().copy(),
        sources=tuple(checkpoint.sources),
    )
    if {len(slots.keys), len(slots.packed), len(slots.ages), len(slots.sources)} != {len(slots)}:
        raise CheckpointError(f"{checkpoint.path}: the parts of its memory do not fit; use another checkpoint")
    return slots
