import numpy as np
import pytest
import torch

from core.data.images import preprocess
from core.memory.adding import PictureEncoder, add_shapes
from core.memory.shape_files import Shape
from core.memory.slots import slots_of
from core.network.pixels import network_images


@pytest.fixture
def encoder(checkpoint):
    return PictureEncoder(checkpoint)


def shape(cube, side=6, views=2, name="own.obj"):
    pictures = []
    for view in range(views):
        pixels = np.zeros((40, 40, 4), np.uint8)
        pixels[8:32, 8 + 3 * view : 30] = (200, 80 + 40 * view, 20, 255)
        pictures.append(pixels)
    return Shape("mesh", name, "own", cube(side), tuple(pictures))


def test_each_view_takes_a_slot_with_its_source(checkpoint, encoder, cube):
    slots = slots_of(checkpoint)
    told = []
    added = add_shapes(slots, encoder, [shape(cube), shape(cube, 9, 4, "other.obj")], told.append)
    assert (added.shapes, added.places.tolist(), added.grown) == (2, [3, 4, 5, 6, 7, 8], 1)
    assert told == [1, 2]
    assert [added.slots.sources[slot].view for slot in added.places] == [0, 1, 0, 1, 2, 3]
    assert {added.slots.category(slot) for slot in added.places} == {"own"}
    np.testing.assert_array_equal(added.slots.voxels(8), cube(9))
    np.testing.assert_allclose(np.linalg.norm(added.slots.keys, axis=1), 1, atol=1e-6)
    assert not added.slots.ages[added.places].any()


def test_a_key_is_the_mean_direction_over_three_backgrounds(checkpoint, encoder, cube):
    pixels = shape(cube, views=1).pictures[0]
    model = checkpoint.build()
    features = []
    for colour in ((255,) * 3, (128,) * 3, (0,) * 3):
        with torch.no_grad():
            feature = model.image_encoder(network_images(torch.from_numpy(preprocess(pixels, 32, colour))[None]))[0]
        features.append(feature.numpy() / np.linalg.norm(feature))
    expected = sum(features) / np.linalg.norm(sum(features))
    np.testing.assert_allclose(encoder.keys([pixels])[0], expected, atol=1e-5)


def test_a_shape_retrieves_itself(checkpoint, encoder, cube):
    added = add_shapes(slots_of(checkpoint), encoder, [shape(cube, views=1), shape(cube, 9, 1, "b.obj")])
    similar = added.slots.similarities(encoder.keys(shape(cube, views=1).pictures)[0])
    assert similar[3] == pytest.approx(1, abs=1e-5)
    assert int(similar.argmax()) in (3, 4)


def test_the_same_shape_again_is_left_out_and_another_of_its_name_is_numbered(checkpoint, encoder, cube):
    once = add_shapes(slots_of(checkpoint), encoder, [shape(cube)]).slots
    again = add_shapes(once, encoder, [shape(cube), shape(cube, 9)])
    assert again.skipped == ("own.obj",)
    assert (again.shapes, len(again.places)) == (1, 2)
    assert {again.slots.sources[slot].object_id for slot in again.places} == {"own.obj (2)"}
    nothing = add_shapes(again.slots, encoder, [shape(cube)])
    assert nothing.slots is again.slots
    assert nothing.skipped == ("own.obj",)
