"""What can be written after --dataset, and how the built-in set comes into the user's cache."""

from pathlib import Path

import numpy as np
import pytest
from dataset_folders import CAR, CHAIR, Pix3DTree, block, r2n2_tree

import core.data.builtin
import core.data.opening
from core.config import DataConfig
from core.data.dataset import ObjectRecord
from core.data.opening import absolute_spec, builtin_folder, open_configured, open_dataset, parts_of
from core.data.packed import PackedWriter, encode_picture
from core.data.shapenet import ShapeNetDataset
from core.errors import DatasetError


def pack_small(folder, name="builtin"):
    folder.mkdir(parents=True)
    with PackedWriter(folder, name, seed=0) as writer:
        pixels = np.full((137, 137, 4), 9, np.uint8)
        writer.add(ObjectRecord("car/00000", "car", "test", 1), np.ones((32, 32, 32), bool), [encode_picture(pixels)])
        writer.finish()


@pytest.fixture
def builds(monkeypatch):
    """Every call of the builder, which packs one object instead of 1690."""
    calls = []

    def build(out, *, seed, progress=None):
        calls.append((out, seed, progress))
        pack_small(out)

    monkeypatch.setattr(core.data.builtin, "build", build)
    return calls


@pytest.mark.parametrize(
    "spec", ["", "chairs", "builtin:", "builtin:x", "packed", "packed:", "shapenet:", "pix3d:", ":x", "no/such/folder"]
)
def test_unknown_specs_name_the_valid_ones(spec):
    with pytest.raises(DatasetError, match="give builtin, packed:DIR, shapenet:DIR, pix3d:DIR, or a folder"):
        open_dataset(spec)


def test_a_packed_folder(tmp_path, monkeypatch):
    pack_small(tmp_path / "set", name="mine")
    assert open_dataset(f"packed:{tmp_path / 'set'}").name == "mine"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert len(open_dataset("packed:~/set").objects) == 1
    with pytest.raises(DatasetError, match="not a packed data set"):
        open_dataset(f"packed:{tmp_path}")


def test_a_folder_in_the_layout_of_r2n2(shared_data):
    assert open_dataset(f"shapenet:{shared_data / 'r2n2_sample'}").name == "shapenet"


def test_a_bare_folder_is_recognised(tmp_path):
    pack_small(tmp_path / "packed", name="mine")
    r2n2_tree(tmp_path / "r2n2")
    tree = Pix3DTree(tmp_path / "pix3d")
    tree.add_model("chair", "A", block((0, 128), (0, 64), (0, 32)))
    tree.add_picture("chair", 1, "A")
    tree.write()
    names = {folder: open_dataset(str(tmp_path / folder)).name for folder in ("packed", "r2n2", "pix3d")}
    assert names == {"packed": "mine", "r2n2": "shapenet", "pix3d": "pix3d"}
    (tmp_path / "r2n2" / "ShapeNetVox32").rename(tmp_path / "elsewhere")
    with pytest.raises(DatasetError, match=r"r2n2: no data set here; looked for dataset\.json .* pix3d\.json .*Vox32"):
        open_dataset(str(tmp_path / "r2n2"))


