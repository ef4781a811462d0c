"""Voxel grids, 32 a side, packed to one bit a voxel."""

import numpy as np
from numpy.typing import NDArray

VOXEL_RESOLUTION = 32
"""Side of a voxel grid in voxels."""
PACKED_BYTES = VOXEL_RESOLUTION**3 // 8
"""Bytes of a packed grid."""


def pack(voxels: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Bit-pack a voxel grid: (32, 32, 32) bool to (4096,) uint8, C order, first voxel in the highest bit."""
    return np.packbits(np.asarray(voxels, bool).reshape(-1))


def unpack(packed: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The voxel grids of ``pack``: (..., 4096) uint8 to (..., 32, 32, 32) bool."""
    return np.unpackbits(packed).reshape(*packed.shape[:-1], *(VOXEL_RESOLUTION,) * 3).astype(bool)
