"""Two solids whose volumes are known, as corners and faces of any number of corners."""

import numpy as np

BOXES = [((0, 0, 0), (32, 4, 20)), ((0, 4, 0), (6, 28, 6)), ((20, 4, 14), (26, 10, 20))]
"""Bounds of three boxes: a base, a tower and a bump."""
BOXES_VOLUME = 2560 + 864 + 216
U_VOLUME = (32 * 28 - 16 * 22) * 16
"""Of a prism over a U."""

_OUTLINE = [(0, 0), (32, 0), (32, 28), (24, 28), (24, 6), (8, 6), (8, 28), (0, 28)]
_QUADS = [[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [3, 7, 6, 2], [0, 4, 7, 3], [1, 2, 6, 5]]


def box(low=(0, 0, 0), high=(1, 1, 1)):
    """Corners (8, 3) of a box, and six quads that look outwards."""
    (x, y, z), (u, v, w) = low, high
    corners = [(x, y, z), (u, y, z), (u, v, z), (x, v, z), (x, y, w), (u, y, w), (u, v, w), (x, v, w)]
    return np.array(corners, float), _QUADS


def boxes():
    """Corners (24, 3) of the three boxes and their quads."""
    made = [box(low, high) for low, high in BOXES]
    faces = [[8 * number + corner for corner in face] for number, (_, quads) in enumerate(made) for face in quads]
    return np.concatenate([corners for corners, _ in made]), faces


def u_prism():
    """Corners (16, 3) of the prism, and eight quads between two caps of eight corners, which are concave.

    The caps begin at the opening, so that a fan from their first corner would close it.
    """
    corners = [(x, y, z) for z in (0, 16) for x, y in _OUTLINE]
    faces = [[n, (n + 1) % 8, (n + 1) % 8 + 8, n + 8] for n in range(8)]
    return np.array(corners, float), [*faces, [12, 13, 14, 15, 8, 9, 10, 11], [4, 3, 2, 1, 0, 7, 6, 5]]


def triangles_of(quads):
    """Two triangles for every quad."""
    return [triangle for a, b, c, d in quads for triangle in ([a, b, c], [a, c, d])]
