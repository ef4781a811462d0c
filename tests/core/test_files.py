"""Files that are whole or not there."""

import errno
import os
import subprocess
import sys

import pytest

from core.errors import OutputError
from core.files import remove_left_over, replace_text, replacing


def test_a_file_appears_when_its_block_has_ended(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_a_block_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(OutputError, match=r"a\.txt: cannot be written \(No space left\); free some space"):
        fail(path, OSError(28, "No space left"))
    with pytest.raises(
        OutputError, match=r"a\.txt: cannot be written \(Read-only file system\); choose another folder"
    ):
        fail(path, OSError(errno.EROFS, "Read-only file system"))
    with pytest.raises(ZeroDivisionError):
        fail(path, ZeroDivisionError())
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.skipif(os.name == "nt", reason="file modes are POSIX's")
def test_a_file_may_be_read_by_whom_the_user_lets(tmp_path):
    before = os.umask(0o027)
    try:
        with replacing(tmp_path / "a.txt") as temporary:
            os.close(os.open(temporary, os.O_CREAT, 0o600))
    finally:
        os.umask(before)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


def fail(path, error):
    with replacing(path) as temporary:
        temporary.write_text("ne")
        raise error


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(OutputError, match="No such file"), replacing(tmp_path / "nowhere" / "a.txt") as temporary:
        temporary.write_text("new")


def test_what_a_killed_program_left_is_removed_and_nothing_else(tmp_path):
    for name in (".b.txt.17.part", "a.part", ".hidden", "a.txt"):
        (tmp_path / name).touch()
    (tmp_path / ".a.txt.17.part").mkdir()
    (tmp_path / ".a.txt.17.part" / ".tmprGMNQM").touch()
    remove_left_over(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".hidden", "a.part", "a.txt"]


def test_the_remedy_fits_what_is_wrong(tmp_path):
    with pytest.raises(OutputError, match="a folder, name a file in it"):
        replace_text(tmp_path, "new")
    with pytest.raises(OutputError, match=r"nowhere/a\.txt: .*; make the folder .*nowhere first"):
        replace_text(tmp_path / "nowhere" / "a.txt", "new")
    assert not list(tmp_path.iterdir())


def test_text_is_written_as_it_is(tmp_path):
    replace_text(tmp_path / "a.txt", "ä\r\nb\n")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa4\r\nb\n"


def test_the_next_write_removes_what_a_killed_one_has_left(tmp_path):
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    for name in (f".a.txt.{done.pid}.part", f".a.txt.{os.getppid()}.part", f".b.txt.{done.pid}.part"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".tmprGMNQM").touch()
    replace_text(tmp_path / "a.txt", "new")
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == sorted(["a.txt", f".a.txt.{os.getppid()}.part", f".b.txt.{done.pid}.part"])
