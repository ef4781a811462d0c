"""Training in the window: set up, start, pause, go on, stop, resume, compare, open; and what goes wrong on the way."""

import json
import os
import shutil
import threading
import time

import numpy as np
import pytest
import tiny_training
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QMessageBox, QPushButton

from core.checkpoint import load_checkpoint
from core.config import Mem3DConfig, preset
from core.errors import OutputError
from core.locks import FileLock
from core.training.estimate import Estimate
from core.training.events import read_events
from core.training.trainer import Trainer

pytestmark = pytest.mark.gui


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    return tiny_training.make_packed(tmp_path_factory.mktemp("data") / "boxes")


@pytest.fixture
def runs(tmp_path):
    return tmp_path / "runs"


@pytest.fixture(scope="module")
def _warm(_shared):
    """The shared window's threads run before the first test that uses it, as no test may leave one of its own."""
    page = _shared[0].train
    done = []
    for controller in (page.training, page.runs, page.tabs.probes.probes):
        controller._lane.submit(lambda _: None).finished.connect(lambda: done.append(1))
    deadline = time.monotonic() + 10
    while len(done) < 3 and time.monotonic() < deadline:
        QTest.qWait(5)


@pytest.fixture
def window(_warm, window, runs, packed, wait):
    """A window on its Train page, set up to train a tiny network on the boxes; a module's tests share it."""
    page = window.train
    window.show_page("train")
    page.sides.setCurrentWidget(page.setup)
    page.runs.root = runs
    page.setup.set_folder(runs)
    page.setup.set_steps(None)
    page.setup.form.set_config(tiny_training.tiny_config(f"packed:{packed}"))
    page.tabs.curves.x_axis.setCurrentText("Steps")
    page.tabs.curves.show_everything()
    yield window
    page.training.stop()
    wait(lambda: not page.training.active)
    page.run_list.set_runs([])


@pytest.fixture
def own_window(open_window, tmp_path, packed, monkeypatch, wait):
    """A window that a test may close, on its Train page."""
    monkeypatch.setenv("MEM3D_RUNS", str(tmp_path / "runs"))
    window = open_window()
    window.show_page("train")
    window.train.setup.form.set_config(tiny_training.tiny_config(f"packed:{packed}"))
    yield window
    window.train.training.stop()  # a failed test must not end in the question whether to close
    wait(lambda: not window.train.training.active)


@pytest.fixture
def wait(qtbot):
    def until(reached):
        qtbot.waitUntil(reached, timeout=30_000)

    return until


def press(window, text):
    button = next(b for b in window.train.findChildren(QPushButton) if b.text() == text and b.isVisible())
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def config(window, **training):
    """Set the form up with other training settings."""
    dataset = window.train.setup.dataset.spec
    window.train.setup.form.set_config(tiny_training.tiny_config(dataset, **training))


def train(window, wait, name="first", **training):
    """Train a run to its end."""
    config(window, **training)
    window.train.setup.set_name(name)
    press(window, "Start")
    wait(lambda: not window.train.training.active)


def events(run, kind):
    return [event for event in read_events(run / "events.jsonl") if type(event).__name__ == kind]


def losses(window):
    return window.train.training.curves.curve("loss")


def answer_box(monkeypatch, text):
    """Press the button called ``text`` in the next message box; returns the boxes' words."""
    seen = []

    def press_it(box):
        seen.append(box.text())
        next(button for button in box.buttons() if button.text().replace("&", "") == text).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press_it)
    return seen


def test_a_training_from_start_to_end(window, runs, wait):
    page = window.train
    page.setup.set_name("first")
    press(window, "Start")
    assert page.training.active
    assert not page.setup.can_start
    wait(lambda: not page.training.active)
    assert page.training.step == 12  # 6 objects x 4 views / 4, twice
    kept = Mem3DConfig.from_file(runs / "first" / "config.json")
    assert kept == page.setup.config
    assert losses(window).steps.tolist() == list(range(1, 13))
    assert losses(window).values.tolist() == [event.loss for event in events(runs / "first", "StepDone")]
    assert page.strip.activity.text() == "first"
    wait(lambda: page.run_list.tree.topLevelItemCount() == 1)
    item = page.run_list.tree.topLevelItem(0)
    wait(lambda: item.text(1) == "finished")
    assert [item.text(column) for column in (0, 2)] == ["first", "12"]
    best = max(event.validation_iou for event in events(runs / "first", "Validated"))
    assert float(item.text(3)) == pytest.approx(best, abs=5e-4)
    assert page.setup.can_start
    assert page.setup.run.name != "first"


