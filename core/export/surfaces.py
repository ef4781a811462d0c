"""Voxel grids as closed surfaces, and as the shaded faces that are drawn.

Surfaces are in R2N2's pose (y up, front to +x), centred on the origin, and the grid's side is 1 unit.
"""

import numpy as np
import scipy
import skimage
from numpy.typing import NDArray

FILE_GAP = 1e-3
"""How far, in voxels, blocks that touch only at an edge or corner are kept apart in files. Readers merge equal
points, and STL knows nothing else: without the gap four faces would then meet at one edge."""

Vertices = NDArray[np.float32]
Faces = NDArray[np.int64]


def block_mesh(voxels: NDArray[np.bool_], gap: float = 0.0) -> tuple[Vertices, Faces]:
    """The exposed faces of the occupied voxels, as a closed surface in which every edge has just two faces.

    Blocks that touch only at an edge or a corner get vertices of their own there.

    Args:
        voxels: (N, N, N) bool, axes x, y, z.
        gap: such vertices are moved apart by this fraction of a voxel.

    Returns:
        Vertices (V, 3) float32, the grid spanning -0.5 … 0.5, and quads (F, 4) int64, counter-clockwise
        seen from outside; both empty for an empty grid.
    """
    corners, owners, gaps = _exposed_faces(voxels)
    if not len(corners):
        return np.zeros((0, 3), np.float32), np.zeros((0, 4), np.int64)
    labels = _split_vertices(corners, owners, gaps)
    first = np.unique(labels, return_index=True)[1]
    positions = corners.reshape(-1, 3)[first].astype(np.float64)
    if gap:
        positions += gap * _apart(corners, labels)
    # The faces were found in a grid padded by one.
    vertices = (positions - 1) / voxels.shape[0] - 0.5
    return vertices.astype(np.float32), labels.reshape(-1, 4)


def smooth_mesh(occupancy: NDArray[np.float32], threshold: float) -> tuple[Vertices, Faces]:
    """The closed surface on which the occupancy equals ``threshold`` (marching cubes).

    Args:
        occupancy: (N, N, N) float32 probability, axes x, y, z.
        threshold: occupancy of the surface, 0 … 1.

    Returns:
        Vertices (V, 3) float32, the grid spanning -0.5 … 0.5, and triangles (F, 3) int64,
        counter-clockwise seen from outside; both empty where nothing is above the threshold.
    """
    level = max(threshold, 1e-6)  # space outside the grid is empty: its occupancy 0 must lie below
    if not (occupancy > level).any():
        return np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int64)
    # Lorensen's table, as here every edge has two triangles; the default's sometimes joins four at one.
    padded = np.pad(occupancy, 1)
    points, triangles, _, _ = skimage.measure.marching_cubes(padded, level, method="lorensen")  # type: ignore[no-untyped-call]  # skimage is untyped
    # Values sit in the middle of voxels, and the padding moved them by one.
    vertices = (points - 0.5) / occupancy.shape[0] - 0.5
    return vertices.astype(np.float32), triangles[:, ::-1].astype(np.int64)


def _exposed_faces(voxels: NDArray[np.bool_]) -> tuple[Faces, Faces, Faces]:
    """Faces between an occupied and an empty voxel, in a grid padded by one.

    Returns:
        Corners (F, 4, 3), counter-clockwise seen from outside, in lattice points, and the flat index of the
        occupied voxel (F,) and of the empty one (F,).
    """
    padded = np.pad(voxels, 1)
    unit = np.eye(3, dtype=np.int64)
    corners, owners, empties = [], [], []
    for axis in range(3):
        u, v = unit[(axis + 1) % 3], unit[(axis + 2) % 3]  # u x v points along the axis
        square = np.array([0 * u, u, u + v, v])
        for direction in (-1, 1):
            cells = np.argwhere(padded & ~np.roll(padded, -direction, axis))
            outline = square + unit[axis] if direction == 1 else square[::-1]
            corners.append(cells[:, None] + outline)
            owners.append(np.ravel_multi_index(tuple(cells.T), padded.shape))
            empties.append(np.ravel_multi_index(tuple((cells + direction * unit[axis]).T), padded.shape))
    return np.concatenate(corners), np.concatenate(owners), np.concatenate(empties)


