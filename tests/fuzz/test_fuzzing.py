"""The fuzzing program runs, makes the same inputs again, and finds what is not caught."""

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("fuzz.py")


def fuzz(*arguments):
    return subprocess.run(
        [sys.executable, PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=280, check=False
    )


def test_a_few_inputs_of_the_quick_readers_give_no_failure(tmp_path):
    readers = [
        f"--reader={name}" for name in ("binvox", "voxel.mat", "config", "events", "images", "packed", "run-list")
    ]
    run = fuzz("--inputs", 350, "--seed", 5, "--failures", tmp_path / "failures", *readers)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.splitlines()[-1].split()[:3] == ["all", "350", "0"]
    assert not (tmp_path / "failures").exists()
