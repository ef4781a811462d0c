"""What a reconstruction gives: plain NumPy values, which can be drawn and saved without the network."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.bit_packing import unpack


@dataclass(frozen=True)
class RetrievedShape:
    """One memory slot that was more similar than beta."""

    slot: int
    """Index of the slot."""
    similarity: float
    """Key similarity S_k to the picture's feature, -1 … 1."""
    category: str
    """Category of the remembered object."""
    dataset: str
    """Data set the remembered object came from."""
    object_id: str
    """Its name there."""
    view: int
    """The view of it that was written."""
    age: int
    """Writes since the slot was last used."""
    given_to_lstm: bool
    """Whether it is among the shapes that the LSTM read."""
    packed: NDArray[np.uint8]
    """Its voxel grid, bit-packed: (4096,) uint8."""
    above_beta: bool = True
    """False for one that was pinned and is less similar."""
    muted: bool = False
    """Whether the user keeps it from being read."""
    pinned: bool = False
    """Whether the user has it read in any case."""

    @property
    def voxels(self) -> NDArray[np.bool_]:
        """Its voxel grid, (32, 32, 32) bool, axes x, y, z, y up, front to +x."""
        return unpack(self.packed)


@dataclass(frozen=True)
class Likeness:
    """How far a picture is like those that the model was chosen on: two figures of it, and what is usual for them."""

    similarity: float
    """Key similarity of the most similar slot, -1 … 1."""
    strength: float
    """Length of the feature F; of what the image encoder knows nothing of it finds little."""
    usual_similarity: float
    """The similarity that all but a few of the validation pictures reached (``core/training/choosing.py``)."""
    usual_strength: float
    """The strength that all but a few of them reached."""

    @property
    def usual(self) -> bool:
        """Whether both figures are as those of nearly every validation picture."""
        return self.similarity >= self.usual_similarity and self.strength >= self.usual_strength


@dataclass(frozen=True)
class Reconstruction:
    """The answer for one picture. All arrays are read-only."""

    occupancy: NDArray[np.float32]
    """Occupancy probability, (32, 32, 32) float32, axes x, y, z, y up, front to +x."""
    network_input: NDArray[np.uint8]
    """Exactly what the network saw: (image_size, image_size, 3) uint8 RGB."""
    beta: float
    """The beta in force."""
    memory_used: bool
    """False where the memory was switched off; ``priors`` is then empty."""
    priors: tuple[RetrievedShape, ...]
    """Every slot above beta and every pinned one; most similar first, where no edit puts them in another order."""
    above_beta: int
    """How many slots are above beta."""
    max_priors: int
    """How many of them may be read at most."""
    similarities: NDArray[np.float32]
    """Key similarity of every occupied slot, (occupied,) float32, in slot order (for the histogram)."""
    device: str
    """Device it was computed on, such as ``cpu`` or ``cuda:0``."""
    seconds: Mapping[str, float]
    """Wall-clock seconds per stage: ``encode``, ``read``, ``shape_encoder``, ``decode``."""
    likeness: Likeness | None = None
    """How far the picture is like those of the validation; None where the checkpoint does not know what is usual."""

    @property
    def read(self) -> tuple[RetrievedShape, ...]:
        """The shapes that the LSTM read, in the order in which it did."""
        return tuple(prior for prior in self.priors if prior.given_to_lstm)

    def voxels(self, threshold: float) -> NDArray[np.bool_]:
        """Voxels whose occupancy exceeds ``threshold``: (32, 32, 32) bool."""
        return self.occupancy > threshold


@dataclass(frozen=True)
class Influence:
    """What each shape that was read did to the result: the result is decoded again without it."""

    slots: tuple[int, ...]
    """The K slots that were read."""
    without: NDArray[np.float32]
    """Occupancy without each of them, (K, 32, 32, 32) float32."""
    without_any: NDArray[np.float32]
    """Occupancy without any of them, (32, 32, 32) float32."""

    def changed_voxels(self, occupancy: NDArray[np.float32], threshold: float) -> dict[int, int]:
        """How many voxels of ``occupancy`` above ``threshold`` come or go when a slot is left out, for each slot."""
        now = occupancy > threshold
        counts = ((self.without > threshold) != now).sum(axis=(1, 2, 3)).tolist()
        return dict(zip(self.slots, counts, strict=True))

    def changed_by_all(self, occupancy: NDArray[np.float32], threshold: float) -> int:
        """How many voxels come or go when none of them is read."""
        return int(((self.without_any > threshold) != (occupancy > threshold)).sum())
