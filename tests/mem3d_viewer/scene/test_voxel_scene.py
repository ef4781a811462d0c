"""The scene in a plotter without a window."""

import numpy as np
import pytest
import pyvista as pv

from mem3d_viewer.base.theme import DARK, LIGHT
from mem3d_viewer.scene.voxel_mesh import block_surface, faint_blocks
from mem3d_viewer.scene.voxel_scene import VoxelScene


@pytest.fixture
def plotter():
    plotter = pv.Plotter(off_screen=True, shape=(1, 2), border=False)
    yield plotter
    plotter.close()


def test_another_theme_colours_the_axes_and_does_not_make_them_anew(plotter):
    scene = VoxelScene(plotter)
    scene.set_colours(LIGHT.scene)
    triad = plotter.renderers[0].axes_actor
    scene.set_colours(DARK.scene)
    assert plotter.renderers[0].axes_actor is triad
    assert plotter.renderers[0].axes_enabled
    colour = pv.Color(triad.GetXAxisCaptionActor2D().GetCaptionTextProperty().GetColor())
    assert colour.hex_rgb == DARK.scene.text


def test_the_axes_come_and_go(plotter):
    scene = VoxelScene(plotter)
    scene.set_colours(LIGHT.scene)
    for on in (False, True):
        scene.set_style(colouring="plain", edges=True, axes=on)
        assert plotter.renderers[0].axes_enabled is on


def test_a_plane_and_what_shines_through_come_and_go(plotter):
    scene = VoxelScene(plotter)
    scene.set_colours(LIGHT.scene)
    occupancy = np.zeros((32, 32, 32), np.float32)
    occupancy[8:24, 8:24, 8:24], occupancy[4:8, 8:24, 8:24] = 0.9, 0.2
    scene.show("reconstruction", block_surface(occupancy, 0.5), "reconstruction", faint_blocks(occupancy, 0.5))
    scene.show_plane(1, 0.25)
    actors = plotter.renderers[0].actors
    faint = actors["reconstruction-faint"]
    assert faint.GetForceTranslucent()
    assert set(np.unique(pv.wrap(faint.mapper.GetInput())["rgb"][:, 3])) == {int(255 * (0.06 + 0.5 * np.float32(0.2)))}
    assert actors["plane"].bounds == pytest.approx((-0.5, 0.5, 0.25, 0.25, -0.5, 0.5))
    scene.set_colours(DARK.scene)
    assert plotter.renderers[0].actors["plane"].prop.color.hex_rgb == DARK.scene.text
    scene.show("reconstruction", block_surface(occupancy, 0.5), "reconstruction")
    scene.show_plane(None)
    assert not {"plane", "reconstruction-faint"} & set(plotter.renderers[0].actors)
