"""STL, binary and ASCII: read here, as the damage that is common in it is known and harmless.

Format: "STL file format", 3D Systems; colours of VisCAM (a bit for each triangle) and of Magics (``COLOR=`` in the
header). trimesh 5.2 refuses ``end loop`` and a wrong count, assimp's wheel a wrong count, VTK 9.7 ``end loop``.
"""

import re
from array import array

import numpy as np
from numpy.typing import NDArray

from core.data.meshes.parts import GREY, MAX_TRIANGLES, MeshRefused, Notes, NoTriangles, Part
from core.data.meshes.polygons import triangulated
from core.data.meshes.text import plain_lines

_RECORD = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("colour", "<u2")])
_HEADER = 84
_STATEMENT = re.compile(rb"vertex\s+(\S+)\s+(\S+)\s+(\S+)|(end\s*loop|endfacet|facet\s)", re.IGNORECASE)


def read_stl(content: bytes, notes: Notes) -> list[Part]:
    """The triangles of an STL file, of all its bodies.

    Where a binary file's count does not fit its length, what is there is read.

    Raises:
        MeshRefused: if it holds too many triangles, or none.
        ValueError: if it is damaged.
    """
    if _is_binary(content):
        return _binary(content, notes)
    return _ascii(plain_lines(content), notes)


def _is_binary(content: bytes) -> bool:
    if len(content) < _HEADER:
        return False
    count = int.from_bytes(content[80:84], "little")
    if len(content) == _HEADER + count * _RECORD.itemsize:
        return True  # some begin with "solid" all the same
    start = plain_lines(content[:4096]).lstrip().lower()
    return b"facet" not in start and not re.search(rb"end\s*solid", start)


def _binary(content: bytes, notes: Notes) -> list[Part]:
    count = int.from_bytes(content[80:84], "little")
    there = (len(content) - _HEADER) // _RECORD.itemsize
    records = np.frombuffer(content, _RECORD, there, _HEADER)
    if there > count:
        more = _plausible(records[:count], records[count:])
        records = records[: count + more]
    if len(records) != count:
        notes.met(f"the count says {count} triangles, {len(records)} are there")
    elif len(content) != _HEADER + count * _RECORD.itemsize:
        notes.met("trailing bytes, passed over")
    records = records[records["corners"].any((1, 2))]  # without the zeros that fill it up
    if len(records) > MAX_TRIANGLES:
        raise MeshRefused(f"holds more than {MAX_TRIANGLES} triangles; simplify the mesh")
    if not len(records):
        raise NoTriangles("its count says 0 and nothing follows, or only zeros")
    points = records["corners"].reshape(-1, 3).astype(np.float64)
    colours = _colours(content[:80], records["colour"])
    triangles = np.arange(len(points)).reshape(-1, 3)
    if colours is None:
        return [Part(points, triangles, np.array(GREY, np.uint8), "")]
    return [Part(points, triangles, colours, "faces")]


def _plausible(known: NDArray[np.void], more: NDArray[np.void]) -> int:
    """How many records beyond the count are triangles: all up to the first that cannot be one."""
    corners, normals = more["corners"], more["normal"]
    with np.errstate(all="ignore"):
        size = np.abs(corners).max((1, 2))
        farthest = 10 * np.abs(known["corners"]).max() if len(known) else 1e9
        length = np.sqrt((normals.astype(np.float64) ** 2).sum(1))
        good = np.isfinite(size) & (size <= farthest) & (size > 0) & ((length == 0) | (np.abs(length - 1) < 0.01))
    return len(good) if good.all() else int(np.argmin(good))


def _colours(header: bytes, bits: NDArray[np.uint16]) -> NDArray[np.uint8] | None:
    """The sRGB (F, 3) of triangles with five bits a channel; None where there are none."""
    low, middle, high = (((bits >> shift) & 31) * (255 / 31) for shift in (0, 5, 10))
    own = bits >> 15
    magics = header.find(b"COLOR=")
    if 0 <= magics <= 70:
        body = np.frombuffer(header[magics + 6 : magics + 9], np.uint8)
        return np.where(own[:, None] == 1, body, np.rint(np.stack([low, middle, high], 1))).astype(np.uint8)
    # Elsewhere the two bytes are often rubbish: colours are those of a file in which every triangle says so.
    if not own.any() or not ((own == 1) | (bits == 0)).all():
        return None
    return np.where(own[:, None] == 1, np.rint(np.stack([high, middle, low], 1)), GREY).astype(np.uint8)


def _ascii(text: bytes, notes: Notes) -> list[Part]:
    numbers, sizes = array("d"), array("q")
    corners = bodies = 0
    whole = True
    for match in _STATEMENT.finditer(text):
        if match[4] is None:
            try:
                numbers.extend((float(match[1]), float(match[2]), float(match[3])))
            except ValueError as error:
                if text.find(b"vertex", match.end()) >= 0:
                    raise ValueError(f"a vertex that is no number: {match[0][:40].decode(errors='replace')}") from error
                whole = False  # the file ends in the middle of a number
                continue
            corners += 1
        elif corners:
            whole &= corners >= 3
            if corners >= 3:
                sizes.append(corners)
            else:
                del numbers[-3 * corners :]
            corners = 0
            if len(sizes) > MAX_TRIANGLES:
                raise MeshRefused(f"holds more than {MAX_TRIANGLES} triangles; simplify the mesh")
    bodies = len(re.findall(rb"^[ \t]*solid\b", text, re.MULTILINE | re.IGNORECASE))
    if corners:  # of a facet that does not end
        whole = False
        del numbers[-3 * corners :]
    if not sizes:
        raise NoTriangles("no facets: not an STL file, or empty")
    if not whole or not re.search(rb"end\s*solid", text[-4096:], re.IGNORECASE):
        notes.met(f"cut short: the {len(sizes)} whole facets are read")
    if bodies > 1:
        notes.met(f"{bodies} bodies")
    points = np.array(numbers).reshape(-1, 3)
    triangles, _ = triangulated(points, np.arange(len(points)), np.array(sizes), notes)
    return [Part(points, triangles, np.array(GREY, np.uint8), "")]
