"""Photos made of a known object before a known background: the mask is compared with the truth."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from core.data import foreground as foreground_module
from core.data.foreground import NOTHING_FOUND, Edits, Foreground, Stroke, load_mask, with_alpha
from core.data.images import GREY, WHITE, load_picture, object_box, picture_from_pixels
from core.errors import ImageError


def background(height, width, seed=0):
    """A wall with a soft shadow above a rough floor."""
    rng = np.random.default_rng(seed)
    pixels = np.empty((height, width, 3))
    pixels[:] = np.linspace(210, 150, width)[None, :, None]
    floor = 2 * height // 3
    pixels[floor:] = (120, 100, 80)
    pixels[floor:] += rng.normal(0, 12, (height - floor, width, 1))
    return pixels + rng.normal(0, 4, pixels.shape)


def disc(height, width, centre, radius):
    y, x = np.mgrid[:height, :width]
    return np.hypot(x - centre[0], y - centre[1]) < radius


def photo(*objects, height=240, width=320, seed=0):
    """Discs (centre, radius, colour) before a room: the picture, and the truth of each disc."""
    pixels = background(height, width, seed)
    truths = []
    rng = np.random.default_rng(seed + 1)
    for centre, radius, colour in objects:
        truth = disc(height, width, centre, radius)
        pixels[truth] = colour + rng.normal(0, 6, (int(truth.sum()), 3))
        truths.append(truth)
    return picture_from_pixels(np.clip(pixels, 0, 255).astype(np.uint8)), truths


def iou(alpha, truth):
    mask = alpha > 127
    return (mask & truth).sum() / (mask | truth).sum()


BLUE, RED = (30, 60, 150), (170, 40, 40)
ONE = ((150, 130), 60, BLUE)
TWO = ((90, 130), 45, BLUE), ((230, 130), 42, RED)


@pytest.mark.parametrize("seed", range(3))
def test_the_proposal_finds_the_one_object(seed):
    picture, (truth,) = photo(ONE, seed=seed)
    assert iou(Foreground(picture).alpha(Edits()), truth) > 0.95


def test_a_box_chooses_between_objects():
    picture, (left, right) = photo(*TWO)
    foreground = Foreground(picture)
    assert iou(foreground.alpha(Edits()), left) > 0.93  # the larger one
    assert iou(foreground.alpha(Edits(((35, 75, 145, 185),))), left) > 0.93
    assert iou(foreground.alpha(Edits(((35, 75, 145, 185), (175, 75, 285, 185)))), right) > 0.93  # the last one counts


def finder_of(truth, seen=None):
    """A network that knows the truth, if not exactly: blurred, in what it is shown."""
    likelihood = cv2.GaussianBlur(truth.astype(np.float32), (0, 0), 3)

    def find(pixels):
        if seen is not None:
            seen.append(pixels.shape)
        return likelihood if pixels.shape[:2] == likelihood.shape else np.full(pixels.shape[:2], 0.5, np.float32)

    return find


def test_a_finder_chooses_what_alone_does_not_stand_out():
    picture, (left, right) = photo(*TWO)
    assert iou(Foreground(picture).alpha(Edits()), left) > 0.93  # the larger one of those that do
    foreground = Foreground(picture, finder_of(right))
    assert iou(foreground.alpha(Edits()), right) > 0.95
    keep = Edits((Stroke("keep", ((70, 130), (110, 130)), 10),))
    assert (foreground.alpha(keep)[130, 70:110] == 255).all()
    remove = Edits((Stroke("remove", ((210, 130), (250, 130)), 10),))
    assert (foreground.alpha(remove)[130, 210:250] == 0).all()
    assert iou(foreground.alpha(Edits()), right) > 0.95


def test_removing_the_larger_of_two_things_chooses_the_other():
    picture, (left, right) = photo(*TWO)
    alpha = Foreground(picture).alpha(Edits((Stroke("remove", ((70, 130), (110, 130)), 40),)))
    assert iou(alpha, right) > 0.93
    assert not (alpha[left] > 127).any()


def test_a_part_that_a_finder_does_not_see_is_found_by_its_colours():
    picture, (truth,) = photo(ONE)
    half = truth.copy()
    half[:, 150:] = False
    assert iou(Foreground(picture, finder_of(half)).alpha(Edits()), truth) > 0.95


def test_parts_beside_an_object_are_its_own_and_others_are_not():
    """Feet that a bad cut has severed from a seat, and somebody who walks by."""
    found = np.zeros((100, 200), bool)
    found[20:60, 40:100] = True  # the largest
    feet = [(slice(70, 85), slice(42, 50)), (slice(61, 80), slice(90, 98))]
    walker = (slice(20, 60), slice(110, 125))
    for part in (*feet, walker):
        found[part] = True
    nothing = np.zeros_like(found)
    kept = foreground_module._one_object(found, nothing)
    assert kept[20:60, 40:100].all()
    assert all(kept[foot].all() for foot in feet)
    assert not kept[walker].any()
    marked = nothing.copy()
    marked[30, 115] = True
    assert foreground_module._one_object(found, marked)[walker].all()
    assert not foreground_module._one_object(nothing, nothing).any()


def test_a_finder_is_shown_what_a_box_holds_with_its_surroundings_once():
    picture, (left, _) = photo(*TWO)
    seen = []
    foreground = Foreground(picture, finder_of(left, seen))
    foreground.alpha(Edits(((40, 80, 140, 180),)))
    foreground.alpha(Edits(((40, 80, 140, 180), Stroke("keep", ((90, 130),), 3))))
    assert seen == [(120, 120, 3)]  # 100 x 100 and a tenth of it on every side


def test_where_a_finder_finds_nothing_what_stands_out_is_proposed():
    picture, (truth,) = photo(ONE)
    nothing = np.zeros_like(truth)
    assert iou(Foreground(picture, finder_of(nothing)).alpha(Edits()), truth) > 0.95


def test_strokes_add_and_take_away():
    picture, (left, right) = photo(*TWO)
    foreground = Foreground(picture)
    without = Edits((Stroke("remove", ((70, 130), (110, 130)), 20),))
    assert iou(foreground.alpha(without), right) > 0.9
    box = (35, 75, 145, 185)
    back = Edits((box, Stroke("keep", ((210, 130), (250, 130)), 10)))
    alpha = foreground.alpha(back)
    assert (alpha[130, 210:250] == 255).all()
    assert iou(alpha, left | (alpha > 0) & right) > 0.9


def test_a_stroke_is_obeyed_whatever_the_colours_say():
    picture, (truth,) = photo(ONE)
    alpha = Foreground(picture).alpha(
        Edits((Stroke("keep", ((20, 20), (60, 20)), 6), Stroke("remove", ((150, 130),), 9)))
    )
    assert (alpha[20, 20:60] == 255).all()
    assert alpha[130, 150] == 0
    assert (alpha[(np.hypot(*(np.mgrid[:240, :320] - np.array([130, 150])[:, None, None])) < 7)] == 0).all()
    assert iou(alpha, truth) > 0.8


def test_the_hole_in_an_object_is_background():
    picture, _ = photo()
    pixels = picture.pixels.copy()
    plain = np.full_like(pixels, 250)
    ring = disc(240, 320, (160, 120), 80) & ~disc(240, 320, (160, 120), 45)
    plain[ring] = BLUE
    alpha = Foreground(picture_from_pixels(plain)).alpha(Edits())
    assert iou(alpha, ring) > 0.93
    assert alpha[120, 160] == 0


def test_a_large_photo_gets_a_mask_of_its_own_size_with_a_soft_edge():
    picture, (truth,) = photo(((700, 620), 280, BLUE), height=1200, width=1600)
    alpha = Foreground(picture).alpha(Edits())
    assert alpha.shape == (1200, 1600)
    assert iou(alpha, truth) > 0.97
    between = (alpha > 0) & (alpha < 255)
    assert 0 < between.mean() < 0.02


def test_a_tiny_photo():
    pixels = np.full((16, 16, 3), 240, np.uint8)
    pixels[5:11, 4:12] = BLUE
    truth = np.zeros((16, 16), bool)
    truth[5:11, 4:12] = True
    assert iou(Foreground(picture_from_pixels(pixels)).alpha(Edits()), truth) > 0.8


def test_a_long_thin_photo():
    pixels = np.full((16, 4000, 3), 240, np.uint8)
    assert Foreground(picture_from_pixels(pixels)).alpha(Edits()).shape == (16, 4000)


def test_the_same_edits_give_the_same_mask_in_any_order_of_calls():
    picture, _ = photo(*TWO)
    some = Edits(((35, 75, 145, 185), Stroke("remove", ((60, 130),), 5)))
    fresh = Foreground(picture).alpha(some)
    used = Foreground(picture)
    used.alpha(Edits())
    used.alpha(some.with_step(Stroke("keep", ((230, 130),), 9)))
    assert np.array_equal(used.alpha(some), fresh)


@pytest.mark.parametrize(
    "box", [(0, 0, 320, 240), (-50, -50, 900, 900), (100, 100, 101, 101), (500, 500, 600, 600), (5, 5, 5, 5)]
)
def test_an_odd_box_is_no_error(box):
    picture, (truth,) = photo(ONE)
    edited = Foreground(picture).edited(Edits((box,)))
    assert edited.has_alpha or NOTHING_FOUND in edited.notes
    if box[2] - box[0] >= 320:  # all of it is as good as no box
        assert iou(edited.pixels[..., 3], truth) > 0.95


def test_a_plain_picture_stays_uncut_and_says_so():
    picture = picture_from_pixels(np.full((50, 60, 3), 200, np.uint8))
    edited = Foreground(picture).edited(Edits())
    assert not edited.has_alpha
    assert NOTHING_FOUND in edited.notes
    assert np.array_equal(edited.pixels, picture.pixels)
    assert NOTHING_FOUND not in picture.notes


def test_removing_everything_leaves_the_picture_uncut():
    picture, _ = photo(ONE)
    edited = Foreground(picture).edited(Edits((Stroke("remove", ((0, 120), (320, 120)), 300),)))
    assert NOTHING_FOUND in edited.notes
    assert not edited.has_alpha


def test_uncut_keeps_the_pictures_own_background():
    picture, _ = photo(ONE)
    assert np.array_equal(Foreground(picture).edited(Edits(cut_out=False)).pixels, picture.pixels)


def cut_out():
    """A picture with alpha: a disc, half transparent at its rim."""
    pixels = np.zeros((60, 80, 4), np.uint8)
    pixels[..., :3] = BLUE
    pixels[disc(60, 80, (30, 30), 22), 3] = 120
    pixels[disc(60, 80, (30, 30), 20), 3] = 255
    return picture_from_pixels(pixels)


def test_alpha_is_used_as_it_is():
    picture = cut_out()
    assert np.array_equal(Foreground(picture).edited(Edits()).pixels, picture.pixels)


def test_a_picture_with_alpha_can_be_edited_all_the_same():
    picture = cut_out()
    foreground = Foreground(picture)
    half = foreground.alpha(Edits(((0, 0, 30, 60),)))
    assert np.array_equal(half[:, :30], picture.pixels[:, :30, 3])
    assert (half[:, 30:] == 0).all()
    painted = foreground.alpha(Edits((Stroke("remove", ((30, 30),), 4), Stroke("keep", ((70, 30),), 4))))
    assert painted[30, 30] == 0
    assert painted[30, 70] == 255
    assert NOTHING_FOUND in foreground.edited(Edits(((70, 50, 80, 60),))).notes
    assert picture.pixels[30, 30, 3] == 255


def test_a_cover_is_opaque_and_leaves_the_objects_box_as_it_is():
    picture = cut_out()
    foreground = Foreground(picture)
    across = Stroke("cover", ((0, 30), (79, 30)), 5, (9, 200, 9))
    edited = foreground.edited(Edits((across,)))
    assert object_box(edited.pixels) == object_box(picture.pixels)
    left, _, right, _ = object_box(picture.pixels)
    assert (edited.pixels[30, left:right] == (9, 200, 9, 255)).all()
    outside = np.ones((60, 80), bool)
    outside[20:41, left:right] = False
    assert np.array_equal(edited.pixels[outside], picture.pixels[outside])
    assert np.array_equal(foreground.alpha(Edits((across,))), picture.pixels[..., 3])


def test_a_cover_can_be_taken_off_again():
    picture = cut_out()
    steps = (Stroke("cover", ((20, 30), (40, 30)), 6), Stroke("uncover", ((20, 30), (40, 30)), 9))
    foreground = Foreground(picture)
    assert (foreground.edited(Edits(steps[:1])).pixels[30, 30] == (*GREY, 255)).all()
    assert np.array_equal(foreground.edited(Edits(steps)).pixels, picture.pixels)


def test_a_cover_over_an_uncut_photo():
    picture, _ = photo(ONE)
    edited = Foreground(picture).edited(Edits((Stroke("cover", ((300, 10),), 8, (1, 2, 3)),), cut_out=False))
    assert edited.pixels.shape[2] == 3
    assert (edited.pixels[10, 300] == (1, 2, 3)).all()


def test_the_background_goes_with_the_picture():
    picture, _ = photo(ONE)
    assert picture.background == WHITE
    assert Foreground(picture).edited(Edits(background=(0, 0, 0))).background == (0, 0, 0)


def test_edits_are_values():
    edits = Edits()
    more = edits.with_step((1, 2, 3, 4))
    assert edits.steps == ()
    assert more.box == (1, 2, 3, 4)
    assert more == Edits(((1, 2, 3, 4),))


def test_a_mask_file(tmp_path):
    picture, (truth,) = photo(ONE)
    Image.fromarray((255 * truth).astype(np.uint8)).save(tmp_path / "mask.png")
    masked = with_alpha(picture, load_mask(tmp_path / "mask.png", picture))
    assert np.array_equal(masked.pixels[..., 3] == 255, truth)
    Image.fromarray(np.dstack([picture.pixels, (255 * truth).astype(np.uint8)])).save(tmp_path / "cut.png")
    assert np.array_equal(load_mask(tmp_path / "cut.png", picture), masked.pixels[..., 3])
    assert with_alpha(masked, masked.pixels[..., 3]) is masked


def test_a_mask_that_does_not_fit_is_named(tmp_path):
    picture, _ = photo(ONE)
    Image.new("L", (100, 50), 255).save(tmp_path / "small.png")
    with pytest.raises(ImageError, match=r"small\.png.*100 x 50.*320 x 240"):
        load_mask(tmp_path / "small.png", picture)
    Image.new("L", (320, 240)).save(tmp_path / "black.png")
    with pytest.raises(ImageError, match=r"black\.png.*white"):
        load_mask(tmp_path / "black.png", picture)
    with pytest.raises(ImageError, match="mask"):
        with_alpha(picture, np.zeros((240, 320), np.uint8))
    with pytest.raises(ImageError, match="mask"):
        with_alpha(replace(picture), np.zeros((24, 32), np.uint8))


def test_genuine_photos_are_cut_out_as_people_do_it(shared_data):
    """Cut-outs of car-1 and car-3 come with the photos; one box is given to car-1."""
    for name, edits, least in (
        ("car-1", Edits(((30, 140, 390, 300),)), 0.85),
        ("car-3", Edits(((5, 180, 310, 310),)), 0.85),
    ):
        picture = load_picture(shared_data / "photos" / f"{name}.jpg")
        truth = load_picture(shared_data / "photos" / f"{name}.out.png").pixels[..., 3] > 127
        left, top, right, bottom = edits.box
        only = np.zeros_like(truth)
        only[top:bottom, left:right] = truth[top:bottom, left:right]
        assert iou(Foreground(picture).alpha(edits), only) > least
