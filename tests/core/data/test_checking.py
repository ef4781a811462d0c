"""The check of a data set: what is there, and every single thing that is wrong."""

import json

import numpy as np
import pytest
from dataset_folders import CAR, CHAIR, Pix3DTree, add_r2n2_object, block, r2n2_tree
from PIL import Image

from core.data.binvox import save_binvox
from core.data.checking import check
from core.data.dataset import ObjectRecord
from core.data.opening import pack_dataset
from core.data.packed import PackedWriter, encode_picture
from core.errors import DatasetError


def named(found, folder):
    return [(problem.path.relative_to(folder).as_posix(), problem.what) for problem in found]


def test_a_sound_folder(tmp_path):
    r2n2_tree(tmp_path)
    lists = [{"taxonomy_id": CHAIR, "train": ["m0"], "val": ["m1"]}, {"taxonomy_id": CAR, "test": ["m0", "m1", "m2"]}]
    lists[0]["test"] = ["m2", *map(str, range(3000))]
    (tmp_path / "ShapeNet.json").write_text(json.dumps(lists))
    told = []
    report = check(tmp_path, lambda *facts: told.append(facts))
    assert report.counts == {
        "car": {"train": 0, "val": 0, "test": 3},
        "chair": {"train": 1, "val": 1, "test": 1},
    }
    assert report.pictures == {"car": 6, "chair": 6}
    assert report.problems == ()
    assert named(report.notes, tmp_path) == [("ShapeNet.json", "lists 3000 models that are not there")]
    assert told == [(done, 6, "checking") for done in range(1, 7)]
    assert str(report).splitlines()[3].split() == ["all", "1", "1", "4", "12"]


def test_everything_wrong_with_a_folder_at_once(tmp_path):
    r2n2_tree(tmp_path, per_category=7, views=3)
    voxels, renderings = tmp_path / "ShapeNetVox32" / CHAIR, tmp_path / "ShapeNetRendering" / CHAIR
    (voxels / "m0" / "model.binvox").unlink()
    (renderings / "m0" / "rendering" / "01.png").write_bytes(b"x")
    (voxels / "m1" / "model.binvox").write_bytes((voxels / "m1" / "model.binvox").read_bytes()[:-9])
    save_binvox(voxels / "m2" / "model.binvox", np.zeros((32, 32, 32), bool))
    (renderings / "m3" / "rendering" / "01.png").unlink()
    picture = renderings / "m4" / "rendering" / "00.png"
    picture.write_bytes(picture.read_bytes()[:-30])
    (renderings / "m4" / "rendering" / "02.png").write_bytes(b"")
    Image.new("RGBA", (20, 16)).save(renderings / "m5" / "rendering" / "02.png")
    add_r2n2_object(tmp_path, "chair", "m6")
    report = check(f"shapenet:{tmp_path}")
    assert [(path, what.split(";")[0].split(" or ")[0]) for path, what in named(report.problems, tmp_path)] == [
        (f"ShapeNetRendering/{CHAIR}/m3/rendering/01.png", "missing"),
        ("ShapeNetRendering/chair/m6", "a second chair/m6"),
        (f"ShapeNetVox32/{CHAIR}/m0/model.binvox", "missing"),
        (f"ShapeNetRendering/{CHAIR}/m0/rendering/01.png", "cannot be read as a picture"),
        (f"ShapeNetVox32/{CHAIR}/m1/model.binvox", "truncated"),
        (f"ShapeNetVox32/{CHAIR}/m2/model.binvox", "the voxel grid is empty"),
        (f"ShapeNetRendering/{CHAIR}/m4/rendering/00.png", "cannot be read as a picture"),
        (f"ShapeNetRendering/{CHAIR}/m4/rendering/02.png", "cannot be read as a picture"),
        (f"ShapeNetRendering/{CHAIR}/m5/rendering/02.png", "the picture is transparent everywhere"),
    ]  # fmt: skip
    assert sum(report.counts["chair"].values()) == 7
    assert str(report).count(str(tmp_path)) == 9


