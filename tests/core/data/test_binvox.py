"""Binvox files against genuine ones, by hand, and read by another library."""

import numpy as np
import pytest
import trimesh

from core.data.binvox import load_binvox, save_binvox
from core.errors import DatasetError


def test_binvox_order_by_hand(tmp_path):
    # The file runs through x, z, y with y fastest: its third voxel is x=0, z=0, y=2, its 33rd x=0, z=1, y=0.
    body = bytes((0, 2, 1, 1, 0, 29, 1, 1)) + bytes((0, 255)) * 128 + bytes((0, 32768 - 33 - 255 * 128))
    (tmp_path / "a.binvox").write_bytes(b"#binvox 1\ndim 32 32 32\ntranslate 0 0 0\nscale 1\ndata\n" + body)
    assert np.argwhere(load_binvox(tmp_path / "a.binvox")).tolist() == [[0, 0, 1], [0, 2, 0]]


@pytest.mark.parametrize("share", [0.0, 0.003, 0.5, 1.0])
def test_binvox_round_trip_and_trimesh_agrees(tmp_path, share):
    grid = np.random.default_rng(1).random((32, 32, 32)) < share
    save_binvox(tmp_path / "a.binvox", grid)
    np.testing.assert_array_equal(load_binvox(tmp_path / "a.binvox"), grid)
    with (tmp_path / "a.binvox").open("rb") as file:
        theirs = trimesh.exchange.binvox.load_binvox(file, axis_order="xzy").matrix
    np.testing.assert_array_equal(theirs, grid)


def test_genuine_binvox_files(shared_data):
    counts = {}
    for path in sorted((shared_data / "r2n2_sample").rglob("model.binvox")):
        grid = load_binvox(path)
        counts[path.parts[-3]] = int(grid.sum())
        extents = [np.ptp(np.flatnonzero(grid.any(axis=o))) + 1 for o in ((1, 2), (0, 2), (0, 1))]
        assert max(extents) == 32
    assert counts == {"02691156": 771, "02958343": 2294, "03636649": 320}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a binvox"),
        (b"\x89PNG\r\n", "not a binvox"),
        (b"#binvox 1\ndim 32 32 32\n", "not a binvox"),
        (b"#binvox 1\ndim 64 64 64\ndata\n\x00\xff", "32 x 32 x 32"),
        (b"#binvox 1\ndata\n\x00\xff", "32 x 32 x 32"),
        (b"#binvox 1\ndim 32 32 32\ndata\n\x00\xff\x01", "truncated"),
        (b"#binvox 1\ndim 32 32 32\ndata\n" + b"\x00\xff" * 200, "damaged"),
    ],
)
def test_foreign_and_truncated_binvox_files_are_refused(tmp_path, content, message):
    path = tmp_path / "model.binvox"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=message) as caught:
        load_binvox(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_binvox_file_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"model\.binvox: cannot be read"):
        load_binvox(tmp_path / "model.binvox")
