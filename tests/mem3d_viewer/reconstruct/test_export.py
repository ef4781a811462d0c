import shlex
import struct
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from core.assets import is_asset, sample_images
from core.data.binvox import load_binvox
from core.data.images import GREY, picture_from_pixels
from core.errors import OutputError
from core.export.drawing import DrawingOptions
from core.export.shape_files import ShapeOptions
from core.parts import largest_part as largest_part_of
from mem3d_viewer.reconstruct import export as export_module
from mem3d_viewer.reconstruct.export import ExportController
from mem3d_viewer.reconstruct.export_dialog import ExportChoice, ExportDialog


class View:
    """What the 3D view gives for a picture: its size tells the scale."""

    scene = SimpleNamespace(direction=(10.0, 20.0))

    def picture(self, scale=1):
        return np.full((20 * scale, 30 * scale, 3), 200, np.uint8)


@pytest.fixture
def export(session, controller, lane, actions, host):
    return ExportController(session, lane, actions, View(), host)


@pytest.fixture
def told(export):
    """What the export says: files that were saved, and errors."""
    said = []
    export.saved.connect(said.append)
    export.failed.connect(said.append)
    return said


def test_commands_rest_without_a_result(session, controller, export, actions, wait):
    names = ("export", "save_voxels", "save_mesh", "save_picture", "copy_picture", "copy_command")
    assert all(actions[name].isEnabled() for name in names)
    controller.close_picture()
    wait(controller)
    assert not any(actions[name].isEnabled() for name in names)
    assert export.command() == ""


def test_voxels_are_those_above_the_threshold(session, export, told, tmp_path, qtbot):
    session.set_display(threshold=0.52)
    path = tmp_path / "shape.binvox"
    export.write_voxels(path)
    qtbot.waitUntil(lambda: told == [path])
    np.testing.assert_array_equal(load_binvox(path), session.answer.reconstruction.occupancy > 0.52)


def test_the_picture_is_saved_twice_as_large_and_copied_as_it_is(export, told, tmp_path, qtbot):
    path = tmp_path / "view.png"
    export.write_picture(path)
    qtbot.waitUntil(lambda: told == [path])
    with Image.open(path) as picture:
        assert picture.size == (60, 40)
    export.copy_picture()
    assert QGuiApplication.clipboard().image().width() == 30


def test_a_save_that_fails_is_told(export, told, tmp_path, qtbot):
    export.write_voxels(tmp_path / "no folder" / "shape.binvox")
    qtbot.waitUntil(lambda: len(told) == 1)
    assert isinstance(told[0], OutputError)


def test_the_command_names_all_that_decides(session, controller, export, picture, checkpoint, wait):
    controller.set_beta(0.7)
    controller.set_use_memory(False)
    session.set_display(threshold=0.4)
    wait(controller)
    words = shlex.split(export.command())
    assert words[:3] == ["mem3d", "reconstruct", str(picture)]
    options = dict(pairwise(words))
    assert options["--checkpoint"] == str(checkpoint)
    assert (options["--beta"], options["--threshold"], options["--device"]) == ("0.7", "0.4", "cpu")
    assert "--no-memory" in words


def test_a_pasted_picture_has_a_command_once_it_is_saved(session, controller, export, told, wait, tmp_path, qtbot):
    pasted = picture_from_pixels(np.full((40, 40, 3), GREY[0], np.uint8))
    controller.open_pasted(pasted)
    wait(controller)
    assert export.command() == ""
    export.copy_command()
    assert "no file of its own: save the cut-out first" in str(told.pop())
    export.write_cut_out(tmp_path / "saved.png")
    qtbot.waitUntil(lambda: told == [tmp_path / "saved.png"])
    export.copy_command()
    assert shlex.split(QGuiApplication.clipboard().text())[:3] == ["mem3d", "reconstruct", str(tmp_path / "saved.png")]


def test_an_ending_that_was_left_out_never_replaces_a_file(export, told, tmp_path, monkeypatch):
    there = tmp_path / "shape.binvox"
    there.write_bytes(b"mine")
    answer = str(tmp_path / "shape"), "binvox (*.binvox)"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: answer)
    export.save_voxels()
    assert "exists already" in str(told[0])
    assert there.read_bytes() == b"mine"


def chosen(kind, ending, **options):
    return ExportChoice(
        kind, ending, ShapeOptions(**options), DrawingOptions(width=48, height=32), frames=8, seconds=0.8
    )


@pytest.mark.parametrize("largest_part", [False, True])
def test_the_dialog_is_asked_first_and_its_answer_is_written(
    session, export, told, tmp_path, qtbot, monkeypatch, largest_part
):
    session.set_display(threshold=0.52)
    path = tmp_path / "shape.vox"
    asked = {}

    def execute(dialog):
        asked.update(parts=dialog.largest.text(), kind=dialog.kind)
        return True

    monkeypatch.setattr(ExportDialog, "exec", execute)
    monkeypatch.setattr(ExportDialog, "choice", lambda self: chosen("shape", ".vox", largest_part=largest_part))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(path), "vox (*.vox)"))
    export.ask_export()
    qtbot.waitUntil(lambda: told == [path])
    voxels = session.answer.reconstruction.voxels(0.52)
    count = int((largest_part_of(voxels) if largest_part else voxels).sum())
    assert path.read_bytes()[56:60] == struct.pack("<i", count)
    assert asked["kind"] == "shape"


def test_a_drawing_is_made_in_a_process_of_its_own(export, told, tmp_path, qtbot):
    export.write_export(tmp_path / "drawing.png", chosen("drawing", ".png"))
    qtbot.waitUntil(lambda: bool(told), timeout=240_000)
    assert told == [tmp_path / "drawing.png"]
    with Image.open(tmp_path / "drawing.png") as drawing:
        assert drawing.size == (48, 32)


def test_films_and_sheets_are_of_what_is_shown(export, told, tmp_path, qtbot, monkeypatch):
    drawn = []
    monkeypatch.setattr(export_module, "draw_in_own_process", drawn.append)
    for kind, ending in (("turntable", ".gif"), ("sheet", ".pdf")):
        export.write_export(tmp_path / f"{kind}{ending}", chosen(kind, ending))
    qtbot.waitUntil(lambda: len(told) == 2)
    for draw in drawn:
        draw()
    with Image.open(tmp_path / "turntable.gif") as film:
        assert (film.size, film.n_frames) == ((48, 32), 8)
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF-")


def test_saving_starts_beside_the_picture_but_not_among_the_programs_own(
    session, controller, export, picture, wait, monkeypatch
):
    started = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (started.append(args[2]), "")[1:] * 2)
    export.save_mesh()
    controller.open_picture(sample_images()[0])
    wait(controller)
    export.save_mesh()
    assert Path(started[0]).parent == picture.parent
    assert not is_asset(Path(started[1]))
