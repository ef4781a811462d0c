import numpy as np

from core.data.saliency import Regions


def scene():
    """A red square before a grey ramp from left to right, and where it is."""
    pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[:] = np.linspace(60, 200, 80).astype(np.uint8)[None, :, None]
    square = np.zeros((60, 80), bool)
    square[20:40, 30:50] = True
    pixels[square] = (200, 30, 30)
    return pixels, square


def border(shape):
    background = np.ones(shape, bool)
    background[2:-2, 2:-2] = False
    return background


def test_what_is_behind_an_edge_is_far_and_a_ramp_is_near():
    pixels, square = scene()
    distance = Regions(pixels).distance(border(square.shape))
    assert distance.shape == square.shape
    assert distance.min() >= 0
    assert np.median(distance[square]) > 20
    assert np.percentile(distance[~square], 90) < 0.25 * np.median(distance[square])


def test_the_way_round_an_edge_counts():
    # A wall from top to bottom: what lies behind it is far from the left border, however alike.
    pixels = np.full((60, 80, 3), 128, np.uint8)
    pixels[:, 35:45] = (255, 255, 0)
    background = np.zeros((60, 80), bool)
    background[:, :2] = True
    distance = Regions(pixels).distance(background)
    assert np.median(distance[:, 60:]) > 50
    assert np.median(distance[:, :30]) < 5
    pixels[45:, 35:45] = 128  # a gate in the wall
    assert np.median(Regions(pixels).distance(background)[:, 60:]) < 5


def test_unlike_is_the_distance_to_the_nearest_colour():
    pixels = np.zeros((20, 20, 3), np.uint8)
    pixels[:, 10:] = 255
    background = np.zeros((20, 20), bool)
    background[:, :5] = True
    unlike = Regions(pixels).unlike(background)
    assert np.allclose(unlike[:, :10], 0, atol=0.1)
    assert np.allclose(unlike[:, 10:], 100, atol=0.5)  # black to white is L* 0 to 100


def test_one_plain_colour_has_nothing_that_stands_out():
    regions = Regions(np.full((16, 16, 3), 90, np.uint8))
    assert regions.distance(border((16, 16))).max() < 1
    assert regions.unlike(border((16, 16))).max() < 0.1
