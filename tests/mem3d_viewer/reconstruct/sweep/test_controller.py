"""The sweep's dialog over a real network: it follows what is shown, and a click brings a value into force."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.data.images import picture_from_pixels
from mem3d_viewer.base.theme import DARK
from mem3d_viewer.reconstruct.history import EditHistory
from mem3d_viewer.reconstruct.sweep.controller import SweepController


@pytest.fixture
def sweep(session, controller, lane, actions, host):
    history = EditHistory(session, actions, host)
    history.changed.connect(lambda: controller.set_edits(history.state.priors))
    made = SweepController(session, controller, history, lane, actions, host)
    made.set_theme(DARK)
    yield made
    made.stop()


@pytest.fixture
def rest(sweep, controller):
    def wait():
        QTest.qWait(20)
        while sweep.working or controller.working:
            QTest.qWait(5)

    return wait


def values(sweep):
    return [point.value for point in sweep.dialog.plot.points]


def test_nothing_is_computed_before_it_is_open(sweep, rest, session, controller):
    rest()
    assert values(sweep) == []
    sweep.open()
    rest()
    assert len(values(sweep)) == 51
    assert sweep.dialog.export.isEnabled()


def test_a_click_brings_beta_into_force_and_the_curves_follow(sweep, rest, session):
    sweep.open()
    rest()
    sweep.dialog.plot.chosen.emit(0.34)
    rest()
    assert session.answer.beta == pytest.approx(0.34)
    assert sweep.dialog.plot.points[17].changed == 0  # 0.34 is what is shown now


def test_left_and_right_go_from_value_to_value(sweep, rest, session):
    sweep.open()
    sweep.dialog.choose("threshold")
    rest()
    plot = sweep.dialog.plot
    start = min(range(len(values(sweep))), key=lambda place: abs(values(sweep)[place] - session.display.threshold))
    for key, place in ((Qt.Key.Key_Right, start + 1), (Qt.Key.Key_Right, start + 2), (Qt.Key.Key_Left, start + 1)):
        QTest.keyClick(plot, key)
        assert session.display.threshold == pytest.approx(values(sweep)[place])
    rest()
    assert session.display.threshold == pytest.approx(values(sweep)[start + 1])


def test_threshold_and_number_of_priors(sweep, rest, session):
    sweep.open()
    sweep.dialog.choose("threshold")
    rest()
    sweep.dialog.plot.chosen.emit(0.62)
    rest()
    assert session.display.threshold == pytest.approx(0.62)
    sweep.dialog.choose("priors")
    rest()
    sweep.dialog.plot.chosen.emit(1.0)
    rest()
    assert session.request.edits.limit == 1
    assert len(session.answer.reconstruction.read) == 1


def test_without_memory_there_is_no_beta_to_sweep(sweep, rest, controller):
    controller.set_use_memory(False)
    sweep.open()
    rest()
    assert values(sweep) == []
    assert not sweep.dialog.export.isEnabled()


def test_an_opaque_picture_has_no_occluder(sweep, rest, controller):
    controller.open_pasted(picture_from_pixels(np.full((40, 40, 3), 120, np.uint8)))
    sweep.open()
    sweep.dialog.choose("occluder")
    rest()
    assert values(sweep) == []


def test_the_table_is_saved(sweep, rest, tmp_path, qtbot):
    sweep.open()
    rest()
    with qtbot.waitSignal(sweep.saved):
        sweep.save(tmp_path / "a.csv")
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 52


def test_a_closed_picture_empties_it(sweep, rest, controller, actions):
    sweep.open()
    rest()
    controller.close_picture()
    rest()
    assert values(sweep) == []
    assert not actions["sweep"].isEnabled()
