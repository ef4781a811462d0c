"""Polygons cut into triangles: by a fan where that covers the polygon and nothing else, otherwise by its ears.

A fan from the first corner covers what lies outside where the polygon is not seen whole from there: the opening of a U
would be closed. Such polygons are cut by mapbox's earcut (ISC licence, kept, wheels for all systems), which also takes
outlines that run to a hole and back.
"""

import mapbox_earcut
import numpy as np
from numpy.typing import NDArray

from core.data.meshes.parts import MAX_TRIANGLES, MeshRefused, Notes

_MOST_CORNERS = 20_000
"""Of one polygon that is cut by its ears, which takes about the square of their number."""
_FLAT = 1e-9


def triangulated(
    points: NDArray[np.float64], corners: NDArray[np.int64], sizes: NDArray[np.int64], notes: Notes
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut polygons into triangles.

    Args:
        points: (V, 3).
        corners: (C,) rows of ``points``, the corners of all polygons one after another.
        sizes: (P,) how many of them belong to each polygon; those of fewer than three are passed over.
        notes: told how many polygons were cut.

    Returns:
        (F, 3) int64, where in ``corners`` each triangle's corners are, and (F,) int64, its polygon; in the polygons'
        order and with their winding.

    Raises:
        MeshRefused: if there are too many triangles, or a polygon is too intricate.
        ValueError: if a corner is not one of the points.
    """
    if np.maximum(sizes - 2, 0).sum() > MAX_TRIANGLES:
        raise MeshRefused(f"holds more than {MAX_TRIANGLES} triangles; simplify the mesh")
    if len(corners) and not 0 <= corners.min() <= corners.max() < len(points):
        raise ValueError("a face names a vertex that is not there")
    starts = np.cumsum(sizes) - sizes
    found = [np.zeros((0, 3), np.int64)]
    owners = [np.zeros(0, np.int64)]
    for size in np.unique(sizes[sizes >= 3]).tolist():
        which = np.flatnonzero(sizes == size)
        at = starts[which, None] + np.arange(size)
        if size > 3:
            notes.polygons += len(which)
            fits = _fan_fits(points[corners[at]])
            for number, ring in zip(which[~fits].tolist(), at[~fits], strict=True):
                notes.concave += 1
                ears = _ears(points[corners[ring]], notes)
                found.append(ring[ears])
                owners.append(np.full(len(ears), number))
            which, at = which[fits], at[fits]
        steps = np.arange(1, size - 1)
        fans = np.stack(np.broadcast_arrays(at[:, :1], at[:, steps], at[:, steps + 1]), axis=2)
        found.append(fans.reshape(-1, 3))
        owners.append(np.repeat(which, size - 2))
    polygon = np.concatenate(owners)
    order = np.argsort(polygon, kind="stable")
    return np.concatenate(found)[order], polygon[order]


def _fan_fits(rings: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether no triangle of the fan from the first corner is turned over: (P, N, 3) to (P,)."""
    arms = rings[:, 1:] - rings[:, :1]
    doubled = np.cross(arms[:, :-1], arms[:, 1:])
    normal = doubled.sum(1)
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    along = (doubled * (normal / np.maximum(length, 1e-300))[:, None]).sum(2)
    return np.asarray((along >= -_FLAT * length).all(1) | (length[:, 0] <= _FLAT * np.abs(doubled).max((1, 2))))


def _ears(ring: NDArray[np.float64], notes: Notes) -> NDArray[np.int64]:
    """Triangles (F, 3) of one polygon (N, 3), rows of ``ring``, wound as it is."""
    if len(ring) > _MOST_CORNERS:
        raise MeshRefused(f"has a concave face of {len(ring)} corners; triangulate it in a mesh editor")
    ring = ring - ring[0]
    normal = np.cross(ring[:-1], ring[1:]).sum(0)
    across = int(np.argmax(np.abs(normal)))
    flat = np.ascontiguousarray(ring[:, [axis for axis in range(3) if axis != across]])
    wound = np.sign(normal[across]) * (-1 if across == 1 else 1)
    ears = mapbox_earcut.triangulate_float64(flat, np.array([len(flat)], np.uint32)).reshape(-1, 3).astype(np.int64)
    one, other = flat[ears[:, 1]] - flat[ears[:, 0]], flat[ears[:, 2]] - flat[ears[:, 0]]
    area = wound * (one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])
    if abs(np.abs(area).sum() - abs(normal[across])) > 0.01 * abs(normal[across]):
        notes.met("faces that cross themselves")
    ears[area < 0] = ears[area < 0, ::-1]
    return ears


def strip_triangles(indices: NDArray[np.int64]) -> NDArray[np.int64]:
    """The triangles (F, 3) of strips, one after another in (N,) with negative numbers between them.

    Every other triangle of a strip is turned, so that all face the same way; those without an area are left out.
    """
    places = np.arange(len(indices))
    restarts = indices < 0
    begun = np.maximum.accumulate(np.where(restarts, places + 1, 0)) if len(indices) else places
    first = places[: max(len(indices) - 2, 0)]
    triangles = np.stack([indices[first], indices[first + 1], indices[first + 2]], axis=1)
    odd = (first - begun[first]) % 2 == 1
    triangles[odd] = triangles[odd][:, [1, 0, 2]]
    a, b, c = triangles.T
    return np.asarray(triangles[(triangles >= 0).all(1) & (a != b) & (b != c) & (c != a)])
