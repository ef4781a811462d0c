import cv2
import numpy as np
import pytest

from core.data.matting import matte

RED, GREY = (180, 40, 40), (140, 140, 150)


def slanted(height, width, noise=3.0):
    """A red half-plane with a slanted edge before grey: pixels and truth."""
    y, x = np.mgrid[:height, :width]
    truth = x + 0.37 * y < 0.6 * width
    pixels = np.where(truth[..., None], np.float64(RED), np.float64(GREY))
    pixels += np.random.default_rng(0).normal(0, noise, pixels.shape)
    return np.clip(pixels, 0, 255).astype(np.uint8), truth


def reduced(pixels, truth, width):
    """The copy and the mask somebody found on it."""
    size = width, round(width * pixels.shape[0] / pixels.shape[1])
    mask = cv2.resize(truth.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    return mask, cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("factor", [1, 4, 12])
def test_the_edge_follows_the_picture_and_not_the_pixels_of_the_copy(factor):
    pixels, truth = slanted(75 * factor, 100 * factor)
    mask, copy = reduced(pixels, truth, 100)
    alpha = matte(mask, copy, pixels)
    assert alpha.shape == truth.shape
    wrong = ((alpha > 127) != truth).mean()
    stairs = (cv2.resize(mask.astype(np.uint8), truth.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0) != truth
    assert wrong <= 0.3 * stairs.mean() + 1e-3


def test_away_from_the_edge_the_mask_stands():
    pixels = np.random.default_rng(1).integers(0, 256, (200, 200, 3)).astype(np.uint8)
    mask = np.zeros((50, 50), bool)
    mask[10:40, 10:40] = True
    alpha = matte(mask, cv2.resize(pixels, (50, 50), interpolation=cv2.INTER_AREA), pixels)
    assert (alpha[56:144, 56:144] == 255).all()
    assert (alpha[:24] == 0).all()
    assert (alpha[:, 176:] == 0).all()


@pytest.mark.parametrize("value", [False, True])
def test_a_mask_without_an_edge(value):
    pixels, _ = slanted(60, 80)
    assert (matte(np.full((30, 40), value), pixels[::2, ::2], pixels) == 255 * value).all()
