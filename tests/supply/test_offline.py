"""With the network cut, command and window do all they do, and ask for nothing.

Python's sockets refuse and note who asked. Where the system permits it, the process has no network device either, which
holds for libraries in C too.
"""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

REPOSITORY = Path(__file__).resolve().parents[2]
PICTURE = REPOSITORY / "assets" / "samples" / "chair-00024.png"


@cache
def _cut():
    """The words that start a process without a network device; none where that is not permitted."""
    words = ("unshare", "--map-root-user", "--net", "--")
    permitted = (
        shutil.which(words[0]) and not subprocess.run([*words, "true"], capture_output=True, check=False).returncode
    )
    return words if permitted else ()


@pytest.fixture
def run(tmp_path):
    """Runs Python without a network; what it asked for must be nothing, unless it is expected to ask."""

    def run(*arguments, asks=False):
        asked = tmp_path / "asked"
        path = os.pathsep.join((str(Path(__file__).parent / "no_network"), str(REPOSITORY)))
        done = subprocess.run(
            [*_cut(), sys.executable, *map(str, arguments)],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": path, "ASKED_FOR": str(asked)},
            capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
        assert asked.exists() == asks, asked.exists() and asked.read_text()
        return done

    return run


def test_what_asks_for_the_network_is_seen(run):
    for code in ("socket.create_connection(('example.org', 80))", "socket.socket().connect(('192.0.2.1', 80))"):
        done = run("-c", f"import socket; {code}", asks=True)
        assert "Network is unreachable" in done.stderr


def test_a_picture_is_reconstructed(run, tmp_path):
    done = run("-m", "core", "reconstruct", PICTURE, "--output", tmp_path / "shape.obj")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "shape.obj").stat().st_size > 1000


@pytest.mark.gui
def test_the_window_opens_and_reconstructs(run, tmp_path):
    done = run("-m", "mem3d_viewer", PICTURE, "--screenshot", tmp_path / "window.png", "--size", "1000x640")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with Image.open(tmp_path / "window.png") as image:
        middle = image.convert("RGB").crop((350, 150, 550, 450))
        assert len(middle.getcolors(1 << 17)) > 20  # something is drawn in 3D
