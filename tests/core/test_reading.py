"""Only ordinary files are opened, and nothing is waited for."""

import os
import tracemalloc

import pytest

from core.reading import BUFFER, open_file, read_file


def test_a_file_is_read_up_to_its_limit(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert read_file(tmp_path / "a", 5) == b"12345"
    with pytest.raises(ValueError, match="more than"):
        read_file(tmp_path / "a", 4)


def test_lines_are_read_in_large_parts(tmp_path):
    (tmp_path / "lines").write_bytes(b"a line\n" * BUFFER)
    with open_file(tmp_path / "lines") as file:
        assert file.readline() == b"a line\n"
        assert os.lseek(file.fileno(), 0, os.SEEK_CUR) == BUFFER


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_pipes_and_devices_are_refused_under_any_name(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path / "link", "/dev/zero"):
        with pytest.raises(OSError, match="not an ordinary file"):
            open_file(path)
    with pytest.raises(IsADirectoryError):
        open_file(tmp_path)


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "\ud800", "missing"])
def test_impossible_names_are_os_errors(tmp_path, name):
    with pytest.raises(OSError):  # noqa: PT011 (the message is the system's)
        open_file(tmp_path / name)


def test_a_small_file_takes_little_memory_however_much_it_might_have(tmp_path):
    (tmp_path / "small").write_bytes(b"few bytes")
    tracemalloc.start()
    assert read_file(tmp_path / "small", 2_000_000_000) == b"few bytes"
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 10_000_000
