import pyqtgraph as pg
import pytest

from mem3d_viewer.evaluate.score_plot import ScorePlot, Series

pytestmark = pytest.mark.gui


@pytest.fixture
def plot(qtbot):
    widget = ScorePlot("Scores")
    qtbot.addWidget(widget)
    widget.set_colours("#ffffff", "#000000", "#aaaaaa")
    widget.resize(400, 300)
    return widget


def items(plot, kind):
    return [item for item in plot.canvas.getPlotItem().items if isinstance(item, kind)]


def test_bars_stand_in_groups_and_published_marks_over_them(plot):
    plot.show_bars(
        ["chair", "lamp"],
        [
            Series("with", [0.5, 0.7], "#0000ff"),
            Series("without", [0.4, 0.6], "#ff0000"),
            Series("paper", [0.8, 0.9], "#777777", published=True),
        ],
    )
    with_memory, without = items(plot, pg.BarGraphItem)
    assert list(with_memory.opts["height"]) == [0.5, 0.7]
    assert all(a < b for a, b in zip(with_memory.opts["x"], without.opts["x"], strict=True))
    (marks,) = items(plot, pg.PlotDataItem)
    assert marks.getData()[1].tolist() == [0.8, 0.9]
    assert marks.opts["pen"] is None
    assert [label.text for _, label in plot.legend.items] == ["with", "without", "paper"]
    low, high = plot.canvas.viewRange()[1]
    assert low == 0
    assert high > 0.9


def test_lines_with_the_best_place_marked(plot):
    plot.show_lines([0.2, 0.3, 0.4], [Series("with", [0.1, 0.3, 0.2], "#0000ff", mark=0.3)], "threshold t")
    (curve,) = items(plot, pg.PlotDataItem)
    assert curve.getData()[0].tolist() == [0.2, 0.3, 0.4]
    (line,) = items(plot, pg.InfiniteLine)
    assert line.value() == 0.3
    assert line.label.format == "best t = 0.30"


def test_a_new_drawing_replaces_the_one_before(plot):
    plot.show_lines([0.0], [Series("with", [0.1], "#0000ff")], "covered", percent=True)
    plot.show_bars(["chair"], [Series("with", [0.5], "#0000ff")])
    assert items(plot, pg.PlotDataItem) == []
    plot.clear()
    assert items(plot, pg.BarGraphItem) == []
    assert len(plot.legend.items) == 0


def test_the_picture_is_what_is_drawn(plot):
    plot.show()
    plot.show_bars(["chair"], [Series("with", [1.0], "#0000ff")])
    picture = plot.picture()
    colours = {picture.pixelColor(x, y).name() for x in range(0, picture.width(), 7) for y in range(0, 200, 7)}
    assert "#0000ff" in colours
