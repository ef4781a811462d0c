"""Wavefront OBJ: read here, since no library reads all that is written.

Format: "Object Files", paulbourke.net/dataformats/obj, and what programs write beside it: colours after the coordinates
of a vertex (MeshLab, ZBrush), spaces in names, UTF-16. trimesh 5.2 mistakes negative indices of files written block
by block, fans every polygon and joins faces without texture coordinates to the picture of their material; assimp (wheel
assimp-py 1.1) refuses UTF-16 and indented lines; VTK 9.7 refuses continued lines and UTF-16.
"""

import io
import re
from array import array

import numpy as np
from numpy.typing import NDArray

from core.data.meshes.companions import Companions
from core.data.meshes.mtl import Material, read_mtl
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
from core.data.meshes.text import decoded, plain_lines, without_mark

_FREE_FORMS = (b"curv", b"surf", b"curv2", b"cstype")
_CONTINUED = re.compile(rb"\\[ \t]*\n")
_ENDED_COMMENT = re.compile(rb"^[ \t]*#.*\\[ \t]*$", re.MULTILINE)
"""A comment that ends with the folder that it names."""
_MOST_LISTED = 20
_NO_MATERIAL = ("None", "(null)")
"""What Blender and others write where there is none."""


def read_obj(content: bytes, beside: Companions, notes: Notes) -> list[Part]:
    """The triangles of an OBJ file: a part for each material, and for its faces with and without a picture.

    Faces under a picture that lack texture coordinates have the material's ``Kd``; colours of vertices count where no
    picture lies, and faces of a material that no library defines are grey.

    Raises:
        MeshRefused: if it holds too much, or no triangles.
        ValueError: if it is damaged.
    """
    if (encoding := without_mark(content)[1]) is not None:
        notes.met(f"text in {encoding[:6].upper()}")
    file = _Statements(content, notes)
    points = np.array(file.points).reshape(-1, 3)
    if not file.sizes:
        raise NoTriangles(file.contents(len(points)))
    corners, uvs = np.array(file.corners, np.int64), np.array(file.uvs, np.int64)
    at, face = triangulated(points, corners, np.array(file.sizes), notes)
    if not len(at):
        raise NoTriangles("only faces of fewer than three corners")
    last = len(file.texture) // 2 - 1
    textured = (uvs[at].min(1) >= 0) & (uvs[at].max(1) <= last)
    materials = _materials(file, beside, notes)
    group = 2 * np.array(file.face_materials)[face] + textured
    order = np.argsort(group, kind="stable")
    texture = np.array(file.texture).reshape(-1, 2)
    parts = []
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        material = materials[int(group[rows[0]]) // 2]
        own = at[rows]
        if textured[rows[0]] and material is not None and material.picture is not None:
            parts.append(_pictured(points, texture, corners[own], uvs[own], material))
        else:
            parts.append(_plain(points, file.colours, corners[own], material))
    return parts


class _Statements:
    """The statements of an OBJ file that say something about triangles, with indices from 0."""

    def __init__(self, content: bytes, notes: Notes) -> None:
        self.points, self.texture = array("d"), array("d")
        self.colours = array("d")
        """As ``points``, from the first vertex on that has a colour; not a number where one has none."""
        self.corners, self.uvs, self.sizes = array("q"), array("q"), array("q")
        """Vertices and texture vertices of all faces (-1 where there is none), and how many each face has."""
        self.materials: list[str] = [""]
        self.face_materials = array("q")
        """For each face a number of ``materials``; 0 for none."""
        self.libraries: list[bytes] = []
        self._others: dict[bytes, None] = {}
        self._numbers = {"": 0}
        current = 0
        text = plain_lines(content)
        if _CONTINUED.search(text):
            text, continued = _CONTINUED.subn(b" ", _ENDED_COMMENT.sub(b"", text))
            if continued:
                notes.met("continued lines")
        for line in io.BytesIO(text):
            words = line.split()
            if not words:
                continue
            key = words[0]
            if key == b"v":
                self._vertex(words)
            elif key == b"vt":
                pair = [*words[1:3], b"0"][:2]
                self.texture.extend(map(float, pair))
            elif key in (b"f", b"fo"):
                self._face(words, current, notes)
            elif key == b"usemtl":
                name = decoded(line.split(maxsplit=1)[1].strip()) if len(words) > 1 else ""
                name = "" if name in _NO_MATERIAL else name
                current = self._numbers.setdefault(name, len(self.materials))
                if current == len(self.materials):
                    self.materials.append(name)
            elif key == b"mtllib" and len(words) > 1:
                self.libraries.append(line.split(maxsplit=1)[1].strip())
            elif key in (b"l", b"p", *_FREE_FORMS):
                self._others.setdefault(key)
        if any(key in _FREE_FORMS for key in self._others):
            notes.met("free-form surfaces, left out")

    def contents(self, points: int) -> str:
        """What the file holds, where that is no faces."""
        if any(key in _FREE_FORMS for key in self._others):
            return "only free-form curves and surfaces"
        return "only points and lines" if points else "no vertices and no faces: not an OBJ file, or empty"

    def _vertex(self, words: list[bytes]) -> None:
        words = _without_comment(words)
        if len(words) < 4:
            raise ValueError("a vertex of fewer than three coordinates")
        if len(self.points) >= 3 * MAX_VERTICES:
            raise MeshRefused(f"holds more than {MAX_VERTICES} vertices; simplify the mesh")
        before = len(self.points)
        self.points.extend(map(float, words[1:4]))
        if len(words) >= 7 and not self.colours:
            self.colours = array("d", [np.nan]) * before
        if len(words) >= 7:
            self.colours.extend(map(float, words[4:7]))
        elif self.colours:
            self.colours.extend((np.nan,) * 3)

    def _face(self, words: list[bytes], material: int, notes: Notes) -> None:
        if len(self.sizes) >= MAX_TRIANGLES:
            raise MeshRefused(f"holds more than {MAX_TRIANGLES} triangles; simplify the mesh")
        points, texture = len(self.points) // 3, len(self.texture) // 2
        words = _without_comment(words)
        for corner in words[1:]:
            vertex, _, rest = corner.partition(b"/")
            index = int(vertex)
            if index < 0:
                notes.met("negative indices")
                index += points + 1
            if not 1 <= index <= MAX_VERTICES:
                raise ValueError("a face names a vertex that is not there")
            self.corners.append(index - 1)
            place = rest.partition(b"/")[0]
            index = int(place) if place else 0
            self.uvs.append(texture + index if index < 0 else min(index, MAX_VERTICES) - 1)
        self.sizes.append(len(words) - 1)
        self.face_materials.append(material)


def _without_comment(words: list[bytes]) -> list[bytes]:
    for place, word in enumerate(words):
        if word.startswith(b"#"):
            return words[:place]
    return words


def _materials(file: _Statements, beside: Companions, notes: Notes) -> list[Material | None]:
    """A material for each name of the file; None for those that no library defines."""
    wanted = set(file.materials[1:])
    known: dict[str, Material] = {}
    complete = True
    for text in file.libraries if wanted else []:
        found, missing = _libraries(text, beside)
        for content in found:
            known = read_mtl(content, beside, notes, wanted) | known
        for name in missing:
            complete = False
            notes.lacks(name)
    undefined = [name for name in file.materials[1:] if name not in known]
    if complete:
        for name in undefined[:_MOST_LISTED]:
            notes.lacks(f"material {name}")
    return [known.get(name) for name in file.materials]


def _libraries(text: bytes, beside: Companions) -> tuple[list[bytes], list[str]]:
    """The libraries that a ``mtllib`` line names, one with spaces or several, and the names of those not found."""
    whole = decoded(text)
    try:
        return [beside.read(whole.strip('"'))], []
    except FileNotFoundError:
        pass
    names = re.findall(r'"[^"]+"|.+?\.mtl(?=\s|$)|\S+', whole, re.IGNORECASE)
    found, missing = [], []
    for name in [name.strip().strip('"') for name in names] if len(names) > 1 else []:
        try:
            found.append(beside.read(name))
        except FileNotFoundError:
            missing.append(name)
    return found, missing if found or len(names) > 1 else [whole]


def _pictured(
    points: NDArray[np.float64],
    texture: NDArray[np.float64],
    corners: NDArray[np.int64],
    uvs: NDArray[np.int64],
    material: Material,
) -> Part:
    """Triangles (F, 3) under a picture, with a vertex for each pair of a place and a texture vertex."""
    pairs, triangles = np.unique(corners * len(texture) + uvs, return_inverse=True)
    place, on_picture = np.divmod(pairs, len(texture))
    uv = texture[on_picture] * material.scale + material.offset
    if not np.isfinite(uv).all():
        raise ValueError("texture coordinates without number")
    white = np.full(3, 255, np.uint8)
    return Part(points[place], triangles.reshape(-1, 3), white, "pictures", material.picture, uv)


def _plain(
    points: NDArray[np.float64], colours: "array[float]", corners: NDArray[np.int64], material: Material | None
) -> Part:
    """Triangles (F, 3) in colours of their vertices or of their material."""
    used, triangles = np.unique(corners, return_inverse=True)
    triangles = triangles.reshape(-1, 3)
    if colours:
        own = np.array(colours).reshape(-1, 3)
        bright = own[np.isfinite(own).all(1)]
        # White in every vertex is what programs write that have no colours.
        if len(bright) and (bright != bright.max()).any() and np.isfinite(own[used]).all():
            scale = 255 if bright.max() <= 1 else 1
            return Part(points[used], triangles, mean_colours(own[used] * scale, triangles), "vertices")
    if material is not None and material.coloured:
        return Part(points[used], triangles, material.colour, "materials")
    return Part(points[used], triangles, np.array(GREY, np.uint8), "")
