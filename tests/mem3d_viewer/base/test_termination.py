"""Signals that ask the window to end: it closes without a question, and a training is saved."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import window_at_work

import core
from core.checkpoint import load_checkpoint
from core.memory.slots import slots_of
from core.training.events import TrainingFinished, read_events
from core.training.run_folder import RunFolder
from mem3d_viewer.base.settings import default_settings_file

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


@pytest.fixture
def own_settings(tmp_path, monkeypatch):
    """The folder of settings that this test alone has."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return default_settings_file().parent


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_unsaved_edits_of_a_memory_are_kept_for_the_next_start(started, checkpoint, number, own_settings):
    process = started("edits")
    process.send_signal(number)
    assert process.communicate(timeout=SECONDS) == ("", "")
    assert process.returncode == 0
    (kept,) = (own_settings / "sessions").glob("memory-*")
    assert kept.name == f"memory-{process.pid}.safetensors"
    slots = (slots_of(load_checkpoint(path)).used.size for path in (checkpoint, kept))
    assert next(slots) - 1 == next(slots)


def test_edits_that_cannot_be_kept_are_told_by_line_and_exit_code(started, own_settings):
    own_settings.mkdir(parents=True)
    (own_settings / "sessions").write_text("no folder")
    process = started("edits")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out, err.count("\n")) == (2, "", 1)
    assert "the unsaved edits of the memory are lost" in err


def test_a_window_that_does_nothing_closes_and_a_signal_that_is_ignored_stays_ignored(started):
    process = started("window", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(SECONDS) == 0
