"""R2N2's own layout: genuine files, and every way in which a folder can be incomplete."""

import json

import numpy as np
import pytest
from PIL import Image

from core.data.binvox import save_binvox
from core.data.shapenet import ShapeNetDataset
from core.errors import DatasetError

CHAIR, CAR = "03001627", "02958343"


def add_object(folder, synset, model, views=2, mode="RGBA"):
    pictures = folder / "ShapeNetRendering" / synset / model / "rendering"
    pictures.mkdir(parents=True)
    for view in range(views):
        Image.new(mode, (5, 4), view * 10).save(pictures / f"{view:02d}.png")
    (pictures / "rendering_metadata.txt").write_text("0 27 0 0.8 25\n")
    grid = np.zeros((32, 32, 32), bool)
    grid[len(model), 1, 2] = True
    voxels = folder / "ShapeNetVox32" / synset / model
    voxels.mkdir(parents=True)
    save_binvox(voxels / "model.binvox", grid)


@pytest.fixture
def folder(tmp_path):
    add_object(tmp_path, CHAIR, "aaa")
    add_object(tmp_path, CHAIR, "bb", views=3)
    add_object(tmp_path, CAR, "c")
    return tmp_path


def test_objects_are_sorted_with_category_and_views(folder):
    (folder / "ShapeNetRendering" / ".DS_Store").write_text("x")
    (folder / "ShapeNetRendering" / CAR / "notes.txt").write_text("x")
    dataset = ShapeNetDataset(folder)
    assert dataset.name == "shapenet"
    assert [(o.object_id, o.category, o.views) for o in dataset.objects] == [
        ("car/c", "car", 2),
        ("chair/aaa", "chair", 2),
        ("chair/bb", "chair", 3),
    ]
    assert np.argwhere(dataset.voxels(1)).tolist() == [[3, 1, 2]]
    assert dataset.image(2, 2).shape == (4, 5, 4)
    with pytest.raises(IndexError):
        dataset.image(2, 3)


def test_the_split_file_decides_and_unlisted_objects_are_test(folder):
    splits = [
        {"taxonomy_id": CHAIR, "taxonomy_name": "chair", "train": ["aaa"], "val": ["bb"], "test": ["elsewhere"]},
        {"taxonomy_id": CAR, "train": ["aaa"], "test": []},
    ]
    (folder / "splits").mkdir()
    (folder / "splits" / "ShapeNet.json").write_text(json.dumps(splits))
    found = {o.object_id: o.split for o in ShapeNetDataset(folder).objects}
    assert found == {"chair/aaa": "train", "chair/bb": "val", "car/c": "test"}


def test_without_a_split_file_a_stable_hash_decides(tmp_path):
    for number in range(60):
        add_object(tmp_path, CHAIR, f"m{number}"[:30], views=1)
    first = [o.split for o in ShapeNetDataset(tmp_path).objects]
    add_object(tmp_path, CAR, "more", views=1)
    assert [o.split for o in ShapeNetDataset(tmp_path).objects if o.category == "chair"] == first
    shares = [first.count(split) / len(first) for split in ("train", "val", "test")]
    assert 0.5 < shares[0] < 0.9
    assert min(shares) > 0
    by_name = {o.object_id: o.split for o in ShapeNetDataset(tmp_path).objects}
    assert [by_name[f"chair/m{n}"] for n in range(8)] == EIGHT


EIGHT = ["train", "train", "train", "train", "train", "test", "train", "train"]
"""Computed once: a stable hash answers the same for ever and on every machine."""


@pytest.mark.parametrize(
    "text", ["{", "3", '[{"train": ["a"]}]', '["chair"]', '{"a": 1}', '[{"taxonomy_id": 1, "val": 2}]']
)
def test_a_split_file_that_cannot_be_used_is_named(folder, text):
    (folder / "ShapeNet.json").write_text(text)
    with pytest.raises(DatasetError, match=r"ShapeNet\.json: not a split file"):
        ShapeNetDataset(folder)


def test_grey_and_palette_pictures_become_rgba(tmp_path):
    add_object(tmp_path, CHAIR, "a", mode="P")
    add_object(tmp_path, CHAIR, "b", mode="L")
    add_object(tmp_path, CHAIR, "c", mode="RGB")
    dataset = ShapeNetDataset(tmp_path)
    assert [dataset.image(k, 1).shape for k in range(3)] == [(4, 5, 4), (4, 5, 4), (4, 5, 3)]
    assert all(dataset.image(k, 1).dtype == np.uint8 for k in range(3))


def test_a_folder_of_another_kind_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="no folder ShapeNetRendering"):
        ShapeNetDataset(tmp_path)
    for name in ("ShapeNetRendering", "ShapeNetVox32"):
        (tmp_path / name).mkdir()
    with pytest.raises(DatasetError, match="holds no object"):
        ShapeNetDataset(tmp_path)


