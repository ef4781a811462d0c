"""Pix3D's shapes in R2N2's pose: ``voxel.mat`` reduced, or ``model.obj`` voxelised.

Pix3D's page gives the axes: in the grid x runs to the viewer's left, y towards the viewer and z up; in the model x runs
to the left, y up and z away from the viewer; the viewer looks at the object's front. R2N2 has the front at +x and y up,
so that its z runs to the viewer's left. Hence (x, y, z) of R2N2 is (y, z, x) of the grid and (-z, y, x) of the model.
"""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.bit_packing import VOXEL_RESOLUTION
from core.data.mat_files import read_array
from core.data.meshes.examining import Orientation, examine
from core.errors import DatasetError

_ORIENTATION = Orientation(up="+y", front="-z")
"""Of the models."""


def read_voxels(grid: Path, model: Path) -> NDArray[np.bool_]:
    """A shape of Pix3D from its ``voxel.mat``, or from its model where that is missing.

    Returns:
        (32, 32, 32) bool, axes x, y, z, y up, front to +x; centred, the longest side fills the grid.

    Raises:
        DatasetError: if the file is damaged, or neither is there.
    """
    if os.path.isfile(grid):
        return _from_grid(grid)
    if not os.path.isfile(model):
        raise DatasetError(f"{grid}: missing, and its {model.name} too; fetch them again")
    return examine(model, _ORIENTATION).grid


def _from_grid(path: Path) -> NDArray[np.bool_]:
    try:
        stored = read_array(path, "voxel")
    except (OSError, ValueError) as error:
        raise DatasetError(
            f"{path}: cannot be read as a MAT file with the array voxel ({error}); fetch it again"
        ) from error
    if stored.ndim != 3 or min(stored.shape) < VOXEL_RESOLUTION:
        raise DatasetError(f"{path}: a grid of at least 32 x 32 x 32 is needed, not {stored.shape}; fetch it again")
    return _reduced(stored.transpose(1, 2, 0) > 0)


def _reduced(dense: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is occupied of a grid, centred in one of 32 x 32 x 32 whose side its longest side fills.

    A coarse voxel is occupied if any voxel in it is, as a surface that touches it makes it in voxelise.
    """
    if not dense.any():
        return np.zeros((VOXEL_RESOLUTION,) * 3, bool)
    bounds = []
    for axis in range(3):
        occupied = np.flatnonzero(dense.any(axis=tuple({0, 1, 2} - {axis})))
        bounds.append((int(occupied[0]), int(occupied[-1]) + 1))
    longest = max(high - low for low, high in bounds)
    for axis, (low, high) in enumerate(bounds):
        centred = np.arange(low, high) + 0.5 - (low + high) / 2
        cells = (centred * (VOXEL_RESOLUTION / longest) + VOXEL_RESOLUTION / 2).astype(int)
        used, first = np.unique(cells, return_index=True)
        shape = list(dense.shape)
        shape[axis] = VOXEL_RESOLUTION
        reduced = np.zeros(shape, bool)
        part = np.take(dense, range(low, high), axis)
        reduced[(slice(None),) * axis + (used,)] = np.logical_or.reduceat(part, first, axis)
        dense = reduced
    return dense
