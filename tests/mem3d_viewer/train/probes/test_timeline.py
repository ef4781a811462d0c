import numpy as np
import probe_support
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QTabWidget

from mem3d_viewer.base.theme import DARK, LIGHT
from mem3d_viewer.train.probes.timeline import ProbeTimeline

pytestmark = pytest.mark.gui


@pytest.fixture
def run(tmp_path):
    probe_support.write_probes(tmp_path / "run")
    return tmp_path / "run"


@pytest.fixture
def timeline(qtbot):
    widget = ProbeTimeline()
    qtbot.addWidget(widget, before_close_func=release)
    widget.resize(880, 640)
    widget.set_theme(LIGHT)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def release(timeline):
    timeline.release()
    assert timeline.view is None or timeline.view.released


@pytest.fixture
def shown(timeline, run, qtbot):
    timeline.set_run(run)
    qtbot.waitUntil(lambda: timeline.bar.step is not None)
    settled(timeline, qtbot)
    return timeline


def settled(timeline, qtbot):
    """Wait until the chosen step is shown, which is read in the background."""
    qtbot.waitUntil(lambda: not timeline.measures.text().startswith("Reading"), timeout=30_000)


def drawn(timeline, place):
    """The voxels that are drawn, as far as their faces tell: how many faces, and where."""
    surface = timeline.view.scene.surfaces[place]
    return surface.n_cells, tuple(np.round(surface.bounds, 4)) if surface.n_cells else None


def test_the_newest_step_stands_beside_the_truth(shown):
    assert shown.bar.step == 1000
    assert "step 1,000" in shown.view.reconstruction_label.text()
    assert "Ground truth" in shown.view.beside_label.text()
    assert drawn(shown, "reconstruction") == drawn(shown, "beside")
    assert drawn(shown, "reconstruction")[0] == 6 * 16
    assert "IoU 1.000" in shown.measures.text()
    assert "<b>2</b> slots above β" in shown.measures.text()
    assert shown.top_words.text() == "Most similar: slot 40, key similarity 0.875"
    assert not shown.top_slot.image.isNull()
    assert [shown.list.view.item(row).text() for row in range(2)] == ["chair 7 view 2", "lamp/9 view 0"]


def test_scrubbing_shows_another_step_and_leaves_the_camera(shown, qtbot):
    shown.view.scene.rotate(35, 10)
    camera = shown.view.scene.camera
    before = (camera.position, camera.focal_point, camera.up)
    QTest.keyClick(shown.bar.slider, Qt.Key.Key_Left)
    settled(shown, qtbot)
    assert "IoU 0.500" in shown.measures.text()
    assert "<b>1</b> slot above β" in shown.measures.text()
    assert shown.curve.marked == 500
    QTest.keyClick(shown.bar.slider, Qt.Key.Key_Home)
    settled(shown, qtbot)
    assert "no voxel above 0.30" in shown.view.reconstruction_label.text()
    assert "IoU 0.000" in shown.measures.text()
    assert shown.top_words.text() == "The memory was still empty."
    assert (camera.position, camera.focal_point, camera.up) == before


def test_the_curve_is_of_the_chosen_probe_and_chooses_steps(shown, qtbot):
    def values():
        return shown.curve.drawn[0].yData.tolist()

    assert values() == [0.0, 0.5, 1.0]
    QTest.keyClick(shown.list.view, Qt.Key.Key_Down)
    assert values() == [0.0, 0.25, 0.75]
    assert "IoU 0.750" in shown.measures.text()
    assert drawn(shown, "beside")[1] == (-0.25, -0.125, -0.375, -0.25, -0.25, -0.125)
    shown.curve.chosen.emit(500)
    settled(shown, qtbot)
    assert shown.bar.step == 500
    assert "IoU 0.250" in shown.measures.text()


def test_the_threshold_changes_what_is_drawn_and_compared(shown):
    shown.threshold._box.setValue(0.6)
    assert "IoU 0.000" in shown.measures.text()
    assert "at the threshold 0.60" in shown.measures.text()
    assert drawn(shown, "reconstruction")[0] == 0
    assert drawn(shown, "beside")[0] == 6 * 16