def test_a_relative_spec_is_made_absolute(tmp_path, monkeypatch):
    r2n2_tree(tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    assert absolute_spec("mine") == absolute_spec("shapenet:mine") == f"shapenet:{tmp_path / 'mine'}"
    assert absolute_spec("pix3d:there") == f"pix3d:{tmp_path / 'there'}"
    assert absolute_spec(f"packed:{tmp_path}") == f"packed:{tmp_path}"
    for other in ("builtin", "boxes", ""):
        assert absolute_spec(other) == other


def test_only_pix3d_has_subsets_and_crops(tmp_path):
    r2n2_tree(tmp_path)
    for wrong in ({"subset": "chairs"}, {"crop_by": "box"}):
        with pytest.raises(DatasetError, match="only Pix3D"):
            open_dataset(f"shapenet:{tmp_path}", **wrong)
        with pytest.raises(DatasetError, match="only Pix3D"):
            open_dataset("builtin", **wrong)
    for name in ("subset", "crop_by", "damaged"):
        with pytest.raises(DatasetError, match=f"{name} must be one of"):
            open_dataset("builtin", **{name: "cars"})


def test_the_subset_and_the_crop_reach_pix3d(tmp_path):
    tree = Pix3DTree(tmp_path)
    tree.add_model("chair", "A", block((0, 128), (0, 64), (0, 32)))
    for number, flags in enumerate([(), ("occluded",), ("truncated",)]):
        tree.add_picture("chair", number, "A", flags)
    dataset = open_configured(DataConfig(dataset=str(tree.write()), subset="occluded", crop_by="box"))
    assert [o.views for o in dataset.objects] == [2]
    assert dataset.image(0, 0).shape == (20, 20, 3)


@pytest.fixture
def damaged_tree(tmp_path):
    """Six objects: one picture of a chair, the grid of a car and the only pictures of a second car are unusable."""
    folder = r2n2_tree(tmp_path / "r2n2")
    rendering = folder / "ShapeNetRendering"
    (rendering / CHAIR / "m0" / "rendering" / "00.png").write_bytes(b"")
    (folder / "ShapeNetVox32" / CAR / "m1" / "model.binvox").write_bytes(b"x")
    for view in range(2):
        path = rendering / CAR / "m2" / "rendering" / f"{view:02d}.png"
        path.write_bytes(path.read_bytes()[:60])
    return folder


@pytest.mark.parametrize("packed", [False, True], ids=["small", "packed"])
def test_a_damaged_folder_is_refused_with_the_first_file_the_count_and_the_remedy(
    damaged_tree, packed, monkeypatch, caplog
):
    monkeypatch.setattr(core.data.opening, "PACKED_FROM", 0 if packed else 500)
    for _ in range(2):  # the second time from the copy
        with pytest.raises(
            DatasetError, match=r"m1.model\.binvox: .*\(the first of 4 problems\); repair .*--damaged skip"
        ):
            open_dataset(str(damaged_tree))


@pytest.mark.parametrize("packed", [False, True], ids=["small", "packed"])
def test_what_cannot_be_used_can_be_skipped(damaged_tree, packed, monkeypatch, caplog):
    monkeypatch.setattr(core.data.opening, "PACKED_FROM", 0 if packed else 500)
    for _ in range(2):
        caplog.clear()
        dataset = open_dataset(str(damaged_tree), damaged="skip")
        assert [(o.object_id, o.views) for o in dataset.objects] == [
            ("car/m0", 2),
            ("chair/m0", 1),
            ("chair/m1", 2),
            ("chair/m2", 2),
        ]
        whole = ShapeNetDataset(damaged_tree)
        assert (dataset.image(1, 0) == whole.image(3, 1)).all()
        assert (dataset.voxels(1) == whole.voxels(3)).all()
        with pytest.raises(IndexError):
            dataset.image(1, 1)
        assert "shapenet: 4 missing or damaged files left out; the first: " in caplog.text
        assert "model.binvox" in caplog.text


def test_a_folder_without_a_usable_object_is_refused_either_way(tmp_path):
    folder = r2n2_tree(tmp_path, per_category=1, views=1)
    for path in folder.glob("ShapeNetVox32/*/*/model.binvox"):
        path.write_bytes(b"x")
    for damaged in ("skip", "refuse"):
        with pytest.raises(DatasetError, match=r"no object can be used \(2 problems; .*model\.binvox"):
            open_dataset(str(folder), damaged=damaged)


def test_builtin_is_built_once(builds):
    def progress(done, total, what):
        pass

    assert open_dataset("builtin", progress).name == "builtin"
    assert len(open_dataset("builtin").objects) == 1
    assert builds == [(builtin_folder(), 0, progress)]


def test_the_cache_folder_can_be_chosen_and_says_what_is_in_it(tmp_path, monkeypatch):
    monkeypatch.setenv("MEM3D_CACHE", str(tmp_path))
    shapes, size = core.data.builtin.SHAPES_VERSION, core.data.builtin.DEFAULT_PER_CATEGORY
    name = f"builtin-shapes{shapes}-seed0-size{size}-format1"
    assert builtin_folder() == tmp_path / name
    monkeypatch.setenv("MEM3D_CACHE", "")
    assert builtin_folder().name == name
    assert tmp_path not in builtin_folder().parents


def damage_index(folder: Path):
    (folder / "dataset.json").unlink()


def truncate(folder: Path):
    path = folder / "images.bin"
    path.write_bytes(path.read_bytes()[:-5])


def flip(folder: Path):
    content = bytearray((folder / "voxels.npy").read_bytes())
    content[-1] ^= 1
    (folder / "voxels.npy").write_bytes(content)


@pytest.mark.parametrize("damage", [damage_index, truncate, flip])
def test_a_damaged_set_is_built_again_and_says_so(builds, damage):
    open_dataset("builtin")
    damage(builtin_folder())
    told = []
    dataset = open_dataset("builtin", lambda *facts: told.append(facts))
    dataset.verify()
    assert len(builds) == 2
    assert told == [(0, 1, "the stored data set is damaged: building it again")]


def test_a_build_that_fails_is_reported(monkeypatch):
    def build(out, *, seed, progress=None):
        raise DatasetError(f"{out}: the disk is full")

    monkeypatch.setattr(core.data.builtin, "build", build)
    with pytest.raises(DatasetError, match="the disk is full"):
        open_dataset("builtin")


def test_a_set_that_another_process_finished_first_is_used(monkeypatch):
    def build(out, *, seed, progress=None):
        pack_small(out)
        raise DatasetError(f"{out}: already exists")

    monkeypatch.setattr(core.data.builtin, "build", build)
    assert len(open_dataset("builtin").objects) == 1


def test_the_parts_of_a_spec(tmp_path):
    assert parts_of("builtin") == ("builtin",)
    assert parts_of("builtin + 2 * packed:a b") == ("builtin", "packed:a b")
    odd = tmp_path / "mine + yours"
    odd.mkdir()
    assert parts_of(str(odd)) == (str(odd),)
