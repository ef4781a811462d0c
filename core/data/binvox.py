"""Binvox files in R2N2's convention."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.bit_packing import VOXEL_RESOLUTION
from core.errors import DatasetError
from core.reading import read_file

_LARGEST = 1_000_000
"""Bytes of the largest file: a grid in which no two neighbours are alike takes 65 536, and a header some lines."""


def load_binvox(path: Path) -> NDArray[np.bool_]:
    """Read a ``.binvox`` file of R2N2.

    The file runs through x, z, y with y fastest; the answer has axes x, y, z.

    Returns:
        (32, 32, 32) bool, axes x, y, z, y up, front to +x.

    Raises:
        DatasetError: if the file is missing, truncated, of another format or of another size.
    """
    try:
        content = read_file(path, _LARGEST)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise DatasetError(f"{path}: cannot be read ({reason}); fetch or write it again") from error
    header, marker, body = content.partition(b"\ndata\n")
    lines = header.split(b"\n")
    if not lines[0].startswith(b"#binvox") or not marker:
        raise DatasetError(f"{path}: not a binvox file; a .binvox written by binvox or by this program is needed")
    sizes = [line.split()[1:] for line in lines if line.startswith(b"dim")]
    if sizes != [[b"%d" % VOXEL_RESOLUTION] * 3]:
        raise DatasetError(f"{path}: a grid of 32 x 32 x 32 is needed, the header says otherwise")
    runs = np.frombuffer(body[: len(body) // 2 * 2], np.uint8).reshape(-1, 2)
    if int(runs[:, 1].sum(dtype=np.int64)) != VOXEL_RESOLUTION**3 or len(body) % 2:
        raise DatasetError(f"{path}: truncated or damaged binvox file; fetch or write it again")
    voxels = np.repeat(runs[:, 0] != 0, runs[:, 1]).reshape((VOXEL_RESOLUTION,) * 3)
    return np.ascontiguousarray(voxels.transpose(0, 2, 1))


def save_binvox(path: Path, voxels: NDArray[np.bool_]) -> None:
    """Write a voxel grid as ``.binvox`` in R2N2's convention.

    Args:
        path: file to write.
        voxels: (N, N, N) bool, axes x, y, z.

    Raises:
        OSError: if the file cannot be written.
    """
    flat = np.ascontiguousarray(np.asarray(voxels, bool).transpose(0, 2, 1)).ravel()
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    lengths = np.diff(np.append(starts, flat.size))
    runs = bytearray()
    for value, length in zip(flat[starts].tolist(), lengths.tolist(), strict=True):
        full, rest = divmod(length, 255)
        runs += bytes((value, 255)) * full + (bytes((value, rest)) if rest else b"")
    x, y, z = voxels.shape
    header = f"#binvox 1\ndim {x} {z} {y}\ntranslate 0 0 0\nscale 1\ndata\n"
    Path(path).write_bytes(header.encode() + bytes(runs))
