"""Exported surfaces are closed, outward and in place, whatever the grid."""

import numpy as np
import pytest
import trimesh

from core.export.surfaces import FILE_GAP, block_mesh, smooth_mesh


def grid(*occupied, side=4):
    voxels = np.zeros((side,) * 3, bool)
    for voxel in occupied:
        voxels[voxel] = True
    return voxels


def surface(voxels, gap=0.0, merged=False):
    vertices, quads = block_mesh(voxels, gap)
    return trimesh.Trimesh(vertices, quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3), process=merged)


def assert_closed(mesh, voxels, tolerance):
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.volume == pytest.approx(voxels.sum() / voxels.size, rel=tolerance)


def assert_closed_blocks(voxels):
    """In memory with exact positions, and after a reader has merged all points that are equal."""
    assert_closed(surface(voxels), voxels, 1e-6)
    assert_closed(surface(voxels, FILE_GAP, merged=True), voxels, 2e-3)


AWKWARD = {
    "one voxel": grid((1, 1, 1)),
    "at the border": grid((0, 0, 0), (3, 3, 3)),
    "touching at an edge": grid((1, 1, 1), (2, 2, 1)),
    "touching at a corner": grid((1, 1, 1), (2, 2, 2)),
    "edges in a row": grid((0, 0, 0), (1, 1, 0), (0, 0, 1), (1, 1, 1), (0, 0, 2), (1, 1, 2)),
    "an edge whose blocks are joined around both its ends": grid(
        (1, 1, 1), (2, 2, 1), (1, 1, 0), (1, 2, 0), (2, 2, 0), (1, 1, 2), (2, 1, 2), (2, 2, 2)
    ),
    "a checkerboard": np.indices((4, 4, 4)).sum(axis=0) % 2 == 0,
    "a hollow block": np.pad(np.pad(np.zeros((2, 2, 2), bool), 1, constant_values=True), 1),
    "a full grid": np.ones((4, 4, 4), bool),
}


def test_one_voxel_is_a_cube_in_its_place():
    vertices, quads = block_mesh(grid((0, 1, 3)))
    assert vertices.dtype == np.float32
    assert vertices.shape == (8, 3)
    assert quads.shape == (6, 4)
    assert vertices.min(axis=0).tolist() == [-0.5, -0.25, 0.25]
    assert vertices.max(axis=0).tolist() == [-0.25, 0.0, 0.5]


def test_only_exposed_faces_are_drawn_and_their_vertices_shared():
    vertices, quads = block_mesh(grid((1, 1, 1), (2, 1, 1)))  # a 2 x 1 x 1 block
    assert quads.shape == (10, 4)
    assert vertices.shape == (12, 3)


def test_32_voxels_are_one_unit():
    assert surface(np.ones((32, 32, 32), bool)).extents.tolist() == [1, 1, 1]


def test_faces_look_outwards():
    vertices, quads = block_mesh(grid((1, 1, 1)))
    corners = vertices[quads]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1])
    outwards = corners.mean(axis=1) - vertices.mean(axis=0)
    assert ((normals * outwards).sum(axis=1) > 0).all()


def test_an_empty_grid_has_no_faces():
    for vertices, faces in (block_mesh(grid()), smooth_mesh(np.zeros((4, 4, 4), np.float32), 0.3)):
        assert len(vertices) == len(faces) == 0


@pytest.mark.parametrize("voxels", AWKWARD.values(), ids=AWKWARD.keys())
def test_awkward_grids_are_closed(voxels):
    assert_closed_blocks(voxels)


def test_blocks_that_touch_at_an_edge_stay_two_bodies():
    assert surface(AWKWARD["touching at an edge"]).body_count == 2
    assert surface(AWKWARD["touching at an edge"], FILE_GAP, merged=True).body_count == 2


@pytest.mark.parametrize("case", range(1, 256))
def test_every_neighbourhood_of_a_corner_is_closed(case):
    voxels = np.pad(np.unpackbits(np.array([case], np.uint8)).reshape(2, 2, 2).astype(bool), 1)
    assert_closed_blocks(voxels)


@pytest.mark.parametrize("density", [0.1, 0.3, 0.5, 0.8])
def test_random_grids_are_closed(density):
    random = np.random.default_rng(0)
    for _ in range(5):
        assert_closed_blocks(random.random((8, 8, 8)) < density)
    assert_closed_blocks(random.random((32, 32, 32)) < density)


@pytest.mark.parametrize("binary", [False, True])
def test_the_smooth_surface_is_closed(binary):
    occupancy = np.random.default_rng(0).random((16, 16, 16), dtype=np.float32)
    occupancy = (occupancy > 0.7).astype(np.float32) if binary else occupancy
    vertices, triangles = smooth_mesh(occupancy, 0.5)
    mesh = trimesh.Trimesh(vertices, triangles, process=False)
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.volume > 0


def test_the_smooth_surface_of_a_ball_has_its_place_and_volume():
    """Centre and radius in voxels; the occupancy falls from 1 to 0 over two voxels around the surface."""
    centre, radius = np.array([20.0, 12.0, 14.0]), 8.0
    middles = np.moveaxis(np.indices((32, 32, 32)) + 0.5, 0, -1)
    distance = np.linalg.norm(middles - centre, axis=-1)
    vertices, triangles = smooth_mesh(np.clip((radius - distance) / 2 + 0.5, 0, 1).astype(np.float32), 0.5)
    mesh = trimesh.Trimesh(vertices, triangles, process=False)
    assert mesh.center_mass == pytest.approx(centre / 32 - 0.5, abs=1e-3)
    assert mesh.volume == pytest.approx(4 / 3 * np.pi * (radius / 32) ** 3, rel=0.02)


def test_the_smooth_surface_of_a_full_grid_is_closed_at_its_border():
    for threshold in (0.0, 0.3, 0.99):
        vertices, triangles = smooth_mesh(np.ones((8, 8, 8), np.float32), threshold)
        assert trimesh.Trimesh(vertices, triangles, process=False).is_watertight
