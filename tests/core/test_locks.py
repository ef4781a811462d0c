"""Locks on files."""

import subprocess
import sys

import pytest

from core.locks import FileLock, is_locked


def test_a_held_file_is_refused_until_it_is_released(tmp_path):
    path = tmp_path / "lock"
    assert not is_locked(path)
    lock = FileLock(path)
    assert is_locked(path)
    with pytest.raises(BlockingIOError):
        FileLock(path)
    lock.release()
    lock.release()
    assert not is_locked(path)
    FileLock(path)


def test_it_is_held_against_other_processes_and_dies_with_them(tmp_path):
    path = tmp_path / "lock"
    code = "import sys, core.locks as l; lock = l.FileLock(sys.argv[1]); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        assert is_locked(path)
        other.kill()
    assert not is_locked(path)


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        FileLock(tmp_path / "nowhere" / "lock")
