import numpy as np
import pytest

from mem3d_viewer.scene.voxel_mesh import (
    BOTH,
    OTHER,
    THIS,
    below_plane,
    block_surface,
    difference_surface,
    faint_blocks,
    part_surface,
    smooth_surface,
)


def grid(*voxels, value=0.9):
    occupancy = np.zeros((32, 32, 32), np.float32)
    for voxel in voxels:
        occupancy[voxel] = value
    return occupancy


def test_one_voxel_is_a_cube_in_its_place():
    surface = block_surface(grid((0, 31, 16)), 0.5)
    assert surface.n_cells == 6
    np.testing.assert_allclose(surface.bounds, [-0.5, -0.5 + 1 / 32, 0.5 - 1 / 32, 0.5, 0.0, 1 / 32], atol=1e-6)


def test_only_exposed_faces_are_drawn():
    assert block_surface(grid((5, 5, 5), (6, 5, 5)), 0.5).n_cells == 10
    assert block_surface(np.ones((32, 32, 32), np.float32), 0.5).n_cells == 6 * 32 * 32


def test_the_threshold_itself_is_empty():
    assert block_surface(grid((3, 3, 3), value=0.5), 0.5).n_cells == 0


def test_faces_look_outwards():
    surface = block_surface(grid((5, 5, 5), (6, 5, 5), (6, 6, 5)), 0.5)
    assert (
        surface.compute_normals(point_normals=False, auto_orient_normals=False, consistent_normals=False).n_cells == 14
    )
    assert surface.triangulate().clean().volume == pytest.approx(3 / 32**3, rel=1e-4)


def test_occupancy_is_that_of_the_voxel_behind_the_face():
    occupancy = grid((4, 4, 4), value=0.6) + grid((9, 9, 9), value=0.8)
    surface = block_surface(occupancy, 0.5)
    low = surface.points[:, 0] < -0.5 + 6 / 32
    np.testing.assert_allclose(surface["occupancy"], np.where(low, 0.6, 0.8))


def test_height_runs_from_floor_to_top():
    surface = block_surface(grid((0, 0, 0), (0, 31, 0)), 0.5)
    np.testing.assert_allclose(surface["height"], surface.points[:, 1] + 0.5, atol=1e-6)
    assert surface["height"].min() == 0
    assert surface["height"].max() == 1


def test_inner_corners_are_darker_and_outer_edges_brighter_than_flat_faces():
    floor = np.zeros((32, 32, 32), np.float32)
    floor[:, :4] = 1  # a plate
    floor[16:, 4:10] = 1  # and a step on it
    surface = block_surface(floor, 0.5)
    points = np.rint((surface.points + 0.5) * 32).astype(int)
    inner = (points == [16, 4, 16]).all(axis=1)
    flat = (points == [5, 4, 16]).all(axis=1)
    edge = (points == [16, 10, 16]).all(axis=1)
    shade = surface["shade"]
    assert shade[inner].max() < shade[flat].min() <= 1.0 < shade[edge].min()


def test_the_smooth_surface_lies_where_occupancy_meets_the_threshold():
    centres = (np.indices((32, 32, 32)) + 0.5) / 32 - 0.5
    radius = np.linalg.norm(centres, axis=0)
    occupancy = np.clip(1 - 2 * radius, 0, 1).astype(np.float32)
    surface = smooth_surface(occupancy, 0.5)
    np.testing.assert_allclose(np.linalg.norm(surface.points, axis=1), 0.25, atol=0.002)
    outward = (surface.points * surface.point_normals).sum(axis=1)
    assert (outward > 0).all()
    assert (surface["occupancy"] > 0.5).all()


def test_nothing_above_the_threshold_is_an_empty_surface():
    assert smooth_surface(grid(), 0.5).n_points == 0
    assert block_surface(grid(), 0.5).n_points == 0


def test_errors_tell_correct_missing_and_extra_voxels():
    voxels, truth = np.zeros((2, 32, 32, 32), bool)
    voxels[2, 2, 2] = truth[2, 2, 2] = True
    truth[9, 9, 9] = True
    voxels[20, 20, 20] = True
    surface = difference_surface(voxels, truth)
    assert surface.n_cells == 18
    found = {
        round(float(x * 32 + 16)): float(kind)
        for (x, _, _), kind in zip(surface.cell_centers().points, surface["difference"][::4], strict=True)
        if float(x * 32 + 16) % 1
    }
    assert found == pytest.approx({2: BOTH, 10: OTHER, 20: THIS})
    assert difference_surface(np.zeros_like(truth), np.zeros_like(truth)).n_points == 0


def test_parts_are_numbered_from_the_largest_on():
    voxels = np.zeros((32, 32, 32), bool)
    voxels[2, 2, 2] = True
    voxels[10:12, 5, 5] = True
    surface = part_surface(voxels)
    assert (surface["part"] == 0).sum() == 4 * 10
    assert (surface["part"] == 1).sum() == 4 * 6


def test_a_plane_leaves_the_layers_below_it():
    for axis in range(3):
        kept = below_plane(axis, 5)
        assert kept.sum() == 5 * 32 * 32
        assert np.argwhere(kept)[:, axis].max() == 4


def test_faint_blocks_are_those_between_nothing_and_the_threshold():
    occupancy = grid((10, 10, 10)) + grid((11, 10, 10), value=0.2) + grid((20, 20, 20), value=0.01)
    faint = faint_blocks(occupancy, 0.5)
    assert faint.n_cells == 5  # not the face on the shape
    np.testing.assert_allclose(faint["occupancy"], 0.2)
    assert faint_blocks(occupancy, 0.1).n_points == 0
    assert faint_blocks(occupancy, 0.0).n_points == 0


def test_parts_of_a_cut_shape_keep_their_numbers():
    voxels = np.zeros((32, 32, 32), bool)
    voxels[0:10, 0, 0] = voxels[0:3, 5, 5] = True
    assert set(part_surface(voxels, below_plane(0, 2))["part"]) == {0.0, 1.0}
    assert part_surface(voxels, below_plane(0, 2)).n_cells == 2 * (2 * 4 + 2)
