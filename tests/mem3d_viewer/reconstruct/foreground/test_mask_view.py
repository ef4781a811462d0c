import numpy as np

from core.data.foreground import with_alpha
from core.data.images import picture_from_pixels
from mem3d_viewer.reconstruct.foreground.mask_view import LARGEST_SIDE, SMALLEST_SIDE, MaskView


def half_cut(height=500, width=800):
    """A red photo, whose left half is the object."""
    picture = picture_from_pixels(np.full((height, width, 3), (200, 0, 0), np.uint8))
    alpha = np.zeros((height, width), np.uint8)
    alpha[:, : width // 2] = 255
    return picture, with_alpha(picture, alpha)


def test_the_object_is_shown_as_it_is_and_the_rest_is_faded():
    picture, edited = half_cut()
    view = MaskView(picture).draw(edited)
    assert view.shape == (500, 800, 3)
    assert (view[:, :398] == (200, 0, 0)).all()
    assert (view[:, 402:, 1] > 100).all()
    assert len(np.unique(view[:, 402:].reshape(-1, 3), axis=0)) == 2  # the two kinds of tiles
    assert not (view[:, 399:401] == view[:, 390:392]).all()  # the line between


def test_an_uncut_photo_is_shown_as_it_is():
    picture, _ = half_cut()
    assert np.array_equal(MaskView(picture).draw(picture), picture.pixels)


def test_what_transparency_hides_stays_hidden():
    _, edited = half_cut()
    view = MaskView(edited).draw(edited)
    assert len(np.unique(view[:, 402:].reshape(-1, 3), axis=0)) == 2
    assert (view[:, 402:, 1] > 200).all()


def test_large_and_small_photos_keep_their_proportions():
    for side, shown in ((2000, LARGEST_SIDE), (1000, 1000), (60, SMALLEST_SIDE)):
        picture, edited = half_cut(side // 2, side)
        assert MaskView(picture).draw(edited).shape == (shown // 2, shown, 3)
