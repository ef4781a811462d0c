import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from mem3d_viewer.train.step_plot import StepPlot

pytestmark = pytest.mark.gui


@pytest.fixture
def plot(qtbot):
    widget = StepPlot("IoU", "Plot of IoU")
    qtbot.addWidget(widget)
    widget.resize(500, 200)
    widget.set_colours("#ffffff", "#000000", "#cccccc", "#0000ff", "#ff0000")
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def at(plot, step, height=0.5):
    """The pixel of a step, as a share of the greatest value shown."""
    box = plot.canvas.getPlotItem().getViewBox()
    top = box.viewRange()[1][1]
    return plot.canvas.mapFromScene(box.mapViewToScene(QPointF(step, top * height)))


def click(plot, step):
    QTest.mouseClick(plot.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at(plot, step))


def colour(plot, step, height):
    return plot.canvas.grab().toImage().pixelColor(at(plot, step, height)).name()


def test_a_click_chooses_the_nearest_recorded_step(plot, qtbot):
    plot.show_line((0, 500, 1000), (0.1, 0.2, 0.4))
    seen = []
    plot.chosen.connect(seen.append)
    click(plot, 620)
    qtbot.waitUntil(lambda: seen == [500])
    plot.mark(500)
    assert plot.marked == 500
    assert seen == [500]


def test_dragging_the_marker_chooses(plot):
    plot.show_line((0, 500, 1000), (0.1, 0.2, 0.4))
    plot.mark(0)
    seen = []
    plot.chosen.connect(seen.append)
    plot.marker.setValue(800)
    plot.marker.sigDragged.emit(plot.marker)
    assert seen == [1000]
    plot.marker.sigPositionChangeFinished.emit(plot.marker)
    assert plot.marker.value() == 1000


def test_amounts_are_stacked(plot):
    plot.show_stack((0, 100), np.array([[10, 30], [10, 30]]), ("#00ff00", "#ff00ff"), top=80)
    plot.mark(0)
    shown = plot.canvas.getPlotItem().getViewBox().viewRange()[1][1]
    assert colour(plot, 50, 5 / shown) == "#00ff00"
    assert colour(plot, 50, 25 / shown) == "#ff00ff"
    assert colour(plot, 50, 60 / shown) == "#ffffff"


def test_amounts_of_a_single_step_are_seen(plot):
    plot.show_stack((0,), np.array([[40, 0]]), ("#00ff00", "#ff00ff"), top=80)
    assert plot.marked == 0
    shown = plot.canvas.getPlotItem().getViewBox().viewRange()[1][1]
    assert colour(plot, 0.3, 20 / shown) == "#00ff00"


def test_nothing_is_no_trouble(plot):
    plot.show_line((0, 500), (0.1, 0.2))
    plot.clear()
    seen = []
    plot.chosen.connect(seen.append)
    click(plot, 0)
    assert plot.marked is None
    assert seen == []