def test_pause_resume_and_stop(window, runs, wait):
    page = window.train
    config(window, epochs=100_000)
    page.setup.set_name("long")
    press(window, "Start")
    wait(lambda: page.training.step > 2)
    press(window, "Pause")
    assert page.training.state in ("pausing", "paused")
    wait(lambda: page.training.state == "paused")
    wait(lambda: page.strip.activity.text() == "Paused")
    QTest.qWait(250)  # what was told before it held
    held = page.training.step
    recorded = len(events(runs / "long", "StepDone"))
    QTest.qWait(250)
    assert (page.training.step, len(events(runs / "long", "StepDone"))) == (held, recorded)
    press(window, "Resume")
    wait(lambda: page.training.step > held + 2)
    press(window, "Stop")
    assert page.strip.activity.text() == "Stopping…"
    wait(lambda: not page.training.active)
    end = events(runs / "long", "TrainingFinished")[-1]
    assert end.stopped
    assert load_checkpoint(runs / "long" / "checkpoints" / f"step_{end.step:08d}.safetensors").step == end.step


def test_a_stopped_run_is_resumed_and_its_curves_go_on(window, runs, wait, monkeypatch):
    page = window.train
    config(window, epochs=100_000)
    page.setup.set_name("long")
    press(window, "Start")
    wait(lambda: page.training.step > 5)
    page.training.stop()
    wait(lambda: not page.training.active)
    stopped = page.training.step
    wait(lambda: [run.status for run in page.run_list.runs] == ["stopped"])
    page.sides.setCurrentWidget(page.run_list)
    page.run_list.select(runs / "long")
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_: (7, True))
    page.run_list.commands["train_on"].trigger()
    wait(lambda: not page.training.active)
    assert page.training.step == stopped + 7
    assert losses(window).steps.tolist() == list(range(1, stopped + 8))
    wait(lambda: [run.status for run in page.run_list.runs] == ["finished"])
    page.run_list.commands["resume"].trigger()  # nothing is left of what was planned: to the end of all epochs
    wait(lambda: page.training.step > stopped + 9)
    page.training.stop()
    wait(lambda: not page.training.active)
    steps = losses(window).steps
    assert steps.tolist() == list(range(1, int(steps[-1]) + 1))


def test_train_on_past_the_limit_while_it_runs(window, runs, wait, monkeypatch):
    page = window.train
    page.setup.set_name("more")
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_: (5, True))
    config(window, epochs=5, evaluate_every=20, checkpoint_every=20)
    press(window, "Start")
    wait(lambda: page.training.step > 0)
    planned = page.training.last_step
    page.training.pause()
    wait(lambda: page.training.state == "paused")
    press(window, "Train On…")
    assert page.training.last_step == planned + 5
    page.training.go_on()
    wait(lambda: not page.training.active)
    assert page.training.step == planned + 5
    assert not events(runs / "more", "TrainingFinished")[-1].stopped


def test_a_failure_is_told_once_and_the_page_goes_on(window, runs, wait, problem, monkeypatch):
    page = window.train
    page.setup.set_name("broken")
    with monkeypatch.context() as patch:
        patch.setattr("core.training.validation.Validation.measure", lambda *_: 1 / 0)
        press(window, "Start")
        wait(lambda: not page.training.active)
    assert "division by zero" in problem(window)
    assert page.strip.activity.text() == "broken"
    assert load_checkpoint(runs / "broken" / "checkpoints" / "step_00000000.safetensors").step == 0
    page.setup.set_name("whole")
    press(window, "Start")
    wait(lambda: not page.training.active)
    assert page.training.step == 12


