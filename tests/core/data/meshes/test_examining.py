"""Pose, repairs and health of meshes made by hand, each with one known fault."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

from core.data.meshes.examining import AXES, Orientation, examine
from core.errors import ConfigError, DatasetError


def save(path: Path, mesh: trimesh.Trimesh) -> Path:
    mesh.export(path)
    return path


def write_ply(path, mesh):
    """Exactly these vertices and faces: nothing is merged on the way."""
    lines = ["ply", "format ascii 1.0", f"element vertex {len(mesh.vertices)}"]
    lines += [f"property double {axis}" for axis in "xyz"]
    lines += [f"element face {len(mesh.faces)}", "property list uchar int vertex_indices", "end_header"]
    lines += [" ".join(map(repr, vertex)) for vertex in mesh.vertices.tolist()]
    lines += ["3 " + " ".join(map(str, face)) for face in mesh.faces.tolist()]
    path.write_text("\n".join(lines) + "\n")
    return path


def raw(vertices, faces):
    return trimesh.Trimesh(vertices, faces, process=False)


@pytest.fixture
def box():
    """A box whose sides lie inside voxels, not between them."""
    return trimesh.creation.box(extents=(4, 1.9, 0.9))


@pytest.mark.parametrize("up", AXES)
@pytest.mark.parametrize("front", AXES)
def test_every_pair_of_axes_is_a_rotation(up, front):
    if up[1] == front[1]:
        with pytest.raises(ConfigError, match="one line"):
            Orientation(up, front)
        return
    rotation = Orientation(up, front).rotation
    assert np.linalg.det(rotation) == pytest.approx(1)
    for name, target in ((up, (0, 1, 0)), (front, (1, 0, 0))):
        vector = np.zeros(3)
        vector["xyz".index(name[1])] = 1 if name[0] == "+" else -1
        np.testing.assert_array_equal(rotation @ vector, target)


@pytest.mark.parametrize("wrong", [{"up": "y"}, {"front": "+w"}, {"fill": 0.0}, {"fill": 1.5}, {"fill": float("nan")}])
def test_impossible_orientations_are_refused(wrong):
    with pytest.raises(ConfigError):
        Orientation(**wrong)


def test_a_mesh_is_turned_into_the_pose(tmp_path):
    """A staircase drawn z up and looking along -y: its high step is at the back."""
    steps = [trimesh.creation.box(bounds=b) for b in ([[0, 0, 0], [1, 1, 1]], [[0, 1, 0], [1, 2, 3]])]
    path = save(tmp_path / "steps.stl", trimesh.util.concatenate(steps))
    mesh = examine(path, Orientation(up="+z", front="-y")).mesh
    np.testing.assert_allclose(np.ptp(mesh.bounds, axis=0), (2, 3, 1))
    high = mesh.vertices[mesh.vertices[:, 1] > 2.5]
    assert high[:, 0].max() < mesh.bounds[:, 0].mean() + 1e-9
    report = examine(path, Orientation(up="+z", front="-y"))
    assert report.longest_axis == "y"
    assert report.size == pytest.approx((2, 3, 1))
    assert report.grid[:16].any(axis=(0, 2)).all()  # the back reaches the top
    assert not report.grid[17:, 12:].any()


def test_a_faultless_box(tmp_path, box):
    report = examine(write_ply(tmp_path / "box.ply", box))
    assert (report.triangles, report.parts, report.watertight, report.notes) == (12, 1, True, ())
    assert report.grid.shape == (32, 32, 32)
    assert report.occupied == pytest.approx(32 * 16 * 8 / 32**3)
    assert report.solid
    assert report.longest_axis == "x"
    assert "watertight" in str(report)


def test_doubled_vertices_are_merged(tmp_path, box):
    loose = raw(box.triangles.reshape(-1, 3), np.arange(36).reshape(12, 3))
    report = examine(write_ply(tmp_path / "box.ply", loose))
    assert report.repairs.merged_vertices == 28
    assert report.watertight
    assert report.parts == 1
    assert report.notes == ("28 vertices merged",)


def test_flat_and_repeated_triangles_are_removed(tmp_path, box):
    faces = [*box.faces.tolist(), [0, 0, 1], [0, 1, 0], box.faces[3].tolist(), np.roll(box.faces[5], 1).tolist()]
    report = examine(write_ply(tmp_path / "box.ply", raw(box.vertices, faces)))
    assert (report.repairs.degenerate_faces, report.repairs.duplicate_faces) == (2, 2)
    assert (report.triangles, report.watertight) == (12, True)
    assert len(report.mesh.faces) == 12


def test_two_sided_sheets_are_not_taken_for_doubles(tmp_path):
    sheet = raw([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2], [0, 2, 1]])
    report = examine(write_ply(tmp_path / "sheet.ply", sheet))
    assert (report.triangles, report.repairs.duplicate_faces, report.repairs.flipped_faces) == (2, 0, 0)
    assert any("thinner than a voxel along z" in note for note in report.notes)


@pytest.mark.parametrize("flipped", [[3], [0, 4, 7], range(12)])
def test_flipped_faces_are_turned_back(tmp_path, box, flipped):
    faces = box.faces.copy()
    faces[list(flipped)] = faces[list(flipped), ::-1]
    report = examine(write_ply(tmp_path / "box.ply", raw(box.vertices, faces)))
    assert report.repairs.flipped_faces == len(list(flipped))
    assert report.mesh.volume == pytest.approx(4 * 1.9 * 0.9)
    np.testing.assert_array_equal(report.mesh.faces, box.faces)


def test_a_strip_with_one_side_only_stays_as_it_is(tmp_path):
    """A Moebius strip has no consistent winding."""
    n = 12
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    rim = [
        (1 + s * np.cos(a / 2) / 3) * np.array([np.cos(a), np.sin(a), 0]) + [0, 0, s * np.sin(a / 2) / 3]
        for a in angle
        for s in (-1, 1)
    ]
    faces = []
    for k in range(n):
        a, b = 2 * k, 2 * k + 1
        c, d = (2 * k + 2, 2 * k + 3) if k < n - 1 else (1, 0)
        faces += [[a, c, b], [b, c, d]]
    report = examine(write_ply(tmp_path / "strip.ply", raw(rim, faces)))
    assert report.repairs.flipped_faces == 0
    assert not report.watertight


def test_parts_are_counted(tmp_path, box):
    both = trimesh.util.concatenate([box, box.copy().apply_translation((0, 5, 0))])
    report = examine(write_ply(tmp_path / "two.ply", both))
    assert (report.parts, report.watertight) == (2, True)


def without(box, axis, side):
    """The box without the faces on one side."""
    return raw(box.vertices, box.faces[box.face_normals[:, axis] * side < 0.5])


@pytest.mark.parametrize(("axis", "side"), [(0, 1), (1, 1), (1, -1), (2, -1)])
def test_a_box_that_lacks_one_side_is_made_solid_and_said_so(tmp_path, box, axis, side):
    report = examine(write_ply(tmp_path / "open.ply", without(box, axis, side)))
    assert not report.watertight
    assert report.holes_closed
    assert report.solid
    whole = examine(write_ply(tmp_path / "box.ply", box)).grid
    assert report.grid[4:-4, 10:-10, 14:-14].all()
    assert (report.grid != whole).sum() <= 2 * 32 * 16  # at most the layer of the side that is missing
    assert any("open on one side" in note and "filled" in note for note in report.notes)


def test_holes_may_be_kept(tmp_path, box):
    report = examine(write_ply(tmp_path / "open.ply", without(box, 1, 1)), Orientation(close_holes=False))
    assert not report.solid
    assert not report.grid[2:-2, 12:-8, 14:-14].any()
    assert report.closed_voxels > 1000
    assert any(f"{report.closed_voxels} voxels inside left empty" in note for note in report.notes)


def test_a_cup_with_walls_of_its_own_stays_hollow(tmp_path):
    report = examine(write_ply(tmp_path / "cup.ply", walls()))
    assert report.closed_voxels == 0
    assert not report.grid[6:-6, 8:, 6:-6].any()


def walls():
    """A bottom and four walls, each a box."""
    bounds = (
        [[0, 0, 0], [8, 1, 8]], [[0, 1, 0], [1, 8, 8]], [[7, 1, 0], [8, 8, 8]], [[1, 1, 0], [7, 8, 1]],
        [[1, 1, 7], [7, 8, 8]],
    )  # fmt: skip
    return trimesh.util.concatenate([trimesh.creation.box(bounds=b) for b in bounds])


def test_the_scale_of_the_file_does_not_matter(tmp_path, box):
    one = examine(write_ply(tmp_path / "one.ply", box))
    large = examine(write_ply(tmp_path / "large.ply", box.copy().apply_scale(1000)))
    np.testing.assert_array_equal(one.grid, large.grid)
    assert large.size == pytest.approx((4000, 1900, 900))


def test_a_margin_can_be_left(tmp_path, box):
    grid = examine(write_ply(tmp_path / "box.ply", box), Orientation(fill=0.48)).grid
    assert np.flatnonzero(grid.any(axis=(1, 2))).tolist() == list(range(8, 24))
    assert grid.sum() == 16 * 8 * 4


def test_a_mesh_without_any_area_is_named(tmp_path):
    path = write_ply(tmp_path / "line.ply", raw([[0, 0, 0], [1, 0, 0], [2, 0, 0]], [[0, 1, 2]]))
    with pytest.raises(DatasetError, match=r"line\.ply: none of its triangles has an area"):
        examine(path)


def test_colours_survive_the_repairs(tmp_path, box):
    box.visual.face_colors = [
        (200, 10, 10, 255) if normal[0] > 0.5 else (10, 10, 200, 255) for normal in box.face_normals
    ]
    doubled = trimesh.util.concatenate([box, box])
    doubled.export(tmp_path / "box.ply")
    mesh = examine(tmp_path / "box.ply").mesh
    assert len(mesh.faces) == 12
    red = mesh.visual.face_colors[:, 0] == 200
    np.testing.assert_array_equal(red, mesh.face_normals[:, 0] > 0.5)


def test_genuine_meshes_are_solid_and_upright(shared_data):
    """Kenney's chairs are closed bodies: the seat is solid, and the back is high at low x."""
    report = examine(shared_data / "meshes" / "chair" / "kenneyfurn_chair.glb")
    assert report.longest_axis == "y"
    assert report.closed_voxels == 0
    above_the_seat = report.grid[:, 20:]
    assert above_the_seat[:16].any()
    assert not above_the_seat[24:].any()
