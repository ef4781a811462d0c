"""A training on the command line: how it is stopped, and that it goes on later."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import tiny_training

import core
from core.training.run_folder import RunFolder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals as POSIX has them")


@pytest.fixture
def arguments(tmp_path):
    """Of a training that would take hours."""
    packed = tiny_training.make_packed(tmp_path / "packed")
    config = tiny_training.tiny_config(f"packed:{packed}", epochs=100_000, checkpoint_every=100_000, evaluate_every=3)
    (tmp_path / "config.json").write_text(config.to_json())
    return ["train", "--config", str(tmp_path / "config.json"), "--out", str(tmp_path / "run"), "--device", "cpu"]


@contextmanager
def command(*arguments):
    """The command in a process that does not outlive the block."""
    environment = {**os.environ, "PYTHONPATH": str(Path(core.__file__).parents[1]), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "core", *arguments], text=True, env=environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_after_the_step_with_a_checkpoint_and_it_goes_on_later(tmp_path, arguments, number):
    with command(*arguments) as process:
        for line in process.stderr:
            if line.startswith("step 3 "):
                break
        process.send_signal(number)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "stopping after this step" in err
    folder = RunFolder(tmp_path / "run")
    step = folder.newest_step()
    assert step >= 3
    assert out == f"stopped at step {step}: {folder.checkpoint(step)}\n"
    events = [json.loads(line) for line in folder.events_file.read_text().splitlines()]
    assert events[-1]["event"] == "TrainingFinished"
    with command("train", "--resume", str(folder.path), "--steps", "2", "--device", "cpu") as process:
        assert process.communicate(timeout=120)[0].startswith(f"finished at step {step + 2}")


def test_it_goes_on_when_nobody_reads_what_it_says(tmp_path, arguments):
    with command(*arguments) as process:
        process.stderr.readline()
        process.stderr.close()
        events = RunFolder(tmp_path / "run").events_file
        while not events.exists() or '"step": 9' not in events.read_text():
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read().startswith("stopped at step")
        assert process.wait(timeout=120) == 0


@pytest.mark.parametrize("name", ["notes.txt", "images.bin"])
def test_a_folder_with_other_files_is_refused_and_left_as_it_is(tmp_path, arguments, name):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / name).write_text("mine")
    with command(*arguments) as process:
        _, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert err.endswith(f"run: holds other files ({name}); a run needs a folder of its own\n")
    assert [path.name for path in (tmp_path / "run").iterdir()] == [name]