def test_a_data_set_that_is_gone_is_named(window, runs, wait, problem, tmp_path):
    config(window)
    window.train.setup.dataset.set_spec(f"packed:{tmp_path / 'nowhere'}")
    press(window, "Start")
    assert "nowhere" in problem(window)
    wait(lambda: not window.train.training.active)
    assert not runs.exists()


def test_a_run_that_is_trained_elsewhere_is_not_trained_here(window, runs, wait, problem):
    page = window.train
    train(window, wait)
    before = (runs / "first" / "events.jsonl").read_bytes()
    lock = FileLock(runs / "first" / "run.lock")
    page.training.resume(runs / "first", device="cpu", steps=2)
    text = problem(window)
    assert text.startswith(str(runs / "first"))
    assert "is being trained by another process; wait for it" in text
    wait(lambda: not page.training.active)
    assert (runs / "first" / "events.jsonl").read_bytes() == before
    lock.release()
    page.training.resume(runs / "first", device="cpu", steps=2)
    wait(lambda: not page.training.active)
    assert (runs / "first" / "events.jsonl").read_bytes() != before


@pytest.mark.skipif(os.name == "nt", reason="Windows removes no folder with open files in it")
def test_a_run_folder_that_is_removed_while_it_is_trained_is_named(window, runs, wait, problem):
    page = window.train
    config(window, epochs=100_000)
    page.setup.set_name("gone")
    press(window, "Start")
    wait(lambda: page.training.step > 2)
    page.training.pause()  # or it writes while it is removed
    wait(lambda: page.training.state == "paused")
    shutil.rmtree(runs / "gone")
    page.training.go_on()
    text = problem(window)
    assert str(runs / "gone") in text
    assert "cannot be written (No such file or directory); make the folder" in text
    wait(lambda: not page.training.active)
    train(window, wait, "next")
    assert (runs / "next" / "checkpoints" / "best.safetensors").is_file()


def test_building_a_data_set_shows_its_progress_and_can_be_cancelled(window, runs, wait, monkeypatch):
    page, told, go_on = window.train, threading.Event(), threading.Event()

    def building(config, progress=None):
        progress(3, 130, "chair")
        told.set()
        go_on.wait(20)
        progress(4, 130, "chair")
        raise AssertionError("it was not given up")

    monkeypatch.setattr("mem3d_viewer.train.controller.open_configured", building)
    press(window, "Start")
    wait(told.is_set)
    wait(lambda: page.strip.detail.text() == "chair: 3 of 130")
    assert (page.strip.bar.value(), page.strip.bar.maximum()) == (3, 130)
    press(window, "Cancel")
    assert page.training.state == "stopping"
    go_on.set()
    wait(lambda: not page.training.active)
    assert window.errors.dialog is None or not window.errors.dialog.isVisible()
    assert not runs.exists()


def test_closing_asks_and_keeps_training_or_saves(own_window, runs, wait, monkeypatch):
    window, page, before = own_window, own_window.train, set(threading.enumerate())
    config(window, epochs=100_000)
    page.setup.set_name("long")
    press(window, "Start")
    wait(lambda: page.training.step > 2)
    asked = answer_box(monkeypatch, "Keep Training")
    assert not window.close()
    assert window.isVisible()
    assert "long" in asked[0]
    assert page.training.state == "training"
    answer_box(monkeypatch, "Stop and Save, then Close")
    window.close()
    wait(lambda: not window.isVisible())
    end = events(runs / "long", "TrainingFinished")[-1]
    assert end.stopped
    assert (runs / "long" / "checkpoints" / f"step_{end.step:08d}.state.safetensors").is_file()
    assert not [t for t in threading.enumerate() if t not in before and t.name.startswith("mem3d")]


def test_a_last_save_that_fails_keeps_the_window_open(own_window, wait, monkeypatch, problem):
    window = own_window
    never = 1_000_000  # a save before the last one would fail first, and there would be nothing to ask about
    config(window, epochs=100_000, checkpoint_every=never, evaluate_every=never)
    press(window, "Start")
    wait(lambda: window.train.training.step > 1)

    def full(*_, **__):
        raise OutputError("step.safetensors: cannot be written (the disk is full); free some space")

    monkeypatch.setattr("core.training.trainer.save_state", full)
    answer_box(monkeypatch, "Stop and Save, then Close")
    window.close()
    wait(lambda: not window.train.training.active)
    assert window.isVisible()
    assert "the disk is full" in problem(window)


