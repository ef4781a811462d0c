"""The elements of a PLY file as arrays: ASCII and binary, scalars and lists of every type.

Format: paulbourke.net/dataformats/ply.
"""

import struct
import warnings
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.meshes.text import plain_lines

_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
    "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8", "int64": "i8", "uint64": "u8", "long": "i8", "ulong": "u8",
}  # fmt: skip
_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
_MOST_ROWS = 1 << 26


@dataclass(frozen=True)
class Column:
    """One property of every row of an element."""

    values: NDArray[np.generic]
    """(N,) numbers of the file's type; of a list all rows' numbers one after another."""
    sizes: NDArray[np.int64] | None
    """(N,) how many of them each row has; None if it is no list."""
    type: str
    """The file's type: ``u1``, ``i4``, ``f4`` …"""


@dataclass
class _Element:
    name: str
    rows: int
    properties: list[tuple[str, str, str | None]]
    """Name, type, and of a list the type of its count."""


def read_elements(content: bytes) -> tuple[Mapping[str, Mapping[str, Column]], list[str]]:
    """The elements by name, each with its properties by name, and the texts of the header's comments.

    Raises:
        ValueError: if the file is damaged or cut short.
    """
    head, marker, body = content.partition(b"end_header")
    lines = plain_lines(head).decode("latin-1").split("\n")
    if not lines[0].strip().lower() == "ply" or not marker:
        raise ValueError("it is no PLY file, or its header does not end")
    order, elements, comments = _header(lines)
    source = _Text(plain_lines(body)) if not order else _Binary(_after_line(body), order)
    read: dict[str, Mapping[str, Column]] = {}
    at = 0
    for element in elements:
        read[element.name], at = _columns(source, element, at)
    return read, comments


def _header(lines: Sequence[str]) -> tuple[str, list[_Element], list[str]]:
    order, elements, comments = None, [], []
    for line in lines:
        words = line.split()
        match words:
            case ["format", name, *_]:
                order = _ORDERS[name]
            case ["comment" | "obj_info", *_]:
                comments.append(line.strip().partition(" ")[2].strip())
            case ["element", name, rows]:
                if not 0 <= int(rows) <= _MOST_ROWS:
                    raise ValueError(f"an impossible number of rows of {name[:20]}")
                elements.append(_Element(name, int(rows), []))
            case ["property", "list", count, kind, name]:
                elements[-1].properties.append((name, _TYPES[kind], _TYPES[count]))
            case ["property", kind, name]:
                elements[-1].properties.append((name, _TYPES[kind], None))
    if order is None:
        raise ValueError("its header names no format")
    return order, elements, comments


def _after_line(body: bytes) -> bytes:
    """What follows the line end after ``end_header``."""
    body = body.lstrip(b" \t")
    return body[2:] if body.startswith(b"\r\n") else body[1:]


class _Binary:
    """Numbers at places that count bytes."""

    def __init__(self, content: bytes, order: str) -> None:
        self._bytes = np.frombuffer(content, np.uint8)
        self._content = content
        self._order = order
        self.end = len(content)

    def size(self, kind: str) -> int:
        return int(kind[1])

    def count(self, at: int, kind: str) -> int:
        code = np.dtype(kind).char
        return int(struct.unpack_from(self._order + code, self._content, at)[0])

    def values(self, places: NDArray[np.int64], kind: str) -> NDArray[np.generic]:
        size = self.size(kind)
        if len(places) and not 0 <= places.min() <= places.max() + size <= self.end:
            raise ValueError("it ends before all its rows are there")
        numbers = np.empty((len(places), size), np.uint8)
        for byte in range(size):
            numbers[:, byte] = self._bytes[places + byte]
        return numbers.reshape(-1).view(self._order + kind).astype(kind)


