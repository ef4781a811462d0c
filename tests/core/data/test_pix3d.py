"""Pix3D: which pictures belong to which subset and split, how they are cropped, and what is wrong with a folder."""

import json

import numpy as np
import pytest
import trimesh
from dataset_folders import Pix3DTree, block
from PIL import Image

from core.data.pix3d import LONGEST_SIDE, Pix3DDataset, in_subset
from core.data.pix3d_voxels import read_voxels
from core.errors import DatasetError
from core.metrics import voxel_iou

BOX = block((0, 128), (32, 96), (48, 80))


@pytest.fixture
def tree(tmp_path):
    """Two chairs and a bed; of the chairs' five pictures two are clear."""
    tree = Pix3DTree(tmp_path)
    for category, name in (("chair", "A"), ("chair", "B"), ("bed", "A")):
        tree.add_model(category, name, BOX)
    tree.add_picture("chair", 1, "A")
    tree.add_picture("chair", 2, "A", ["occluded"])
    tree.add_picture("chair", 3, "B", ["truncated", "slightly_occluded"])
    tree.add_picture("chair", 4, "A")
    tree.add_picture("chair", 5, "B", ["slightly_occluded"])
    tree.add_picture("bed", 1, "A")
    tree.add_picture("bed", 2, "A", ["truncated"])
    return tree


def content(dataset):
    return [
        (record.object_id, [int(dataset.picture_path(index, view).stem) for view in range(record.views)])
        for index, record in enumerate(dataset.objects)
    ]


@pytest.mark.parametrize(
    ("subset", "expected"),
    [
        ("all", [("bed/A", [1, 2]), ("chair/A", [1, 2, 4]), ("chair/B", [3, 5])]),
        ("clear", [("bed/A", [1]), ("chair/A", [1, 4])]),
        ("chairs", [("chair/A", [1, 4])]),
        ("occluded", [("chair/A", [2]), ("chair/B", [3, 5])]),
        ("chairs_truncated", [("chair/B", [3])]),
        ("chairs_occluded", [("chair/A", [2])]),
        ("chairs_slightly_occluded", [("chair/B", [3, 5])]),
    ],
)
def test_subsets(tree, subset, expected):
    dataset = Pix3DDataset(tree.write(), subset)
    assert content(dataset) == expected
    assert dataset.name == "pix3d"
    assert dataset.problems == []


def test_the_chairs_and_the_occluded_are_all_chairs_and_share_none():
    flags = ("truncated", "occluded", "slightly_occluded")
    for bits in range(8):
        given = frozenset(flag for place, flag in enumerate(flags) if bits >> place & 1)
        assert in_subset("chairs", "chair", given) != in_subset("occluded", "chair", given)
        assert not in_subset("chairs", "sofa", given)
        assert not in_subset("occluded", "sofa", given)


def test_chairs_are_for_networks_trained_elsewhere_whatever_the_lists_say(tree):
    dataset = Pix3DDataset(tree.write(train=[0, 1, 3], test=[2, 4]), "chairs")
    assert [(o.split, o.views) for o in dataset.objects] == [("test", 2)]


def test_lists_decide_on_the_split(tree):
    for number in range(30):
        tree.add_model("table", f"T{number}", BOX)
        tree.add_picture("table", number, f"T{number}")
    train, test = [0, 1, 3, *range(7, 37)], [2, 4, 5]
    dataset = Pix3DDataset(tree.write(train, test))
    splits = {o.object_id: o.split for o in dataset.objects}
    assert splits["chair/B"] == "test"
    assert splits["bed/A"] == "test"
    held_back = [split for name, split in splits.items() if name.startswith("table/")]
    assert set(held_back) == {"train", "val"}
    assert 1 <= held_back.count("val") <= 8
    assert dict(content(dataset))["bed/A"] == [1]  # bed 2 is on no list
    assert [note.what for note in dataset.notes] == ["1 pictures are on no list and left out"]


