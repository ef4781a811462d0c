"""The 3D view: threshold, blocks and smooth surface, colours, camera, keys."""

import numpy as np
import pytest
import viewer_support
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

pytestmark = pytest.mark.gui


@pytest.fixture
def window(window):
    """Random weights leave the occupancy nearly even: a threshold that some voxels exceed."""
    set_share(window, 0.02)
    return window


def set_share(window, share):
    occupancy = window.reconstruct.session.answer.reconstruction.occupancy
    window.reconstruct.session.set_display(threshold=float(np.quantile(occupancy, 1 - share)))


def surface(window, place="reconstruction"):
    return window.reconstruct.view.scene.surfaces[place]


def camera(window):
    camera = window.reconstruct.view.scene.camera
    return camera.position, camera.focal_point, camera.view_angle


def test_the_threshold_counts_voxels_and_never_reruns_the_network(window):
    answer = window.reconstruct.session.answer
    for threshold in (0.0, 1.0):
        window.reconstruct.threshold.set_value(threshold)
        window.reconstruct.threshold.changed.emit(threshold)
        voxels = int((answer.reconstruction.occupancy > threshold).sum())
        assert window.reconstruct.count.text() == f"{voxels:,} voxels"
        assert not window.reconstruct.controller.working
    assert window.reconstruct.session.answer is answer
    assert surface(window).n_points == 0
    assert "lower the threshold" in window.reconstruct.view.reconstruction_label.text()


def test_blocks_are_the_exposed_faces_only(window):
    voxels = window.reconstruct.session.answer.reconstruction.voxels(window.reconstruct.session.display.threshold)
    padded = np.pad(voxels, 1)
    exposed = sum(int((padded & ~np.roll(padded, step, axis)).sum()) for axis in range(3) for step in (1, -1))
    assert surface(window).n_cells == exposed


def test_blocks_or_smooth(window):
    blocks = surface(window).n_cells
    window.actions_["smooth"].trigger()
    assert surface(window).n_cells != blocks
    assert surface(window).is_all_triangles
    window.actions_["blocks"].trigger()
    assert surface(window).n_cells == blocks


def test_colours_explain_themselves(window):
    colours = set()
    for name in ("plain", "height", "occupancy"):
        window.actions_[name].trigger()
        assert window.reconstruct.view._legend.isVisible() == (name != "plain")
        colours.add(surface(window)["rgb"].tobytes())
    assert len(colours) == 3


def test_axes_can_be_hidden(window):
    renderer = window.reconstruct.view.canvas.renderers[0]
    assert "floor" in renderer.actors
    window.actions_["axes"].trigger()
    assert "floor" not in renderer.actors


def test_the_camera_stays_when_the_result_changes(window, wait_idle, tmp_path):
    window.reconstruct.view.scene.rotate(40, 10)
    before = camera(window)
    window.reconstruct.similarity.beta.changed.emit(0.9)
    wait_idle(window)
    window.actions_["smooth"].trigger()
    window.reconstruct.controller.open_picture(viewer_support.make_picture(tmp_path / "other.png", shade=50))
    wait_idle(window)
    window.reconstruct.session.select(window.reconstruct.session.answer.reconstruction.priors[0].slot)
    window.set_theme("dark")
    assert camera(window) == before


def test_reset_keeps_the_direction_and_shows_all(window):
    scene = window.reconstruct.view.scene
    scene.rotate(30, 0)
    scene.zoom(6)
    direction = np.subtract(scene.camera.position, scene.camera.focal_point)
    window.actions_["reset_view"].trigger()
    after = np.subtract(scene.camera.position, scene.camera.focal_point)
    np.testing.assert_allclose(np.cross(direction, after), 0, atol=1e-6)
    assert all_in_sight(window)


def test_isometric_looks_from_the_front_the_side_and_above(window):
    window.reconstruct.view.scene.rotate(120, -20)
    window.actions_["isometric"].trigger()
    position = np.array(window.reconstruct.view.scene.camera.position)
    assert (position > 0).all()
    assert position[0] == pytest.approx(position[2])


