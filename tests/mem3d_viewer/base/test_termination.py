"""Signals that ask the window to end: it closes without a question, and a training is saved."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import window_at_work

import core
from core.training.events import TrainingFinished, read_events
from core.training.run_folder import RunFolder

pytestmark = [
    pytest.mark.gui,
    pytest.mark.skipif(sys.platform == "win32", reason="sends signals as POSIX has them"),
]
SECONDS = 60


@pytest.fixture
def started(tmp_path, checkpoint, picture):
    """The function that starts a window in a process of its own, and waits until it is ready."""
    processes = []

    def start(what, **more):
        environment = {**os.environ, "PYTHONPATH": str(Path(core.__file__).parents[1]), "PYTHONWARNINGS": "ignore"}
        process = subprocess.Popen(
            [sys.executable, window_at_work.__file__, what, tmp_path, picture, "--checkpoint", checkpoint],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, **more,
        )  # fmt: skip
        processes.append(process)
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(("what", "number"), [("training", signal.SIGTERM), ("question", signal.SIGINT)])
def test_a_training_is_saved_and_nobody_is_asked(started, tmp_path, what, number):
    process = started(what)
    process.send_signal(number)
    assert process.communicate(timeout=SECONDS) == ("", "")
    assert process.returncode == 0
    run = RunFolder(tmp_path / "run")
    last = list(read_events(run.events_file))[-1]
    assert isinstance(last, TrainingFinished)
    assert last.stopped
    assert run.steps()[-1] == last.step >= window_at_work.STEP
    assert run.state(last.step).is_file()


def test_a_checkpoint_that_cannot_be_saved_is_told_by_line_and_exit_code(started, tmp_path):
    process = started("training")
    (tmp_path / "run" / "checkpoints").rename(tmp_path / "elsewhere")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out, err.count("\n")) == (2, "", 1)
    assert "cannot be written" in err


def test_a_window_that_does_nothing_closes_and_a_signal_that_is_ignored_stays_ignored(started):
    process = started("window", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(SECONDS) == 0
