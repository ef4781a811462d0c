"""Pix3D's shapes in R2N2's pose: ``voxel.mat`` reduced, or ``model.obj`` voxelised.

Pix3D's page gives the axes: in the grid x runs to the viewer's left, y towards the viewer and z up; in the model x runs
to the left, y up and z away from the viewer; the viewer looks at the object's front. R2N2 has the front at +x and y up,
so that its z runs to the viewer's left. Hence (x, y, z) of R2N2 is (y, z, x) of the grid and (-z, y, x) of the model.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat

from core.data.bit_packing import VOXEL_RESOLUTION
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
    if grid.is_file():
        return _from_grid(grid)
    if not model.is_file():
        raise DatasetError(f"{grid}: missing, and its {model.name} too; fetch them again")
    return examine(model, _ORIENTATION).grid


def _from_grid(path: Path) -> NDArray[np.bool_]:
    try:
        dense = np.asarray(loadmat(path, variable_names=["voxel"])["voxel"])
    # The parser raises nearly anything on damaged data: struct.error, zlib.error, TypeError, MatReadError, ...
    except Exception as error:
        raise DatasetError(f"{path}: cannot be read as a MAT file with the array voxel; fetch it again") from error
    if dense.ndim != 3 or min(dense.shape) < VOXEL_RESOLUTION:
        raise DatasetError(f"{path}: a grid of at least 32 x 32 x 32 is needed, not {dense.shape}; fetch it again")
    occupied = np.argwhere(dense.transpose(1, 2, 0) > 0)
    reduced = np.zeros((VOXEL_RESOLUTION,) * 3, bool)
    if len(occupied):
        low, high = occupied.min(axis=0), occupied.max(axis=0) + 1
        centred = occupied + 0.5 - (low + high) / 2
        # A coarse voxel is occupied if any voxel in it is, as a surface that touches it makes it in voxelise.
        cells = (centred * (VOXEL_RESOLUTION / (high - low).max()) + VOXEL_RESOLUTION / 2).astype(int)
        reduced[tuple(cells.T)] = True
    return reduced
