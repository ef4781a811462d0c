"""Polygons against the areas of what they enclose."""

import numpy as np
import pytest
import trimesh
from solids import U_VOLUME, u_prism

from core.data.meshes.parts import MeshRefused, Notes
from core.data.meshes.polygons import strip_triangles, triangulated


def cut(points, faces):
    notes = Notes()
    corners, sizes = np.concatenate(faces).astype(np.int64), np.array([len(face) for face in faces])
    at, polygon = triangulated(np.asarray(points, float), corners, sizes, notes)
    return trimesh.Trimesh(points, corners[at], process=False), polygon, notes


def in_space(outline, seed):
    turn = trimesh.transformations.random_rotation_matrix(np.random.default_rng(seed).uniform(size=3))[:3, :3]
    return np.pad(np.asarray(outline, float), ((0, 0), (0, 1))) @ turn.T


def area(outline):
    x, y = np.transpose(outline)
    return float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) / 2)


def test_the_opening_of_a_u_stays_open():
    points, faces = u_prism()
    mesh, polygon, notes = cut(points, faces)
    assert mesh.volume == pytest.approx(U_VOLUME)
    assert mesh.is_watertight
    assert (notes.polygons, notes.concave) == (10, 2)
    assert np.bincount(polygon).tolist() == [2] * 8 + [6] * 2


@pytest.mark.parametrize("first", range(8))
@pytest.mark.parametrize("wound", [1, -1])
def test_every_first_corner_and_winding_covers_the_same(first, wound):
    outline = np.roll([(0, 0), (6, 0), (6, 6), (4, 6), (4, 1), (2, 1), (2, 6), (0, 6)], first, axis=0)[::wound]
    points = in_space(outline, first)
    mesh, _, notes = cut(points, [range(8)])
    assert mesh.area == pytest.approx(26)
    normal = np.cross(points[1:], np.roll(points, -1, axis=0)[1:]).sum(0)
    assert (mesh.face_normals @ normal > 0).all()
    assert notes.concave in (0, 1)


def test_a_quad_may_be_concave_at_any_corner():
    for first in range(4):
        outline = np.roll([(0, 0), (4, 1), (8, 0), (4, 6)], first, axis=0)
        mesh, _, _ = cut(in_space(outline, first), [range(4)])
        assert mesh.area == pytest.approx(area(outline))


def test_an_outline_that_runs_to_a_hole_and_back():
    outline = [(0, 0), (6, 0), (6, 6), (0, 6), (0, 0), (2, 2), (2, 4), (4, 4), (4, 2), (2, 2)]
    mesh, _, notes = cut(in_space(outline, 1), [range(10)])
    assert mesh.area == pytest.approx(32)
    assert notes.concave == 1


@pytest.mark.parametrize("seed", range(5))
def test_random_stars(seed):
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 40))
    outline = np.stack([np.cos(angle), np.sin(angle)], 1) * rng.uniform(0.2, 1, (40, 1))
    mesh, _, _ = cut(in_space(outline, seed), [range(40)])
    assert mesh.area == pytest.approx(area(outline))
    assert len(mesh.faces) == 38


def test_convex_ones_are_fanned_and_short_ones_passed_over():
    square = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)]
    mesh, polygon, notes = cut(square, [[0], [0, 1], [0, 1, 2, 3], [2, 1, 0]])
    assert mesh.faces.tolist() == [[0, 1, 2], [0, 2, 3], [2, 1, 0]]
    assert polygon.tolist() == [2, 2, 3]
    assert (notes.polygons, notes.concave) == (1, 0)


def test_what_is_wrong_is_said():
    with pytest.raises(ValueError, match="vertex that is not there"):
        cut([(0, 0, 0), (1, 0, 0)], [[0, 1, 2]])
    angle = np.linspace(0, 2 * np.pi, 20_001, endpoint=False)
    star = np.stack([np.cos(angle), np.sin(angle), 0 * angle], 1) * (1 + np.arange(20_001)[:, None] % 2)
    with pytest.raises(MeshRefused, match="20001 corners"):
        cut(star, [range(20_001)])
    crossing = [(0, 0, 0), (4, 0, 0), (4, 4, 0), (1, -2, 0), (0, 4, 0)]
    assert "faces that cross themselves" in cut(crossing, [range(5)])[2].features


def test_strips_turn_every_other_triangle_and_begin_anew():
    assert strip_triangles(np.array([0, 1, 2, 3, -1, 4, 5, 6, 7])).tolist() == [
        [0, 1, 2], [2, 1, 3], [4, 5, 6], [6, 5, 7],
    ]  # fmt: skip
    assert strip_triangles(np.array([0, 1, 1, 2, 3])).tolist() == [[1, 2, 3]]
    assert strip_triangles(np.array([], int)).shape == (0, 3)
