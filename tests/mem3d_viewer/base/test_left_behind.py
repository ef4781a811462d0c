"""Files that outlive the process that kept them."""

import os

from mem3d_viewer.base.left_behind import kept_file, take_left_behind

GONE = (999_999_998, 999_999_999)


def test_each_of_processes_that_are_gone_is_taken_once_the_newest_first(tmp_path):
    for age, number in enumerate(GONE):
        path = tmp_path / f"last-{number}.mem3d"
        path.write_text(str(number))
        os.utime(path, (1000 - age, 1000 - age))
    (tmp_path / "last-other.mem3d").write_text("no process")
    own = kept_file(tmp_path, "last.mem3d")
    own.write_text("mine")
    taken = take_left_behind(tmp_path, "last.mem3d")
    assert taken == tmp_path / "restored-last.mem3d"
    assert taken.read_text() == str(GONE[0])
    assert take_left_behind(tmp_path, "last.mem3d") == taken
    assert taken.read_text() == str(GONE[1])
    assert take_left_behind(tmp_path, "last.mem3d") is None
    assert own.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([own.name, "last-other.mem3d", taken.name])


def test_nothing_kept_is_nothing_to_take(tmp_path):
    assert take_left_behind(tmp_path, "last.mem3d") is None
    assert take_left_behind(tmp_path / "nowhere", "last.mem3d") is None


def test_a_folder_that_cannot_be_written_offers_nothing(tmp_path, monkeypatch):
    (tmp_path / f"last-{GONE[0]}.mem3d").write_text("x")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(PermissionError("read-only")))
    assert take_left_behind(tmp_path, "last.mem3d") is None
