import numpy as np
import pytest
import trimesh

from core.data.binvox import save_binvox
from core.data.opening import open_dataset
from core.errors import DatasetError
from core.memory.shape_files import OWN_CATEGORY, cameras_around, find_shapes, load_grid, read_shapes


@pytest.fixture
def mesh(tmp_path):
    path = tmp_path / "long box.obj"
    trimesh.creation.box((2, 1, 1)).export(path)
    return path


def test_a_mesh_and_a_grid_are_seen_from_all_around(tmp_path, mesh, cube):
    grid = tmp_path / "chair" / "corner.binvox"
    grid.parent.mkdir()
    save_binvox(grid, cube(10))
    sources = find_shapes([str(mesh), str(grid)], views=3)
    assert sources.count == 2
    box, corner = read_shapes(sources)
    assert (box.dataset, box.object_id, box.category) == ("mesh", "long box.obj", OWN_CATEGORY)
    assert (corner.dataset, corner.object_id, corner.category) == ("voxels", "corner.binvox", "chair")
    length, height, width = np.ptp(np.argwhere(box.voxels), axis=0) + 1
    assert length == 32
    assert {height, width} <= {16, 17, 18}  # the faces lie on the border of two voxels
    np.testing.assert_array_equal(corner.voxels, cube(10))
    for shape in (box, corner):
        assert len(shape.pictures) == 3
        for picture in shape.pictures:
            assert picture.shape == (137, 137, 4)
            assert 0.02 < (picture[..., 3] > 0).mean() < 0.5
    front, side = ((p[..., 3] > 0).any(axis=0).sum() for p in (box.pictures[0], box.pictures[1]))
    assert side > 1.2 * front  # from the front a box that is long from front to back is narrow


def test_cameras_go_all_around_from_the_front():
    cameras = cameras_around(4)
    assert [camera.azimuth for camera in cameras] == [0, 90, 180, 270]
    assert cameras[0].position[0] > 0
    assert cameras[0].position[2] == pytest.approx(0)


def test_a_folder_of_meshes_and_a_data_set(tmp_path, write_r2n2, mesh):
    (tmp_path / "meshes" / "hats").mkdir(parents=True)
    mesh.rename(tmp_path / "meshes" / "hats" / "hat.obj")
    r2n2 = tmp_path / "r2n2"
    r2n2.mkdir()
    write_r2n2(r2n2)
    sources = find_shapes([str(tmp_path / "meshes"), f"shapenet:{r2n2}"], views=2)
    assert [(file.category, file.name) for file in sources.files] == [("hats", "hat.obj")]
    (dataset,) = sources.datasets
    assert len(dataset.objects) == sources.count - 1
    assert dataset.name == open_dataset(f"shapenet:{r2n2}").name
    from_set = list(read_shapes(find_shapes([f"shapenet:{r2n2}"], views=2)))
    assert len(from_set) == len(dataset.objects)
    assert {len(shape.pictures) for shape in from_set} == {2}
    np.testing.assert_array_equal(from_set[3].voxels, dataset.voxels(3))


@pytest.mark.parametrize("key", ["voxels", "grid"])
def test_an_npz_grid(tmp_path, cube, key):
    path = tmp_path / "g.npz"
    np.savez(path, **{key: cube(5)})
    np.testing.assert_array_equal(load_grid(path), cube(5))


def _text(path, cube):
    path.write_text("no zip")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path, cube: np.savez(path, voxels=np.zeros((32, 32, 32), bool)), "is empty"),
        (lambda path, cube: np.savez(path, voxels=np.ones((16, 16, 16), bool)), "bool 16 x 16 x 16"),
        (lambda path, cube: np.savez(path, voxels=np.ones((32, 32, 32))), "float64"),
        (lambda path, cube: np.savez(path, a=cube(3), b=cube(4)), "no array called voxels"),
        (_text, "not an NPZ file"),
    ],
)
def test_a_grid_that_cannot_be_used_is_one_clear_error(tmp_path, cube, make, reason):
    path = tmp_path / "bad.npz"
    make(path, cube)
    with pytest.raises(DatasetError, match=reason) as caught:
        load_grid(path)
    assert str(caught.value).startswith(str(path))


def test_what_is_no_shape_is_named(tmp_path):
    with pytest.raises(DatasetError, match="no such file"):
        find_shapes([str(tmp_path / "none.obj")])
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(DatasetError, match="no shape"):
        find_shapes([str(tmp_path / "notes.txt")])
    with pytest.raises(DatasetError, match="unknown data set"):
        find_shapes(["nothing"])
