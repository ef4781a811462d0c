import numpy as np
import pytest

from mem3d_viewer.reconstruct.priors.plot import SimilarityPlot

pytestmark = pytest.mark.gui


@pytest.fixture
def plot(qtbot):
    widget = SimilarityPlot()
    qtbot.addWidget(widget)
    widget.set_colours("#ffffff", "#000000", "#aaaaaa", "#ff8800", "#0000ff")
    return widget


def bars(plot):
    options = plot._bars.opts
    counts = np.rint(10 ** np.asarray(options["height"]) - 1).astype(int)
    colours = [brush.color().name() for brush in options["brushes"]]
    return list(zip(np.round(options["x"], 2).tolist(), counts.tolist(), colours, strict=True))


def test_bars_count_slots_and_tell_the_side_of_beta(plot):
    plot.show_similarities(np.array([0.31, 0.31, 0.715, 0.91], np.float32), 0.7)
    assert bars(plot) == [(0.31, 2, "#aaaaaa"), (0.71, 1, "#ff8800"), (0.91, 1, "#ff8800")]


def test_moving_beta_recolours(plot):
    plot.show_similarities(np.array([0.31, 0.71], np.float32), 0.5)
    plot.set_beta(0.8)
    assert [colour for _, _, colour in bars(plot)] == ["#aaaaaa", "#aaaaaa"]


def test_only_the_user_is_reported(plot):
    seen = []
    plot.beta_dragged.connect(seen.append)
    plot.show_similarities(np.array([0.5], np.float32), 0.7)
    plot.set_beta(0.6)
    assert seen == []
    plot._line.setValue(0.653)
    assert seen == [0.65]


def test_nothing_is_no_trouble(plot):
    plot.clear()
    plot.show_similarities(np.zeros(0, np.float32), 0.5)
    assert bars(plot) == []