def test_closing_while_paused_ends_as_well(own_window, wait, monkeypatch):
    window = own_window
    config(window, epochs=100_000)
    press(window, "Start")
    wait(lambda: window.train.training.step > 1)
    press(window, "Pause")
    wait(lambda: window.train.training.state == "paused")
    answer_box(monkeypatch, "Stop and Save, then Close")
    window.close()
    wait(lambda: not window.isVisible())


def test_an_estimate_is_measured_before_the_start(window, runs, wait):
    setup = window.train.setup
    press(window, "Estimate")
    assert window.train.training.state == "estimating"
    wait(lambda: not window.train.training.active)
    assert "fits" in setup.said.text()
    assert "for 12 steps" in setup.said.text()
    assert not runs.exists()
    setup.form.row("training", "batch_size").editor.setText("8")
    assert setup.said.text() == ""  # that was another training


def test_an_estimate_that_does_not_fit_is_a_warning(window):
    setup = window.train.setup
    nan = float("nan")
    setup.show_estimate(Estimate("cpu", 10**9, nan, nan, 10**11, 10**10, 5, nan, False, "set accumulation to 2"))
    assert "Set accumulation to 2" in setup.warned.text()
    assert "nan" not in setup.warned.text()
    assert setup.warned.isVisible()


def test_what_cannot_work_is_said_beside_its_setting(window):
    form, setup = window.train.setup.form, window.train.setup
    row = form.row("training", "batch_size")
    row.editor.setText("1")
    assert "at least 2" in row.problem
    assert not setup.can_start
    assert not window.actions_["train_start"].isEnabled()
    row.editor.setText("many")
    assert "a whole number is expected" in row.problem
    row.editor.setText("16")
    assert row.problem == ""
    assert setup.can_start
    assert form.config.training.batch_size == 16
    assert row.reset.isVisible()
    row.reset.click()
    assert form.config.training.batch_size == 32  # the paper's
    assert not row.reset.isVisible()


def test_a_name_in_use_is_refused_and_a_free_one_proposed(window, runs, wait):
    train(window, wait, "first")
    setup = window.train.setup
    setup.set_name("first")
    assert not setup.can_start
    assert "already" in setup.name_problem.text()
    setup.set_name("a/b")
    assert not setup.can_start
    setup.set_name("")
    setup.suggest_name()
    assert setup.can_start
    assert not setup.run.exists()


def test_the_configuration_is_saved_and_loaded(window, tmp_path, monkeypatch, problem):
    form, file = window.train.setup.form, tmp_path / "own.json"
    form.row("training", "learning_rate").editor.setText("0.01")
    form.row("model", "encoder_channels").editor.setText("8, 8, 32")
    wanted = form.config
    assert wanted.model.encoder_channels == (8, 8, 32)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    window.actions_["train_save"].trigger()
    assert Mem3DConfig.from_file(file) == wanted
    form.set_config(tiny_training.tiny_config("builtin"))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    window.actions_["train_load"].trigger()
    assert form.config == wanted
    file.write_text('{"training": {"batch": 3}}')
    window.actions_["train_load"].trigger()
    assert "batch" in problem(window)
    assert form.config == wanted


def choose_preset(form, name):
    """As the user does, by the arrow keys."""
    rows = [form.preset.itemText(row) for row in range(form.preset.count())]
    steps = rows.index(name) - form.preset.currentIndex()
    for _ in range(abs(steps)):
        QTest.keyClick(form.preset, Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)
    if not steps:  # choosing it again puts everything back
        form.preset.activated.emit(form.preset.currentIndex())


