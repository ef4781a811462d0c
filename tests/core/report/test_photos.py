"""The page of photos: a row each, with what the network saw; a broken one is told before anything is measured."""

import re

import numpy as np
import pytest
from PIL import Image
from tiny_training import MODEL

from core.checkpoint import save_checkpoint
from core.cli import main
from core.config import Mem3DConfig
from core.data.images import load_picture
from core.network.building import build_network
from core.reconstruction import Reconstructor
from core.report import photos


@pytest.fixture
def checkpoint(tmp_path):
    model = build_network(MODEL)
    save_checkpoint(tmp_path / "tiny.safetensors", model, Mem3DConfig(model=MODEL))
    return tmp_path / "tiny.safetensors"


@pytest.fixture
def folder(tmp_path):
    """Two photos: one with a red square on grey, one with transparency."""
    (tmp_path / "photos").mkdir()
    pixels = np.full((60, 80, 3), 120, np.uint8)
    pixels[15:45, 20:60] = (200, 30, 30)
    Image.fromarray(pixels).save(tmp_path / "photos" / "plain.png")
    clear = np.dstack([pixels, np.zeros((60, 80), np.uint8)])
    clear[15:45, 20:60, 3] = 255
    Image.fromarray(clear).save(tmp_path / "photos" / "clear.png")
    return tmp_path / "photos"


def test_the_page_has_a_row_for_each_photo(tmp_path, checkpoint, folder):
    reconstructor = Reconstructor(checkpoint, "cpu")
    shown = [
        photos.reconstructed(reconstructor, name, load_picture(folder / name)) for name in ("plain.png", "clear.png")
    ]
    photos.save_photos(tmp_path / "two.png", shown, 0.3)
    photos.save_photos(tmp_path / "one.png", shown[:1], 0.3)
    with Image.open(tmp_path / "two.png") as page:
        two = np.asarray(page)
    with Image.open(tmp_path / "one.png") as page:
        one = np.asarray(page)
    assert two.shape[1] == one.shape[1]
    assert len(two) - len(one) == len(one) - 2 * 24  # a row more, between the same margins
    row = one[24:224]
    photo, seen = row[:, 24:224], row[:, 240:440]
    assert (photo[100, 100] == (200, 30, 30)).all()
    assert (photo == 120).any()
    assert (seen[100, 100] == (200, 30, 30)).all()
    assert not (seen == 120).all(axis=2).any()  # cut out: its background is gone
    below = two[24 + 240 :][:200, 24:224]
    assert (below[100, 100] == (200, 30, 30)).all()
    assert (below[5, 100] == 255).all()  # what was transparent


def test_the_report_shows_photos(tmp_path, checkpoint, folder, write_r2n2, capsys):
    write_r2n2(tmp_path / "boxes")
    words = ["report", str(tmp_path / "out"), "--set", f"boxes=shapenet:{tmp_path / 'boxes'}", "--device", "cpu"]
    words += ["--checkpoint", str(checkpoint), "--limit", "2", "--photos", str(folder)]
    assert main(words) == 0
    text = (tmp_path / "out" / "README.md").read_text()
    assert "](photos.png)\n\n*Figure 4: " in text
    assert "None were given" not in text
    with Image.open(tmp_path / "out" / "photos.png") as page:
        assert page.height == 2 * 24 + 2 * 240


def test_a_broken_photo_is_told_before_anything_is_measured(tmp_path, checkpoint, folder, capsys):
    (folder / "broken.png").write_bytes(b"no picture")
    words = ["report", str(tmp_path / "out"), "--set", f"boxes=shapenet:{tmp_path / 'nothing'}"]
    assert main([*words, "--checkpoint", str(checkpoint), "--photos", str(folder)]) == 2
    error = capsys.readouterr().err
    assert re.search(r"broken\.png: ", error)
    assert error.count("\n") == 1
