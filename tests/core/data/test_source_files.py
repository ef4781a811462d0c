"""The state of a folder's files: every change shows, and nothing else does."""

import os
import shutil

import pytest

from core.data.source_files import source_state

NAMES = ("pictures", "list.json", "missing")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "source"
    for name in ("pictures/b/1.png", "pictures/a/1.png", "pictures/0.png", "other/x.png", "list.json"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def test_a_copy_has_the_same_version_and_another_state(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "copy", copy_function=shutil.copyfile)
    os.utime(tmp_path / "copy" / "list.json", ns=(1, 1))
    first, second = source_state(folder, NAMES), source_state(tmp_path / "copy", NAMES)
    assert first.version == second.version
    assert first.state != second.state
    assert first == source_state(folder, NAMES)
    assert first.size == len("pictures/b/1.png" + "pictures/a/1.png" + "pictures/0.png" + "list.json")


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "pictures/b/1.png").write_text("longer than before"),
        lambda folder: (folder / "pictures/b/1.png").unlink(),
        lambda folder: (folder / "pictures/b/2.png").write_text(""),
        lambda folder: (folder / "pictures/b").rename(folder / "pictures/c"),
        lambda folder: (folder / "list.json").unlink(),
        lambda folder: (folder / "missing").write_text("x"),
    ],
    ids=["size", "removed", "added", "renamed", "loose file", "appeared"],
)
def test_every_change_shows_in_both(folder, change):
    before = source_state(folder, NAMES)
    change(folder)
    after = source_state(folder, NAMES)
    assert before.version != after.version
    assert before.state != after.state


def test_a_file_written_anew_with_the_same_size_shows_in_the_state(folder):
    before = source_state(folder, NAMES)
    path = folder / "pictures/a/1.png"
    path.write_text(path.read_text()[::-1])
    os.utime(path, ns=(5, 5))
    after = source_state(folder, NAMES)
    assert before.version == after.version
    assert before.state != after.state


def test_other_and_hidden_files_do_not_count(folder):
    before = source_state(folder, NAMES)
    (folder / "other/x.png").write_text("changed")
    (folder / "pictures/.DS_Store").write_text("x")
    assert source_state(folder, NAMES) == before


def test_a_link_that_leads_to_itself_is_not_there(tmp_path):
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "a.png").write_bytes(b"picture")
    before = source_state(tmp_path, ["img"])
    (tmp_path / "img" / "b.png").symlink_to("b.png")
    assert source_state(tmp_path, ["img"]) == before
