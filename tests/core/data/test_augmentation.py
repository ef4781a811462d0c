"""Augmentation varies what it should, by as much as it should, from the given generator alone."""

import dataclasses

import numpy as np
import pytest

from core.config import DataConfig
from core.data.augmentation import augment, evaluation_picture, occlude, random_background
from core.data.images import object_box, preprocess
from core.errors import ConfigError

OFF = DataConfig(
    random_background=False, colour_jitter=0.0, noise=0.0, crop=0.0, occluder_probability=0.0, occluder_area=0.0
)
RED = (255, 0, 0)


def rendering():
    """A 60 x 40 red block in a transparent 137 x 137 picture."""
    pixels = np.zeros((137, 137, 4), np.uint8)
    pixels[50:90, 30:90] = (*RED, 255)
    pixels.setflags(write=False)
    return pixels


def random(seed=0):
    return np.random.default_rng(seed)


def with_only(**changes):
    return dataclasses.replace(OFF, **changes)


def test_everything_off_is_plain_preprocessing():
    assert np.array_equal(augment(rendering(), 64, OFF, random()), preprocess(rendering(), 64))


def test_the_generator_is_the_only_source_of_randomness():
    config = DataConfig()
    first = [augment(rendering(), 64, config, random(7)) for _ in range(2)]
    assert np.array_equal(*first)
    assert not np.array_equal(first[0], augment(rendering(), 64, config, random(8)))
    assert first[0].shape == (64, 64, 3)
    assert first[0].dtype == np.uint8


@pytest.mark.parametrize("channels", [3, 4])
def test_pictures_with_and_without_alpha_are_accepted(channels):
    pixels = np.ascontiguousarray(rendering()[..., :channels])
    for seed in range(20):
        assert augment(pixels, 32, DataConfig(), random(seed)).shape == (32, 32, 3)


def test_the_picture_is_never_mirrored():
    """A block that is red on its left and blue on its right stays so in every variation."""
    pixels = rendering().copy()
    pixels[50:90, 60:90, :3] = (0, 0, 255)
    config = dataclasses.replace(DataConfig(), occluder_probability=0.0)
    for seed in range(50):
        middle = augment(pixels, 64, config, random(seed))[24:40].astype(int)
        redness = (middle[..., 0] - middle[..., 2]).mean(axis=0)
        assert redness[16:24].mean() > redness[40:48].mean()


def test_the_background_is_random_and_the_object_untouched():
    config = with_only(random_background=True)
    results = [augment(rendering(), 100, config, random(seed)) for seed in range(20)]
    for result in results:  # 60 x 40 ends as 80 x 53 in the middle
        assert (result[26:74, 12:88] == RED).all()
    assert len({result[0, 0].tobytes() for result in results}) > 10


def test_every_kind_of_background_has_the_right_shape_and_they_differ():
    backgrounds = [random_background(48, random(seed)) for seed in range(40)]
    assert all(b.shape == (48, 48, 3) and b.dtype == np.uint8 for b in backgrounds)
    colours = [len(np.unique(b.reshape(-1, 3), axis=0)) for b in backgrounds]
    assert min(colours) == 1  # plain
    assert 2 in colours  # wall and floor
    assert max(colours) > 500  # gradient or texture


def test_the_crop_stays_within_its_limits():
    boxes = []
    for seed in range(60):
        result = augment(rendering(), 200, with_only(crop=0.1), random(seed))
        inside = ((result != 255).any(axis=2) * np.uint8(255))[..., None].repeat(4, axis=2)
        boxes.append(object_box(inside))
    left, top, right, bottom = np.array(boxes).T
    width = right - left  # 160 plus or minus 16; moved by at most a tenth of it
    assert 143 <= width.min() < 150
    assert 170 < width.max() <= 177
    middle = (left + right) / 2 - 100
    assert 10 < np.abs(middle).max() <= 18.6
    assert (np.abs((bottom - top) / width - 40 / 60) < 0.02).all()  # never stretched


