"""Files made to break readers, where they lie beside the repository: one line each, in bounded memory and time.

Run as users run it, each in a process of its own, whose exit code, output and largest memory are looked at.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

REPOSITORY = Path(__file__).resolve().parents[2]
CASES = REPOSITORY.parent / "shared" / "cases" / "hostile"
SPARE_MEGABYTES = 1000
SECONDS = 240  # against hanging; a busy machine takes long to start a process
PICTURE = REPOSITORY / "assets" / "samples" / "chair-00024.png"
MEASURED = """
import os, sys
pid = os.posix_spawn(sys.executable, [sys.executable, *sys.argv[2:]], os.environ)
_, status, used = os.wait4(pid, 0)
open(sys.argv[1], "w").write(str(used.ru_maxrss))
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Starts Python and writes the kilobytes it took: a small process has to, as a new one begins with its parent's."""

pytestmark = pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs the memory of a child process")


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: list[str]
    err: list[str]
    megabytes: float


def mem3d(tmp_path, *arguments):
    """Run the command in a process of its own."""
    files, taken = [tmp_path / name for name in ("out.txt", "err.txt")], tmp_path / "taken.txt"
    with files[0].open("wb") as out, files[1].open("wb") as err:
        code = subprocess.call(
            ["timeout", str(SECONDS), sys.executable, "-c", MEASURED, taken, "-m", "core", *map(str, arguments)],
            cwd=REPOSITORY,
            stdout=out,
            stderr=err,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
    lines = [file.read_text(errors="replace").splitlines() for file in files]
    return Outcome(code, *lines, int(taken.read_text()) / 1000)


def cases(reader):
    """The cases of a reader; one that skips where there are none."""
    found = sorted(CASES.glob(f"{reader}-*")) if CASES.is_dir() else []
    absent = pytest.param(None, id="absent", marks=pytest.mark.skip(reason="no folder ../shared/cases/hostile"))
    return [pytest.param(path, id=path.name.replace(" ", "_")) for path in found] or [absent]


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """Megabytes of a command with a whole file: what the program itself takes."""
    outcome = mem3d(tmp_path_factory.mktemp("usual"), "reconstruct", PICTURE)
    assert outcome.code == 0
    return outcome.megabytes


def refused(outcome, usual, code=2):
    """The line of an outcome that is an error."""
    assert outcome.code == code, outcome
    assert len(outcome.err) == 1, outcome.err
    assert len(outcome.err[0]) <= 320
    assert outcome.err[0].startswith("mem3d: ")
    assert outcome.megabytes < usual + SPARE_MEGABYTES
    return outcome.err[0]


def checked(outcome, usual):
    """What ``dataset check`` says of a damaged data set: one line on stderr, or its list of problems."""
    if outcome.err:
        refused(outcome, usual)
    else:
        assert outcome.code == 2
        assert any("problem" in line for line in outcome.out)
    assert all(len(line) <= 320 for line in outcome.out)
    assert outcome.megabytes < usual + SPARE_MEGABYTES


@pytest.mark.parametrize("case", cases("checkpoint"))
def test_checkpoints(case, tmp_path, usual):
    refused(mem3d(tmp_path, "reconstruct", PICTURE, "--checkpoint", case / "c.safetensors"), usual)


@pytest.mark.parametrize("case", cases("config"))
def test_configurations(case, tmp_path, usual):
    refused(mem3d(tmp_path, "train", "--config", case / "config.json", "--out", tmp_path / "run"), usual)


def test_the_command_line(tmp_path, usual):
    folder = CASES / "cli"
    if not folder.is_dir():
        pytest.skip("no folder ../shared/cases/hostile")
    for path in sorted(folder.glob("*.json")):
        refused(mem3d(tmp_path, "train", "--config", path, "--out", tmp_path / "run"), usual)
    refused(mem3d(tmp_path, "reconstruct", folder / "badz.tif"), usual)


@pytest.mark.parametrize("case", cases("images"))
def test_pictures(case, tmp_path, usual):
    """One may turn out to be whole; then it is read in the memory that its pixels need."""
    (path,) = case.iterdir()
    outcome = mem3d(tmp_path, "reconstruct", path)
    assert outcome.megabytes < usual + SPARE_MEGABYTES
    assert not outcome.err if outcome.code == 0 else refused(outcome, usual)


@pytest.mark.parametrize("case", cases("mat"))
def test_voxel_files(case, tmp_path, usual):
    for number, path in enumerate(sorted(case.iterdir())):
        folder = tmp_path / str(number)
        for name in ("img", "mask", "model"):
            (folder / name).mkdir(parents=True)
        Image.fromarray(np.full((30, 40, 3), 99, np.uint8)).save(folder / "img" / "a.png")
        Image.fromarray(np.full((30, 40), 255, np.uint8)).save(folder / "mask" / "a.png")
        shutil.copy(path, folder / "model" / "voxel.mat")
        flags = dict.fromkeys(("truncated", "occluded", "slightly_occluded"), False)
        entry = {"img": "img/a.png", "mask": "mask/a.png", "model": "model/model.obj", "voxel": "model/voxel.mat"}
        entry |= {"category": "chair", "img_size": [40, 30], "bbox": [1, 1, 39, 29], **flags}
        (folder / "pix3d.json").write_text(json.dumps([entry]))
        outcome = mem3d(tmp_path, "dataset", "check", folder)
        checked(outcome, usual)
        assert any("voxel.mat" in line for line in (*outcome.out, *outcome.err))


@pytest.mark.parametrize("case", cases("mesh"))
def test_meshes(case, tmp_path, usual):
    meshes = tmp_path / "meshes"
    shutil.copytree(case, meshes, copy_function=shutil.copyfile)
    meshes.chmod(0o755)
    os.mkfifo(meshes / "fifo.mtl")
    outcome = mem3d(tmp_path, "dataset", "build", meshes, tmp_path / "out")
    assert outcome.code in (0, 1, 2), outcome
    assert not outcome.err if outcome.code < 2 else refused(outcome, usual)
    assert outcome.megabytes < usual + SPARE_MEGABYTES
    assert all(len(line) <= 400 for line in outcome.out)


@pytest.mark.parametrize("case", cases("packed"))
def test_packed_sets(case, tmp_path, usual):
    checked(mem3d(tmp_path, "dataset", "check", f"packed:{case / 'packed'}"), usual)


@pytest.mark.parametrize("case", cases("pix3d"))
def test_pix3d(case, tmp_path, usual):
    outcome = mem3d(tmp_path, "dataset", "check", f"pix3d:{case / 'px'}")
    checked(outcome, usual)
    assert not any("cannot be read as a picture" in line for line in outcome.out)  # it was not opened


@pytest.mark.parametrize("case", cases("shapenet"))
def test_shapenet(case, tmp_path, usual):
    checked(mem3d(tmp_path, "dataset", "check", f"shapenet:{case / 'sn'}"), usual)


@pytest.mark.parametrize("case", cases("run folder"))
def test_run_folders(case, tmp_path, usual):
    outcome = mem3d(tmp_path, "runs", case / "runs")
    assert (outcome.code, outcome.err) == (0, [])
    assert outcome.megabytes < usual + SPARE_MEGABYTES
    assert any(line.startswith("r ") for line in outcome.out)
    assert all(len(line) <= 400 for line in outcome.out)
