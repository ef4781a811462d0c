"""MAT-files are read as SciPy reads them, or refused in bounded memory."""

import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from core.data import mat_files
from core.data.mat_files import read_array

TYPES = ("bool", "uint8", "int8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64")


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("kind", TYPES)
def test_arrays_are_what_scipy_wrote(tmp_path, kind, compressed):
    array = (np.random.default_rng(0).random((7, 5, 3)) * 100).astype(kind)
    others = {"text": "voxel", "cell": {"voxel": 1}, "complex": np.array([1 + 2j]), "little": np.array([[1, 2]], "u1")}
    savemat(tmp_path / "a.mat", {**others, "voxel": array, "later": 3}, do_compression=compressed)
    np.testing.assert_array_equal(read_array(tmp_path / "a.mat", "voxel"), array)


def test_genuine_files_of_pix3d_are_what_scipy_reads(shared_data):
    for path in (shared_data / "pix3d_sample").glob("model/*/*/voxel.mat"):
        np.testing.assert_array_equal(read_array(path, "voxel"), loadmat(path)["voxel"])


def element(kind, content):
    return struct.pack("<II", kind, len(content)) + content + bytes(-len(content) % 8)


def mat(*elements):
    return b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + b"".join(elements)


def matrix(shape, values, kind=2, array_class=9, flags=0, name=b"voxel"):
    """An array's element, as the format's description has it."""
    head = element(6, struct.pack("<II", array_class | flags, 0)) + element(5, struct.pack(f"<{len(shape)}i", *shape))
    return element(14, head + element(1, name) + element(kind, values))


def test_a_file_written_by_hand(tmp_path):
    (tmp_path / "a.mat").write_bytes(mat(matrix((2, 3), bytes(range(6)))))
    assert read_array(tmp_path / "a.mat", "voxel").tolist() == [[0, 2, 4], [1, 3, 5]]  # columns first


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no such file", "not a MAT-file"),
        (mat(), "no array"),
        (mat(matrix((2, 3), bytes(6)))[:-3], "cut short"),
        (mat(matrix((2, 3), bytes(5))), "do not fill"),
        (mat(matrix((-2, -3), bytes(6))), "do not fill"),
        (mat(matrix((2**31 - 1,) * 8, bytes(6))), "do not fill"),
        (mat(matrix((0x10000, 0x10000, 0x10000), bytes(6))), "do not fill"),
        (mat(matrix((2, 3), bytes(6), kind=99)), "unknown type"),
        (mat(matrix((2, 3), bytes(6), array_class=5)), "no array"),
        (mat(matrix((2, 3), bytes(6), flags=0x0800)), "no array"),
        (mat(element(14, b"")), "without its flags"),
        (mat(element(15, b"no zlib")), "."),
        (mat(element(15, zlib.compress(matrix((2, 3), bytes(6)))[:-5])), "."),
    ],
)
def test_damaged_files_are_value_errors(tmp_path, content, reason):
    (tmp_path / "a.mat").write_bytes(content)
    with pytest.raises(ValueError, match=reason):
        read_array(tmp_path / "a.mat", "voxel")


def test_what_unpacks_to_more_than_is_allowed_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(mat_files, "LARGEST", 1_000_000)
    (tmp_path / "a.mat").write_bytes(mat(element(15, zlib.compress(matrix((100_000_000,), bytes(100_000_000))))))
    tracemalloc.start()
    with pytest.raises(ValueError, match="more than 1 MB"):
        read_array(tmp_path / "a.mat", "voxel")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000