def test_a_model_on_both_lists_is_test_only(tree):
    dataset = Pix3DDataset(tree.write(train=[0, 2, 4, 5, 6], test=[1, 3]))
    assert dict(content(dataset))["chair/A"] == [2, 4]
    assert "shares 1 models" in dataset.notes[0].what


def test_without_lists_the_split_is_by_model(tmp_path):
    tree = Pix3DTree(tmp_path)
    for number in range(40):
        tree.add_model("sofa", f"S{number}", BOX)
        tree.add_picture("sofa", 2 * number, f"S{number}", size=(20, 20), box=(2, 2, 18, 18))
    splits = [o.split for o in Pix3DDataset(tree.write()).objects]
    assert 20 <= splits.count("train") <= 35
    assert splits.count("val") >= 1
    assert splits.count("test") >= 2


def test_by_mask_only_the_object_is_left(tree):
    pixels = Pix3DDataset(tree.write()).image(0, 0)
    assert pixels.shape == (20, 20, 4)
    assert (pixels == (200, 0, 0, 255)).all()


def test_by_mask_what_the_mask_leaves_out_is_transparent(tree):
    folder = tree.write()
    mask = np.zeros((30, 40), np.uint8)
    mask[6:10, 11:13] = 255
    mask[8:12, 20:29] = 255
    Image.fromarray(mask).save(folder / "mask/bed/0001.png")
    pixels = Pix3DDataset(folder).image(0, 0)
    assert pixels.shape == (6, 18, 4)
    assert (pixels[..., 3] == mask[6:12, 11:29]).all()


def test_by_box_the_square_around_it_keeps_its_background(tmp_path):
    tree = Pix3DTree(tmp_path)
    tree.add_model("chair", "A", BOX)
    tree.add_picture("chair", 1, "A", size=(40, 30), box=(10, 6, 30, 16))  # 20 wide, 10 high
    tree.add_picture("chair", 2, "A", size=(40, 30), box=(0, 0, 4, 20))  # its square leaves the picture by 8
    dataset = Pix3DDataset(tree.write(), "chairs", "box")
    wide, high = dataset.image(0, 0), dataset.image(0, 1)
    assert wide.shape == (20, 20, 3)
    assert (wide[5:15] == (200, 0, 0)).all()
    assert (wide[:5] == (0, 0, 200)).all()
    assert (wide[15:] == (0, 0, 200)).all()
    assert high.shape == (20, 20, 3)
    assert (high[:, :12] == (200, 0, 0)).all()  # the border repeated
    assert (high[:, 12:] == (0, 0, 200)).all()


