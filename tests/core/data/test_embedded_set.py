"""A small real build of what the embedded model is trained on."""

import numpy as np
import pytest
import trimesh

from core.data.bit_packing import pack
from core.data.builtin.families import shape, split_of
from core.data.embedded_set import build_embedded, recoloured, stretched, varied_cameras
from core.data.meshes.listing import MeshFile
from core.data.packed import PackedDataset
from core.data.voxelising import voxelise


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """One built-in object a category and four meshes, of which one is held out and one is none."""
    folder = tmp_path_factory.mktemp("embedded")
    (folder / "broken.obj").write_text("no mesh")
    for name in ("cabinet", "shelf", "held_out"):
        trimesh.creation.box((1.0, 2.0, 0.4)).export(folder / f"{name}.obj")
    files = [
        MeshFile(folder / "cabinet.obj", "cabinet", "cabinet"),
        MeshFile(folder / "shelf.obj", "cabinet", "shelf", "train"),
        MeshFile(folder / "held_out.obj", "cabinet", "held_out", "test"),
        MeshFile(folder / "broken.obj", "cabinet", "broken"),
    ]
    report = build_embedded(folder / "set", files, per_category=1)
    return PackedDataset(folder / "set"), report


def test_nothing_of_a_test_split_is_in_it(built):
    dataset, report = built
    records = [record for record in dataset.objects if record.object_id.endswith("/00000")]
    splits = {record.category: split_of(pack(voxelise(shape(0, record.category, 0)))) for record in records}
    assert {record.category: record.split for record in records} == splits
    assert "test" not in splits.values()
    assert not any("held_out" in record.object_id for record in dataset.objects)
    assert report.objects == len(dataset.objects)
    assert report.pictures == sum(record.views for record in dataset.objects)


def test_a_mesh_is_there_with_stretched_copies(built):
    dataset, _ = built
    for name in ("cabinet/cabinet", "cabinet/shelf"):
        own = {
            record.object_id: number
            for number, record in enumerate(dataset.objects)
            if record.object_id.partition("~")[0] == name
        }
        assert list(own) == [name, *(f"{name}~{number}" for number in range(1, 15))]
        assert [dataset.objects[number].views for number in own.values()] == [24, *[5] * 14]
        grids = [dataset.voxels(number) for number in own.values()]
        assert len({grid.tobytes() for grid in grids}) > 3  # of a box, some may come out alike
        assert all(dataset.objects[number].split == "train" for number in own.values())
        # 1 x 2 x 0.4, each side longer or shorter by at most a quarter: still highest and thinnest in the same axes.
        assert all(np.argmax([np.ptp(axis) for axis in np.nonzero(grid)]) == 1 for grid in grids)


def test_a_mesh_that_cannot_be_used_is_told(built):
    _, report = built
    assert len(report.skipped) == 1
    assert "broken.obj" in report.skipped[0]
    assert "broken.obj" in str(report)


def test_a_copy_is_stretched_and_stays_right_side_out():
    mesh = trimesh.creation.box((2.0, 2.0, 2.0))
    copies = [stretched(mesh, np.random.default_rng(seed)) for seed in range(40)]
    assert all(np.abs(np.log(copy.extents / 2)).max() <= 0.25 for copy in copies)
    assert all(copy.volume == pytest.approx(np.prod(copy.extents)) for copy in copies)  # negative if it were inside out
    assert np.std([copy.extents[0] / copy.extents[1] for copy in copies]) > 0.1
    np.testing.assert_array_equal(mesh.extents, 2.0)


def test_a_recoloured_picture_keeps_its_shading_and_its_outline():
    picture = np.zeros((2, 2, 4), np.uint8)
    picture[0] = [[200, 100, 100, 255], [90, 90, 90, 128]]  # a pale red, a grey
    changes = [recoloured(np.random.default_rng(seed))(picture) for seed in range(20)]
    for changed in changes:
        np.testing.assert_array_equal(changed[..., 3], picture[..., 3])
        np.testing.assert_array_equal(changed[0, 1, :3], 90)
        assert changed[0, 0, :3].max() == 200  # the value of HSV
    assert {int(changed[0, 0, :3].argmax()) for changed in changes} == {0, 1, 2}
    assert np.std([np.ptp(changed[0, 0, :3]) for changed in changes]) > 10


def test_most_cameras_are_r2n2s_and_some_look_from_elsewhere():
    cameras = varied_cameras(np.random.default_rng(0), 1000)
    usual = [25 <= camera.elevation <= 30 and 0.65 <= camera.distance <= 0.95 for camera in cameras]
    assert 0.57 < np.mean(usual) < 0.66
    elevations = [camera.elevation for camera in cameras]
    assert min(elevations) < -3
    assert max(elevations) > 47
