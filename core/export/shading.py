"""The faces of a voxel grid as they are drawn: with points of their own, inner corners darker, outer edges brighter."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_SHADE_BY_NEIGHBOURS = np.array([1.0, 1.10, 1.09, 1.04, 1.0, 0.84, 0.73, 0.64, 0.58], dtype=np.float32)
"""Shade of a corner by how many of the eight voxels around it are occupied: 4 is a flat face."""


class ShadedFaces(NamedTuple):
    """The exposed faces of a grid that spans -0.5 … 0.5 on every axis."""

    corners: NDArray[np.float32]
    """(F, 4, 3) positions, counter-clockwise seen from outside."""
    shade: NDArray[np.float32]
    """(F, 4) a factor around 1 on the colour of each corner."""
    cells: NDArray[np.intp]
    """(F, 3) the voxel behind each face."""


def shaded_faces(voxels: NDArray[np.bool_]) -> ShadedFaces:
    """The faces between an occupied voxel and an empty one or the outside.

    The mesh that is saved must be a closed surface and takes longer; what is drawn need not be one.

    Args:
        voxels: (N, N, N) bool.
    """
    corners, cells = _exposed_faces(voxels)
    shade = _SHADE_BY_NEIGHBOURS[_occupied_around_corners(voxels)[tuple(np.moveaxis(corners, -1, 0))]]
    # The diagonal that splits a quad must join its more similar corners, or shading shows a crease.
    turn = shade[:, 0] + shade[:, 2] < shade[:, 1] + shade[:, 3]
    corners[turn] = np.roll(corners[turn], 1, axis=1)
    shade[turn] = np.roll(shade[turn], 1, axis=1)
    return ShadedFaces((corners / voxels.shape[0] - 0.5).astype(np.float32), shade, cells)


def _exposed_faces(voxels: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Corners (F, 4, 3) as lattice points 0 … N, and the voxel behind each face (F, 3)."""
    padded = np.pad(voxels, 1)
    unit = np.eye(3, dtype=np.intp)
    corners, cells = [], []
    for axis in range(3):
        across, along = unit[(axis + 1) % 3], unit[(axis + 2) % 3]
        square = np.array([0 * across, across, across + along, along])
        for step in (1, -1):
            exposed = voxels & ~np.roll(padded, -step, axis)[1:-1, 1:-1, 1:-1]
            found = np.argwhere(exposed)
            corners.append(found[:, None] + (square + unit[axis] if step == 1 else square[::-1]))
            cells.append(found)
    return np.concatenate(corners), np.concatenate(cells)


def _occupied_around_corners(voxels: NDArray[np.bool_]) -> NDArray[np.intp]:
    """How many of the eight voxels that meet at each lattice point are occupied: (N + 1,) * 3."""
    padded = np.pad(voxels, 1).astype(np.intp)
    pairs = padded[1:] + padded[:-1]
    squares = pairs[:, 1:] + pairs[:, :-1]
    return squares[:, :, 1:] + squares[:, :, :-1]
