"""Voxelisation against analytic bodies and an exact triangle-box test."""

import numpy as np
import pytest
import trimesh

from core.data import voxelising
from core.data.voxelising import close_holes, voxelise
from core.errors import DatasetError


def centres(resolution=32):
    axis = np.arange(resolution) + 0.5
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1)


def touches(triangle, low):
    """Separating-axis test of one triangle against the closed unit cubes at ``low`` (N, 3): (N,) bool."""
    corners = triangle - (low[:, None] + 0.5)
    edges = triangle[[1, 2, 0]] - triangle
    axes = [*np.eye(3), np.cross(edges[0], edges[1])]
    axes += [np.cross(unit, edge) for unit in np.eye(3) for edge in edges]
    answer = np.ones(len(low), bool)
    for axis in axes:
        along = corners @ axis
        reach = 0.5 * np.abs(axis).sum() + 1e-9
        answer &= (along.min(1) <= reach) & (along.max(1) >= -reach)
    return answer


def test_a_cube_fills_the_grid():
    assert voxelise(trimesh.creation.box(extents=(3, 3, 3))).all()


def test_longest_side_fills_the_grid_and_the_rest_is_centred():
    grid = voxelise(trimesh.creation.box(extents=(32, 15, 7)).apply_translation((100, -5, 3)))
    expected = np.zeros((32, 32, 32), bool)
    expected[:, 8:24, 12:20] = True  # 8.5 … 23.5 and 12.5 … 19.5
    np.testing.assert_array_equal(grid, expected)


def test_axes_are_x_y_z():
    parts = [trimesh.creation.box(bounds=bounds) for bounds in ([[0, 0, 0], [32, 7, 7]], [[0, 0, 0], [7, 15, 7]])]
    grid = voxelise(trimesh.util.concatenate(parts))
    along = [len(np.flatnonzero(grid.any(axis=others))) for others in ((1, 2), (0, 2), (0, 1))]
    assert along == [32, 16, 8]
    assert grid[:7, :, 16].sum() == 7 * 16  # the part that goes up stands at low x
    assert grid[8:, 16:].sum() == 0


def test_a_ball_matches_the_analytic_one():
    grid = voxelise(trimesh.creation.icosphere(subdivisions=5))
    offset = np.abs(centres() - 16)
    nearest = np.linalg.norm(np.maximum(offset - 0.5, 0), axis=-1)
    assert grid[np.linalg.norm(offset, axis=-1) < 15.9].all()
    assert not grid[nearest > 16].any()


@pytest.mark.parametrize("seed", range(4))
def test_surface_voxels_are_those_that_triangles_touch(seed):
    rng = np.random.default_rng(seed)
    mesh = trimesh.Trimesh(rng.uniform(0, 1, (12, 3)), np.arange(12).reshape(4, 3), process=False)
    grid = voxelise(mesh)
    low, high = mesh.bounds
    scaled = (mesh.triangles - (low + high) / 2) * (32 / (high - low).max()) + 16
    corners = (centres() - 0.5).reshape(-1, 3)
    exact = np.any([touches(triangle, corners) for triangle in scaled], axis=0).reshape(grid.shape)
    assert not (grid & ~exact).any()
    # What sampling may miss is a corner of a voxel that a triangle barely cuts.
    assert (exact & ~grid).sum() < 0.25 * exact.sum()


@pytest.mark.parametrize("seed", range(6))
def test_turned_bodies_have_no_leak(seed):
    rng = np.random.default_rng(seed)
    extents = rng.uniform(0.4, 1.0, 3)
    turn = trimesh.transformations.random_rotation_matrix(rng.uniform(size=3))
    mesh = trimesh.creation.box(extents=extents, transform=turn)
    grid = voxelise(mesh)
    low, high = mesh.bounds
    points = (centres() - 16) * ((high - low).max() / 32) + (low + high) / 2
    local = np.abs(points @ turn[:3, :3])
    assert grid[(local < extents / 2).all(-1)].all()


def test_a_mesh_that_is_not_watertight_is_filled():
    box = trimesh.creation.box()
    loose = trimesh.Trimesh(box.triangles.reshape(-1, 3), np.arange(36).reshape(12, 3), process=False)
    loose.faces[::2] = loose.faces[::2, ::-1]  # every other triangle turned inside out
    assert not loose.is_watertight
    assert voxelise(loose).all()


def test_an_open_box_stays_hollow():
    box = trimesh.creation.box()
    lidless = trimesh.Trimesh(box.vertices, box.faces[box.face_normals[:, 1] < 0.5], process=False)
    grid = voxelise(lidless)
    assert not grid[2:-2, 2:, 2:-2].any()
    assert grid[:, 0].all()
    assert grid[0].all()