def test_new_steps_are_followed_until_the_user_scrubs(shown, run, qtbot):
    probe_support.write_step(run, 1500)
    shown.refresh()
    qtbot.waitUntil(lambda: shown.bar.step == 1500)
    settled(shown, qtbot)
    assert "step 1,500" in shown.view.reconstruction_label.text()
    shown.bar.set_step(500)
    settled(shown, qtbot)
    probe_support.write_step(run, 2000)
    shown.refresh()
    shown.refresh()
    qtbot.waitUntil(lambda: len(shown.probes.iou) == 5)
    assert shown.bar.step == 500
    assert shown.curve.drawn[0].xData.tolist() == [0, 500, 1000, 1500, 2000]
    shown.bar.follow.click()
    settled(shown, qtbot)
    assert "step 2,000" in shown.view.reconstruction_label.text()


def test_steps_that_a_resumed_run_forgot_are_gone(shown, run, qtbot):
    (run / "probes" / "step_00001000.npz").unlink()
    shown.refresh()
    qtbot.waitUntil(lambda: shown.bar.step == 500)
    settled(shown, qtbot)
    assert "IoU 0.500" in shown.measures.text()


def test_another_run_takes_its_place(shown, tmp_path, qtbot):
    shown.bar.set_step(0)
    settled(shown, qtbot)
    probe_support.write_probes(tmp_path / "other", (0, 500))
    shown.set_run(tmp_path / "other")
    qtbot.waitUntil(lambda: shown.bar.step == 500)
    settled(shown, qtbot)
    assert "IoU 0.500" in shown.measures.text()
    shown.set_run(None)
    assert shown.message.isVisible()
    assert "choose a run" in shown.message.text()


def test_a_run_without_probes_says_so_until_there_are_some(timeline, tmp_path, qtbot):
    run = tmp_path / "new"
    run.mkdir()
    timeline.set_run(run)
    assert "Reading" in timeline.message.text()
    qtbot.waitUntil(lambda: "no probe images yet" in timeline.message.text())
    probe_support.write_probes(run, (0,))
    timeline.refresh()
    qtbot.waitUntil(lambda: timeline.bar.step == 0)
    assert not timeline.message.isVisible()


def test_a_damaged_step_is_left_out(timeline, run, qtbot):
    (run / "probes" / "step_00000500.npz").write_bytes(b"PK half a file")
    timeline.set_run(run)
    qtbot.waitUntil(lambda: timeline.bar.step == 1000)
    assert list(timeline.probes.iou) == [0, 1000]


def test_a_frame_that_vanished_is_told_in_words(shown, run, qtbot):
    for file in (run / "probes").glob("step_*.npz"):
        file.unlink()
    shown.bar.set_step(0)
    settled(shown, qtbot)
    assert "cannot be read" in shown.measures.text()


def test_damaged_inputs_are_named(timeline, run, qtbot):
    (run / "probes" / "inputs.npz").write_bytes(b"no pictures")
    timeline.set_run(run)
    qtbot.waitUntil(lambda: "inputs.npz" in timeline.message.text())


def test_the_3d_view_is_made_when_it_is_first_seen(run, qtbot):
    window, tabs, widget = QMainWindow(), QTabWidget(), ProbeTimeline()
    qtbot.addWidget(window, before_close_func=lambda _: release(widget))
    window.setCentralWidget(tabs)
    tabs.addTab(QTabWidget(), "Curves")
    tabs.addTab(widget, "Probes")
    window.resize(900, 640)
    window.show()
    widget.set_run(run)
    qtbot.waitUntil(lambda: widget.bar.step == 1000)
    assert widget.view is None
    tabs.setCurrentWidget(widget)
    qtbot.waitUntil(lambda: widget.view is not None)
    widget.set_theme(DARK)
    settled(widget, qtbot)
    assert drawn(widget, "reconstruction")[0] == 6 * 16
    widget.release()
    tabs.setCurrentIndex(0)
    tabs.setCurrentWidget(widget)
    assert widget.view.released
