"""Packed copies of folders: the same data, made once, made again when the folder changes, never in the way."""

import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
from dataset_folders import CAR, CHAIR, Pix3DTree, add_r2n2_object, block, r2n2_tree

import core.data.cache
import core.data.opening
from core.data.cache import SPARE_BYTES, cache_folder, clear_copies, copies
from core.data.fingerprint import dataset_fingerprint
from core.data.opening import open_dataset, pack_dataset
from core.data.packed import PackedDataset, PackedWriter
from core.data.shapenet import ShapeNetDataset
from core.errors import DatasetError


@pytest.fixture
def folder(tmp_path):
    return r2n2_tree(tmp_path / "r2n2")


@pytest.fixture(autouse=True)
def always(monkeypatch):
    """A copy of every folder, however small."""
    monkeypatch.setattr(core.data.opening, "PACKED_FROM", 0)


def require_equal(first, second):
    assert first.name == second.name
    assert list(first.objects) == list(second.objects)
    for index, record in enumerate(first.objects):
        assert (first.voxels(index) == second.voxels(index)).all()
        for view in range(record.views):
            one, other = first.image(index, view), second.image(index, view)
            assert one.shape == other.shape
            assert (one == other).all()


def test_a_copy_is_made_once_and_holds_the_same(folder):
    told = []
    copy = open_dataset(str(folder), lambda *facts: told.append(facts))
    assert isinstance(copy, PackedDataset)
    assert told == [(done, 6, "packing") for done in range(1, 7)]
    require_equal(copy, ShapeNetDataset(folder))
    told.clear()
    require_equal(open_dataset(str(folder), lambda *facts: told.append(facts)), copy)
    assert told == []
    assert [source for _, source, _ in copies()] == [f"shapenet:{folder}, all, mask"]


def test_the_original_files_are_stored_as_they_are(folder):
    copy = open_dataset(str(folder))
    files = [path.read_bytes() for path in sorted(folder.glob("ShapeNetRendering/*/*/rendering/*.png"))]
    assert (copy.folder / "images.bin").read_bytes() == b"".join(files)


@pytest.mark.parametrize("crop_by", ["mask", "box"])
def test_pictures_of_pix3d_are_the_same_too(tmp_path, crop_by, monkeypatch):
    tree = Pix3DTree(tmp_path / "pix3d")
    tree.add_model("chair", "A", block((0, 128), (0, 64), (0, 32)))
    tree.add_picture("chair", 1, "A", size=(900, 700), box=(30, 40, 800, 600))
    tree.add_picture("chair", 2, "A", ["occluded"])
    options = {"subset": "chairs", "crop_by": crop_by}
    copy = open_dataset(str(tree.write()), **options)
    assert isinstance(copy, PackedDataset)
    monkeypatch.setattr(core.data.opening, "PACKED_FROM", 500)
    clear_copies()
    direct = open_dataset(str(tree.folder), **options)
    assert not isinstance(direct, PackedDataset)
    require_equal(copy, direct)
    assert dataset_fingerprint(copy) == dataset_fingerprint(direct)


def test_every_subset_and_crop_has_its_own_copy(tmp_path):
    tree = Pix3DTree(tmp_path / "pix3d")
    tree.add_model("chair", "A", block((0, 128), (0, 64), (0, 32)))
    tree.add_picture("chair", 1, "A")
    tree.add_picture("chair", 2, "A", ["occluded"])
    tree.write()
    for _ in range(2):
        assert open_dataset(str(tree.folder)).objects[0].views == 2
        assert open_dataset(str(tree.folder), subset="chairs").objects[0].views == 1
        assert open_dataset(str(tree.folder), crop_by="box").image(0, 0).shape == (20, 20, 3)
    assert len(copies()) == 3


def test_a_changed_folder_is_copied_again_and_the_old_copy_removed(folder):
    before = open_dataset(str(folder))
    add_r2n2_object(folder, CAR, "new")
    after = open_dataset(str(folder))
    assert len(after.objects) == len(before.objects) + 1
    require_equal(after, ShapeNetDataset(folder))
    path = folder / "ShapeNetRendering" / CHAIR / "m0" / "rendering"
    (path / "00.png").write_bytes((path / "01.png").read_bytes())
    require_equal(open_dataset(str(folder)), ShapeNetDataset(folder))
    assert len(copies()) == 1


def test_a_moved_folder_is_another_source_with_the_same_fingerprint(folder):
    before = dataset_fingerprint(open_dataset(str(folder)))
    moved = folder.rename(folder.parent / "moved")
    assert dataset_fingerprint(open_dataset(str(moved))) == before
    assert len(copies()) == 2


