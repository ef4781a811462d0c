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


def command(*arguments):
    return python("-m", "core", *arguments)


@contextmanager
def python(*arguments):
    """Python in a process that does not outlive the block."""
    environment = {**os.environ, "PYTHONPATH": str(Path(core.__file__).parents[1]), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, *arguments], text=True, env=environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def test_sigterm_stops_it_after_the_step_with_a_checkpoint_and_it_goes_on_later(tmp_path, arguments):
    with command(*arguments) as process:
        for line in process.stderr:
            if line.startswith("step 3 "):
                break
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate()
    assert process.returncode == 0, err
    assert "stopping after this step" in err
    folder = RunFolder(tmp_path / "run")
    step = folder.newest_step()
    assert step >= 3
    assert out == f"stopped at step {step}: {folder.checkpoint(step)}\n"
    events = [json.loads(line) for line in folder.events_file.read_text().splitlines()]
    assert events[-1]["event"] == "TrainingFinished"
    with command("train", "--resume", str(folder.path), "--steps", "2", "--device", "cpu") as process:
        assert process.communicate()[0].startswith(f"finished at step {step + 2}")


PRETENDED = """
import sys, time, types
from core.cli.follow import follow
from core.training.events import CheckpointSaved, TrainingFinished, TrainingStarted


class Trainer:
    step, last_step, state = 0, 1000, types.SimpleNamespace(seconds=0.0)

    def run(self, stop):
        yield TrainingStarted("run", 0, 1000, 1, "cpu", "random weights", note="a note")
        step = 0
        while not stop():
            step += 1
            time.sleep(0.01)
            yield CheckpointSaved(step, "file", best=True)
        yield TrainingFinished(step, stopped=True, checkpoint="file")


sys.exit(follow(Trainer()))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("read", [True, False])
def test_a_signal_stops_it_whether_anybody_reads_what_it_says_or_not(number, read):
    with python("-c", PRETENDED) as process:
        said = [process.stderr.readline().split(":")[0].strip() for _ in range(4)]
        assert said == ["cpu, random weights", "note", "recorded in run", "step 1"]
        if not read:
            process.stderr.close()
            time.sleep(0.3)  # it goes on to write
        process.send_signal(number)
        assert process.stdout.read().startswith("stopped at step")
        assert not read or "stopping after this step" in process.stderr.read()
        assert process.wait() == 0


@pytest.mark.parametrize("name", ["notes.txt", "images.bin"])
def test_a_folder_with_other_files_is_refused_and_left_as_it_is(tmp_path, arguments, name):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / name).write_text("mine")
    with command(*arguments) as process:
        _, err = process.communicate()
    assert process.returncode == 2
    assert err.endswith(f"run: holds other files ({name}); a run needs a folder of its own\n")
    assert [path.name for path in (tmp_path / "run").iterdir()] == [name]
