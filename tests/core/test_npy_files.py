"""Arrays come back as NumPy wrote them, or are refused before anything is made room for."""

import io
import zipfile

import numpy as np
import pytest

from core.npy_files import Kind, map_npy, read_npy, read_npz

ANY = Kind(("i", "u", "f", "U", "b"), (None, None))


@pytest.mark.parametrize("kind", ["<i8", ">i8", "|u1", "<f2", "<f4", "<f8", "<U5", "|b1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_come_back(tmp_path, kind, order):
    array = np.asarray(np.arange(12).reshape(3, 4).astype(kind), order=order)
    np.save(tmp_path / "a.npy", array)
    np.savez_compressed(tmp_path / "a.npz", array=array)
    for read in (
        read_npy(tmp_path / "a.npy", ANY),
        map_npy(tmp_path / "a.npy", ANY),
        read_npz(tmp_path / "a.npz", {"array": ANY})["array"],
    ):
        assert read.dtype == array.dtype
        np.testing.assert_array_equal(read, array)


def test_scalars_rows_and_nothing_at_all(tmp_path):
    for array in (np.array(5), np.arange(3), np.zeros((0, 4))):
        np.save(tmp_path / "a.npy", array)
        kind = Kind(("i8", "f8"), (None,) * array.ndim)
        np.testing.assert_array_equal(read_npy(tmp_path / "a.npy", kind), array)
        np.testing.assert_array_equal(map_npy(tmp_path / "a.npy", kind), array)


@pytest.mark.parametrize(
    "array", [np.zeros((3, 5), np.float32), np.zeros((4, 4)), np.zeros(3, np.float32), np.array([{}], object)]
)
def test_another_array_is_refused(tmp_path, array):
    np.save(tmp_path / "a.npy", array, allow_pickle=True)
    for read in (read_npy, map_npy):
        with pytest.raises(ValueError, match=r"."):
            read(tmp_path / "a.npy", Kind(("f4",), (3, 4)))


def test_what_is_cut_short_or_claims_more_than_is_allowed_is_refused(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((3, 4)))
    whole = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(whole[:-1])
    for read in (read_npy, map_npy):
        with pytest.raises(ValueError, match=r"."):
            read(tmp_path / "a.npy", ANY)
    (tmp_path / "a.npy").write_bytes(whole.replace(b"(3, 4)", b"(30000000000, 4)"))
    with pytest.raises(ValueError, match="30000000000"):
        read_npy(tmp_path / "a.npy", ANY)


def test_a_zip_with_other_things_in_it_is_refused(tmp_path):
    stream = io.BytesIO()
    np.save(stream, np.zeros((3, 4)))
    for compression in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        with zipfile.ZipFile(tmp_path / "a.npz", "w", compression) as archive:
            archive.writestr("array.npy", stream.getvalue())
        with pytest.raises(ValueError, match="compressed in another way"):
            read_npz(tmp_path / "a.npz", {"array": ANY})
    with pytest.raises(ValueError, match="other"):
        read_npz(tmp_path / "a.npz", {"other": ANY})
