"""``mem3d export`` from pictures and saved grids."""

import numpy as np
import pytest
import trimesh
from PIL import Image

from core.cli import main
from core.export.shape_files import save_voxels


@pytest.fixture
def saved(tmp_path):
    occupancy = np.zeros((32, 32, 32), np.float32)
    occupancy[4:28, 0:8, 8:24] = 0.8
    occupancy[0, 31, 0] = 0.4
    save_voxels(tmp_path / "saved.npz", occupancy, 0.3)
    return tmp_path / "saved.npz"


def test_a_saved_grid_becomes_shapes_pictures_and_a_film(saved, capsys):
    names = ["a.stl", "a.vox", "a.png", "a.gif"]
    outputs = [word for name in names for word in ("--output", str(saved.with_name(name)))]
    assert main(["export", str(saved), *outputs, "--pixels", "96x64", "--frames", "3", "--size-mm", "60"]) == 0
    assert capsys.readouterr().out.split() == [str(saved.with_name(name)) for name in names]
    assert trimesh.load(saved.with_name("a.stl")).extents.max() == pytest.approx(60, rel=1e-4)
    with Image.open(saved.with_name("a.png")) as picture:
        assert picture.size == (96, 64)
    with Image.open(saved.with_name("a.gif")) as film:
        assert film.n_frames == 3


def test_the_threshold_and_the_largest_part_count(saved):
    for name, words in (("all", []), ("part", ["--largest-part"]), ("high", ["--threshold", "0.5"])):
        assert main(["export", str(saved), "--output", str(saved.with_name(f"{name}.binvox")), *words]) == 0
    part, high = (saved.with_name(f"{name}.binvox").read_bytes() for name in ("part", "high"))
    assert part == high != saved.with_name("all.binvox").read_bytes()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "nothing to write"),
        (["--output", "a.xyz"], "unknown ending"),
        (["--output", "none/a.obj"], "there is no folder"),
        (["--output", "a.glb", "--up", "z"], "y up by its standard"),
        (["--output", "saved.npz"], "is what is read"),
        (["--sheet", "a.pdf"], "needs a picture"),
        (["--output", "a.png", "--pixels", "big"], "is no size"),
        (["--output", "a.png", "--pixels", "4"], "pixels a side"),
    ],
)
def test_what_cannot_be_written_is_one_line(saved, monkeypatch, capsys, words, message):
    monkeypatch.chdir(saved.parent)
    assert main(["export", "saved.npz", *words]) == 2
    captured = capsys.readouterr().err
    assert message in captured
    assert captured.count("\n") == 1
    assert [path.name for path in saved.parent.iterdir()] == ["saved.npz"]
