from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from mem3d_viewer.base.settings import RECENT_LIMIT, Settings


@pytest.fixture
def file(tmp_path):
    return tmp_path / "deep" / "settings.ini"


def test_values_come_back_from_the_file(file):
    first = Settings(file)
    first.set("theme", "dark")
    first.set("threshold", 0.25)
    first.set("axes", False)
    first.set("layout", QByteArray(b"\x00\xff\x01"))
    first.sync()
    again = Settings(file)
    assert again.text("theme", "light", ("light", "dark")) == "dark"
    assert again.number("threshold", 0.3, 0, 1) == 0.25
    assert again.flag("axes", True) is False
    assert again.data("layout") == QByteArray(b"\x00\xff\x01")


def test_nonsense_counts_as_absent(file):
    settings = Settings(file)
    for key, value in (("theme", "pink"), ("threshold", "high"), ("axes", "perhaps"), ("layout", 3)):
        settings.set(key, value)
    assert settings.text("theme", "light", ("light", "dark")) == "light"
    assert settings.number("threshold", 0.3, 0, 1) == 0.3
    settings.set("threshold", 7)
    assert settings.number("threshold", 0.3, 0, 1) == 0.3
    assert settings.flag("axes", True) is True
    assert settings.data("layout") is None
    assert settings.recent_pictures() == []


def test_recent_pictures_newest_first_without_repeats(file):
    settings = Settings(file)
    for number in range(RECENT_LIMIT + 3):
        settings.add_recent_picture(Path(f"{number}.png"))
    settings.add_recent_picture(Path("5.png"))
    recent = Settings(file).recent_pictures() if settings.sync() is None else []
    assert recent[0] == Path("5.png")
    assert len(recent) == len(set(recent)) == RECENT_LIMIT
    settings.remove_recent_picture(Path("5.png"))
    assert Path("5.png") not in settings.recent_pictures()
    settings.clear_recent_pictures()
    assert settings.recent_pictures() == []


def test_a_single_recent_picture_comes_back(file):
    """An INI file keeps a list of one as plain text."""
    settings = Settings(file)
    settings.add_recent_picture(Path("a, b.png"))
    settings.sync()
    assert Settings(file).recent_pictures() == [Path("a, b.png")]


def test_recent_data_sets_newest_first_without_repeats(file):
    settings = Settings(file)
    for number in range(12):
        settings.add_recent_dataset(f"packed:{number}")
    settings.add_recent_dataset("packed:5")
    settings.sync()
    recent = Settings(file).recent_datasets()
    assert recent[:3] == ["packed:5", "packed:11", "packed:10"]
    assert (len(recent), len(set(recent))) == (10, 10)
