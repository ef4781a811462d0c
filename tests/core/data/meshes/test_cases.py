"""Files as other programs write them, beside the repository: every one gives the grid of its solid, or its refusal."""

from pathlib import Path

import numpy as np
import pytest

from core.cli import main
from core.data.binvox import load_binvox
from core.data.meshes.examining import examine
from core.errors import DatasetError
from core.metrics import voxel_iou

CASES = Path(__file__).resolve().parents[5] / "shared" / "cases" / "meshes"
SOLIDS = {"boxes": "00-ref", "U": "00-refU", "hex": "20c-obj-hexprism"}
RED = {
    "09e-coff": (204, 26, 26), "11b-mtl-options": (200, 30, 30), "22b-glb-texture-transform": (200, 30, 30),
    "22d-glb-specgloss": (196, 25, 25), "22f-glb-color0": (205, 18, 18), "25-ply-blender-colour-uv": (200, 30, 30),
    "25b-ply-colour-only": (200, 30, 30),
}  # fmt: skip
"""What those hold that hold a colour, in sRGB."""
NAMES = sorted(folder.parent.name for folder in CASES.glob("*/ref")) or ["none"]


def mesh_file(name):
    return next(path for path in sorted((CASES / name).glob("m.*")) if path.suffix != ".mtl")


def mean_colour(mesh):
    """The colour of every face in the middle of it, averaged by area."""
    visual = mesh.visual
    if not hasattr(visual, "material"):
        return np.average(visual.face_colors[:, :3], axis=0, weights=mesh.area_faces)
    material = visual.material.materials[0]
    pixels = np.asarray(material.image.convert("RGB"))
    places = visual.uv[mesh.faces].mean(1)
    places = np.clip(places, 0, 1) if material.kwargs["clamp"] else places % 1
    rows = np.minimum((1 - places[:, 1]) * len(pixels), len(pixels) - 1).astype(int)
    columns = np.minimum(places[:, 0] * pixels.shape[1], pixels.shape[1] - 1).astype(int)
    return np.average(pixels[rows, columns], axis=0, weights=mesh.area_faces)


def test_the_folder_is_built_as_it_is(tmp_path, capsys):
    """Every grid that ``mem3d dataset build`` writes is that of the solid which its folder names."""
    if NAMES == ["none"]:
        pytest.skip("no folder ../shared/cases/meshes with files of other programs beside the repository")
    refused = {name for name in NAMES if (CASES / name / "ref").read_text().startswith("error:")}
    assert main(["dataset", "build", str(CASES), str(tmp_path / "out"), "--views", "1"]) == (1 if refused else 0)
    text = capsys.readouterr().out
    grids = {path.parts[-3]: load_binvox(path) for path in tmp_path.glob("out/ShapeNetVox32/*/*/model.binvox")}
    assert set(grids) == set(NAMES) - refused
    for name, grid in grids.items():
        reference = grids[SOLIDS[(CASES / name / "ref").read_text().strip()]]
        assert voxel_iou(grid, reference) >= 0.98, name
    for name in refused:
        assert text.count(f"skipped: {CASES / name}") == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_case(name):
    if name == "none":
        pytest.skip("no folder ../shared/cases/meshes with files of other programs beside the repository")
    expected = (CASES / name / "ref").read_text().strip()
    if expected.startswith("error:"):
        with pytest.raises(DatasetError, match=expected.removeprefix("error:")):
            examine(mesh_file(name))
        return
    report = examine(mesh_file(name))
    assert voxel_iou(report.grid, examine(mesh_file(SOLIDS[expected])).grid) >= 0.98
    np.testing.assert_allclose(mean_colour(report.mesh), RED.get(name, (176, 176, 176)), atol=1)
