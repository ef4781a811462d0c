"""Images written to files: whole, or one reason why not."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import OutputError
from mem3d_viewer.base.qt_pixels import image_of, pixels_of, save_image


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (5, 7, 4), np.uint8) | np.uint8(0x80)


@pytest.mark.parametrize("ending", [".png", ".webp"])
def test_what_is_written_is_read_by_others(qapp, tmp_path, pixels, ending):
    save_image(tmp_path / f"a{ending}", image_of(pixels))
    with Image.open(tmp_path / f"a{ending}") as image:
        assert image.format == ending[1:].upper()
        assert image.size == (7, 5)
        if ending == ".png":
            np.testing.assert_array_equal(np.asarray(image), pixels)


def test_a_full_disk_is_told_by_its_name_and_by_nobody_else(qapp, tmp_path, pixels, monkeypatch, capfd):
    (tmp_path / "a.png").write_bytes(b"as it was")

    def refuse(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", refuse)
        with pytest.raises(OutputError, match=r"No space left on device.*free some space"):
            save_image(tmp_path / "a.png", image_of(pixels))
    assert (tmp_path / "a.png").read_bytes() == b"as it was"
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert capfd.readouterr() == ("", "")


def test_pixels_come_back(qapp, pixels):
    np.testing.assert_array_equal(pixels_of(image_of(pixels)), pixels)