def test_pictures_unlike_the_others_are_notes(tmp_path):
    r2n2_tree(tmp_path)
    rendering = tmp_path / "ShapeNetRendering" / CAR / "m1" / "rendering"
    for view in range(2):
        Image.new("RGBA", (8, 8), (1, 2, 3, 9 * view + 100)).save(rendering / f"{view:02d}.png")
    Image.new("RGB", (20, 16)).save(rendering.parents[1] / "m2" / "rendering" / "00.png")
    report = check(tmp_path)
    assert report.problems == ()
    usual = "most pictures are 20 x 16 with alpha"
    assert named(report.notes, rendering.parents[1]) == [
        ("m1/rendering/00.png", f"8 x 8 with alpha, and 1 more of this object's; {usual}"),
        ("m2/rendering/00.png", f"20 x 16 without alpha; {usual}"),
    ]


def test_a_set_without_alpha_is_one_note(tmp_path):
    r2n2_tree(tmp_path)
    for path in tmp_path.glob("ShapeNetRendering/*/*/rendering/*.png"):
        Image.open(path).convert("RGB").save(path)
    assert named(check(tmp_path).notes, tmp_path) == [(".", "the pictures have no alpha: their background is left in")]


def test_pix3d(tmp_path):
    tree = Pix3DTree(tmp_path)
    for name in ("A", "B"):
        tree.add_model("chair", name, block((0, 128), (0, 64), (0, 32 * (name == "A"))))
        tree.add_picture("chair", ord(name), name)
    tree.add_picture("chair", 1, "C")
    tree.add_picture("chair", 2, "A", size=(60, 60))
    tree.entries[0]["bbox"] = None
    (tree.write() / "mask/chair/0002.png").write_bytes(b"x")
    report = check(tmp_path)
    assert [(path, what.partition(";")[0]) for path, what in named(report.problems, tmp_path)] == [
        ("pix3d.json", "entry 0 cannot be used (TypeError(\"'NoneType' object is not iterable\"))"),
        ("mask/chair/0002.png", "cannot be read as a picture"),
        ("model/chair/B/voxel.mat", "the voxel grid is empty"),
        ("model/chair/C/voxel.mat", "missing, and its model.obj too"),
    ]
    assert report.notes == ()


def test_a_packed_set(tmp_path):
    packed, _ = pack_dataset(str(r2n2_tree(tmp_path / "r2n2")), tmp_path / "packed")
    report = check(tmp_path / "packed")
    assert report.problems == ()
    assert report.pictures == {"car": 6, "chair": 6}
    content = bytearray((packed.folder / "images.bin").read_bytes())
    content[300:320] = bytes(20)
    (packed.folder / "images.bin").write_bytes(content)
    problems = check(tmp_path / "packed").problems
    assert "checksum differs" in problems[0].what
    assert any("picture 0 of car/m0 is damaged" in problem.what for problem in problems)


def test_doubled_names_and_empty_grids_of_a_packed_set(tmp_path):
    with PackedWriter(tmp_path, "mine", seed=0) as writer:
        for value in (0, 1):
            grid = np.full((32, 32, 32), value, bool)
            writer.add(ObjectRecord("car/0", "car", "test", 1), grid, [encode_picture(np.ones((4, 4, 4), np.uint8))])
        writer.finish()
    assert [problem.what.partition(";")[0] for problem in check(tmp_path).problems] == [
        "car/0 is there twice",
        "the voxel grid of car/0 is empty",
    ]


def test_nothing_to_check(tmp_path):
    with pytest.raises(DatasetError, match="no data set here"):
        check(tmp_path)


def test_genuine_folders(shared_data):
    r2n2 = check(shared_data / "r2n2_sample")
    assert r2n2.problems == ()
    assert [note.what for note in r2n2.notes] == [
        "lists 43784 models that are not there",
        "does not list 3 models that are there; they count as test",
    ]
    pix3d = check(shared_data / "pix3d_sample")
    assert (pix3d.problems, pix3d.notes) == ((), ())
    assert pix3d.pictures == {"bed": 3}
