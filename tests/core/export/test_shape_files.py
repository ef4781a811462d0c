"""Shapes in files: closed, in size, pose and colours; read back by other libraries; whole or not at all."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest
import trimesh
from vox_files import read_vox

from core.data.binvox import load_binvox
from core.errors import OutputError
from core.export.shape_files import MESH_ENDINGS, VOXEL_ENDINGS, ShapeOptions, require_known_ending, save_voxels
from core.export.surfaces import block_mesh, smooth_mesh

GRID_UNITS = {".stl": ShapeOptions(millimetres=20 / 32, up="y")}
"""STL is made for printers unless told otherwise; the others are in units of the grid."""


def assert_closed(mesh, voxels, tolerance):
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.volume == pytest.approx(voxels.sum() / voxels.size, rel=tolerance)


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
    save_voxels(path, occupancy, 0.3, GRID_UNITS.get(ending))
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


@pytest.mark.parametrize("ending", [*MESH_ENDINGS, ".vox"])
def test_a_mesh_of_nothing_is_refused(tmp_path, occupancy, ending):
    with pytest.raises(OutputError, match=r"nothing is above the threshold 0\.95"):
        save_voxels(tmp_path / f"a{ending}", occupancy, 0.95)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("ending", [".binvox", ".npz"])
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
    save_voxels(tmp_path / "smooth.ply", occupancy, 0.5, ShapeOptions(smooth=True))
    mesh = trimesh.load(tmp_path / "smooth.ply")
    vertices, triangles = smooth_mesh(occupancy, 0.5)
    assert mesh.is_watertight
    assert len(mesh.faces) == len(triangles)
    np.testing.assert_allclose(mesh.bounds, [vertices.min(axis=0), vertices.max(axis=0)], atol=1e-5)


BOX = np.zeros((32, 32, 32), np.float32)
BOX[2:30, 4:8, 10:24] = 0.9  # 28 x 4 x 14: lies along x
BOX[28:30, 4:20, 10:12] = 0.5  # and stands up at one end


@pytest.mark.parametrize("smooth", [False, True])
def test_an_stl_is_ready_to_print(tmp_path, smooth):
    save_voxels(tmp_path / "a.stl", BOX, 0.3, ShapeOptions(smooth=smooth))
    mesh = trimesh.load(tmp_path / "a.stl")
    assert mesh.extents.max() == pytest.approx(100, abs=1e-3)
    assert mesh.extents[0] == mesh.extents.max()
    # z is up: the thin standing part is what reaches highest, at high x and at the side that was low z, now high y.
    top = mesh.vertices[mesh.vertices[:, 2] > mesh.bounds[1, 2] - 1]
    assert top[:, 0].min() > 35
    assert top[:, 1].min() > 10


@pytest.mark.parametrize(("ending", "length"), [(".obj", 250), (".ply", 250), (".stl", 250), (".glb", 0.25)])
def test_the_longest_side_has_the_length_that_was_asked_for(tmp_path, ending, length):
    save_voxels(tmp_path / f"a{ending}", BOX, 0.3, ShapeOptions(millimetres=250))
    mesh = trimesh.load(tmp_path / f"a{ending}", force="mesh")
    assert mesh.extents.max() == pytest.approx(length, rel=1e-5)


def test_a_turned_mesh_is_not_mirrored(tmp_path):
    save_voxels(tmp_path / "y.ply", BOX, 0.3)
    save_voxels(tmp_path / "z.ply", BOX, 0.3, ShapeOptions(up="z"))
    y, z = trimesh.load(tmp_path / "y.ply"), trimesh.load(tmp_path / "z.ply")
    assert z.is_watertight
    assert z.volume == pytest.approx(y.volume)  # negative if the faces looked inwards
    np.testing.assert_allclose(z.vertices, y.vertices @ [[1, 0, 0], [0, 0, 1], [0, -1, 0]], atol=1e-6)


def test_a_glb_that_is_z_up_is_refused(tmp_path):
    with pytest.raises(OutputError, match="y up by its standard"):
        save_voxels(tmp_path / "a.glb", BOX, 0.3, ShapeOptions(up="z"))


@pytest.mark.parametrize("millimetres", [0, -1, float("nan"), 1e7])
def test_impossible_sizes_are_refused(millimetres):
    with pytest.raises(OutputError, match="longest side"):
        ShapeOptions(millimetres=millimetres)


def apart():
    values = BOX.copy()
    values[0:2, 28:30, 0:2] = 0.9
    return values


@pytest.mark.parametrize("ending", [*MESH_ENDINGS, *VOXEL_ENDINGS])
@pytest.mark.parametrize("smooth", [False, True])
def test_the_largest_part_alone_can_be_written(tmp_path, ending, smooth):
    options = ShapeOptions(largest_part=True, smooth=smooth)
    save_voxels(tmp_path / f"a{ending}", apart(), 0.3, options)
    save_voxels(tmp_path / f"b{ending}", BOX, 0.3, options)
    if ending == ".npz":
        with np.load(tmp_path / "a.npz") as stored:
            np.testing.assert_array_equal(stored["voxels"], BOX > 0.3)
    else:
        assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


def nearest_colours(mesh, points):
    colours = mesh.visual.to_color() if mesh.visual.kind == "texture" else mesh.visual
    places = np.linalg.norm(mesh.vertices[None] - points[:, None], axis=-1).argmin(axis=1)
    return colours.vertex_colors[places, :3]


@pytest.mark.parametrize("ending", [".obj", ".ply", ".glb"])
@pytest.mark.parametrize("smooth", [False, True])
def test_colours_are_those_of_the_occupancy(tmp_path, ending, smooth):
    """viridis, as matplotlib has it: 0.9 is a yellowish green, 0.5 a blueish one."""
    save_voxels(tmp_path / f"a{ending}", BOX, 0.3, ShapeOptions(coloured=True, smooth=smooth))
    mesh = trimesh.load(tmp_path / f"a{ending}", force="mesh", process=False)
    low, high = nearest_colours(mesh, np.array([[-0.43, -0.37, 0.0], [0.43, 0.11, -0.18]])).astype(int)
    assert np.abs(low - (187, 223, 39)).max() < 30
    assert np.abs(high - (33, 145, 140)).max() < 40
    assert trimesh.Trimesh(mesh.vertices, mesh.faces, process=True).is_watertight


def test_a_vox_file_stands_and_holds_the_same_voxels(tmp_path):
    save_voxels(tmp_path / "a.vox", BOX, 0.3, ShapeOptions(coloured=True))
    size, voxels, palette = read_vox((tmp_path / "a.vox").read_bytes())
    assert size == (32, 32, 32)
    grid = np.zeros(size, bool)
    grid[tuple(voxels[:, :3].T)] = True
    # z up: their (x, y, z) are our (x, -z, y).
    np.testing.assert_array_equal(grid.transpose(0, 2, 1)[:, :, ::-1], BOX > 0.3)
    colours = palette[voxels[:, 3].astype(int) - 1]
    ours = BOX[voxels[:, 0], voxels[:, 2], 31 - voxels[:, 1]]
    assert (colours[ours == np.float32(0.9)] == colours[ours == np.float32(0.9)][0]).all()
    assert np.abs(colours[ours == np.float32(0.5)][0, :3].astype(int) - (33, 145, 140)).max() < 3
    assert voxels[:, 3].min() >= 1


def test_a_plain_vox_file_has_one_colour(tmp_path):
    save_voxels(tmp_path / "a.vox", BOX, 0.3)
    _, voxels, _ = read_vox((tmp_path / "a.vox").read_bytes())
    assert set(voxels[:, 3].tolist()) == {1}
