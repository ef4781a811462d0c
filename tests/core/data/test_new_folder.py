"""A folder that is there whole or not at all."""

import errno
import os
import subprocess
import sys
import time

import pytest

from core.data.new_folder import new_folder, remove_stale
from core.errors import DatasetError


def test_it_appears_when_the_block_has_ended(tmp_path):
    out = tmp_path / "deep" / "out"
    with new_folder(out) as partial:
        (partial / "file").write_text("x")
        assert not out.exists()
    assert (out / "file").read_text() == "x"
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_an_empty_folder_is_taken(tmp_path):
    with new_folder(tmp_path / "out") as partial:
        (tmp_path / "out").mkdir()
        (partial / "file").write_text("x")
    assert (tmp_path / "out" / "file").exists()


def fill(out, error):
    with new_folder(out) as partial:
        (partial / "file").write_text("x")
        raise error


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt()])
def test_nothing_is_left_of_a_block_that_failed(tmp_path, error):
    with pytest.raises(type(error)):
        fill(tmp_path / "out", error)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("number", "named"), [(errno.ENOSPC, "the disk is full"), (errno.EACCES, "Permission denied")])
def test_what_the_system_refuses_is_told(tmp_path, number, named):
    with pytest.raises(DatasetError, match=f"out: the data set cannot be written: {named}"):
        fill(tmp_path / "out", OSError(number, "Permission denied"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    for used in (tmp_path, tmp_path / "file"):
        with pytest.raises(DatasetError, match="already exists"), new_folder(used):
            pytest.fail("the block must not run")


def leave_partial(tmp_path, name):
    """What a process leaves that is killed while it fills a folder."""
    code = (
        "import os, pathlib, signal, sys; from core.data.new_folder import new_folder\n"
        "with new_folder(pathlib.Path(sys.argv[1])) as partial:\n"
        "    (partial / 'file').touch(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", code, tmp_path / name], check=False)
    assert killed.returncode < 0


@pytest.mark.skipif(sys.platform == "win32", reason="kills a process as POSIX does")
def test_what_a_killed_process_left_is_removed_at_once_and_nothing_else(tmp_path):
    leave_partial(tmp_path, "o[u]t")
    leave_partial(tmp_path, "other")
    with new_folder(tmp_path / "o[u]t") as mine:
        assert sorted(path.name.split(".")[1] for path in tmp_path.iterdir()) == ["o[u]t", "other"]
        remove_stale(tmp_path)  # a folder that is being filled stays
        assert list(tmp_path.iterdir()) == [mine]
    assert [path.name for path in tmp_path.iterdir()] == ["o[u]t"]
    assert list((tmp_path / "o[u]t").iterdir()) == []


def test_one_that_is_not_held_yet_is_left_alone_for_a_while(tmp_path):
    for name in (".out.young.partial", ".out.old.partial"):
        (tmp_path / name).mkdir()
    os.utime(tmp_path / ".out.old.partial", times=(time.time() - 3600,) * 2)
    remove_stale(tmp_path, "out")
    assert [path.name for path in tmp_path.iterdir()] == [".out.young.partial"]
