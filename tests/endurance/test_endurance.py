"""The short form of long use and of closings: a small network, a few uses of each kind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import viewer_support

import core

pytestmark = [
    pytest.mark.gui,
    pytest.mark.skipif(sys.platform != "linux", reason="counts open files, and sends signals, as Linux has them"),
]


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    folder = tmp_path_factory.mktemp("network")
    picture = viewer_support.make_picture(folder / "brown block.png")
    checkpoint = viewer_support.make_checkpoint(folder / "small.safetensors", picture)
    return ["--picture", str(picture), "--checkpoint", str(checkpoint)]


def run(script, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(Path(core.__file__).parents[1]), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, Path(__file__).with_name(script), *arguments],
        capture_output=True, text=True, env=environment, timeout=280, check=False,
    )  # fmt: skip


def test_nothing_grows(network):
    done = run("long_use.py", "--pictures", "6", "--checkpoints", "4", "--moves", "6", "--steps", "3", *network)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "flat"


def test_a_window_can_be_closed_whatever_it_does(network):
    only = ("--only", "pictures", "--only", "evaluation")
    done = run("closings.py", "--count", "2", "--seconds", "40", *only, *network)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "2 of 2"