def test_the_fingerprint_does_not_depend_on_the_copy(folder, monkeypatch):
    copy = open_dataset(str(folder))
    monkeypatch.setattr(core.data.opening, "PACKED_FROM", 500)
    clear_copies()
    direct = open_dataset(str(folder))
    assert not isinstance(direct, PackedDataset)
    assert dataset_fingerprint(direct) == dataset_fingerprint(copy)
    path = folder / "ShapeNetRendering" / CHAIR / "m0" / "rendering" / "00.png"
    path.write_bytes(path.read_bytes() + b"x")
    assert dataset_fingerprint(open_dataset(str(folder))) != dataset_fingerprint(copy)


def truncate(path):
    path.write_bytes(path.read_bytes()[:-1])


def flip(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("images.bin", truncate),
        ("voxels.npy", flip),
        ("offsets.npy", flip),
        ("dataset.json", truncate),
        ("source.json", truncate),
        ("source.json", lambda path: path.unlink()),
        ("source.json", lambda path: path.write_text("[]")),
    ],
)
def test_a_damaged_copy_is_made_again(folder, name, damage):
    damage(open_dataset(str(folder)).folder / name)
    told = []
    copy = open_dataset(str(folder), lambda *facts: told.append(facts))
    assert told
    require_equal(copy, ShapeNetDataset(folder))


def test_a_full_disk_falls_back_to_the_folder_and_says_so(folder, monkeypatch, caplog):
    def full(self, *_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(PackedWriter, "add", full)
    dataset = open_dataset(str(folder))
    assert not isinstance(dataset, PackedDataset)
    require_equal(dataset, ShapeNetDataset(folder))
    assert "the disk is full" in caplog.text
    assert "reading the folder itself, which is slower" in caplog.text
    assert list((cache_folder() / "copies").iterdir()) == []


def test_a_disk_that_would_be_full_afterwards_is_left_alone(folder, monkeypatch, caplog):
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    def disk_with(free):
        monkeypatch.setattr(core.data.cache.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
        return open_dataset(str(folder))

    assert not isinstance(disk_with(size + SPARE_BYTES - 1), PackedDataset)
    assert "a copy needs 0.0 GB, 1.0 GB are free; free some space" in caplog.text
    assert list((cache_folder() / "copies").iterdir()) == []
    assert isinstance(disk_with(size + SPARE_BYTES), PackedDataset)


def test_what_a_killed_process_left_is_removed_once_it_is_old(folder):
    left = cache_folder() / "copies" / ".0123-4567-format1.x.partial"
    left.mkdir(parents=True)
    open_dataset(str(folder))
    assert left.exists()  # another process may be writing it
    os.utime(left, (1, 1))
    add_r2n2_object(folder, CAR, "new")
    open_dataset(str(folder))
    assert not left.exists()


def test_a_cache_that_cannot_be_written_falls_back_to_the_folder(folder, tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("MEM3D_CACHE", str(tmp_path / "file"))
    require_equal(open_dataset(str(folder)), ShapeNetDataset(folder))
    assert "no packed copy" in caplog.text


def test_two_at_once_both_get_a_whole_copy(folder, monkeypatch):
    together = threading.Barrier(2, timeout=20)
    finish = PackedWriter.finish

    def finish_together(self):
        finish(self)
        together.wait()

    monkeypatch.setattr(PackedWriter, "finish", finish_together)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(open_dataset, [str(folder)] * 2)
    require_equal(first, second)
    assert first.folder == second.folder
    assert len(list((cache_folder() / "copies").iterdir())) == 1


def test_clearing_removes_copies_and_nothing_else(folder):
    clear_copies()
    open_dataset(str(folder))
    (cache_folder() / "builtin").mkdir()
    assert [size > 0 for _, _, size in copies()] == [True]
    clear_copies()
    assert copies() == []
    assert (cache_folder() / "builtin").is_dir()
    assert len(ShapeNetDataset(folder).objects) == 6


def test_packing_into_a_folder_of_ones_own(folder, tmp_path):
    dataset, left_out = pack_dataset(str(folder), tmp_path / "out")
    require_equal(dataset, ShapeNetDataset(folder))
    assert left_out == []
    dataset.verify()
    assert dataset_fingerprint(dataset) == dataset_fingerprint(ShapeNetDataset(folder))
    with pytest.raises(DatasetError, match="already exists"):
        pack_dataset(str(folder), tmp_path / "out")
    with pytest.raises(DatasetError, match="is packed already"):
        pack_dataset(str(tmp_path / "out"), tmp_path / "again")


def test_packing_refuses_or_skips_damaged_files(folder, tmp_path):
    os.truncate(folder / "ShapeNetVox32" / CAR / "m1" / "model.binvox", 40)
    with pytest.raises(DatasetError, match=r"m1.model\.binvox.*--damaged skip"):
        pack_dataset(str(folder), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    dataset, left_out = pack_dataset(str(folder), tmp_path / "out", damaged="skip")
    assert len(dataset.objects) == 5
    assert [problem.path.name for problem in left_out] == ["model.binvox"]
    assert np.array_equal(dataset.voxels(1), ShapeNetDataset(folder).voxels(2))
