"""Exported surfaces are closed, outward and in place, whatever the grid; files appear whole or not at all."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest
import trimesh

from core.data.binvox import load_binvox
from core.errors import OutputError
from core.mesh_export import (
    FILE_GAP,
    MESH_ENDINGS,
    VOXEL_ENDINGS,
    block_mesh,
    require_known_ending,
    save_voxels,
    smooth_mesh,
)


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


@pytest.fixture
def occupancy():
    """A sloping block with a voxel that touches it at an edge; lower towards +x."""
    values = np.zeros((32, 32, 32), np.float32)
    values[4:20, 8:16, 10:30] = np.linspace(0.9, 0.2, 16, dtype=np.float32)[:, None, None]
    values[3, 7, 12] = 0.8
    return values


@pytest.mark.parametrize("ending", MESH_ENDINGS)
def test_mesh_files_read_back_closed(tmp_path, occupancy, ending):
    path = tmp_path / f"shape{ending}"
    save_voxels(path, occupancy, 0.3)
    mesh = trimesh.load(path, force="mesh")
    mesh.merge_vertices()
    assert_closed(mesh, occupancy > 0.3, 1e-3)
    occupied = np.argwhere(occupancy > 0.3)
    assert mesh.bounds[0] == pytest.approx(occupied.min(axis=0) / 32 - 0.5, abs=1e-4)
    assert mesh.bounds[1] == pytest.approx((occupied.max(axis=0) + 1) / 32 - 0.5, abs=1e-4)
    assert os.listdir(tmp_path) == [path.name]


def test_an_ending_in_capitals_is_understood(tmp_path, occupancy):
    save_voxels(tmp_path / "SHAPE.STL", occupancy, 0.3)
    assert (tmp_path / "SHAPE.STL").stat().st_size == 84 + 50 * 2 * len(block_mesh(occupancy > 0.3)[1])


def test_binvox_reads_back(tmp_path, occupancy):
    save_voxels(tmp_path / "a.binvox", occupancy, 0.3)
    assert np.array_equal(load_binvox(tmp_path / "a.binvox"), occupancy > 0.3)


def test_npz_holds_probabilities_and_voxels(tmp_path, occupancy):
    save_voxels(tmp_path / "a.npz", occupancy, 0.3)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as stored:
        assert sorted(stored) == ["occupancy", "voxels"]
        assert stored["occupancy"].dtype == np.float32
        assert np.array_equal(stored["occupancy"], occupancy)
        assert stored["voxels"].dtype == bool
        assert np.array_equal(stored["voxels"], occupancy > 0.3)


def test_the_threshold_itself_is_empty(tmp_path):
    values = np.full((32, 32, 32), 0.5, np.float32)
    save_voxels(tmp_path / "a.npz", values, 0.5)
    with np.load(tmp_path / "a.npz") as stored:
        assert not stored["voxels"].any()


@pytest.mark.parametrize("ending", MESH_ENDINGS)
def test_a_mesh_of_nothing_is_refused(tmp_path, occupancy, ending):
    with pytest.raises(OutputError, match=r"nothing is above the threshold 0\.95"):
        save_voxels(tmp_path / f"a{ending}", occupancy, 0.95)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("ending", VOXEL_ENDINGS)
def test_an_empty_grid_is_no_reason_to_refuse(tmp_path, occupancy, ending):
    save_voxels(tmp_path / f"a{ending}", occupancy, 0.95)
    assert (tmp_path / f"a{ending}").is_file()


@pytest.mark.parametrize("name", ["a.xyz", "a", "obj", "a.obj.zip"])
def test_unknown_endings_are_refused(tmp_path, occupancy, name):
    with pytest.raises(OutputError, match=r"\.binvox.*\.glb"):
        save_voxels(tmp_path / name, occupancy, 0.3)
    with pytest.raises(OutputError, match="unknown ending"):
        require_known_ending(tmp_path / name)


def test_a_missing_folder_is_named(tmp_path, occupancy):
    with pytest.raises(OutputError, match="make the folder"):
        save_voxels(tmp_path / "none" / "a.obj", occupancy, 0.3)


def test_a_folder_is_no_file(tmp_path, occupancy):
    (tmp_path / "a.obj").mkdir()
    with pytest.raises(OutputError, match="it is a folder"):
        save_voxels(tmp_path / "a.obj", occupancy, 0.3)
    assert os.listdir(tmp_path) == ["a.obj"]


def test_a_full_disk_keeps_the_old_file(tmp_path, occupancy, monkeypatch):
    path = tmp_path / "a.npz"
    path.write_bytes(b"old")

    def full(self, data):
        with self.open("wb") as file:
            file.write(data[:10])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match=r"a\.npz: cannot be written \(No space left on device\)"):
        save_voxels(path, occupancy, 0.3)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.npz"]


def test_a_mesh_file_can_hold_the_smooth_surface(tmp_path, occupancy):
    save_voxels(tmp_path / "smooth.ply", occupancy, 0.5, smooth=True)
    mesh = trimesh.load(tmp_path / "smooth.ply")
    vertices, triangles = smooth_mesh(occupancy, 0.5)
    assert mesh.is_watertight
    assert len(mesh.faces) == len(triangles)
    np.testing.assert_allclose(mesh.bounds, [vertices.min(axis=0), vertices.max(axis=0)], atol=1e-5)