def test_a_preset_brings_its_settings_and_leaves_the_data_set(window):
    form, spec = window.train.setup.form, window.train.setup.dataset.spec
    for name in ("paper", "compact", "paper", "compact"):
        choose_preset(form, name)
        chosen = preset(name)
        assert (form.config.preset, form.config.model, form.config.training) == (name, chosen.model, chosen.training)
        assert form.config.data.dataset == spec
    form.row("training", "seed").editor.setText("5")
    choose_preset(form, "compact")
    assert form.config.training.seed == 0


def test_the_command_line_does_the_same(window, runs, tmp_path, monkeypatch):
    page, clipboard = window.train, QApplication.clipboard()
    choose_preset(page.setup.form, "compact")
    page.setup.form.row("training", "seed").editor.setText("5")
    page.setup.set_steps(30)
    page.setup.set_name("mine")
    window.actions_["train_copy"].trigger()
    spec = page.setup.dataset.spec
    assert clipboard.text() == (
        f"mem3d train --preset compact --dataset {spec} --seed 5 --out {runs / 'mine'} --steps 30"
    )
    file = tmp_path / "own.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    page.setup.form.row("model", "beta").editor.setText("0.8")
    window.actions_["train_copy"].trigger()
    assert f"--config {file}" in clipboard.text()
    assert json.loads(file.read_text())["model"]["beta"] == 0.8


def test_runs_are_compared_renamed_and_deleted(window, runs, wait, monkeypatch):
    page = window.train
    train(window, wait, "one")
    train(window, wait, "two", seed=1)
    wait(lambda: page.run_list.tree.topLevelItemCount() == 2)
    page.run_list.tick(runs / "one")
    wait(lambda: len(page.tabs.curves.runs) == 2)
    page.tabs.curves.draw_now()
    shown = page.tabs.curves.plots["Loss"].lines["loss"]
    assert [line.run for line in shown] == ["two", "one"]
    assert shown[0].colour != shown[1].colour
    assert shown[1].y.tolist() == [event.loss for event in events(runs / "one", "StepDone")]
    page.run_list.select(runs / "one")
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("uno", True))
    page.run_list.commands["rename"].trigger()
    wait(lambda: (runs / "uno").is_dir() and "uno" in [run.name for run in page.run_list.runs])
    page.run_list.select(runs / "uno")
    answer_box(monkeypatch, "Cancel")
    page.run_list.commands["delete"].trigger()
    QTest.qWait(100)
    assert (runs / "uno").is_dir()
    answer_box(monkeypatch, "Delete")
    page.run_list.commands["delete"].trigger()
    wait(lambda: page.run_list.tree.topLevelItemCount() == 1)
    assert not (runs / "uno").exists()


def test_a_run_is_opened_in_the_viewer_with_one_click(window, runs, wait, wait_idle):
    page = window.train
    train(window, wait, "first")
    wait(lambda: page.run_list.tree.topLevelItemCount() == 1)
    page.sides.setCurrentWidget(page.run_list)
    page.run_list.select(runs / "first")
    press(window, "Open Best")
    assert window.page == "reconstruct"
    wait_idle(window)
    assert window.reconstruct.session.answer.model.path == runs / "first" / "checkpoints" / "best.safetensors"
    window.show_page("train")
    press(window, "Open Last")
    wait_idle(window)
    assert window.reconstruct.session.answer.model.path.name == "step_00000012.safetensors"


def test_another_picture_is_reconstructed_while_it_trains(window, wait, wait_idle, picture):
    config(window, epochs=100_000)
    press(window, "Start")
    wait(lambda: window.train.training.step > 1)
    window.reconstruct.controller.open_picture(picture)
    wait_idle(window)
    assert window.reconstruct.session.answer.reconstruction is not None
    before = window.train.training.step
    wait(lambda: window.train.training.step > before)
    window.train.training.stop()
    wait(lambda: not window.train.training.active)


