"""Solid voxelisation of any triangle mesh.

A voxel grid is (32, 32, 32) bool, axes x, y, z, y up, front to +x, C order. The object is centred on its
bounding box and the longest side fills the grid, as in R2N2.
"""

from typing import TYPE_CHECKING

import numpy as np
import scipy
from numpy.typing import NDArray

from core.data.bit_packing import VOXEL_RESOLUTION
from core.errors import DatasetError

if TYPE_CHECKING:
    import trimesh  # half a second of the start: imported where a mesh is made


_STEPS = 4096
"""Coordinates are whole multiples of this part of a voxel, so that sums and products of them are exact."""
_SNAP = 1 / 256
"""What lies nearer than this to a boundary between voxels, in voxels, lies on it: the error of quantised meshes."""
_ROUNDING = 1 / _STEPS
"""Samples nearer than this to a boundary are meant to lie on it: more than the error of their single precision."""
_SAMPLE_SPACING = 0.4
"""Largest distance of two surface samples in voxels: no crossed voxel centre line can slip between them."""
_SUBDIVISIONS = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 40, 48, 64, 80, 96, 128, 192, 256, 512, 1024])
_SAMPLES_AT_ONCE = 2_000_000
_MOST_SAMPLES = 200_000_000
"""More surface samples than any sensible mesh needs; they would take some ten seconds."""
_VOTES = 5
"""Directions, of six, in which a voxel must be inside to count as the inside of a body with a hole."""
_LINE_OFFSET = (5, 11)
"""Steps by which vote lines miss the voxel centres, where the edges of things made by hand often lie."""


def voxelise(mesh: "trimesh.Trimesh", resolution: int = VOXEL_RESOLUTION, *, fill: float = 1.0) -> NDArray[np.bool_]:
    """Solid voxelisation: every voxel into whose inside the surface reaches, and all that the outside cannot reach.

    A face that lies on a boundary between voxels belongs to neither side but parts them: a box whose faces lie there
    takes exactly the voxels within. Where both sides are outside it is a sheet, and takes the voxel nearer to the
    middle of the grid, from the middle itself the upper one; so the grid never reaches beyond the object. The order of
    a triangle's corners makes no difference.

    Works on meshes that are not watertight: where the surface has a hole wider than a voxel the inside stays empty
    (see ``close_holes``).

    Args:
        mesh: triangles in any unit, y up, front to +x.
        resolution: side of the grid.
        fill: part of the grid's side that the longest side of the bounding box fills, above 0 and up to 1.

    Returns:
        (resolution,) * 3 bool, axes x, y, z; the bounding box is centred.

    Raises:
        DatasetError: if the mesh has no triangles, no extent, a vertex that is not finite, or triangles without end.
    """
    touched = _touched(_in_any_order(_in_voxel_units(mesh, resolution, fill)), resolution)
    solid = _walled_in(touched)
    return _with_sheets(solid, touched)


def close_holes(mesh: "trimesh.Trimesh", voxels: NDArray[np.bool_], *, fill: float = 1.0) -> NDArray[np.bool_]:
    """Fill bodies that have a hole on one side, such as a seat without a bottom.

    A voxel counts as inside if the surface, seen from it in at least five of the six axis directions, is left more
    often than it is entered; the space between table legs, or in a cup with walls of their own, stays empty.

    Args:
        mesh: the triangles, wound consistently.
        voxels: (N, N, N) bool, what ``voxelise`` gives for them.
        fill: the same as for ``voxelise``.

    Returns:
        (N, N, N) bool: ``voxels`` and what is inside.
    """
    votes = _inside_votes(_in_voxel_units(mesh, len(voxels), fill), len(voxels))
    return _filled(voxels | (votes >= _VOTES))


