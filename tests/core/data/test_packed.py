"""A packed set gives back what was put in, and says which of its files is damaged."""

import json
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core.data.dataset import ObjectRecord
from core.data.packed import INDEX, PackedDataset, PackedWriter, encode_picture
from core.errors import DatasetError

VIEWS = (3, 1, 2)
FILES = ("images.bin", "offsets.npy", "voxels.npy")


def content(number):
    rng = np.random.default_rng(number)
    return rng.random((32, 32, 32)) < 0.1, rng.integers(0, 256, (VIEWS[number], 9, 7, 4), np.uint8)


@pytest.fixture
def folder(tmp_path):
    target = tmp_path / "set"
    target.mkdir()
    with PackedWriter(target, "trial", seed=5) as writer:
        for number, split in enumerate(("train", "val", "test")):
            voxels, pictures = content(number)
            record = ObjectRecord(f"chair/{number:05d}", "chair", split, len(pictures))
            writer.add(record, voxels, [encode_picture(picture) for picture in pictures])
        writer.finish()
    return target


def assert_whole(dataset):
    for number in range(3):
        voxels, pictures = content(number)
        np.testing.assert_array_equal(dataset.voxels(number), voxels)
        for view, picture in enumerate(pictures):
            np.testing.assert_array_equal(dataset.image(number, view), picture)


def test_what_goes_in_comes_out(folder):
    dataset = PackedDataset(folder)
    assert dataset.name == "trial"
    assert [record.object_id for record in dataset.objects] == ["chair/00000", "chair/00001", "chair/00002"]
    assert [record.split for record in dataset.objects] == ["train", "val", "test"]
    assert [record.views for record in dataset.objects] == list(VIEWS)
    assert dataset.voxels(0).dtype == bool
    assert_whole(dataset)
    dataset.verify()


def test_the_index_can_be_read_by_people(folder):
    index = json.loads((folder / INDEX).read_text())
    assert (index["format_version"], index["name"], index["seed"]) == (1, "trial", 5)
    assert index["objects"][2] == {"id": "chair/00002", "category": "chair", "split": "test", "views": 2}
    assert index["files"]["images.bin"]["bytes"] == (folder / "images.bin").stat().st_size


def test_workers_get_a_small_copy_that_reads_the_same(folder):
    sent = pickle.dumps(PackedDataset(folder))
    assert len(sent) < 3000
    assert_whole(pickle.loads(sent))


def test_many_threads_read_at_once(folder):
    dataset = PackedDataset(folder)
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(assert_whole, dataset) for _ in range(32)]:
            done.result()


def test_a_view_that_is_not_there_is_an_index_error(folder):
    dataset = PackedDataset(folder)
    for view in (-1, 3):
        with pytest.raises(IndexError):
            dataset.image(0, view)


@pytest.mark.parametrize("name", ["images.bin", "offsets.npy", "voxels.npy"])
def test_truncated_and_missing_files_are_named(folder, name):
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[:-1])
    with pytest.raises(DatasetError, match=f"{name}: missing or truncated"):
        PackedDataset(folder)
    (folder / name).unlink()
    with pytest.raises(DatasetError, match=f"{name}: missing or truncated"):
        PackedDataset(folder)


@pytest.mark.parametrize("name", ["images.bin", "offsets.npy", "voxels.npy"])
def test_a_changed_byte_is_found(folder, name):
    whole = bytearray((folder / name).read_bytes())
    whole[-3] ^= 0x10
    (folder / name).write_bytes(whole)
    with pytest.raises(DatasetError, match=f"{name}: damaged"):
        PackedDataset(folder).verify()


def test_a_damaged_picture_is_an_error_of_its_own(folder):
    (folder / "images.bin").write_bytes(bytes((folder / "images.bin").stat().st_size))
    with pytest.raises(DatasetError, match="picture 1 of chair/00000 is damaged"):
        PackedDataset(folder).image(0, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "zip"}, "not the index"),
        ({"format_version": 2}, "format 2 is not format 1"),
        ({"objects": [{"id": "a"}]}, "damaged index"),
        ({"objects": 3}, "damaged index"),
        ({"objects": []}, "do not belong together"),
        ({"files": {}}, "damaged index"),
        ({"name": 3}, "damaged index"),
        ({"files": {name: {"bytes": float("inf"), "crc32": 0} for name in FILES}}, "damaged index"),
        ({"format_version": "A" * 100_000}, "is not format 1"),
    ],
)
def test_foreign_and_newer_indices_are_refused(folder, change, message):
    index = json.loads((folder / INDEX).read_text()) | change
    (folder / INDEX).write_text(json.dumps(index))
    with pytest.raises(DatasetError, match=message) as caught:
        PackedDataset(folder)
    assert "\n" not in str(caught.value)


def npy(header):
    """An array's file with a header of one's own, and nothing behind it."""
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("offsets.npy", np.array([0.0, np.nan] * 10)),
        ("offsets.npy", np.array(7)),
        ("offsets.npy", np.zeros((4, 4), np.int64)),
        ("offsets.npy", np.arange(-1, 6)),
        ("offsets.npy", np.arange(7)[::-1].copy()),
        ("offsets.npy", np.arange(7) * 1_000_000),
        ("offsets.npy", npy(b"{'descr': '<i8', 'fortran_order': False, 'shape': (1000000000000,), }\n")),
        ("voxels.npy", np.zeros((3, 4096))),
        ("voxels.npy", np.zeros((3, 4095), np.uint8)),
        ("voxels.npy", np.zeros((4, 4096), np.uint8)),
        ("voxels.npy", np.array(["text"])),
        ("voxels.npy", b""),
        ("voxels.npy", npy(b"{'descr': '|u1', 'fortran_order': False, 'shape': (3, 4096), }\n")),
        ("voxels.npy", npy(b"{'descr': '''     \n")),
    ],
)
def test_an_array_that_is_not_the_one_that_belongs_there_is_refused(folder, name, array):
    """The index says its size, so that only the array itself can tell."""
    if isinstance(array, bytes):
        (folder / name).write_bytes(array)
    else:
        np.save(folder / name, array)
    index = json.loads((folder / INDEX).read_text())
    index["files"][name]["bytes"] = (folder / name).stat().st_size
    (folder / INDEX).write_text(json.dumps(index))
    with pytest.raises(DatasetError, match="build the data set again"):
        PackedDataset(folder)


def test_an_index_nested_deeply_is_refused(folder):
    (folder / INDEX).write_text("[" * 100_000)
    with pytest.raises(DatasetError, match="levels of lists"):
        PackedDataset(folder)


def test_no_packed_set_at_all(tmp_path, folder):
    with pytest.raises(DatasetError, match="not a packed data set"):
        PackedDataset(tmp_path / "nowhere")
    for text in ("{", "[]", "\x00"):
        (folder / INDEX).write_text(text)
        with pytest.raises(DatasetError, match=INDEX):
            PackedDataset(folder)


def test_an_unfinished_folder_does_not_look_whole(tmp_path):
    with PackedWriter(tmp_path, "trial", seed=0) as writer:
        writer.add(ObjectRecord("a/0", "a", "train", 0), content(0)[0], [])
    with pytest.raises(DatasetError, match="not a packed data set"):
        PackedDataset(tmp_path)