def test_large_pictures_are_reduced(tmp_path):
    tree = Pix3DTree(tmp_path)
    tree.add_model("chair", "A", BOX)
    tree.add_picture("chair", 1, "A", size=(1500, 900), box=(100, 100, 1124, 356))
    folder = tree.write()
    assert Pix3DDataset(folder).image(0, 0).shape == (LONGEST_SIDE // 4, LONGEST_SIDE, 4)
    assert Pix3DDataset(folder, "all", "box").image(0, 0).shape == (LONGEST_SIDE, LONGEST_SIDE, 3)


def test_the_grids_axes_become_those_of_r2n2(tree):
    # 96 to the viewer's left, 64 towards the viewer, 128 up, with a bump on top, at the front and on the left.
    grid = block((16, 112), (32, 96), (0, 124))
    grid[104:112, 88:96, 124:] = True
    tree.add_model("chair", "C", grid)
    place = tree.folder / "model/chair/C"
    found = read_voxels(place / "voxel.mat", place / "model.obj")
    expected = np.zeros((32, 32, 32), bool)
    expected[8:24, :31, 4:28] = True
    expected[22:24, 31, 26:28] = True  # x: to the front, y: up, z: to the left
    assert (found == expected).all()


def test_a_grid_of_any_size_and_place_fills_the_cube(tree):
    grid = np.zeros((64, 64, 64), bool)
    grid[3:23, 40:50, 7:12] = True
    tree.add_model("chair", "C", grid)
    found = read_voxels(tree.folder / "model/chair/C/voxel.mat", tree.folder / "missing")
    occupied = np.argwhere(found)
    assert occupied.min(axis=0).tolist() == [8, 12, 0]
    assert occupied.max(axis=0).tolist() == [23, 19, 31]


def test_the_model_gives_the_same_shape_where_there_is_no_grid(tree):
    body = trimesh.creation.box((0.75, 1.0, 0.5))  # left, up, away
    bump = trimesh.creation.box((0.1, 0.1, 0.1))
    bump.apply_translation((0.325, 0.55, -0.2))  # left, on top, at the front
    mesh = trimesh.util.concatenate([body, bump])
    tree.add_model("chair", "C", obj=mesh)
    found = read_voxels(tree.folder / "model/chair/C/voxel.mat", tree.folder / "model/chair/C/model.obj")
    top = np.argwhere(found[:, 31])
    assert (top.min(axis=0) >= (16, 16)).all()  # front and left
    assert found[:, :28].sum(axis=(1, 2)).astype(bool).sum() < found[:, :28].sum(axis=(0, 1)).astype(bool).sum()


def test_genuine_grids_and_models_agree(shared_data, tmp_path):
    for name in ("IKEA_MALM_2", "IKEA_MALM_3"):
        place = shared_data / "pix3d_sample/model/bed" / name
        grid = read_voxels(place / "voxel.mat", tmp_path / "missing")
        model = read_voxels(tmp_path / "missing", place / "model.obj")
        assert voxel_iou(grid[None], model[None])[0] > 0.95
        heights = [np.flatnonzero(layer.any(axis=1)).max() for layer in grid]
        assert heights[0] == max(heights) > heights[-1]  # the headboard is at the back, at low x


def test_genuine_folder(shared_data):
    dataset = Pix3DDataset(shared_data / "pix3d_sample")
    assert [(o.object_id, o.views) for o in dataset.objects] == [("bed/IKEA_MALM_2", 2), ("bed/IKEA_MALM_3", 1)]
    assert dataset.problems == []
    assert dataset.image(0, 0).shape == (206, 358, 4)
    assert content(Pix3DDataset(shared_data / "pix3d_sample", "clear")) == [("bed/IKEA_MALM_2", [1])]


def test_missing_files_are_all_named(tree):
    folder = tree.write()
    (folder / "img/chair/0001.png").unlink()
    (folder / "mask/chair/0005.png").unlink()
    (folder / "model/bed/A/voxel.mat").unlink()
    dataset = Pix3DDataset(folder)
    assert [problem.path.relative_to(folder).as_posix() for problem in dataset.problems] == [
        "img/chair/0001.png",
        "mask/chair/0005.png",
    ]
    assert content(dataset) == [("bed/A", [1, 2]), ("chair/A", [2, 4]), ("chair/B", [3])]
    with pytest.raises(DatasetError, match=r"bed.A.voxel\.mat: missing, and its model\.obj too"):
        dataset.voxels(0)
    assert content(Pix3DDataset(folder, "all", "box"))[-1] == ("chair/B", [3, 5])  # a box needs no mask


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("bbox", [30, 5, 10, 25], "bbox"),
        ("bbox", [1, 2, 3], "not enough values"),
        ("bbox", [50, 5, 60, 25], "bbox"),
        ("bbox", [10, 5, 1e9, 25], "bbox"),
        ("bbox", [10, 5, float("inf"), 25], "bbox"),
        ("img_size", "large", "img_size"),
        ("img_size", [40, -30], "img_size"),
        ("img", "../../outside.png", "no file in this folder"),
        ("img", "/etc/passwd", "no file in this folder"),
        ("mask", "mask/../../outside.png", "no file in this folder"),
        ("model", "..\\..\\model.obj", "no file in this folder"),
        ("voxel", "C:/voxel.mat", "no file in this folder"),
        ("category", ["chair"], "category"),
        ("truncated", "false", "neither true nor false"),
        ("category", "", "empty category"),
        ("mask", None, "TypeError"),
    ],
)
def test_bad_entries_are_named_and_left_out(tree, key, value, named):
    tree.entries[2][key] = value
    dataset = Pix3DDataset(tree.write())
    assert len(dataset.problems) == 1
    assert "entry 2 " in dataset.problems[0].what
    assert named in dataset.problems[0].what
    assert content(dataset)[-1] == ("chair/B", [5])


