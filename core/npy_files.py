"""Arrays in NumPy's ``.npy`` and ``.npz``, whose kind and shape are known before anything is read.

NumPy's own reader makes room for whatever a header claims, and unpacks whatever a zip holds. The format:
https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.reading import open_file

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 10_000
_HEADER = re.compile(
    rb"\{'descr': '([<>|]?[a-zA-Z][0-9]+)', 'fortran_order': (True|False), 'shape': \(((?:[0-9]+,? ?)*)\), ?\}\s*"
)
_PIECE = 1 << 20


class Kind(NamedTuple):
    """What an array has to be."""

    types: tuple[str, ...]
    """Its possible types, as NumPy writes them without their byte order, such as ``f4``; ``i`` is any of that kind."""
    shape: tuple[int | None, ...]
    """Its shape; None where any length will do."""
    largest: int = 1 << 28
    """Bytes it may take."""

    def refuse(self, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
        """Say why an array is not of this kind.

        Raises:
            ValueError: if it is not.
        """
        fits = len(shape) == len(self.shape) and all(
            wanted in (None, length) for wanted, length in zip(self.shape, shape, strict=True)
        )
        if not dtype.str[1:].startswith(self.types) or not fits or _bytes(dtype, shape) > self.largest:
            raise ValueError(f"not the array that belongs there, but {shape} of {dtype}")


def read_npy(path: Path, kind: Kind) -> NDArray[Any]:
    """The array of a ``.npy`` file.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if it is no array of this kind, or cut short.
    """
    with open_file(path) as file:
        return _array(file, kind)


def map_npy(path: Path, kind: Kind) -> NDArray[Any]:
    """The array of a ``.npy`` file, mapped into memory: only what is used of it is read.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if it is no array of this kind, or cut short.
    """
    with open_file(path) as file:
        dtype, shape, order = _header(file)
        kind.refuse(dtype, shape)
        if not all(shape):
            return np.empty(shape, dtype)
        return np.memmap(file, dtype, "r", file.tell(), shape, "F" if order == "F" else "C")


def read_npz(path: Path, kinds: Mapping[str, Kind]) -> dict[str, NDArray[Any]]:
    """The arrays called ``kinds`` of a ``.npz`` file; others in it are not looked at.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if an array is missing or not of its kind, or the file is damaged.
    """
    arrays = {}
    with open_file(path) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                for name, kind in kinds.items():
                    entry = archive.getinfo(f"{name}.npy")
                    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                        raise ValueError("compressed in another way than NumPy does")  # LZMA may ask for gigabytes
                    with archive.open(entry) as member:
                        arrays[name] = _array(member, kind)
        # RuntimeError of a password, NotImplementedError of a feature, KeyError of a missing name; others of damage.
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, RuntimeError) as error:
            raise ValueError(str(error) or type(error).__name__) from error
    return arrays


def _array(file: IO[bytes], kind: Kind) -> NDArray[Any]:
    dtype, shape, order = _header(file)
    kind.refuse(dtype, shape)
    wanted = _bytes(dtype, shape)
    content = bytearray()
    while len(content) < wanted and (piece := file.read(min(wanted - len(content), _PIECE))):
        content += piece
    if len(content) < wanted:
        raise ValueError("cut short")
    return np.frombuffer(content, dtype).reshape(shape, order="F" if order == "F" else "C")


def _header(file: IO[bytes]) -> tuple[np.dtype[Any], tuple[int, ...], str]:
    """Type, shape and order (``C`` or ``F``) of the array that follows."""
    magic = file.read(8)
    width = 2 if magic[6:7] == b"\x01" else 4
    if magic[:6] != _MAGIC or magic[6:7] not in (b"\x01", b"\x02"):
        raise ValueError("not an array of NumPy, or of a version that is not known")
    length = int.from_bytes(file.read(width), "little")
    match = _HEADER.fullmatch(file.read(length)) if length <= _LONGEST_HEADER else None
    if match is None:
        raise ValueError("a header that is damaged, or of an array that is not plain numbers or text")
    try:
        dtype = np.dtype(match[1].decode())
    except TypeError as error:
        raise ValueError(f"an unknown type of numbers, {match[1].decode()}") from error
    if any(len(size) > 15 for size in match[3].split(b",")):
        raise ValueError("a shape that cannot be")
    shape = tuple(int(size) for size in match[3].split(b",") if size.strip())
    return dtype, shape, "F" if match[2] == b"True" else "C"


def _bytes(dtype: np.dtype[Any], shape: Sequence[int]) -> int:
    """Bytes of an array, as a number without bounds."""
    count = dtype.itemsize
    for length in shape:
        count *= length
    return count
