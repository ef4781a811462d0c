"""IoU and F-score against hand cases and an independent computation."""

import numpy as np
import pytest
import trimesh
from scipy.spatial.distance import cdist

from core.metrics import SURFACE_POINTS, Surface, f_score, voxel_iou


def cube(low, high):
    grid = np.zeros((32, 32, 32), bool)
    grid[low:high, low:high, low:high] = True
    return grid


def test_iou_by_hand():
    assert voxel_iou(cube(0, 4), cube(2, 6)) == pytest.approx(8 / (64 + 64 - 8))
    assert voxel_iou(cube(0, 4), cube(0, 4)) == 1
    assert voxel_iou(cube(0, 4), cube(8, 12)) == 0
    assert voxel_iou(cube(0, 0), cube(0, 0)) == 1


def test_iou_of_a_batch_is_per_grid():
    a = np.stack([cube(0, 4), cube(0, 0)])
    np.testing.assert_allclose(voxel_iou(a, np.stack([cube(0, 4), cube(1, 2)])), [1, 0])


def test_f_score_of_equal_far_and_empty_grids():
    assert f_score(cube(4, 10), cube(4, 10)) == pytest.approx(1, abs=0.001)
    # 8192 points on a large surface lie too far apart for all to find a partner: the measure's own limit.
    assert 0.75 < f_score(cube(4, 20), cube(4, 20)) < 0.95
    assert f_score(cube(2, 8), cube(20, 28)) == 0
    assert f_score(cube(0, 0), cube(2, 8)) == 0
    assert f_score(cube(0, 0), cube(0, 0)) == 1


def test_f_score_of_two_slabs_by_hand():
    # The same 12 x 12 slab, 2 and 6 thick: the bottom faces agree and the tops are 4 voxels apart, so of the thin one
    # everything agrees but its top, of the thick one the bottom and the lower third of its sides.
    thin, thick = np.zeros((2, 32, 32, 32), bool)
    thin[2:14, 4:6, 2:14] = True
    thick[2:14, 4:10, 2:14] = True
    face, side = 12 * 12, 4 * 12
    precision = (face + 2 * side) / (2 * face + 2 * side)
    recall = (face + 2 * side) / (2 * face + 6 * side)
    expected = 2 * precision * recall / (precision + recall)
    assert f_score(thin, thick) == pytest.approx(expected, abs=0.03)


def test_f_score_agrees_with_trimesh_sampling_and_brute_force():
    a, b = cube(4, 12), cube(4, 12)
    b[4:12, 12, 4:12] = True  # one more layer
    b[8, 4:20, 8] = True  # and a spike
    points = []
    for grid in (a, b):
        mesh = trimesh.voxel.ops.matrix_to_marching_cubes(np.pad(grid, 1))
        points.append(trimesh.sample.sample_surface(mesh, SURFACE_POINTS, seed=1)[0])
    shares = [
        np.concatenate([cdist(part, there).min(axis=1) <= 0.32 for part in np.array_split(here, 16)]).mean()
        for here, there in (points, points[::-1])
    ]
    assert f_score(a, b) == pytest.approx(2 * shares[0] * shares[1] / sum(shares), abs=0.02)


def test_f_score_is_the_same_for_the_same_seed():
    assert f_score(cube(2, 9), cube(3, 10), seed=4) == f_score(cube(2, 9), cube(3, 10), seed=4)


def test_f_score_hardly_depends_on_the_order_or_the_seed():
    a, b = cube(4, 12), cube(5, 13)
    scores = [f_score(*pair, seed=seed) for pair in ((a, b), (b, a)) for seed in range(3)]
    assert np.ptp(scores) < 0.02


def test_f_score_of_two_shifted_cubes_by_hand():
    # Cubes of side 8, one voxel apart along x: the four faces along the shift agree but for their last row, the two
    # across it lie one voxel from each other, farther than 1 % of 32.
    a, b = cube(8, 16), np.roll(cube(8, 16), 1, axis=0)
    share = (4 * 8 * 7 + 4 * 8 * 0.32) / (6 * 64)  # 0.32 of the last row is still within reach
    assert f_score(a, b) == pytest.approx(share, abs=0.03)


def test_f_score_against_sampling_of_the_surfaces_triangles_with_another_distance():
    a, b = cube(4, 12), cube(4, 12)
    b[12:14, 4:12, 4:12] = True
    meshes = [trimesh.voxel.ops.matrix_to_marching_cubes(np.pad(grid, 1)) for grid in (a, b)]
    points = [trimesh.sample.sample_surface(mesh, 400, seed=2)[0] for mesh in meshes]
    # Distances to the surface itself, not to points on it: what sampling converges to.
    shares = [
        np.mean(trimesh.proximity.closest_point_naive(mesh, here)[1] <= 0.64)
        for here, mesh in zip(points, meshes[::-1], strict=True)
    ]
    assert f_score(a, b, distance=0.02) == pytest.approx(2 * shares[0] * shares[1] / sum(shares), abs=0.05)


def test_a_surface_can_be_compared_with_many():
    truth = Surface(cube(4, 12), seed=(0, 1))
    for other in (cube(4, 12), cube(5, 13), cube(0, 0)):
        assert Surface(other, seed=(0, 0)).f_score(truth) == f_score(other, cube(4, 12))
