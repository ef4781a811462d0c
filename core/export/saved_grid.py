"""Grids that were saved, to be exported again."""

import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.binvox import load_binvox
from core.errors import DatasetError

_SHAPE = (32, 32, 32)


def load_occupancy(path: Path) -> NDArray[np.float32]:
    """The occupancy in a ``.npz`` that this program wrote, or a ``.binvox`` as probabilities of 0 and 1.

    Returns:
        (32, 32, 32) float32, axes x, y, z, y up, front to +x.

    Raises:
        DatasetError: if the file is missing, damaged or of another kind.
    """
    path = Path(path)
    if path.suffix.lower() == ".binvox":
        return load_binvox(path).astype(np.float32)
    try:
        with zipfile.ZipFile(path) as archive, archive.open("occupancy.npy") as member:
            # The header is judged before anything of the size it claims is made.
            version = np.lib.format.read_magic(member)
            if version != (1, 0):
                raise ValueError(f"array format {version}")
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(member)
            if shape != _SHAPE or dtype != np.float32 or fortran:
                raise DatasetError(f"{path}: holds {shape} of {dtype}; a reconstruction has {_SHAPE} of float32")
            content = member.read(4 * 32**3)
        occupancy = np.frombuffer(content, np.float32).reshape(_SHAPE)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DatasetError(f"{path}: is no reconstruction saved as .npz by this program ({error})") from error
    if not ((occupancy >= 0) & (occupancy <= 1)).all():
        raise DatasetError(f"{path}: its occupancy does not lie in 0 … 1; save the reconstruction again")
    return occupancy
