"""The field's two measures of a voxel reconstruction: IoU and F-score."""

from collections.abc import Sequence

import numpy as np
import scipy
import skimage
from numpy.typing import NDArray

SURFACE_POINTS = 8192
"""Points sampled on each surface for the F-score."""
PREDICTED, TRUE = 0, 1
"""Joined to a seed, so that two grids compared never get the same points, not even where they are equal."""


def voxel_iou(predicted: NDArray[np.bool_], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Intersection over union of binary grids (..., r, r, r), over the last three axes; of two empty grids 1."""
    axes = (-3, -2, -1)
    common = np.logical_and(predicted, truth).sum(axis=axes)
    union = np.logical_or(predicted, truth).sum(axis=axes)
    return np.where(union > 0, common / np.maximum(union, 1), 1.0)


class Surface:
    """Points on the surface of a grid, ready to be compared with those of other grids.

    Marching cubes, then ``SURFACE_POINTS`` points spread evenly by area.

    Args:
        grid: (r, r, r) bool; an empty one has no points.
        seed: of the points.
    """

    def __init__(self, grid: NDArray[np.bool_], seed: int | Sequence[int] = 0) -> None:
        self._side = grid.shape[0]
        self._tree = scipy.spatial.cKDTree(_surface_points(grid, np.random.default_rng(seed))) if grid.any() else None

    def f_score(self, truth: "Surface", distance: float = 0.01) -> float:
        """F-score (Tatarchenko et al., CVPR 2019), 0 … 1: of this surface against the true one.

        Precision and recall are the shares of points within ``distance``, a fraction of the grid's side, of the other
        surface's points. Two empty grids agree (1); one empty grid does not (0).
        """
        if self._tree is None or truth._tree is None:
            return float(self._tree is truth._tree)
        limit = distance * self._side
        precision = _share_within(limit, self._tree, truth._tree)
        recall = _share_within(limit, truth._tree, self._tree)
        return float(2 * precision * recall / (precision + recall)) if precision + recall > 0 else 0.0


def f_score(predicted: NDArray[np.bool_], truth: NDArray[np.bool_], seed: int = 0, distance: float = 0.01) -> float:
    """F-score of two binary grids; see ``Surface``, which is faster where one grid is compared with several.

    Args:
        predicted: (r, r, r) bool.
        truth: (r, r, r) bool.
        seed: of the sampled points, which differ between the two.
        distance: as a fraction of the grid's side.
    """
    return Surface(predicted, (seed, PREDICTED)).f_score(Surface(truth, (seed, TRUE)), distance)


def _share_within(limit: float, here: "scipy.spatial.cKDTree", there: "scipy.spatial.cKDTree") -> float:
    # Points that lie together are asked for together: the same branches of the tree are then still in the cache.
    nearest = there.query(here.data[here.indices], distance_upper_bound=limit)[0]
    return float(np.mean(nearest <= limit))


def _surface_points(grid: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.float64]:
    """(SURFACE_POINTS, 3) points spread evenly by area over the surface, in voxels."""
    # A border of empty space closes the surface where the object touches the edge of the grid.
    vertices, faces, _, _ = skimage.measure.marching_cubes(np.pad(grid, 1).astype(np.float32), level=0.5)  # type: ignore[no-untyped-call]  # skimage is untyped
    corners = vertices[faces].astype(np.float64)
    edge_a, edge_b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    areas = np.linalg.norm(np.cross(edge_a, edge_b), axis=1)
    chosen = rng.choice(len(faces), SURFACE_POINTS, p=areas / areas.sum())
    a, b = rng.random((2, SURFACE_POINTS, 1))
    outside = a + b > 1  # the other half of the parallelogram: fold it back onto the triangle
    a, b = np.where(outside, 1 - a, a), np.where(outside, 1 - b, b)
    points: NDArray[np.float64] = corners[chosen, 0] + a * edge_a[chosen] + b * edge_b[chosen]
    return points
