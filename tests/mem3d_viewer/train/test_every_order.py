"""Start, pause, go on, stop, train on, estimate, open, resume and close in any order, on the page Train as it is.

Hypothesis draws the orders, the same ones every time; ``MEM3D_EXAMPLES=200`` tries more of them than the usual few.
"""

import gc
import os
import threading
import time

import hypothesis
import pytest
import tiny_training
import viewer_support
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QInputDialog, QMainWindow, QMessageBox

from core.checkpoint import load_checkpoint
from core.data.packed import PackedDataset
from core.training.run_folder import RunFolder
from core.training.runs import summarise
from core.training.trainer import Trainer
from mem3d_viewer.actions import Actions
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.train.page import TrainPage

pytestmark = pytest.mark.gui
EXAMPLES = int(os.environ.get("MEM3D_EXAMPLES", "8"))
_SECONDS = 60.0
_STRIP = {
    "idle": (False, False, "Pause", "Stop"),
    "preparing": (False, True, "Pause", "Cancel"),
    "estimating": (False, True, "Pause", "Cancel"),
    "training": (True, True, "Pause", "Stop"),
    "pausing": (True, True, "Resume", "Stop"),
    "paused": (True, True, "Resume", "Stop"),
    "stopping": (False, False, "Pause", "Stop"),
}
"""By state: whether Pause and Stop can be pressed, and what they are called."""


class Errors:
    """In place of the dialog."""

    def __init__(self):
        self.seen = []

    def report(self, error):
        self.seen.append(error)


class Window(QMainWindow):
    """A window of the one page, closed as the real one is."""

    def __init__(self, folder):
        super().__init__()
        self.errors, self.closed = Errors(), False
        self.actions_ = Actions(self)
        self.page = TrainPage(Settings(folder / "settings.ini"), self.errors, self.actions_)
        self.setCentralWidget(self.page)

    def closeEvent(self, event):
        if not self.page.may_close():
            event.ignore()
            return
        self.page.release()
        self.closed = True


