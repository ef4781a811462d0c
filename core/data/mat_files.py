"""One array of numbers out of a MAT-file of level 5, in bounded memory, whatever the file claims.

Format: "MAT-File Format", The MathWorks, https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf. A file is a
header of 128 bytes and elements, each a type, a size and content padded to 8 bytes; an array is an element (perhaps
compressed as a whole) that holds elements of its own: flags, dimensions, name and values. Structures, cells, sparse and
complex arrays are passed over.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reading import read_file

LARGEST = 1 << 27
"""Bytes of the largest file, and of the largest array in it: room for a grid of 512 x 512 x 512 voxels."""
_HEADER = 128
_INT8, _INT32, _UINT32, _MATRIX, _COMPRESSED = 1, 5, 6, 14, 15
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
"""NumPy's name of each type of values; they are often stored in a smaller type than the array's own."""
_FIRST_CLASS, _LAST_CLASS = 6, 15  # double, single and the whole numbers; before them cells, structures, text, sparse
_COMPLEX = 0x0800
_MOST_DIMENSIONS = 32


def read_array(path: Path, name: str) -> NDArray[Any]:
    """The array of numbers called ``name``, in the type its values are stored in and Fortran order.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if it is no such file, damaged, too large, or holds no such array.
    """
    content = read_file(path, LARGEST)
    if len(content) < _HEADER or content[126:128] not in (b"IM", b"MI"):
        raise ValueError("not a MAT-file of level 5")
    order = "<" if content[126:128] == b"IM" else ">"
    for kind, body in _elements(memoryview(content)[_HEADER:], order):
        if kind == _COMPRESSED:
            body = memoryview(_inflated(body))
            kind, body = next(_elements(body, order), (0, body))
        if kind == _MATRIX and (array := _array(body, order, name)) is not None:
            return array
    raise ValueError(f"no array of numbers called {name}")


def _elements(content: memoryview, order: str) -> Iterator[tuple[int, memoryview]]:
    """Type and content of one element after another."""
    place = 0
    while place + 8 <= len(content):
        kind, size = np.frombuffer(content, f"{order}u4", 2, place).tolist()
        if kind >> 16:  # a small element: its size is in the same word as its type, its content in the next
            kind, size, start, length = kind & 0xFFFF, kind >> 16, place + 4, 8
            if size > 4:
                raise ValueError("a small element that is not small")
        else:
            start = place + 8
            length = 8 + (size if kind == _COMPRESSED else -(-size // 8) * 8)
        if start + size > len(content):
            raise ValueError("cut short")
        yield kind, content[start : start + size]
        place += length


def _inflated(content: memoryview) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        whole = unpacker.decompress(content, LARGEST)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if unpacker.unconsumed_tail:
        raise ValueError(f"an array of more than {LARGEST / 1e6:.0f} MB")
    if not unpacker.eof:
        raise ValueError("cut short")
    return whole


def _array(content: memoryview, order: str, wanted: str) -> NDArray[Any] | None:
    """The array if it is the one that is wanted, and one of real numbers."""
    parts = _elements(content, order)
    (kind, flags), (shape_kind, shape), (name_kind, name) = (next(parts, (0, content[:0])) for _ in range(3))
    if (kind, shape_kind, name_kind) != (_UINT32, _INT32, _INT8) or len(flags) != 8 or len(shape) % 4:
        raise ValueError("an array without its flags, dimensions or name")
    flag = int(np.frombuffer(flags, f"{order}u4")[0])
    if bytes(name) != wanted.encode() or not _FIRST_CLASS <= flag & 0xFF <= _LAST_CLASS or flag & _COMPLEX:
        return None
    dimensions = np.frombuffer(shape, f"{order}i4").tolist()
    kind, values = next(parts, (0, content[:0]))
    if kind not in _NUMBERS:
        raise ValueError(f"values of the unknown type {kind}")
    dtype = np.dtype(order + _NUMBERS[kind])
    count = 1
    for length in dimensions:
        count *= length
    if len(dimensions) > _MOST_DIMENSIONS or min(dimensions, default=-1) < 0 or count * dtype.itemsize != len(values):
        raise ValueError(f"{len(values)} bytes of values do not fill {' x '.join(map(str, dimensions[:4]))}")
    return np.frombuffer(values, dtype).reshape(dimensions, order="F")