def all_in_sight(window):
    """Whether every point of what is shown lies within the picture."""
    canvas = window.reconstruct.view.canvas
    renderer = canvas.renderers[0]
    matrix = renderer.camera.GetCompositeProjectionTransformMatrix(renderer.GetTiledAspectRatio(), -1, 1)
    matrix = np.array([[matrix.GetElement(i, j) for j in range(4)] for i in range(4)])
    points = np.c_[surface(window).points, np.ones(surface(window).n_points)] @ matrix.T
    return bool((np.abs(points[:, :2] / points[:, 3:]) <= 1.0).all())


def test_arrow_keys_turn_and_plus_zooms(window):
    canvas = window.reconstruct.view.canvas
    before = np.array(window.reconstruct.view.scene.camera.position)
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    turned = np.array(window.reconstruct.view.scene.camera.position)
    assert not np.allclose(before, turned)
    assert np.linalg.norm(turned) == pytest.approx(np.linalg.norm(before))
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert np.linalg.norm(window.reconstruct.view.scene.camera.position) < np.linalg.norm(before)


@pytest.mark.parametrize("key", "3wfpqu")
def test_the_keys_of_vtk_do_nothing(window, key):
    canvas = window.reconstruct.view.canvas
    before = camera(window), window.reconstruct.session.display
    QTest.keyClick(canvas, key)
    assert (camera(window), window.reconstruct.session.display) == before
    assert not canvas.ren_win.GetStereoRender()
    assert canvas.renderers[0].actors["reconstruction"].prop.style == "Surface"


def test_dragging_turns_and_shift_dragging_moves(window):
    canvas = window.reconstruct.view.canvas
    before = camera(window)
    drag(canvas, Qt.KeyboardModifier.NoModifier)
    turned = camera(window)
    assert turned[0] != before[0]
    assert turned[1] == pytest.approx(before[1])
    drag(canvas, Qt.KeyboardModifier.ShiftModifier)
    assert camera(window)[1] != pytest.approx(before[1])


def drag(canvas, keys):
    start, end = QPoint(200, 200), QPoint(260, 230)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, keys, start)
    QTest.mouseMove(canvas, end)
    canvas.mouseMoveEvent(move(end, keys))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, keys, end)


def move(place, keys):
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent

    left = Qt.MouseButton.LeftButton
    return QMouseEvent(QEvent.Type.MouseMove, QPointF(place), QPointF(place), Qt.MouseButton.NoButton, left, keys)


def test_full_screen_and_back(window, qtbot):
    window.actions_["full_screen"].trigger()
    assert window.isFullScreen()
    window.actions_["cancel"].trigger()
    assert not window.isFullScreen()
    assert not window.actions_["full_screen"].isChecked()


def test_light_and_dark_differ_everywhere(window):
    def looks():
        picture = window.reconstruct.view.picture()
        scene = window.reconstruct.view.canvas.renderers[0].background_color.hex_rgb
        return (
            window.palette().window().color().name(),
            scene,
            picture.mean(),
            window.reconstruct.similarity.plot.canvas.backgroundBrush(),
        )

    light = looks()
    window.actions_["dark"].trigger()
    dark = looks()
    assert all(a != b for a, b in zip(light, dark, strict=True))
    assert dark[2] < light[2]


def test_a_narrow_tool_bar_says_that_there_is_more(open_window, picture, qtbot):
    window = open_window(picture)
    bar = window.reconstruct.tool_bar
    more = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    bar.setMaximumWidth(500)  # as in a narrow window with large letters
    qtbot.waitUntil(more.isVisible)
    pixels = more.grab().toImage()
    colours = {pixels.pixelColor(x, y).name() for x in range(pixels.width()) for y in range(pixels.height())}
    assert pixels.width() >= 12
    assert len(colours) > 2  # an arrow on its background


def test_the_legend_of_colours_leaves_the_title_its_place(window):
    view = window.reconstruct.view
    view.explain("errors")
    QApplication.processEvents()
    title, legend = view.reconstruction_label, view.kinds
    assert legend.isVisible()
    assert title.geometry().bottom() <= legend.geometry().top()
    assert title.width() > 200
    view.explain("plain")
