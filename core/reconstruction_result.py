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
    """Whether it is among the max_priors shapes that the LSTM read."""
    packed: NDArray[np.uint8]
    """Its voxel grid, bit-packed: (4096,) uint8."""

    @property
    def voxels(self) -> NDArray[np.bool_]:
        """Its voxel grid, (32, 32, 32) bool, axes x, y, z, y up, front to +x."""
        return unpack(self.packed)


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
    """Every slot above beta, most similar first."""
    above_beta: int
    """How many slots are above beta."""
    similarities: NDArray[np.float32]
    """Key similarity of every occupied slot, (occupied,) float32, in slot order (for the histogram)."""
    device: str
    """Device it was computed on, such as ``cpu`` or ``cuda:0``."""
    seconds: Mapping[str, float]
    """Wall-clock seconds per stage: ``encode``, ``read``, ``shape_encoder``, ``decode``."""

    def voxels(self, threshold: float) -> NDArray[np.bool_]:
        """Voxels whose occupancy exceeds ``threshold``: (32, 32, 32) bool."""
        return self.occupancy > threshold