def problems(folder):
    return [(str(p.path.relative_to(folder)), p.what.partition(";")[0]) for p in ShapeNetDataset(folder).problems]


def test_missing_files_are_all_named_and_the_rest_is_kept(folder):
    pictures = folder / "ShapeNetRendering" / CHAIR / "bb" / "rendering"
    (pictures / "01.png").unlink()
    assert problems(folder) == [(f"ShapeNetRendering/{CHAIR}/bb/rendering/01.png", "missing")]
    dataset = ShapeNetDataset(folder)
    assert [(o.object_id, o.views) for o in dataset.objects] == [("car/c", 2), ("chair/aaa", 2), ("chair/bb", 2)]
    assert dataset.picture_path(2, 1) == pictures / "02.png"
    (folder / "ShapeNetVox32" / CHAIR / "aaa" / "model.binvox").unlink()
    with pytest.raises(DatasetError, match=r"aaa.model\.binvox: missing; the object has renderings"):
        ShapeNetDataset(folder).voxels(1)
    for left in pictures.iterdir():
        left.unlink()
    assert problems(folder) == [(f"ShapeNetRendering/{CHAIR}/bb/rendering/00.png", "missing")]
    pictures.rmdir()
    assert problems(folder) == [(f"ShapeNetRendering/{CHAIR}/bb/rendering", "missing")]
    assert [o.object_id for o in ShapeNetDataset(folder).objects] == ["car/c", "chair/aaa"]


def test_the_same_name_twice_is_a_problem(folder):
    add_object(folder, "chair", "aaa")
    assert problems(folder) == [("ShapeNetRendering/chair/aaa", "a second chair/aaa")]
    assert [o.object_id for o in ShapeNetDataset(folder).objects] == ["car/c", "chair/aaa", "chair/bb"]


def test_what_renderings_voxels_and_split_file_do_not_share_is_counted(folder):
    (folder / "ShapeNetVox32" / CAR / "x").mkdir()
    (folder / "ShapeNetVox32" / CAR / "y").mkdir()
    lists = [{"taxonomy_id": CHAIR, "train": ["aaa", *map(str, range(1000))], "val": [], "test": []}]
    (folder / "ShapeNet.json").write_text(json.dumps(lists))
    assert [(note.path.name, note.what) for note in ShapeNetDataset(folder).notes] == [
        ("ShapeNetVox32", f"2 models without renderings, such as {CAR}/x"),
        ("ShapeNet.json", "lists 1000 models that are not there"),
        ("ShapeNet.json", "does not list 2 models that are there; they count as test"),
    ]
    assert problems(folder) == []


def test_the_rest_of_the_download_is_passed_over(folder):
    for name in ("._x", "taxonomy.json"):
        (folder / "ShapeNetRendering" / name).write_text("x")
        (folder / "ShapeNetVox32" / CHAIR / name).write_text("x")
    pictures = folder / "ShapeNetRendering" / CHAIR / "bb" / "rendering"
    for name in ("renderings.txt", "00.png~", "._01.png", "100.png"):
        (pictures / name).write_text("x")
    dataset = ShapeNetDataset(folder)
    assert [o.views for o in dataset.objects] == [2, 2, 3]
    assert (dataset.problems, dataset.notes) == ([], ())


def test_the_stored_picture_is_the_file_unless_it_is_converted(tmp_path):
    add_object(tmp_path, CHAIR, "a", mode="P")
    add_object(tmp_path, CHAIR, "b", mode="RGB")
    dataset = ShapeNetDataset(tmp_path)
    assert dataset.stored_picture(0, 1) is None
    assert dataset.stored_picture(1, 1) == dataset.picture_path(1, 1).read_bytes()


def test_damaged_files_are_named_when_they_are_read(folder):
    dataset = ShapeNetDataset(folder)
    picture = folder / "ShapeNetRendering" / CAR / "c" / "rendering" / "01.png"
    picture.write_bytes(picture.read_bytes()[:40])
    with pytest.raises(DatasetError, match=r"c.rendering.01\.png: cannot be read"):
        dataset.image(0, 1)
    picture.unlink()
    with pytest.raises(DatasetError, match=r"c.rendering.01\.png: cannot be read"):
        dataset.image(0, 1)
    (folder / "ShapeNetVox32" / CAR / "c" / "model.binvox").write_bytes(b"x")
    with pytest.raises(DatasetError, match=r"c.model\.binvox: not a binvox file"):
        dataset.voxels(0)


def test_genuine_objects(shared_data):
    dataset = ShapeNetDataset(shared_data / "r2n2_sample")
    assert [(o.category, o.split, o.views) for o in dataset.objects] == [
        ("airplane", "test", 24),
        ("car", "test", 24),
        ("lamp", "test", 24),
    ]
    assert dataset.image(1, 23).shape == (137, 137, 4)
    assert [int(dataset.voxels(k).sum()) for k in range(3)] == [771, 2294, 320]
