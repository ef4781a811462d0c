"""Parts of photographs behind objects and on occluders."""

import numpy as np
import pytest
from PIL import Image

from core.config import DataConfig
from core.data.augmentation import augment, occlude
from core.data.backgrounds import Photographs
from core.errors import DatasetError

PLAIN = DataConfig(random_background=False, colour_jitter=0.0, noise=0.0, crop=0.0, occluder_probability=0.0)


@pytest.fixture
def photographs(tmp_path):
    (tmp_path / "street").mkdir()
    ramp = np.zeros((40, 60, 3), np.uint8)
    ramp[..., 0], ramp[..., 2] = 200, np.arange(60)
    Image.fromarray(ramp).save(tmp_path / "street" / "one.png")
    (tmp_path / "notes.txt").write_text("no photograph")
    return Photographs(tmp_path)


def test_a_part_is_square_inside_the_photograph_and_random(photographs):
    rng = np.random.default_rng(0)
    parts = [photographs.part(16, rng) for _ in range(20)]
    assert all(part.shape == (16, 16, 3) and (part[..., 0] == 200).all() for part in parts)
    spans = [int(np.ptp(part[0, :, 2].astype(int))) for part in parts]
    assert all(
        10 <= span <= 40 for span in spans
    )  # 0.4 to all of the shorter side of 40, without the ends' half pixels
    assert len({part.tobytes() for part in parts}) == 20
    rising = [part[0, -1, 2] > part[0, 0, 2] for part in parts]
    assert any(rising)
    assert not all(rising)


def test_half_of_the_pictures_stand_before_a_photograph(photographs):
    pixels = np.zeros((32, 32, 4), np.uint8)
    pixels[8:24, 8:24] = 255
    rng = np.random.default_rng(1)
    corners = [tuple(augment(pixels, 32, PLAIN, rng, photographs)[0, 0, :2]) for _ in range(60)]
    assert set(corners) == {(200, 0), (255, 255)}
    assert 20 < corners.count((200, 0)) < 40


def test_an_occluder_can_be_a_photograph_and_keeps_its_place(photographs):
    pixels = np.zeros((32, 32, 4), np.uint8)
    pixels[8:24, 8:24] = 255
    covered = [occlude(pixels, 0.5, np.random.default_rng(seed), photographs) for seed in range(20)]
    changed = [(image[..., :3] != pixels[..., :3]).any(axis=2) for image in covered]
    shown = [bool((image[where][:, :2] == (200, 0)).all()) for image, where in zip(covered, changed, strict=True)]
    assert any(shown)
    assert not all(shown)
    for image in covered:
        assert (image[..., 3] == pixels[..., 3]).all()


def test_a_folder_without_photographs_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="no photographs"):
        Photographs(tmp_path)
