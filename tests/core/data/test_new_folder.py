"""A folder that is there whole or not at all."""

import errno

import pytest

from core.data.new_folder import new_folder
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
