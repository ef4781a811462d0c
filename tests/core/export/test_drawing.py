"""Drawings show all of the shape and the floor, from every side; films and sheets are read back."""

from itertools import pairwise

import cv2
import numpy as np
import pytest
from PIL import Image

from core.errors import OutputError
from core.export.contact_sheet import Sheet, SheetPrior, save_contact_sheet
from core.export.drawing import Drawing, DrawingOptions, save_picture, save_turntable

OCCUPANCY = np.zeros((32, 32, 32), np.float32)
OCCUPANCY[2:30, 0:6, 4:28] = 0.9
OCCUPANCY[2:8, 6:30, 4:28] = 0.6
VOXELS = OCCUPANCY > 0.3


def border(alpha):
    return np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])


@pytest.mark.parametrize("size", [(200, 200), (300, 120), (120, 300)])
@pytest.mark.parametrize("floor", [False, True])
@pytest.mark.parametrize("direction", [(35, 29), (90, 0), (200, 80)])
def test_everything_is_in_the_picture_and_fills_it(tmp_path, size, floor, direction):
    options = DrawingOptions(
        width=size[0], height=size[1], background=None, floor=floor, azimuth=direction[0], elevation=direction[1]
    )
    save_picture(tmp_path / "a.png", OCCUPANCY, VOXELS, options)
    with Image.open(tmp_path / "a.png") as image:
        assert (image.size, image.mode) == (size, "RGBA")
        alpha = np.asarray(image)[..., 3]
    assert border(alpha).max() < 8  # what resampling leaves
    drawn = np.argwhere(alpha)
    share = (np.ptp(drawn, axis=0) + 1) / alpha.shape
    assert share.max() > 0.8


def test_a_background_is_opaque_and_of_its_colour(tmp_path):
    save_picture(tmp_path / "a.png", OCCUPANCY, VOXELS, DrawingOptions(width=64, height=64, background="#204060"))
    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == "RGB"
        pixels = np.asarray(image)
    assert np.abs(pixels[0, 0].astype(int) - (32, 64, 96)).max() <= 1


def test_colours_show_the_occupancy():
    def colour(coloured):
        options = DrawingOptions(width=64, height=64, background=None, floor=False, coloured=coloured, elevation=89)
        with Drawing(options) as drawing:
            drawing.show(OCCUPANCY, VOXELS)
            pixels = np.asarray(drawing.picture()).reshape(-1, 4)
        return pixels[pixels[:, 3] == 255, :3].astype(int)

    assert np.ptp(colour(False), axis=1).max() < 40
    assert np.ptp(colour(True), axis=1).max() > 100


def test_an_empty_grid_is_an_empty_picture():
    options = DrawingOptions(width=64, height=64, background=None, floor=False)
    with Drawing(options) as drawing:
        drawing.show(OCCUPANCY, VOXELS)
        drawing.show(OCCUPANCY, np.zeros_like(VOXELS))
        assert not np.asarray(drawing.picture())[..., 3].any()


@pytest.mark.parametrize("size", [(0, 64), (64, 8), (9000, 64)])
def test_impossible_sizes_are_refused(size):
    with pytest.raises(OutputError, match="pixels a side"):
        DrawingOptions(width=size[0], height=size[1])


def test_a_gif_turns_and_loops(tmp_path):
    save_turntable(
        tmp_path / "a.gif",
        OCCUPANCY,
        VOXELS,
        DrawingOptions(width=64, height=64, background=None),
        frames=6,
        seconds=1.2,
    )
    with Image.open(tmp_path / "a.gif") as film:
        assert (film.size, film.n_frames, film.info["loop"], film.info["duration"]) == ((64, 64), 6, 0, 200)
        frames = []
        for number in range(film.n_frames):
            film.seek(number)
            frames.append(np.asarray(film.convert("L")).astype(int))
    assert all(np.abs(a - b).max() > 50 for a, b in pairwise(frames))


def test_an_mp4_has_its_frames(tmp_path):
    save_turntable(tmp_path / "a.mp4", OCCUPANCY, VOXELS, DrawingOptions(width=65, height=64), frames=6, seconds=0.5)
    film = cv2.VideoCapture(str(tmp_path / "a.mp4"))
    assert film.get(cv2.CAP_PROP_FRAME_COUNT) == 6
    assert film.get(cv2.CAP_PROP_FPS) == pytest.approx(12)
    assert film.read()[1].shape == (64, 64, 3)


def sheet(priors):
    picture = np.full((50, 80, 3), (200, 30, 30), np.uint8)
    prior = SheetPrior(VOXELS, "chair 0.912   chair/00001, a name that is much too long for the width of one tile")
    return Sheet("a picture.png", ["made by hand"], picture, picture[:50, :50], OCCUPANCY, VOXELS, [prior] * priors)


def test_a_sheet_grows_with_its_priors(tmp_path):
    heights = []
    for priors in (0, 4, 5, 9):
        save_contact_sheet(tmp_path / "a.png", sheet(priors))
        with Image.open(tmp_path / "a.png") as page:
            heights.append(page.height)
            assert page.getpixel((250, 420)) == (200, 30, 30)
    assert heights[0] < heights[1] < heights[2] == heights[3]


def test_a_sheet_can_be_a_pdf(tmp_path):
    save_contact_sheet(tmp_path / "a.pdf", sheet(1), coloured=True)
    content = (tmp_path / "a.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") + content.count(b"/Type /Page/") == 1


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(OutputError, match=r"\.png or \.pdf"):
        save_contact_sheet(tmp_path / "a.jpg", sheet(0))
