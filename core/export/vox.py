"""MagicaVoxel's VOX files (format version 150, as described in ``MagicaVoxel-file-format-vox.txt`` by its author)."""

import struct

import numpy as np
from numpy.typing import NDArray

from core.export.colours import OCCUPANCY_STOPS, PLAIN, mapped, rgb

_VERSION = 150
_COLOURS = 255
"""A voxel's colour index is 1 … 255; 0 stands for nothing."""


def vox_file(voxels: NDArray[np.bool_], occupancy: NDArray[np.float32] | None = None) -> bytes:
    """A grid as one VOX model.

    MagicaVoxel is z up where our grids are y up: the shape is turned by a quarter about x, so that it stands and is not
    mirrored.

    Args:
        voxels: (N, N, N) bool, axes x, y, z, y up; N up to 256.
        occupancy: (N, N, N) float32 probability, which then gives every voxel its colour; None: one colour.
    """
    side = voxels.shape[0]
    cells = np.argwhere(voxels)
    if occupancy is None:
        index = np.ones(len(cells), np.int64)
        palette = np.tile(rgb(PLAIN), (_COLOURS, 1))
    else:
        index = 1 + np.rint(np.clip(occupancy[tuple(cells.T)], 0, 1) * (_COLOURS - 1)).astype(np.int64)
        palette = np.rint(mapped(np.linspace(0, 1, _COLOURS), OCCUPANCY_STOPS)).astype(np.int64)
    x, y, z = cells.T
    points = np.stack([x, side - 1 - z, y, index], axis=1).astype(np.uint8)
    # The palette's first entry is the colour of index 1; its 256th is never used.
    colours = np.full((256, 4), 255, np.uint8)
    colours[:_COLOURS, :3] = palette
    children = (
        _chunk(b"SIZE", struct.pack("<3i", side, side, side))
        + _chunk(b"XYZI", struct.pack("<i", len(points)) + points.tobytes())
        + _chunk(b"RGBA", colours.tobytes())
    )
    return b"VOX " + struct.pack("<i", _VERSION) + _chunk(b"MAIN", b"", children)


def _chunk(name: bytes, content: bytes, children: bytes = b"") -> bytes:
    return name + struct.pack("<2i", len(content), len(children)) + content + children