class _Text:
    """Numbers at places that count words."""

    def __init__(self, text: bytes) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)  # an older NumPy warns of words
            try:
                self._numbers = np.fromstring(text.decode("latin-1"), np.float64, sep=" ")
            except (DeprecationWarning, ValueError) as error:
                raise ValueError("a word where a number should be") from error
        self.end = len(self._numbers)

    def size(self, kind: str) -> int:
        return 1

    def count(self, at: int, kind: str) -> int:
        if at >= self.end:
            raise ValueError("it ends before all its rows are there")
        return int(self._numbers[at])

    def values(self, places: NDArray[np.int64], kind: str) -> NDArray[np.generic]:
        if len(places) and places.max() >= self.end:
            raise ValueError("it ends before all its rows are there")
        return self._numbers[places]


def _columns(source: _Binary | _Text, element: _Element, at: int) -> tuple[dict[str, Column], int]:
    """The properties of an element whose rows begin at ``at``, and where they end."""
    smallest = sum(source.size(count or kind) for _, kind, count in element.properties)
    if element.rows * smallest > source.end - at:
        raise ValueError(f"it ends before all rows of {element.name[:20]} are there")
    places, sizes, end = _alike(source, element, at) or _walked(source, element, at)
    columns = {}
    for (name, kind, count), place, size in zip(element.properties, places, sizes, strict=True):
        if count is None or size is None:
            columns[name] = Column(source.values(place, kind), None, kind)
            continue
        if size.sum() * source.size(kind) > source.end:
            raise ValueError("it ends before all its rows are there")
        within = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        columns[name] = Column(source.values(np.repeat(place, size) + within * source.size(kind), kind), size, kind)
    return columns, end


_Places = tuple[list[NDArray[np.int64]], list[NDArray[np.int64] | None], int]
"""Of every property: where each row's first number is, and how many there are; and where the rows end."""


def _alike(source: _Binary | _Text, element: _Element, at: int) -> _Places | None:
    """The places if the lists of all rows are as long as those of the first; None if they are not."""
    if not element.rows:
        return (
            [np.zeros(0, np.int64)] * len(element.properties),
            [None if count is None else np.zeros(0, np.int64) for _, _, count in element.properties],
            at,
        )
    offset, offsets = 0, []
    lengths: list[int | None] = []
    for _, kind, count in element.properties:
        length = 1 if count is None else source.count(at + offset, count)
        offset += 0 if count is None else source.size(count)
        offsets.append(offset)
        lengths.append(None if count is None else length)
        if not 0 <= length <= source.end:
            raise ValueError("a list with an impossible length")
        offset += length * source.size(kind)
    if at + element.rows * offset > source.end:
        return None
    starts = at + np.arange(element.rows) * offset
    for (_, _, count), before, same in zip(element.properties, offsets, lengths, strict=True):
        if count is not None and (source.values(starts + before - source.size(count), count) != same).any():
            return None
    sizes = [None if same is None else np.full(element.rows, same) for same in lengths]
    return [starts + before for before in offsets], sizes, at + element.rows * offset


def _walked(source: _Binary | _Text, element: _Element, at: int) -> _Places:
    """The places of rows of any length."""
    places = [array("q") for _ in element.properties]
    sizes = [array("q") for _ in element.properties]
    steps = [(source.size(kind), count, source.size(count or kind)) for _, kind, count in element.properties]
    read = source.count
    try:
        for _ in range(element.rows):
            for column, (size, count, before) in enumerate(steps):
                if count is None:
                    places[column].append(at)
                    at += size
                    continue
                length = read(at, count)
                at += before
                places[column].append(at)
                sizes[column].append(length)
                if length < 0 or at > source.end:
                    raise ValueError("a list with an impossible length")
                at += length * size
    except struct.error as error:
        raise ValueError("it ends before all its rows are there") from error
    return (
        [np.array(place) for place in places],
        [None if count is None else np.array(size) for size, (_, count, _) in zip(sizes, steps, strict=True)],
        at,
    )