def _split_vertices(corners: Faces, owners: Faces, empties: Faces) -> Faces:
    """Vertex of every face corner (4F,): corners that are joined by faces sharing edges are one vertex.

    Where four faces meet at an edge, they are paired: by occupied voxel, which keeps two blocks apart, or by
    empty voxel, which joins them. If both pairs still share both end points, because the blocks are joined
    around each of them, the other pairing separates them there, as the link of a lattice point is a plane
    figure. Every such change splits two vertices, so the changes come to an end.
    """
    side = int(corners.max()) + 1
    points = np.ravel_multi_index(tuple(np.moveaxis(corners, -1, 0)), (side,) * 3)  # (F, 4)
    # Half-edge 4 f + k runs from corner k of face f to the next; its number is also that of corner k.
    begin, end = points.ravel(), np.roll(points, -1, axis=1).ravel()
    following = np.roll(np.arange(points.size).reshape(-1, 4), -1, axis=1).ravel()
    edges = np.minimum(begin, end) * side**3 + np.maximum(begin, end)
    order = np.argsort(edges, kind="stable")
    starts = np.flatnonzero(np.diff(edges[order], prepend=-1))
    four = np.diff(starts, append=len(order)) == 4
    twos = order[starts[~four, None] + np.arange(2)]
    fours = order[starts[four, None] + np.arange(4)]
    by_owner = np.take_along_axis(fours, np.argsort(owners[fours // 4], axis=1), axis=1)
    by_empty = np.take_along_axis(fours, np.argsort(empties[fours // 4], axis=1), axis=1)
    joined = np.zeros(len(fours), bool)
    ends = np.stack([begin, end])[:, fours[:, 0]]
    while True:
        paired = np.where(joined[:, None], by_empty, by_owner)
        pairs = np.concatenate([twos, paired[:, :2], paired[:, 2:]])
        one, other = pairs.T  # they run in opposite directions
        links = np.concatenate([one, following[one]]), np.concatenate([following[other], other])
        graph = scipy.sparse.coo_array((np.ones(len(links[0]), bool), links), shape=(points.size,) * 2)
        labels: Faces = scipy.sparse.csgraph.connected_components(graph, directed=False)[1].astype(np.int64)
        outline = np.sort([labels[paired[:, [0, 2]]], labels[following[paired[:, [0, 2]]]]], axis=0)
        wrong = np.flatnonzero((outline[..., 0] == outline[..., 1]).all(axis=0))
        if not len(wrong):
            return labels
        # Of changes that share a lattice point, only one at a time: each is judged by the other pairings.
        smallest = np.full(side**3, len(fours))
        for end_points in ends[:, wrong]:  # ufunc.at does not broadcast reliably (NumPy 2.4)
            np.minimum.at(smallest, end_points, wrong)
        changed = wrong[(smallest[ends[:, wrong]] == wrong).all(axis=0)]
        joined[changed] = ~joined[changed]


def _apart(corners: Faces, labels: Faces) -> NDArray[np.float64]:
    """For each vertex that shares its lattice point with another, a way towards the middle of its faces."""
    inwards = (corners.mean(axis=1, keepdims=True) - corners).reshape(-1, 3)
    count = np.bincount(labels)
    mean = np.stack([np.bincount(labels, inwards[:, axis]) for axis in range(3)], axis=1) / count[:, None]
    lattice = corners.reshape(-1, 3)[np.unique(labels, return_index=True)[1]]
    _, place, sharers = np.unique(lattice, axis=0, return_inverse=True, return_counts=True)
    return mean * (sharers[place] > 1)[:, None]