def test_incomplete_and_doubled_entries(tree):
    del tree.entries[0]["voxel"]
    tree.entries.append(dict(tree.entries[1]))
    tree.entries.append("nothing")
    assert [problem.what.partition(";")[0][:26] for problem in Pix3DDataset(tree.write()).problems] == [
        "entry 0 cannot be used (Ke",
        "entry 7: img/chair/0002.pn",
        "entry 8 cannot be used (Ty",
    ]


def test_pictures_that_do_not_fit_are_named_when_they_are_read(tree):
    folder = tree.write()
    dataset = Pix3DDataset(folder)
    Image.new("L", (7, 7), 255).save(folder / "mask/bed/0001.png")
    with pytest.raises(DatasetError, match=r"mask.bed.0001\.png: 7 x 7 pixels, its picture 40 x 30"):
        dataset.image(0, 0)
    Image.new("L", (40, 30), 0).save(folder / "mask/bed/0001.png")
    with pytest.raises(DatasetError, match=r"mask.bed.0001\.png: the mask is empty"):
        dataset.image(0, 0)
    Image.new("RGB", (9, 9)).save(folder / "img/bed/0001.png")
    with pytest.raises(DatasetError, match=r"img.bed.0001\.png: 9 x 9 pixels, but pix3d\.json says 40 x 30"):
        dataset.image(0, 0)
    (folder / "img/bed/0001.png").write_bytes(b"no picture")
    with pytest.raises(DatasetError, match=r"img.bed.0001\.png: cannot be read"):
        dataset.image(0, 0)
    with pytest.raises(IndexError):
        dataset.image(0, 2)


@pytest.mark.parametrize("damage", [b"", b"MATLAB 5.0", None])
def test_damaged_grids_and_models_are_named(tree, damage):
    folder = tree.write()
    path = folder / "model/bed/A/voxel.mat"
    path.write_bytes(path.read_bytes()[:-200] if damage is None else damage)
    with pytest.raises(DatasetError, match=r"voxel\.mat: cannot be read as a MAT file"):
        Pix3DDataset(folder).voxels(0)
    path.unlink()
    (path.parent / "model.obj").write_bytes(b"\xff\xfe no model")
    with pytest.raises(DatasetError, match=r"model\.obj: "):
        Pix3DDataset(folder).voxels(0)


def test_a_folder_of_another_kind_is_refused(tmp_path):
    with pytest.raises(DatasetError, match=r"pix3d\.json: missing"):
        Pix3DDataset(tmp_path)
    (tmp_path / "pix3d.json").write_text("{")
    with pytest.raises(DatasetError, match=r"pix3d\.json: cannot be read as JSON"):
        Pix3DDataset(tmp_path)
    (tmp_path / "pix3d.json").write_text(json.dumps({"img": 1}))
    with pytest.raises(DatasetError, match=r"pix3d\.json: not Pix3D's list"):
        Pix3DDataset(tmp_path)


def test_an_empty_subset_and_a_bad_list_are_refused(tree):
    tree.entries = tree.entries[5:]
    with pytest.raises(DatasetError, match="no picture in the subset 'chairs'"):
        Pix3DDataset(tree.write(), "chairs")
    (tree.folder / "pix3d_train.npy").write_bytes(b"x")
    with pytest.raises(DatasetError, match=r"pix3d_train\.npy: not a list"):
        Pix3DDataset(tree.folder)


def test_the_version_tells_crops_apart(tree):
    folder = tree.write()
    assert Pix3DDataset(folder).version != Pix3DDataset(folder, "all", "box").version
