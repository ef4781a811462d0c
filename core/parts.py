"""The connected parts of a voxel grid."""

import numpy as np
import scipy
from numpy.typing import NDArray


def connected_parts(voxels: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The parts of a grid that hang together through faces of voxels, largest first.

    Args:
        voxels: (N, N, N) bool.

    Returns:
        (N, N, N) int32: 0 where empty, else the number of the part from 1 on; and the voxels of each part, (P,) int64,
        never rising. Of equally large parts the one found first in C order comes first.
    """
    labels, count = scipy.ndimage.label(voxels)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    order = np.argsort(-sizes, kind="stable")
    number = np.zeros(count + 1, np.int32)
    number[order + 1] = np.arange(1, count + 1)
    return number[labels], sizes[order].astype(np.int64)


def largest_part(voxels: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest part of a grid, without the others: (N, N, N) bool; empty where the grid is."""
    return np.asarray(connected_parts(voxels)[0] == 1)