def test_colour_jitter_keeps_within_its_limits():
    pixels = np.full((20, 20, 3), 100, np.uint8)
    levels = []
    for seed in range(60):
        result = augment(pixels, 32, with_only(colour_jitter=0.2), random(seed))
        assert (result == result[0, 0, 0]).all()  # an even grey has neither contrast nor saturation
        levels.append(int(result[0, 0, 0]))
    assert 80 <= min(levels) < 90
    assert 110 < max(levels) <= 120


def test_noise_has_the_asked_deviation():
    pixels = np.full((20, 20, 3), 128, np.uint8)
    deviations = []
    for seed in range(40):
        result = augment(pixels, 64, with_only(noise=0.1), random(seed)).astype(float)
        assert abs(result.mean() - 128) < 1
        deviations.append(result.std())
    assert min(deviations) < 6
    assert 22 < max(deviations) < 26.5  # 0.1 * 255 = 25.5


def test_an_occluder_comes_as_often_as_asked():
    config = with_only(occluder_probability=0.5, occluder_area=0.5)
    plain = preprocess(rendering(), 64)
    changed = [not np.array_equal(augment(rendering(), 64, config, random(s)), plain) for s in range(200)]
    assert 70 < sum(changed) < 130


@pytest.mark.parametrize("fraction", [0.05, 0.3, 0.5, 1.0])
def test_an_occluder_covers_the_asked_share_of_the_box(fraction):
    pixels = rendering()
    for seed in range(30):
        covered = occlude(pixels, fraction, random(seed))
        changed = (covered != pixels).any(axis=2)
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        assert changed.sum() == len(rows) * len(columns)  # one full rectangle
        assert rows[0] >= 50
        assert rows[-1] < 90
        assert columns[0] >= 30
        assert columns[-1] < 90
        # Half a pixel of rounding of the height, over the rectangle's whole width.
        assert abs(changed.sum() - fraction * 60 * 40) <= len(columns) / 2
        assert len(np.unique(covered[changed], axis=0)) == 1
        assert (covered[changed][:, 3] == 255).all()
        assert object_box(covered) == object_box(pixels)


def test_an_occluder_varies_in_place_and_proportions():
    shapes, corners = set(), set()
    for seed in range(40):
        changed = (occlude(rendering(), 0.2, random(seed)) != rendering()).any(axis=2)
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        shapes.add((len(rows), len(columns)))
        corners.add((rows[0], columns[0]))
    assert len(shapes) > 15
    assert len(corners) > 30


def test_an_occluder_hides_holes_of_the_object_too():
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[[5, 34], 5:35] = pixels[5:35, [5, 34]] = (*RED, 255)  # a thin frame
    assert (occlude(pixels, 1.0, random())[5:35, 5:35, 3] == 255).all()


def test_no_occluder_changes_nothing():
    assert np.array_equal(occlude(rendering(), 0.0, random()), rendering())


@pytest.mark.parametrize("fraction", [-0.1, 1.5, float("nan")])
def test_an_impossible_occluder_is_refused(fraction):
    with pytest.raises(ConfigError, match="fraction"):
        occlude(rendering(), fraction, random())


def test_an_evaluation_picture_is_plain_preprocessing_on_a_seeded_colour():
    result = evaluation_picture(rendering(), 64, random(3))
    colour = tuple(result[0, 0].tolist())
    assert np.array_equal(result, preprocess(rendering(), 64, colour))
    assert np.array_equal(result, evaluation_picture(rendering(), 64, random(3)))


def test_an_evaluation_picture_keeps_its_background_behind_an_occluder():
    plain, hidden = (evaluation_picture(rendering(), 100, random(5), fraction) for fraction in (0.0, 0.3))
    assert np.array_equal(plain[:20], hidden[:20])
    changed = (plain != hidden).any(axis=2)
    assert abs(changed.sum() / (80 * 53) - 0.3) < 0.03
