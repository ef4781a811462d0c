"""What can be written after --dataset, and how the built-in set comes into the user's cache."""

from pathlib import Path

import numpy as np
import pytest

import core.data.builtin
from core.data.dataset import ObjectRecord
from core.data.datasets import builtin_folder, open_dataset
from core.data.packed import PackedWriter, encode_picture
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
    "spec", ["", "chairs", "builtin:", "builtin:x", "packed", "packed:", "shapenet:", "pix3d:/x", ":x"]
)
def test_unknown_specs_name_the_valid_ones(spec):
    with pytest.raises(DatasetError, match="give builtin, packed:DIR or shapenet:DIR"):
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


def test_builtin_is_built_once(builds):
    def progress(done, total, what):
        pass

    assert open_dataset("builtin", progress).name == "builtin"
    assert len(open_dataset("builtin").objects) == 1
    assert builds == [(builtin_folder(), 0, progress)]


def test_the_cache_folder_can_be_chosen_and_says_what_is_in_it(tmp_path, monkeypatch):
    monkeypatch.setenv("MEM3D_CACHE", str(tmp_path))
    assert builtin_folder() == tmp_path / "builtin-shapes1-seed0-size130-format1"
    monkeypatch.setenv("MEM3D_CACHE", "")
    assert builtin_folder().name == "builtin-shapes1-seed0-size130-format1"
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
