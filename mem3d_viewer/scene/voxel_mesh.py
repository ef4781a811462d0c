"""Voxel grids as VTK surfaces: shaded blocks or a smooth surface, with what is needed to colour them.

Both kinds carry the same point arrays: ``shade`` (a factor around 1 that darkens inner corners and brightens
outer edges), ``height`` (0 at the bottom of the grid, 1 at its top) and ``occupancy`` (of the voxel behind the
surface).
"""

import numpy as np
import pyvista as pv
import scipy
from numpy.typing import NDArray

from core.export.shading import shaded_faces
from core.export.surfaces import smooth_mesh
from core.parts import connected_parts

BOTH, OTHER, THIS = 0.0, 0.5, 1.0
"""Values of the array ``difference``: a voxel of both grids, of the other one alone, of this one alone."""
FAINTEST = 0.05
"""Occupancy from which on an x-ray shows a voxel: below it the network is as good as sure that nothing is there."""


GRID = 32
"""Voxels on each side of every grid."""


def below_plane(axis: int, layers: int) -> NDArray[np.bool_]:
    """What a slicing plane leaves of a grid.

    Args:
        axis: 0, 1 or 2 for x, y, z: across which axis the plane lies.
        layers: how many layers are left, from the low end of the axis; the plane is the upper side of the last.

    Returns:
        (32, 32, 32) bool.
    """
    kept = np.zeros((GRID, GRID, GRID), bool)
    np.moveaxis(kept, axis, 0)[:layers] = True
    return kept


def block_surface(occupancy: NDArray[np.float32], threshold: float) -> pv.PolyData:
    """The exposed faces of every voxel above ``threshold``, one flat quad a face.

    Args:
        occupancy: (32, 32, 32) float32, axes x, y, z, y up.
        threshold: voxels strictly above it are drawn.

    Returns:
        Quads of a grid that spans -0.5 … 0.5 on every axis; four points of its own for each face.
    """
    faces = shaded_faces(occupancy > threshold)
    if len(faces.cells) == 0:
        return pv.PolyData()
    points = faces.corners.reshape(-1, 3)
    surface = pv.PolyData(points, faces=np.insert(np.arange(len(points)).reshape(-1, 4), 0, 4, axis=1).ravel())
    surface["shade"] = faces.shade.ravel()
    surface["height"] = points[:, 1] + 0.5
    surface["occupancy"] = np.repeat(occupancy[tuple(faces.cells.T)], 4)
    return surface


def difference_surface(voxels: NDArray[np.bool_], other: NDArray[np.bool_]) -> pv.PolyData:
    """Blocks of every voxel of either grid, told apart by the point array ``difference``.

    Args:
        voxels: (32, 32, 32) bool, this grid.
        other: (32, 32, 32) bool, what it is compared with: the truth, what it was before, what stands beside it.

    Returns:
        As ``block_surface``; ``difference`` (``BOTH``, ``OTHER`` or ``THIS``) takes the place of ``occupancy``.
    """
    # The array that block_surface carries from a voxel to its faces takes the kind; 0 is an empty voxel.
    kinds = np.select([voxels & other, other, voxels], [1 + BOTH, 1 + OTHER, 1 + THIS], 0.0)
    return _carrying(kinds, "difference")


def part_surface(voxels: NDArray[np.bool_], kept: NDArray[np.bool_] | None = None) -> pv.PolyData:
    """Blocks whose point array ``part`` is the number of the connected part, from 0 for the largest one.

    Args:
        voxels: (32, 32, 32) bool.
        kept: (32, 32, 32) bool, what is drawn of them; None: all. Parts are those of the whole.

    Returns:
        As ``block_surface``; ``part`` takes the place of ``occupancy``.
    """
    parts = connected_parts(voxels)[0].astype(np.float64)
    return _carrying(parts if kept is None else np.where(kept, parts, 0.0), "part")


def faint_blocks(occupancy: NDArray[np.float32], threshold: float) -> pv.PolyData:
    """Blocks of the voxels that are not in the shape though their occupancy is not nothing, for an x-ray.

    Args:
        occupancy: (32, 32, 32) float32, axes x, y, z, y up.
        threshold: voxels above it are the shape, and not among these.

    Returns:
        As ``block_surface``, of voxels from ``FAINTEST`` to ``threshold``; without the faces that lie on the shape.
    """
    surface = block_surface(occupancy, min(FAINTEST, threshold))
    if not surface.n_points:
        return surface
    faint = np.flatnonzero(surface["occupancy"][::4] <= threshold)
    points = (faint[:, None] * 4 + np.arange(4)).ravel()
    faces = np.insert(np.arange(len(points)).reshape(-1, 4), 0, 4, axis=1).ravel()
    found = pv.PolyData(surface.points[points], faces=faces) if len(points) else pv.PolyData()
    for name in ("shade", "height", "occupancy"):
        found[name] = surface[name][points]
    return found


def _carrying(values: NDArray[np.float64], name: str) -> pv.PolyData:
    """Blocks where ``values`` is 1 or more, with ``values - 1`` as the point array ``name``."""
    surface = block_surface(values.astype(np.float32), 0.5)
    if surface.n_points:
        surface[name] = surface["occupancy"] - 1
        surface.point_data.remove("occupancy")
    return surface


def smooth_surface(occupancy: NDArray[np.float32], threshold: float) -> pv.PolyData:
    """The surface on which the occupancy equals ``threshold``, with point normals.

    Args:
        occupancy: (32, 32, 32) float32, axes x, y, z, y up.
        threshold: the occupancy of the surface.

    Returns:
        Triangles of a grid that spans -0.5 … 0.5 on every axis.
    """
    vertices, triangles = smooth_mesh(occupancy, threshold)
    if len(triangles) == 0:
        return pv.PolyData()
    faces = np.insert(triangles, 0, 3, axis=1).ravel()
    surface: pv.PolyData = pv.PolyData(vertices, faces=faces).compute_normals(
        cell_normals=False, auto_orient_normals=False, consistent_normals=False, split_vertices=False
    )
    # One voxel below the surface lies the voxel the eye attributes it to.
    inside = (surface.points - surface.point_normals / 32 + 0.5) * 32 - 0.5
    surface["shade"] = np.ones(surface.n_points, dtype=np.float32)
    surface["height"] = surface.points[:, 1] + 0.5
    surface["occupancy"] = scipy.ndimage.map_coordinates(occupancy, inside.T, order=1, mode="nearest")
    return surface