def _in_voxel_units(mesh: "trimesh.Trimesh", resolution: int, fill: float) -> NDArray[np.float64]:
    """The triangles (F, 3, 3) with the bounding box centred in the grid."""
    triangles = np.asarray(mesh.triangles, dtype=np.float64)
    if not len(triangles):
        raise DatasetError("the mesh has no triangles: there is nothing to voxelise")
    if not np.isfinite(triangles).all():
        raise DatasetError("the mesh has vertices that are not finite numbers")
    low, high = triangles.min((0, 1)), triangles.max((0, 1))
    longest = float((high - low).max())
    if longest <= 0:
        raise DatasetError("the mesh has no extent: all its vertices coincide")
    corners = (triangles - (low + high) / 2) * (fill * resolution / longest) + resolution / 2
    whole = np.round(corners)
    return np.asarray(np.where(np.abs(corners - whole) <= _SNAP, whole, np.round(corners * _STEPS) / _STEPS))


def _in_any_order(triangles: NDArray[np.float64]) -> NDArray[np.float32]:
    """The triangles with their corners in an order that does not depend on the one given."""
    steps = np.round(triangles * _STEPS).astype(np.int64)
    # Below 2^20 steps, that is 256 voxels, keys do not overflow; beyond it they may, and are then only less tidy.
    keys = (steps[..., 0] << 40) + (steps[..., 1] << 20) + steps[..., 2]
    order = np.argsort(keys, axis=1, kind="stable")[..., None]
    return np.take_along_axis(triangles, order, axis=1).astype(np.float32)


