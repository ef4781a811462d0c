"""Pix2Vox's test pictures: every step against what its transforms do, by hand or by another library."""

import numpy as np
import pytest
import torch

from core.data.pix2vox import pix2vox_picture


@pytest.fixture
def rendering():
    """137 pixels a side, random colours and alpha, a fully transparent frame and one in the middle that is not."""
    pixels = np.random.default_rng(0).integers(0, 256, (137, 137, 4), dtype=np.uint8)
    pixels[:40, :, 3] = 0
    pixels[60:80, :, 3] = np.maximum(pixels[60:80, :, 3], 1)
    return pixels


def test_the_middle_128_pixels_are_kept_and_what_is_fully_transparent_is_grey_240(rendering):
    picture = pix2vox_picture(rendering, 128)
    middle = rendering[4:132, 4:132]  # (137 - 128) // 2 = 4
    transparent = middle[..., 3] == 0
    assert (picture.shape, picture.dtype) == ((128, 128, 3), np.uint8)
    assert (picture[transparent] == 240).all()
    np.testing.assert_array_equal(picture[~transparent], middle[..., :3][~transparent])  # however little opaque


def test_it_is_resized_linearly_with_alpha_that_is_not_premultiplied(rendering):
    picture = pix2vox_picture(rendering, 224)
    middle = torch.from_numpy(rendering[4:132, 4:132].astype(np.float32)).permute(2, 0, 1)[None]
    resized = torch.nn.functional.interpolate(middle, size=224, mode="bilinear", align_corners=False)[0]
    expected = torch.where(resized[3] == 0, torch.tensor(240.0), resized[:3]).permute(1, 2, 0).numpy()
    assert np.abs(picture - expected).max() <= 0.51


def test_without_alpha_there_is_no_background():
    pixels = np.random.default_rng(1).integers(0, 256, (137, 140, 3), dtype=np.uint8)
    np.testing.assert_array_equal(pix2vox_picture(pixels, 128), pixels[4:132, 6:134])


def test_a_picture_no_larger_than_the_square_is_used_whole():
    pixels = np.full((128, 200, 4), 255, np.uint8)
    pixels[:, :100, :3] = 0
    picture = pix2vox_picture(pixels, 64)
    assert (picture[:, :31] == 0).all()
    assert (picture[:, 33:] == 255).all()
