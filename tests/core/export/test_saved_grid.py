"""Saved grids are read back; everything else is refused in one line."""

import numpy as np
import pytest

from core.errors import DatasetError
from core.export.saved_grid import load_occupancy
from core.export.shape_files import save_voxels

VALUES = np.random.default_rng(0).random((32, 32, 32), dtype=np.float32)


def test_what_was_saved_is_read(tmp_path):
    save_voxels(tmp_path / "a.npz", VALUES, 0.5)
    save_voxels(tmp_path / "a.binvox", VALUES, 0.5)
    np.testing.assert_array_equal(load_occupancy(tmp_path / "a.npz"), VALUES)
    np.testing.assert_array_equal(load_occupancy(tmp_path / "a.binvox"), (VALUES > 0.5).astype(np.float32))


@pytest.mark.parametrize(
    "arrays",
    [
        {"voxels": VALUES},
        {"occupancy": VALUES[:8]},
        {"occupancy": VALUES.astype(np.float64)},
        {"occupancy": VALUES + 1},
        {"occupancy": np.full_like(VALUES, np.nan)},
        {"occupancy": np.asfortranarray(VALUES)},
        {"occupancy": np.array([{}], dtype=object)},
    ],
)
def test_other_archives_are_refused(tmp_path, arrays):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(DatasetError, match=r"a\.npz") as caught:
        load_occupancy(tmp_path / "a.npz")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"PK", b"garbage" * 50])
def test_damaged_files_are_refused(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(DatasetError, match="no reconstruction"):
        load_occupancy(tmp_path / "a.npz")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"none\.npz"):
        load_occupancy(tmp_path / "none.npz")
