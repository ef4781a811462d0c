"""Where the camera stands, and that the colours of a difference are told apart by everybody."""

from itertools import combinations

import numpy as np
import pytest
import pyvista as pv

from core.export.colours import rgb
from mem3d_viewer.base.theme import LIGHT
from mem3d_viewer.scene.colour_maps import COLOUR_MAPS
from mem3d_viewer.scene.voxel_mesh import block_surface, difference_surface
from mem3d_viewer.scene.voxel_scene import VoxelScene

pytestmark = pytest.mark.gui

# What dichromats see, on linear RGB (Viénot, Brettel and Mollon, Color Research and Application 24, 1999).
_PROTAN = [[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]
_DEUTAN = [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]


@pytest.fixture
def plotter(qapp):
    plotter = pv.Plotter(off_screen=True, shape=(1, 2), border=False, lighting="none", window_size=(1000, 600))
    yield plotter
    plotter.close()


@pytest.fixture
def scene(plotter):
    scene = VoxelScene(plotter)
    scene.set_colours(LIGHT.scene)
    return scene


def surface(low, high):
    occupancy = np.zeros((32, 32, 32), np.float32)
    occupancy[low[0] : high[0], low[1] : high[1], low[2] : high[2]] = 1
    return block_surface(occupancy, 0.5)


def filled(scene, plotter, aspect, *surfaces):
    """The share of a viewport of this aspect (width to height) that the surfaces fill, across and in height."""
    matrix = plotter.renderers[0].camera.GetCompositeProjectionTransformMatrix(aspect, -1, 1)
    rows = np.array([[matrix.GetElement(i, j) for j in range(4)] for i in range(4)])
    points = np.concatenate([each.points for each in surfaces])
    clip = np.c_[points, np.ones(len(points))] @ rows.T
    return np.abs(clip[:, :2] / clip[:, 3:]).max(axis=0)


@pytest.mark.parametrize(("low", "high"), [((14, 0, 14), (18, 32, 18)), ((4, 2, 2), (28, 9, 30))])
def test_alone_and_side_by_side_shapes_fill_the_view(scene, plotter, low, high):
    shape, other = surface(low, high), surface((14, 4, 14), (16, 8, 16))
    scene.show("reconstruction", shape, "reconstruction")
    scene.reset_view()
    assert filled(scene, plotter, 1000 / 600, shape).max() == pytest.approx(0.92, abs=0.005)
    scene.show("beside", other, "prior")
    scene.split(True)
    assert filled(scene, plotter, 500 / 600, shape, other).max() == pytest.approx(0.92, abs=0.005)
    scene.fit_to(400, 900)
    assert filled(scene, plotter, 200 / 900, shape, other).max() == pytest.approx(0.92, abs=0.005)


def test_a_larger_shape_stays_in_sight_and_a_camera_that_was_moved_stays_put(scene, plotter):
    small, large = surface((14, 14, 14), (18, 18, 18)), surface((0, 0, 0), (32, 32, 32))
    scene.show("reconstruction", small, "reconstruction")
    scene.reset_view()
    near = scene.camera.distance
    scene.show("reconstruction", surface((15, 15, 15), (17, 17, 17)), "reconstruction")
    assert scene.camera.distance == near
    scene.show("reconstruction", large, "reconstruction")
    assert scene.camera.distance > near
    assert filled(scene, plotter, 1000 / 600, large).max() < 1
    scene.zoom(1.5)
    moved = scene.camera.position
    scene.show("beside", large, "prior")
    scene.split(True)
    assert scene.camera.position == moved


def test_the_colours_of_a_difference_are_those_of_the_legend(scene, plotter):
    voxels, other = np.zeros((2, 32, 32, 32), bool)
    voxels[3, 3, 3], other[9, 9, 9] = True, True
    shown = difference_surface(voxels, other)
    for place in ("reconstruction", "beside"):
        scene.show(place, shown, "truth")
        for value, (_, colour) in zip((0.5, 1.0), COLOUR_MAPS["difference"][1:], strict=True):
            of_kind = shown["difference"] == value
            expected = np.clip(np.outer(shown["shade"][of_kind], rgb(colour)), 0, 255)
            np.testing.assert_allclose(shown["rgb"][of_kind], expected, atol=1)


@pytest.mark.parametrize("seen", [np.eye(3), np.array(_PROTAN), np.array(_DEUTAN)], ids=["all", "protan", "deutan"])
def test_the_colours_of_a_difference_are_told_apart_by_the_colour_blind(seen):
    lab = [_lab(seen @ _linear(colour)) for _, colour in COLOUR_MAPS["difference"]]
    assert min(np.linalg.norm(one - other) for one, other in combinations(lab, 2)) > 40


def _linear(colour):
    share = np.array(rgb(colour)) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def _lab(linear):
    """CIELAB, white point D65 (IEC 61966-2-1 and CIE 15)."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(np.clip(to_xyz @ linear / [0.9505, 1.0, 1.089], 0.008856, None))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