def without(mesh, axis, side):
    return trimesh.Trimesh(mesh.vertices, mesh.faces[mesh.face_normals[:, axis] * side < 0.5], process=False)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("side", [-1, 1])
def test_a_hole_on_any_one_side_is_closed_if_asked_for(axis, side):
    mesh = without(trimesh.creation.box(extents=(4, 3.9, 3.8)), axis, side)
    assert not voxelise(mesh)[12:20, 12:20, 12:20].any()
    assert close_holes(mesh, voxelise(mesh))[2:-2, 2:-2, 2:-2].all()


def test_closing_holes_leaves_what_is_open_on_purpose():
    leg, top = [[0, 0, 0], [1, 7, 1]], [[0, 7, 0], [8, 8, 8]]
    places = ((0, 0), (7, 0), (0, 7), (7, 7))
    legs = [trimesh.creation.box(bounds=leg).apply_translation((x, 0, z)) for x, z in places]
    table = trimesh.util.concatenate([*legs, trimesh.creation.box(bounds=top)])
    tube = without(without(trimesh.creation.box(), 1, 1), 1, -1)
    two_sided = without(trimesh.creation.box(), 1, 1)
    two_sided = trimesh.util.concatenate([two_sided, two_sided.copy()])
    two_sided.faces[len(two_sided.faces) // 2 :] = two_sided.faces[len(two_sided.faces) // 2 :, ::-1]
    for mesh in (table, tube, two_sided):
        np.testing.assert_array_equal(close_holes(mesh, voxelise(mesh)), voxelise(mesh))
    assert not voxelise(table)[8:24, :24, 8:24].any()


def test_closing_holes_takes_many_triangles_in_pieces(monkeypatch):
    mesh = without(trimesh.creation.icosphere(subdivisions=3), 1, -1)
    whole = close_holes(mesh, voxelise(mesh))
    monkeypatch.setattr(voxelising, "_SAMPLES_AT_ONCE", 300)
    np.testing.assert_array_equal(close_holes(mesh, voxelise(mesh)), whole)
    assert whole[16, 6:26, 16].all()
    assert not voxelise(mesh)[16, 8:24, 16].any()


def test_a_tangle_of_long_triangles_is_refused_at_once():
    points = np.random.default_rng(0).random((300_000, 3))
    tangle = trimesh.Trimesh(points, np.arange(300_000).reshape(-1, 3), process=False)
    with pytest.raises(DatasetError, match="too many triangles"):
        voxelise(tangle)


def test_a_margin_is_left_around_the_object():
    grid = voxelise(trimesh.creation.box(extents=(2, 1, 1)), fill=0.48)
    assert np.flatnonzero(grid.any(axis=(1, 2))).tolist() == list(range(8, 24))


def test_thin_parts_survive():
    grid = voxelise(trimesh.creation.box(extents=(1, 0.0001, 0.0001)))
    assert grid.any(axis=(1, 2)).all()


@pytest.mark.parametrize(
    ("vertices", "message"),
    [
        (np.zeros((0, 3)), "no triangles"),
        (np.ones((3, 3)), "no extent"),
        ([[0, 0, 0], [1, 0, 0], [0, np.nan, 0]], "not finite"),
    ],
)
def test_impossible_meshes_are_refused(vertices, message):
    faces = np.arange(len(vertices)).reshape(-1, 3)
    with pytest.raises(DatasetError, match=message):
        voxelise(trimesh.Trimesh(vertices, faces, process=False))


def whole_box(low, high):
    """A box with whole-numbered bounds, its diagonals drawn either way."""
    return trimesh.creation.box(bounds=[low, high])


def any_order(mesh, rng):
    """The same surface with other diagonals, first corners and windings."""
    quads = mesh.facets_boundary
    faces = []
    for edges in quads:
        ring = [int(edges[0][0])]
        follow = {int(a): set() for a in np.unique(edges)}
        for a, b in edges.tolist():
            follow[a].add(b)
            follow[b].add(a)
        while len(ring) < 4:
            ring.append(min(follow[ring[-1]] - set(ring)))
        a, b, c, d = np.roll(ring, rng.integers(2)).tolist()
        faces += [[a, b, c], [a, c, d]]
    faces = [np.roll(face, rng.integers(3)).tolist()[:: rng.choice([-1, 1])] for face in faces]
    return trimesh.Trimesh(mesh.vertices, faces, process=False)


@pytest.mark.parametrize("seed", range(8))
def test_faces_on_voxel_boundaries_belong_to_what_they_enclose(seed):
    """A frame of the whole grid's size fixes the scale; the box in it has even bounds, as its mirror image has."""
    rng = np.random.default_rng(seed)
    low = rng.integers(1, 20, 3)
    high = low + rng.integers(1, 12, 3)
    expected = np.zeros((32, 32, 32), bool)
    expected[tuple(slice(a, b) for a, b in zip(low, high, strict=True))] = True
    expected[:, 0, 0] = expected[0, :, 31] = expected[31, 31, :] = True
    bars = [whole_box((0, 0, 0), (32, 1, 1)), whole_box((0, 0, 31), (1, 32, 32)), whole_box((31, 31, 0), (32, 32, 32))]
    parts = [any_order(part, rng) for part in [whole_box(low, high), *bars]]
    grid = voxelise(trimesh.util.concatenate(parts))
    np.testing.assert_array_equal(grid, expected)
    scaled = trimesh.util.concatenate(parts).apply_scale(0.1).apply_translation((1000.3, -70.1, 5))
    np.testing.assert_array_equal(voxelise(scaled), expected)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_corners_makes_no_difference(seed):
    rng = np.random.default_rng(seed)
    vertices, faces = rng.uniform(0, 1, (60, 3)), np.arange(60).reshape(-1, 3)
    grid = voxelise(trimesh.Trimesh(vertices, faces, process=False))
    for _ in range(5):
        turned = rng.permuted(faces, axis=1)
        np.testing.assert_array_equal(voxelise(trimesh.Trimesh(vertices, turned, process=False)), grid)


def test_a_box_and_its_faces_cut_into_many_triangles_are_the_same():
    box = trimesh.creation.box(bounds=[(0, 0, 0), (32, 4, 20)])
    for _ in range(4):
        box = box.subdivide()
    grid = voxelise(box)
    assert grid.sum() == 32 * 4 * 20
    assert grid[:, 14:18, 6:26].all()


@pytest.mark.parametrize(("height", "layer"), [(0, 0), (5, 5), (16, 16), (25, 24), (32, 31)])
def test_a_sheet_between_voxels_takes_those_nearer_to_the_middle(height, layer):
    frame = [whole_box((0, 0, 0), (1, 32, 1)), whole_box((31, 0, 31), (32, 32, 32))]
    corners = [[4, height, 4], [20, height, 4], [20, height, 20], [4, height, 20]]
    sheet = trimesh.Trimesh(corners, [[0, 1, 2], [0, 2, 3]], process=False)
    grid = voxelise(trimesh.util.concatenate([*frame, sheet]))
    assert np.flatnonzero(grid[8].any(axis=1)).tolist() == [layer]
    assert np.flatnonzero(grid[:, layer, 10]).tolist() == list(range(4, 20))


def test_a_grid_never_reaches_beyond_the_object():
    for extents in [(32, 4, 20), (32, 4, 0), (32, 0, 0.3), (31, 30, 8)]:
        mesh = trimesh.Trimesh(
            *(getattr(trimesh.creation.box(), name) for name in ("vertices", "faces")), process=False
        )
        mesh.vertices = mesh.vertices * extents
        occupied = np.argwhere(voxelise(mesh))
        half = np.array(extents) / max(extents) * 16
        assert (occupied.min(0) >= np.floor(16 - half)).all()
        assert (occupied.max(0) < np.maximum(np.ceil(16 + half), 17)).all()


def test_a_line_through_shared_edges_counts_once(monkeypatch):
    """Vote lines exactly through the edges of the triangles: a bowl of them is closed like any other."""
    monkeypatch.setattr(voxelising, "_LINE_OFFSET", (0, 0))
    corners = np.array([(x, 0 if (x, z) == (16.5, 16.5) else 32, z) for x in (0, 16.5, 32) for z in (0, 16.5, 32)])
    faces = [[a + 1, a, a + 4] for a in (0, 1, 3, 4)] + [[a + 4, a, a + 3] for a in (0, 1, 3, 4)]
    bowl = trimesh.Trimesh(corners, faces, process=False)
    closed = close_holes(bowl, voxelise(bowl))
    lid = trimesh.Trimesh(corners[[0, 2, 8, 6]], [[0, 1, 2], [0, 2, 3]], process=False)
    full = voxelise(trimesh.util.concatenate([bowl, lid]))
    assert (closed & ~full).sum() == 0
    assert (full & ~closed).sum() < 0.1 * full.sum()
