"""OFF (Geomview): read here, as trimesh 5.2 reads neither colours nor faces of more than four corners.

Format: www.geomview.org/docs/html/OFF.html. VTK has no reader, and assimp's wheel stumbles over comments. The counts
may follow the keyword on its line, with or without a space (ModelNet).
"""

import io
import re
from array import array
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.data.meshes.parts import (
    GREY,
    MAX_TRIANGLES,
    MAX_VERTICES,
    MeshRefused,
    Notes,
    NoTriangles,
    Part,
    mean_colours,
)
from core.data.meshes.polygons import triangulated
from core.data.meshes.text import plain_lines

_KEYWORD = re.compile(rb"((?:ST|C|N)*)(4)?(n)?(?:OFF|off)(\s*BINARY)?(?=[\s\d]|$)")


def read_off(content: bytes, notes: Notes) -> list[Part]:
    """The faces of an OFF file, with the colours of its faces, or else of its vertices.

    Raises:
        MeshRefused: if it is binary, has four dimensions, or holds too much or nothing.
        ValueError: if it is damaged.
    """
    text = plain_lines(content)
    lines = (words for line in io.BytesIO(text) if (words := line.split(b"#", 1)[0].split()))
    first = next(lines, [])
    keyword = _KEYWORD.match(b" ".join(first))
    if keyword is None and not (first and first[0].isdigit()):
        raise ValueError("it does not begin with OFF")
    given, fourth, many, binary = keyword.groups(b"") if keyword else (b"",) * 4
    if binary:
        raise MeshRefused("is binary OFF, which is not read; save it as text")
    if fourth or many:
        raise MeshRefused("has vertices of more than three dimensions")
    words = b" ".join(first)[keyword.end() if keyword else 0 :].split()
    rows = _Rows(words, lines)
    count, faces = (int(word) for word in rows.take(3, short=2)[:2])
    if not count or not faces:
        raise NoTriangles("only points" if count else "no vertices and no faces")
    if count > MAX_VERTICES or faces > MAX_TRIANGLES:
        raise MeshRefused(f"holds more than {MAX_TRIANGLES} triangles; simplify the mesh")
    points, colours = _vertices(
        rows, count, coloured=b"C" in given, normals=3 if b"N" in given else 0, places=2 if b"ST" in given else 0
    )
    return _faces(rows, faces, points, colours, notes)


class _Rows:
    """The numbers of a file, row by row; a row that goes on in the next line is put together."""

    def __init__(self, words: list[bytes], lines: Iterator[list[bytes]]) -> None:
        self._begun = words
        self._lines = lines

    def take(self, count: int, short: int | None = None) -> list[bytes]:
        """The next row, of at least ``count`` words, or of ``short`` where its line ends there.

        Raises:
            ValueError: if the file ends before.
        """
        words, self._begun = self._begun, []
        words = words or self._next()
        while len(words) < count and len(words) != short:
            words = words + self._next()
        return words

    def more(self, words: list[bytes], count: int) -> list[bytes]:
        """The row so far, with words of the next lines until there are ``count``."""
        while len(words) < count:
            words = words + self._next()
        return words

    def _next(self) -> list[bytes]:
        words = next(self._lines, None)
        if words is None:
            raise ValueError("it ends before all vertices and faces are there")
        return words


def _vertices(
    rows: _Rows, count: int, *, coloured: bool, normals: int, places: int
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Coordinates (V, 3) and colours (V, 3) 0 … 255, or None."""
    numbers, words_after = array("d"), []
    for _ in range(count):
        words = rows.take(3)
        numbers.extend(map(float, words[:3]))
        words_after.append(words[3 : len(words) - places])
    points = np.array(numbers).reshape(-1, 3)
    if normals and coloured and _are_normals(words_after, -3) and not _are_normals(words_after, 0):
        normals = 0  # MeshLab writes them after the colours
    own = [words[normals : normals + 3] for words in words_after]
    if any(len(words) < 3 for words in own):
        return points, None
    fractions = any(b"." in word for words in own for word in words)
    values = np.array([[float(word) for word in words] for words in own])
    # Without the C some write normals there, which are never all whole numbers up to 255.
    believable = np.isfinite(values).all() and (
        coloured or (not fractions and values.min() >= 0 and values.max() <= 255)
    )
    return points, _scaled(values, fractions) if believable else None


def _are_normals(rows: list[list[bytes]], start: int) -> bool:
    """Whether three words of every row, from ``start`` on, are as long as one."""
    three = [row[start:][:3] for row in rows]
    if any(len(words) < 3 for words in three):
        return False
    lengths = np.linalg.norm([[float(word) for word in words] for words in three], axis=1)
    return bool((np.abs(lengths - 1) < 0.01).all())


def _scaled(values: NDArray[np.float64], fractions: bool) -> NDArray[np.float64]:
    """Colours as 0 … 255: fractions of one are written with a point, or are all 0 and 1."""
    return values * 255 if values.max() <= 1 and (fractions or values.max() == 1) else values


def _faces(
    rows: _Rows, count: int, points: NDArray[np.float64], vertex_colours: NDArray[np.float64] | None, notes: Notes
) -> list[Part]:
    corners, sizes, colours = array("q"), array("q"), array("d")
    fractions = mapped = False
    for _ in range(count):
        words = rows.take(1)
        size = int(words[0])
        if not 0 <= size <= len(points) * 2:
            raise ValueError("a face with an impossible number of corners")
        words = rows.more(words, size + 1)
        corners.extend(map(int, words[1 : size + 1]))
        sizes.append(size)
        own = words[size + 1 : size + 4]
        mapped |= len(own) in (1, 2)
        colours.extend(map(float, own) if len(own) == 3 else (np.nan,) * 3)
        fractions |= any(b"." in word for word in own)
        if len(corners) > 2 * MAX_VERTICES:
            raise MeshRefused(f"holds more than {MAX_TRIANGLES} triangles; simplify the mesh")
    triangles, face = triangulated(points, np.array(corners, np.int64), np.array(sizes, np.int64), notes)
    if not len(triangles):
        raise NoTriangles("only faces of fewer than three corners")
    triangles = np.array(corners, np.int64)[triangles]
    if mapped:
        notes.met("colours by number in a map, left out")
    values = np.array(colours).reshape(-1, 3)
    given = np.isfinite(values).all(1)
    grey = np.array(GREY, np.uint8)
    plain = grey if vertex_colours is None else mean_colours(vertex_colours, triangles)
    source = "" if vertex_colours is None else "vertices"
    if not given.any():
        return [Part(points, triangles, plain, source)]
    scaled = np.clip(_scaled(np.where(given[:, None], values, 0), fractions), 0, 255)
    own_colours = np.where(given[face][:, None], np.rint(scaled)[face], plain).astype(np.uint8)
    return [Part(points, triangles, own_colours, "faces")]
