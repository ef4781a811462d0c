"""The export dialog asks only what means something for the format, and gives what was chosen."""

import pytest

from core.export.shape_files import MESH_ENDINGS
from mem3d_viewer.reconstruct.export_dialog import ExportDialog


@pytest.fixture
def make(qtbot):
    def dialog(before=None, *, smooth=False, parts=1):
        made = ExportDialog(before, smooth=smooth, azimuth=40.0, elevation=95.0, parts=parts)
        qtbot.addWidget(made)
        made.show()
        return made

    return dialog


def endings(dialog):
    return [dialog.format.itemData(row) for row in range(dialog.format.count())]


@pytest.mark.parametrize(
    ("kind", "formats"),
    [
        ("shape", [".obj", ".stl", ".ply", ".glb", ".binvox", ".npz", ".vox"]),
        ("drawing", [".png"]),
        ("turntable", [".gif", ".mp4"]),
        ("sheet", [".pdf", ".png"]),
    ],
)
def test_every_kind_has_its_formats(make, kind, formats):
    dialog = make()
    dialog.choose(kind, formats[0])
    assert endings(dialog) == formats
    assert dialog.choice().kind == kind
    assert dialog.choice().ending == formats[0]


def test_only_meshes_have_size_and_surface_and_only_some_an_axis(make):
    dialog = make()
    for ending in endings(dialog):
        dialog.choose("shape", ending)
        assert dialog.surface.isVisible() == dialog.length.isVisible() == (ending in MESH_ENDINGS)
        assert dialog.up.isVisible() == (ending in (".obj", ".stl", ".ply"))
        assert dialog.colours.isVisible() == (ending in (".obj", ".ply", ".glb", ".vox"))
        assert not dialog.frames.isVisible()


def test_a_shape_is_what_is_shown_unless_told_otherwise(make):
    assert make(smooth=True).choice().shape.smooth
    assert not make(smooth=False).choice().shape.smooth


def test_choices_are_given(make):
    dialog = make(parts=3)
    dialog.choose("shape", ".stl")
    dialog.length.setValue(80)
    dialog.up.setCurrentIndex(1)
    dialog.largest.setChecked(True)
    shape = dialog.choice().shape
    assert (shape.millimetres, shape.up, shape.largest_part, shape.smooth) == (80, "y", True, False)
    dialog.choose("turntable", ".mp4")
    dialog.width_.setValue(640)
    dialog.frames.setValue(24)
    dialog.colours.setCurrentIndex(1)
    choice = dialog.choice()
    assert (choice.drawing.width, choice.frames, choice.drawing.coloured) == (640, 24, True)
    assert (choice.drawing.azimuth, choice.drawing.elevation) == (40.0, 89.0)


def test_a_grid_takes_nothing_of_the_mesh(make):
    dialog = make()
    dialog.choose("shape", ".stl")
    dialog.length.setValue(80)
    dialog.up.setCurrentIndex(2)
    dialog.choose("shape", ".vox")
    assert (dialog.choice().shape.millimetres, dialog.choice().shape.up) == (None, None)
    dialog.choose("shape", ".glb")
    assert (dialog.choice().shape.millimetres, dialog.choice().shape.up) == (80, None)


def test_the_last_choice_is_there_the_next_time(make):
    dialog = make(parts=2)
    dialog.choose("drawing")
    dialog.height_.setValue(500)
    dialog.background.setCurrentIndex(3)
    dialog.floor.setChecked(False)
    dialog.largest.setChecked(True)
    assert make(dialog.choice(), parts=2).choice() == dialog.choice()


def test_a_film_is_never_transparent(make):
    dialog = make()
    dialog.choose("drawing")
    dialog.background.setCurrentIndex(3)
    assert dialog.choice().drawing.background is None
    dialog.choose("turntable")
    assert dialog.choice().drawing.background == "#ffffff"


def test_a_whole_shape_has_no_largest_part_to_choose(make):
    dialog = make(parts=1)
    assert not dialog.largest.isEnabled()
    assert "3 parts" in make(parts=3).largest.text()
