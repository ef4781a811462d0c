"""The scene in a plotter without a window."""

import pytest
import pyvista as pv

from mem3d_viewer.base.theme import DARK, LIGHT
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