def _touched(triangles: NDArray[np.float32], resolution: int) -> NDArray[np.bool_]:
    """What triangles in voxel units touch: (2 * resolution + 1,) * 3 bool.

    Odd indices along an axis are the insides of voxels, even ones the boundaries between them: a cell with three odd
    indices is a voxel without its boundary, with two a face of it, with one an edge, with none a corner.
    """
    side = 2 * resolution + 1
    cells = np.zeros((side,) * 3, bool)
    flat = cells.reshape(-1)
    edges = triangles - np.roll(triangles, 1, axis=1)
    wanted = np.ceil(np.sqrt((edges**2).sum(2)).max(1) / _SAMPLE_SPACING)
    level = np.searchsorted(_SUBDIVISIONS, np.minimum(wanted, _SUBDIVISIONS[-1]))
    if (_SUBDIVISIONS[level] ** 2).sum() / 2 > _MOST_SAMPLES:
        raise DatasetError("the mesh has too many triangles that are as long as the object itself")
    for step in np.unique(level):
        n = int(_SUBDIVISIONS[step])
        i, j = np.divmod(np.arange((n + 1) ** 2), n + 1)
        inside = i + j <= n
        u, v = (i[inside] / n).astype(np.float32), (j[inside] / n).astype(np.float32)
        group = triangles[level == step]
        block = max(1, _SAMPLES_AT_ONCE // len(u))
        for start in range(0, len(group), block):
            part = group[start : start + block]
            place = np.zeros((len(part), len(u)), np.int32)
            for axis in range(3):
                a, b, c = (part[:, k, axis, None] for k in range(3))
                along = a + u * (b - a) + v * (c - a)
                cell = np.floor(along + _ROUNDING) + np.ceil(along - _ROUNDING)
                place = place * side + np.clip(cell.astype(np.int32), 0, side - 1)
            flat[place] = True
    return cells


def _walled_in(touched: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Voxels that are touched or cannot be reached from outside through faces that are not touched: (N, N, N)."""
    free = ~touched
    on_boundary = np.arange(len(touched)) % 2 == 0
    # Edges and corners are no way through.
    free[sum(np.meshgrid(*[on_boundary.astype(int)] * 3, indexing="ij", sparse=True)) > 1] = False
    reached, _ = scipy.ndimage.label(np.pad(free, 1, constant_values=True))
    return np.asarray(reached != reached[0, 0, 0])[2:-1:2, 2:-1:2, 2:-1:2]


def _with_sheets(solid: NDArray[np.bool_], touched: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """``solid`` with the surface that lies between voxels that are outside."""
    around = np.zeros_like(touched)
    around[1::2, 1::2, 1::2] = solid
    sheets = np.argwhere(touched & ~scipy.ndimage.maximum_filter(around, 3))
    upper, between = np.divmod(sheets, 2)
    middle = len(solid) / 2
    grid = solid.copy()
    grid[tuple((upper - ((between == 0) & (upper > middle))).T)] = True
    return grid


def _filled(surface: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The surface and every voxel that cannot be reached from outside through faces."""
    free, _ = scipy.ndimage.label(np.pad(~surface, 1, constant_values=True))
    return np.asarray(free != free[0, 0, 0])[1:-1, 1:-1, 1:-1]


def _inside_votes(triangles: NDArray[np.float64], resolution: int) -> NDArray[np.int8]:
    """In how many of the six axis directions a ray from the voxel's centre leaves the body: (resolution,) * 3 int8.

    A ray leaves it if it crosses more triangles from behind than from the front: the signed form of the parity vote
    of Nooruddin and Turk (2003), which two-sided and nested sheets do not mislead.
    """
    votes = np.zeros((resolution,) * 3, np.int8)
    for axis in range(3):
        left = _crossings(triangles, axis, resolution)
        beyond = left.sum(-1, keepdims=True) - np.cumsum(left, -1)
        before = -np.cumsum(left, -1)
        inside = (beyond[..., :-1] > 0).astype(np.int8) + (before[..., :-1] > 0)
        votes += np.moveaxis(inside, -1, axis)
    return votes


def _crossings(triangles: NDArray[np.float64], axis: int, resolution: int) -> NDArray[np.int64]:
    """Where the lines through voxel centres along ``axis`` cross the surface.

    Returns:
        (resolution, resolution, resolution + 1) int64: the other two axes in order, then the number of voxel centres
        below the crossing; +1 where the line leaves through the front of a triangle, -1 where it enters.
    """
    across = [other for other in range(3) if other != axis]
    points, depth = np.round(triangles[..., across] * _STEPS).astype(np.int64), triangles[..., axis]
    first = _STEPS // 2 + np.array(_LINE_OFFSET)  # of the lines, in steps
    edges = np.roll(points, -1, axis=1) - points
    area = edges[:, 0, 0] * edges[:, 1, 1] - edges[:, 0, 1] * edges[:, 1, 0]
    low = np.clip(-((first - points.min(1)) // _STEPS), 0, resolution)
    high = np.clip((points.max(1) - first) // _STEPS + 1, 0, resolution)
    size = np.where(area[:, None] != 0, np.maximum(high - low, 0), 0)
    counts = size.prod(1)
    # Whole numbers: a line through an edge that two triangles share crosses exactly one of them.
    edges *= np.sign(area)[:, None, None]
    owned = (edges[..., 0] > 0) | ((edges[..., 0] == 0) & (edges[..., 1] > 0))
    handed = -1 if axis == 1 else 1  # x, z, y is a left-handed order
    crossings = np.zeros((resolution, resolution, resolution + 1), np.int64)
    blocks = np.flatnonzero(np.diff(np.cumsum(counts) // _SAMPLES_AT_ONCE)) + 1
    for part in np.split(np.flatnonzero(counts), np.searchsorted(np.flatnonzero(counts), blocks)):
        # Every line in the box of every triangle, one after another.
        number = np.repeat(part, counts[part])
        within = np.arange(len(number)) - np.repeat(np.cumsum(counts[part]) - counts[part], counts[part])
        lines = low[number] + np.stack(np.divmod(within, size[number, 1]), 1)
        away = (lines * _STEPS + first)[:, None] - points[number]
        side = edges[number, :, 0] * away[..., 1] - edges[number, :, 1] * away[..., 0]
        hit = ((side > 0) | ((side == 0) & owned[number])).all(1)
        number, side, lines = number[hit], side[hit], lines[hit]
        # The side of an edge is the weight of the corner across from it.
        crossing = (depth[number] * np.roll(side, -1, axis=1)).sum(1) / np.abs(area[number])
        below = np.clip(np.ceil(crossing - 0.5), 0, resolution).astype(np.int64)
        np.add.at(crossings, (lines[:, 0], lines[:, 1], below), handed * np.sign(area[number]))
    return crossings