class Trainings(RuleBasedStateMachine):
    """What a user may do on the page. A rule that is not possible now does nothing, as a grey button does."""

    def __init__(self, folder, packed, answers):
        super().__init__()
        self.folder, self.packed, self.answers = folder, packed, answers
        self.runs = folder / "runs"
        self.threads = set(threading.enumerate())
        self.open_window()

    def open_window(self):
        self.window = Window(self.folder)
        self.page, self.training = self.window.page, self.window.page.training
        self.page.runs.root = self.runs
        self.page.setup.set_folder(self.runs)
        self.window.actions_.set_page("train")
        self.set_up(1000)
        self.window.show()

    def set_up(self, every):
        config = tiny_training.tiny_config(
            f"packed:{self.packed}", epochs=100_000, evaluate_every=every, checkpoint_every=every
        )
        self.page.setup.form.set_config(config)

    # -- what a user does

    @rule(steps=st.sampled_from([None, 1, 3]), every=st.sampled_from([2, 1000]))
    def start(self, steps, every):
        self.set_up(every)
        self.page.setup.set_steps(steps)
        self.press(self.page.setup._start)

    @rule()
    def pause_or_go_on(self):
        self.press(self.page.strip.pause_button)

    @rule()
    def stop(self):
        self.press(self.page.strip.stop_button)

    @rule(steps=st.integers(1, 3))
    def train_on(self, steps):
        self.answers["steps"] = steps
        self.press(self.page.strip.on_button)

    @rule()
    def estimate(self):
        self.press(self.page.setup._estimate)

    @rule(number=st.integers(0, 3), what=st.sampled_from(["open", "resume", "train_on"]))
    def choose_a_run(self, number, what):
        runs = self.page.run_list.runs
        if runs:
            self.page.run_list.select(runs[number % len(runs)].path)
            if what != "open":
                self.page.run_list.commands[what].trigger()

    @rule(milliseconds=st.sampled_from([1, 30, 200]))
    def wait_a_moment(self, milliseconds):
        until = time.monotonic() + milliseconds / 1000
        self.wait(lambda: time.monotonic() > until)

    @rule()
    def wait_for_a_step(self):
        before = self.training.step
        self.wait(lambda: self.training.step > before or self.training.state in ("idle", "paused"))

    @rule(answer=st.sampled_from(["Keep Training", "Stop and Save, then Close"]))
    def close_and_open_again(self, answer):
        self.answers["button"] = answer
        self.window.close()
        if self.training.active and answer == "Keep Training":
            assert not self.window.closed
            return
        self.wait(lambda: self.window.closed)
        self.leave()
        self.open_window()

    # -- what is always true

    @invariant()
    def buttons_fit_what_goes_on(self):
        QCoreApplication.processEvents()
        strip, setup = self.page.strip, self.page.setup
        shown = (strip.pause_button.isEnabled(), strip.stop_button.isEnabled())
        shown += (strip.pause_button.text(), strip.stop_button.text())
        assert shown == _STRIP[strip.state]
        assert (strip.state == "idle") == (not self.training.active)
        assert setup._start.isEnabled() == setup._estimate.isEnabled() == (not self.training.active)
        assert self.training._timer.isActive() == self.training.active
        actions = self.window.actions_
        assert actions["train_start"].isEnabled() == (not self.training.active)
        assert actions["train_stop"].isEnabled() == strip.stop_button.isEnabled()
        assert actions["train_pause"].isEnabled() == strip.pause_button.isEnabled()
        assert actions["train_on"].isEnabled() == strip.on_button.isEnabled()

    @invariant()
    def nothing_failed(self):
        """But for what the user is told to do otherwise."""
        refused = [error for error in self.window.errors.seen if "is being trained; stop it first" in str(error)]
        assert [error for error in self.window.errors.seen if error not in refused] == []
        self.window.errors.seen.clear()

    @invariant()
    def run_folders_are_readable(self):
        for run in self.runs.glob("*"):
            begun = RunFolder(run).config_file.exists()
            summary = summarise(run)
            if self.training.active and run == self.training.run:
                assert summary.status != "damaged" or not begun
            else:
                assert summary.status in ("stopped", "finished", "empty"), summary
                if summary.status != "empty":
                    assert load_checkpoint(RunFolder(run).checkpoint(summary.step)).step == summary.step

    # -- how it ends

    def teardown(self):
        self.answers["button"] = "Stop and Save, then Close"
        self.window.close()
        self.wait(lambda: self.window.closed)
        self.leave()
        for run in self.runs.glob("*"):
            before = summarise(run).step
            trainer = Trainer.resume(run, PackedDataset(self.packed), device="cpu", steps=1)
            list(trainer.run())
            assert summarise(run).step == before + 1

    def leave(self):
        """A window that is closed leaves no thread."""
        viewer_support.dispose(self.window)
        self.window = self.page = self.training = None
        gc.collect()
        left = [thread.name for thread in threading.enumerate() if thread not in self.threads]
        assert [name for name in left if name.startswith("mem3d")] == []

    def press(self, button):
        button.click()

    def wait(self, reached):
        deadline = time.monotonic() + _SECONDS
        while not reached():
            assert time.monotonic() < deadline, self.training.state
            QCoreApplication.processEvents()
            time.sleep(0.001)


@pytest.mark.timeout(60 + 30 * EXAMPLES)
def test_every_order_leaves_nothing_behind(qapp, tmp_path, tmp_path_factory, monkeypatch):
    set_hypothesis_home_dir(tmp_path / "hypothesis")
    packed = tiny_training.make_packed(tmp_path / "boxes")
    answers = {}

    def press_it(box):
        next(button for button in box.buttons() if button.text().replace("&", "") == answers["button"]).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press_it)
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_: (answers["steps"], True))
    run_state_machine_as_test(
        lambda: Trainings(tmp_path_factory.mktemp("example"), packed, answers),
        settings=hypothesis.settings(
            max_examples=EXAMPLES, stateful_step_count=15, derandomize=True, database=None, deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
            phases=[hypothesis.Phase.generate],  # threads make shrinking pointless
        ),
    )  # fmt: skip