def test_curves_are_exported_as_a_table_and_as_a_picture(window, runs, wait, tmp_path):
    train(window, wait, "first")
    panel = window.train.tabs.curves
    panel.save_csv(tmp_path / "curves.csv")
    lines = (tmp_path / "curves.csv").read_text().splitlines()
    head = lines[0].split(",")
    table = [dict(zip(head, line.split(","), strict=True)) for line in lines[1:]]
    assert [int(row["step"]) for row in table] == list(range(1, 13))
    assert [float(row["loss"]) for row in table] == [event.loss for event in events(runs / "first", "StepDone")]
    assert [row["step"] for row in table if row["validation_iou"]] == ["4", "8", "12"]
    assert float(table[5]["epoch"]) == 1.0
    panel.save_picture(tmp_path / "curves.png")
    assert (tmp_path / "curves.png").stat().st_size > 5000


def test_curves_are_hidden_zoomed_and_read(window, wait):
    train(window, wait, "first")
    panel = window.train.tabs.curves
    panel.draw_now()
    loss, iou = panel.plots["Loss"], panel.plots["Validation IoU"]
    assert loss.items["triplet_loss"][0].isVisible()
    loss.legend["triplet_loss"].click()
    assert not loss.items["triplet_loss"][0].isVisible()
    assert loss.items["loss"][0].isVisible()
    loss.zoomed.emit(3.0, 9.0)
    assert iou.box.viewRange()[0] == pytest.approx([3, 9], abs=0.5)
    loss.hovered.emit(8.2)
    told = losses(window)
    assert loss.legend["loss"].text().endswith(f"total {told.values[7]:.4g}")
    panel.show_everything()
    panel.draw_now()
    assert iou.box.viewRange()[0][1] > 11.9
    panel.x_axis.setCurrentText("Epochs")
    panel.draw_now()
    assert loss.lines["loss"][0].x.tolist() == pytest.approx((np.arange(1, 13) / 6).tolist())


def test_curves_are_read_and_zoomed_by_keyboard(window, wait, focus):
    train(window, wait, "first")
    panel = window.train.tabs.curves
    panel.draw_now()
    loss, iou = panel.plots["Loss"], panel.plots["Validation IoU"]
    told = losses(window).values
    focus(loss.canvas)

    def says(step):
        return loss.legend["loss"].text().endswith(f"total {told[step - 1]:.4g}")

    QTest.keyClick(loss.canvas, Qt.Key.Key_End)
    assert says(12)
    QTest.keyClick(loss.canvas, Qt.Key.Key_Left)
    assert says(11)
    QTest.keyClick(loss.canvas, Qt.Key.Key_Home)
    assert says(1)
    for _ in range(3):
        QTest.keyClick(loss.canvas, Qt.Key.Key_Right)
    assert says(4)
    assert f">{iou.lines['validation_iou'][0].y[0]:.4g}<" in iou.readout.text()  # all plots are read there
    QTest.keyClick(loss.canvas, Qt.Key.Key_Plus)
    low, high = iou.box.viewRange()[0]
    assert 0.3 < low < 4 < high < 11.5
    QTest.keyClick(loss.canvas, Qt.Key.Key_0)
    panel.draw_now()
    assert iou.box.viewRange()[0][1] > 11.9


def test_the_legend_of_a_narrow_plot_stands_below_its_heading(window, wait):
    train(window, wait, "first")
    plot = window.train.tabs.curves.plots["Loss"]
    for width, below in ((300, True), (700, False), (300, True)):
        plot.resize(width, 200)
        plot.layout().activate()
        heading = plot._heading
        assert heading.width() >= heading.sizeHint().width()
        for words in plot.legend.values():
            assert (words.y() >= heading.geometry().bottom()) == below, width
            assert below or words.width() >= words.sizeHint().width()
            assert words.geometry().right() <= width


def test_a_run_that_another_process_continued_shows_clean_curves(window, runs, wait, packed):
    train(window, wait, "first")
    shutil.copytree(runs / "first", runs / "copy")
    from core.data.packed import PackedDataset

    list(Trainer.resume(runs / "copy", PackedDataset(packed), device="cpu", steps=3).run())
    page = window.train
    page.runs.refresh()
    wait(lambda: page.run_list.tree.topLevelItemCount() == 2)
    page.run_list.tick(runs / "copy")
    wait(lambda: len(page.tabs.curves.runs) == 2)
    assert page.tabs.curves.runs["copy"].curve("loss").steps.tolist() == list(range(1, 16))
