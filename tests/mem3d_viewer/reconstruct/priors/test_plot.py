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


READ, ABOVE, BELOW = range(3)


def bars(plot):
    """(similarity, slots, kind) of every bar, stacked ones from the bottom up."""
    options = plot.bars.opts
    tops = np.asarray(options["y0"]) + np.asarray(options["height"])
    counts = np.rint(10**tops - 10 ** np.asarray(options["y0"])).astype(int).tolist()
    kinds = [plot.colours.index(brush.color().name()) for brush in options["brushes"]]
    return sorted(zip(np.round(options["x"], 2).tolist(), kinds, counts, strict=True))


def test_bars_count_slots_that_are_read_that_could_be_and_that_are_below_beta(plot):
    similarities = np.array([0.31, 0.31, 0.715, 0.91, 0.911, 0.912], np.float32)
    plot.show_similarities(similarities, 0.7, [0.91])
    assert bars(plot) == [(0.31, BELOW, 2), (0.71, ABOVE, 1), (0.91, READ, 1), (0.91, ABOVE, 2)]


def test_a_pinned_slot_is_read_below_beta(plot):
    plot.show_similarities(np.array([0.31, 0.31, 0.91], np.float32), 0.7, [0.31])
    assert bars(plot) == [(0.31, READ, 1), (0.31, BELOW, 1), (0.91, ABOVE, 1)]


def test_the_three_colours_differ(plot):
    assert len(set(plot.colours)) == 3


def test_moving_beta_recolours(plot):
    plot.show_similarities(np.array([0.31, 0.71], np.float32), 0.5)
    plot.set_beta(0.8)
    assert [kind for _, kind, _ in bars(plot)] == [BELOW, BELOW]


def test_where_it_has_no_effect_beta_cannot_be_moved(plot):
    plot.set_active(False)
    assert not plot.beta_line.movable
    plot.set_active(True)
    assert plot.beta_line.movable


def test_only_the_user_is_reported(plot):
    seen = []
    plot.beta_dragged.connect(seen.append)
    plot.show_similarities(np.array([0.5], np.float32), 0.7)
    plot.set_beta(0.6)
    assert seen == []
    plot.beta_line.setValue(0.653)
    assert seen == [0.65]


def test_nothing_is_no_trouble(plot):
    plot.clear()
    plot.show_similarities(np.zeros(0, np.float32), 0.5)
    assert bars(plot) == []


@pytest.mark.parametrize("slots", [3, 9, 60, 550, 700, 950, 1001, 6000])
def test_the_highest_number_at_the_axis_is_not_cut_off(plot, slots):
    plot.show_similarities(np.full(slots, 0.31, np.float32), 0.7, [])
    low, high = plot.canvas.viewRange()[1]
    assert low == 0
    assert np.log10(1 + slots) <= high
    written = [np.log10(1 + count) for count in (1, 10, 100, 1000, 10000) if np.log10(1 + count) <= high]
    assert high >= 1.04 * max(written)
