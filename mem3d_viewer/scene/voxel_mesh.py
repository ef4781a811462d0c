"""Voxel grids as VTK surfaces: shaded blocks or a smooth surface, with what is needed to colour them.

Both kinds carry the same point arrays: ``shade`` (a factor around 1 that darkens inner corners and brightens
outer edges), ``height`` (0 at the bottom of the grid, 1 at its top) and ``occupancy`` (of the voxel behind the
surface).
"""

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from core.mesh_export import smooth_mesh

ERRORS = {"correct": 0.0, "missing": 0.5, "extra": 1.0}
"""Values of the array ``errors``: a voxel of both grids, of the truth alone, of the reconstruction alone."""

_SHADE_BY_NEIGHBOURS = np.array([1.0, 1.10, 1.09, 1.04, 1.0, 0.84, 0.73, 0.64, 0.58], dtype=np.float32)
"""Shade of a corner by how many of the eight voxels around it are occupied: 4 is a flat face."""


def block_surface(occupancy: NDArray[np.float32], threshold: float) -> pv.PolyData:
    """The exposed faces of every voxel above ``threshold``, one flat quad a face.

    Args:
        occupancy: (32, 32, 32) float32, axes x, y, z, y up.
        threshold: voxels strictly above it are drawn.

    Returns:
        Quads of a grid that spans -0.5 … 0.5 on every axis; four points of its own for each face.
    """
    voxels = occupancy > threshold
    corners, behind = _exposed_faces(voxels)
    if len(corners) == 0:
        return pv.PolyData()
    side = voxels.shape[0]
    shade = _SHADE_BY_NEIGHBOURS[_occupied_around_corners(voxels)[tuple(np.moveaxis(corners, -1, 0))]]
    # The diagonal that splits a quad must join its more similar corners, or shading shows a crease.
    turn = shade[:, 0] + shade[:, 2] < shade[:, 1] + shade[:, 3]
    corners[turn] = np.roll(corners[turn], 1, axis=1)
    shade[turn] = np.roll(shade[turn], 1, axis=1)
    surface = pv.PolyData(
        (corners.reshape(-1, 3) / side - 0.5).astype(np.float32),
        faces=np.insert(np.arange(corners.size // 3).reshape(-1, 4), 0, 4, axis=1).ravel(),
    )
    surface["shade"] = shade.ravel()
    surface["height"] = (corners[..., 1].ravel() / side).astype(np.float32)
    surface["occupancy"] = np.repeat(occupancy[tuple(behind.T)], 4)
    return surface


def error_surface(voxels: NDArray[np.bool_], truth: NDArray[np.bool_]) -> pv.PolyData:
    """Blocks of every voxel of the reconstruction or of the truth, told apart by the point array ``errors``.

    Args:
        voxels: (32, 32, 32) bool, the reconstruction.
        truth: (32, 32, 32) bool.

    Returns:
        As ``block_surface``; ``errors`` takes the place of ``occupancy``, with the values of ``ERRORS``.
    """
    # The array that block_surface carries from a voxel to its faces takes the kind of error; 0 is an empty voxel.
    kinds = np.select([voxels & truth, truth, voxels], [1 + ERRORS[kind] for kind in ERRORS], 0.0)
    surface = block_surface(kinds.astype(np.float32), 0.5)
    if surface.n_points:
        surface["errors"] = surface["occupancy"] - 1
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
    surface["occupancy"] = map_coordinates(occupancy, inside.T, order=1, mode="nearest")
    return surface


def _exposed_faces(voxels: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Faces between an occupied voxel and an empty one or the outside.

    The mesh that is saved must be a closed surface and takes longer; what is drawn need not be one.

    Args:
        voxels: (N, N, N) bool.

    Returns:
        Corners (F, 4, 3) as lattice points 0 … N, counter-clockwise seen from outside, and the voxel behind each
        face (F, 3).
    """
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
