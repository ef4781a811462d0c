"""Small pictures of voxel grids, drawn in NumPy alone: fast enough for a list of thousands of slots."""

import numpy as np
from numpy.typing import NDArray

_ACROSS, _DOWN, _UP = 4, 2, 5
"""Pixels one voxel step takes on the screen: x and z to the sides and down, y up (an elevation of 30 degrees)."""
_BRIGHTNESS = (1.0, 0.80, 0.62)
"""Brightness of the faces that look up (+y), to the right (+x) and to the left (+z)."""


def _footprints() -> NDArray[np.intp]:
    """Pixels (row, column) of the three visible faces of the voxel at the origin of the screen: (3, L, 2).

    Smaller faces have some pixels twice.
    """
    rows, columns = np.mgrid[0 : 2 * _DOWN + _UP, 0 : 2 * _ACROSS] + 0.5
    sideways = np.abs(columns - _ACROSS) * _DOWN / _ACROSS
    top = np.abs(rows - _DOWN) <= _DOWN - sideways
    below = (rows >= 2 * _DOWN - sideways) & (rows <= 2 * _DOWN - sideways + _UP)
    right, left = columns > _ACROSS, columns < _ACROSS
    faces = [np.argwhere(face) for face in (top, below & right, below & left)]
    longest = max(len(face) for face in faces)
    return np.stack([face[np.arange(longest) % len(face)] for face in faces])


_FACES = _footprints()


def voxel_thumbnail(voxels: NDArray[np.bool_], colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    """A shaded picture of the grid, seen from the front (+x), the left (+z) and above.

    Args:
        voxels: (N, N, N) bool, axes x, y, z, y up.
        colour: RGB of the brightest face.

    Returns:
        (H, W, 4) uint8 RGBA, cropped to the object; 1 x 1 and transparent for an empty grid.
    """
    side = voxels.shape[0]
    padded = np.pad(voxels, ((0, 1), (0, 1), (0, 1)))
    neighbours = (padded[:-1, 1:, :-1], padded[1:, :-1, :-1], padded[:-1, :-1, 1:])
    faces = [np.argwhere(voxels & ~neighbour) for neighbour in neighbours]
    cells = np.concatenate(faces)
    if len(cells) == 0:
        return np.zeros((1, 1, 4), dtype=np.uint8)
    kinds = np.repeat(np.arange(3), [len(found) for found in faces])
    # Far to near, as the camera stands at (+, +, +): nearer faces are written over farther ones.
    order = np.argsort(3 * cells.sum(axis=1) + kinds, kind="stable")
    kinds, (x, y, z) = kinds[order], cells[order].T

    height, width = 2 * side * _DOWN + side * _UP, 2 * side * _ACROSS
    canvas = np.zeros(height * width, dtype=np.uint16)
    row = (x + z) * _DOWN + (side - 1 - y) * _UP
    column = (x - z + side - 1) * _ACROSS
    pixels = (row * width + column)[:, None] + (_FACES[..., 0] * width + _FACES[..., 1])[kinds]
    canvas[pixels] = (1 + kinds * side + y).astype(np.uint16)[:, None]  # of a pixel's values the last one stays

    picture = _palette(side, colour)[canvas.reshape(height, width)]
    rows, columns = np.flatnonzero(picture[..., 3].any(axis=1)), np.flatnonzero(picture[..., 3].any(axis=0))
    return np.ascontiguousarray(picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _palette(side: int, colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    """RGBA of every canvas value: 0 is transparent, then one entry a face and height, brighter towards the top."""
    palette = np.zeros((1 + 3 * side, 4), dtype=np.uint8)
    lift = np.linspace(0.86, 1.0, side)
    shades = np.concatenate([brightness * lift for brightness in _BRIGHTNESS])
    palette[1:, :3] = np.clip(shades[:, None] * np.array(colour), 0, 255)
    palette[1:, 3] = 255
    return palette
