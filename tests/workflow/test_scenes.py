"""Scenes play in a real window with a small checkpoint, those that take no training; a failing one says why."""

import pytest

from mem3d_viewer.base.qt_pixels import pixels_of, save_image
from mem3d_viewer.scenes import SCENES, scene
from mem3d_viewer.scenes.player import Player

pytestmark = pytest.mark.gui


@pytest.fixture
def play(window, tmp_path, qtbot):
    """The function that plays a scene to its end and gives its picture."""

    def do(name):
        player = Player(window, scene(name) if isinstance(name, str) else name, tmp_path)
        failures, pictures = [], []
        player.failed.connect(failures.append)
        player.ended.connect(lambda: pictures.append(player.picture().toImage()))
        player.start()
        qtbot.waitUntil(lambda: bool(failures or pictures), timeout=60_000)
        if failures:
            raise failures[0]
        player.deleteLater()
        return pictures[0]

    return do


def test_every_scene_has_a_name_of_its_own_and_a_function_that_says_what_it_shows():
    assert len(SCENES) == len(set(SCENES)) > 18
    for name in SCENES:
        assert scene(name).__doc__


@pytest.mark.parametrize("name", ["muted", "compare", "slicing", "cover", "beta", "memory", "key"])
def test_a_scene_comes_to_its_picture(play, window, name):
    image = play(name)
    assert image.width() > 150
    assert len({tuple(pixel) for pixel in pixels_of(image)[::7, ::7].reshape(-1, 4).tolist()}) > 20
    window.show_page("reconstruct")
    if window.reconstruct.foreground.is_open:
        window.reconstruct.foreground.close()


def test_a_problem_ends_a_scene_with_its_words(play, window):
    def broken(window, folder):
        window.reconstruct.controller.open_picture(folder / "missing.png")
        yield lambda: False

    with pytest.raises(Exception, match=r"missing\.png"):
        play(broken)
    window.errors.dialog.close()


def test_the_pictures_ending_says_its_format(play, tmp_path):
    image = play("beta")
    for ending, first in (("png", b"\x89PNG"), ("webp", b"RIFF")):
        save_image(tmp_path / f"picture.{ending}", image)
        assert (tmp_path / f"picture.{ending}").read_bytes()[:4] == first
