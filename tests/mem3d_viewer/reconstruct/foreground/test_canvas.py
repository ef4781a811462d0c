import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from core.data.foreground import Stroke
from mem3d_viewer.reconstruct.foreground.canvas import EditCanvas

pytestmark = pytest.mark.gui


@pytest.fixture
def canvas(qtbot):
    """A picture of 100 x 50 pixels at four screen pixels each, and what was drawn on it."""
    widget = EditCanvas()
    qtbot.addWidget(widget)
    widget.resize(416, 216)
    widget.show()
    qtbot.waitExposed(widget)
    widget.set_picture(100, 50)
    widget.set_view(np.full((50, 100, 3), 200, np.uint8), None)
    widget.results = []
    widget.drawn.connect(widget.results.append)
    return widget


def drag(canvas, *points, modifier=Qt.KeyboardModifier.NoModifier, button=Qt.MouseButton.LeftButton):
    """Drag along ``points``, in pixels of the picture."""
    places = [canvas.to_widget(*point).toPoint() for point in points]
    QTest.mousePress(canvas, button, modifier, places[0])
    for place in places[1:]:
        QTest.mouseMove(canvas, place)
    QTest.mouseRelease(canvas, button, modifier, places[-1])


def test_the_whole_picture_is_shown_undistorted(canvas):
    assert canvas.to_widget(0, 0) == QPointF(8, 8)
    assert canvas.to_widget(100, 50) == QPointF(408, 208)
    canvas.resize(816, 216)
    assert canvas.to_widget(0, 0) == QPointF(208, 8)


def test_a_drag_is_a_box_whatever_its_direction(canvas):
    drag(canvas, (60, 40), (20, 10))
    assert canvas.results == [(20, 10, 60, 40)]


def test_a_box_stays_in_the_picture(canvas):
    drag(canvas, (50, 25), (104, 52))
    assert canvas.results == [(50, 25, 100, 50)]


def test_a_click_is_no_box(canvas):
    given_up = []
    canvas.given_up.connect(lambda: given_up.append(True))
    drag(canvas, (50, 25), (51, 26))
    assert canvas.results == []
    assert given_up


def test_an_edge_and_a_corner_of_the_box_can_be_moved(canvas):
    canvas.set_view(np.zeros((50, 100, 3), np.uint8), (20, 10, 60, 40))
    drag(canvas, (60, 25), (80, 30))
    drag(canvas, (20, 10), (10, 5))
    assert canvas.results == [(20, 10, 80, 40), (10, 5, 60, 40)]


def test_a_brush_gives_a_stroke_in_pixels_of_the_picture(canvas):
    canvas.tool, canvas.radius, canvas.colour = "cover", 3.5, (1, 2, 3)
    drawing = []
    canvas.drawing.connect(drawing.append)
    drag(canvas, (10, 10), (30, 10), (30, 40))
    assert canvas.results == [Stroke("cover", ((10, 10), (30, 10), (30, 40)), 3.5, (1, 2, 3))]
    assert [len(stroke.points) for stroke in drawing] == [1, 2, 3]


def test_a_dab_is_a_stroke_of_one_point(canvas):
    canvas.tool = "keep"
    drag(canvas, (10, 10))
    assert canvas.results[0].points == ((10, 10),)


def test_the_wheel_zooms_about_the_mouse_and_drawing_follows(canvas):
    place = canvas.to_widget(25, 25)
    canvas.zoom(2.0, place)
    assert canvas.to_widget(25, 25) == place
    drag(canvas, (20, 20), (30, 30))
    assert canvas.results == [(20, 20, 30, 30)]
    QTest.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.to_widget(0, 0) == QPointF(8, 8)


@pytest.mark.parametrize(
    ("button", "modifier"),
    [
        (Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier),
        (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_panning_moves_the_picture_and_draws_nothing(canvas, button, modifier):
    start, moved = canvas.to_widget(50, 25), QPointF(30, -20)
    QTest.mousePress(canvas, button, modifier, start.toPoint())
    QTest.mouseMove(canvas, (start + moved).toPoint())
    QTest.mouseRelease(canvas, button, modifier, (start + moved).toPoint())
    assert canvas.to_widget(50, 25) == start + moved
    assert canvas.results == []


def test_the_right_button_gives_a_stroke_up(canvas):
    canvas.tool = "remove"
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.mouseMove(canvas, QPoint(150, 100))
    assert canvas.is_drawing
    QTest.mouseClick(canvas, Qt.MouseButton.RightButton, pos=QPoint(150, 100))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(150, 100))
    assert canvas.results == []


def test_everything_can_be_drawn_by_keyboard(canvas):
    canvas.activateWindow()
    canvas.setFocus()
    for key in ("Left", "Left", "Up"):  # from the middle, (50, 25), 1/60 of the longest side each
        QTest.keyClick(canvas, getattr(Qt.Key, f"Key_{key}"))
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    for _ in range(2):
        QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    step = 100 / 60
    left, top = 50 - 2 * step, 25 - step
    assert canvas.results == [tuple(round(v) for v in (left, top, left + 10 * step, top + 10 * step))]
    assert not canvas.is_drawing


def test_the_picture_the_box_and_the_stroke_are_painted(canvas):
    canvas.set_view(np.full((50, 100, 3), (200, 30, 30), np.uint8), (20, 10, 60, 40))
    image = canvas.grab().toImage()
    assert image.pixelColor(canvas.to_widget(80, 45).toPoint()).getRgb()[:3] == (200, 30, 30)
    assert image.pixelColor(canvas.to_widget(20, 25).toPoint()).getRgb()[:3] != (200, 30, 30)
    canvas.tool, canvas.radius, canvas.colour = "cover", 4.0, (10, 200, 10)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=canvas.to_widget(70, 20).toPoint())
    QTest.mouseMove(canvas, canvas.to_widget(90, 20).toPoint())
    assert canvas.grab().toImage().pixelColor(canvas.to_widget(80, 22).toPoint()).getRgb()[:3] == (10, 200, 10)
    canvas.give_up()
