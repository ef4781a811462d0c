"""The short form of the kills: a pack, an export and an evaluation; trainings and builds have tests of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import core

SCRIPT = Path(__file__).with_name("kills.py")


@pytest.mark.timeout(900)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="starts its processes by fork")
def test_nothing_is_corrupt_and_the_same_command_goes_on():
    environment = {**os.environ, "PYTHONPATH": str(Path(core.__file__).parents[1]), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, SCRIPT, "--count", "3", "--only", "pack", "--only", "export", "--only", "evaluate"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == 4
