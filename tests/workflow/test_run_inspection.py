"""What a run recorded on its way, in the window: probe images in 3D, and the memory."""

import numpy as np
import pytest
import tiny_training
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.training.events import MemoryReported, read_events
from mem3d_viewer.scene.voxel_mesh import block_surface

pytestmark = pytest.mark.gui


@pytest.fixture
def page(open_window, tmp_path, monkeypatch, wait):
    """The Train page of a window, set up to train a tiny network on boxes."""
    monkeypatch.setenv("MEM3D_RUNS", str(tmp_path / "runs"))
    packed = tiny_training.make_packed(tmp_path / "boxes")
    window = open_window()
    window.resize(1280, 800)
    window.show_page("train")
    window.train.setup.form.set_config(tiny_training.tiny_config(f"packed:{packed}"))
    yield window.train
    window.train.training.stop()  # a failed test must not end in the question whether to close
    wait(lambda: not window.train.training.active)


@pytest.fixture
def wait(qtbot):
    def until(reached):
        qtbot.waitUntil(reached, timeout=30_000)

    return until


def train(page, wait, name):
    page.setup.set_name(name)
    page.start()
    wait(lambda: not page.training.active)


def recorded(run, step):
    return np.load(run / "probes" / f"step_{step:08d}.npz")


def test_probe_images_are_followed_scrubbed_and_go_on_with_the_run(page, tmp_path, wait):
    probes, run = page.tabs.probes, tmp_path / "runs" / "first"
    page.tabs.setCurrentWidget(probes)
    assert "choose a run" in probes.message.text()
    train(page, wait, "first")
    wait(lambda: probes.bar.step == 12)
    assert list(probes.probes.iou) == [0, 4, 8, 12]
    assert probes.list.view.count() == 2
    assert f"{recorded(run, 12)['iou'][0]:.3f}" in probes.measures.text()

    probes.view.scene.rotate(40, 5)
    position = probes.view.scene.camera.position
    QTest.keyClick(probes.list.view, Qt.Key.Key_Down)
    QTest.keyClick(probes.bar.slider, Qt.Key.Key_Left)
    surface = block_surface(recorded(run, 8)["occupancy"][1].astype(np.float32), 0.3)
    assert probes.view.scene.surfaces["reconstruction"].n_cells == surface.n_cells
    assert probes.view.scene.camera.position == position

    page.resume(run, 4)
    wait(lambda: not page.training.active)
    wait(lambda: 16 in probes.probes.iou)
    assert probes.bar.step == 16  # a run that goes on is followed again


def test_the_memory_is_told_and_another_run_takes_its_place(page, tmp_path, wait):
    memory, runs = page.tabs.memory, tmp_path / "runs"
    page.tabs.setCurrentWidget(memory)
    assert memory.message.isVisible()
    train(page, wait, "first")
    reports = [e for e in read_events(runs / "first" / "events.jsonl") if isinstance(e, MemoryReported)]
    assert [report.step for report in reports] == [0, 4, 8, 12]
    last = reports[-1]
    wait(lambda: memory.summary.text().startswith(f"Step 12: {last.occupied} of {last.slots} slots in use"))
    assert memory.overwritten.rowCount() == len(last.overwritten)
    QTest.keyClick(memory.bar.slider, Qt.Key.Key_Home)
    assert memory.summary.text() == "Step 0: 0 of 8 slots in use (0%) · 0 categories"

    train(page, wait, "second")
    wait(lambda: page.run_list.tree.topLevelItemCount() == 2)
    wait(lambda: page.tabs.probes.bar.step == 12)
    assert page.tabs.probes.probes.run == runs / "second"
    items = [page.run_list.tree.topLevelItem(row) for row in range(2)]
    page.run_list.tree.setCurrentItem(next(item for item in items if item.text(0) == "first"))
    wait(lambda: page.tabs.probes.bar.step == 12 and page.tabs.probes.probes.run == runs / "first")
    wait(lambda: memory.bar.step == 12)
