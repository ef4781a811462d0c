"""PLY (Stanford): read here, as neither trimesh 5.2, assimp nor VTK 9.7 reads triangle strips and all colours.

Faces, strips (``tristrips``, with -1 between them), colours of vertices and faces in any type, and pictures as MeshLab
names them (``comment TextureFile``), with places on them at vertices or at corners.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.data.meshes.companions import Companions
from core.data.meshes.parts import GREY, MAX_VERTICES, MeshRefused, Notes, NoTriangles, Part, Picture, mean_colours
from core.data.meshes.pictures import decoded_picture
from core.data.meshes.ply_elements import Column, read_elements
from core.data.meshes.polygons import strip_triangles, triangulated

_COLOURS = (
    ("red", "green", "blue"), ("r", "g", "b"), ("diffuse_red", "diffuse_green", "diffuse_blue"),
)  # fmt: skip
_PLACES = (("s", "t"), ("u", "v"), ("texture_u", "texture_v"), ("texture_s", "texture_t"))
_CORNERS = ("vertex_indices", "vertex_index")

Element = Mapping[str, Column]


def read_ply(content: bytes, beside: Companions, notes: Notes) -> list[Part]:
    """The triangles of a PLY file.

    Raises:
        MeshRefused: if it holds too much, or no triangles.
        ValueError: if it is damaged.
    """
    elements, comments = read_elements(content)
    vertices, faces, strips = (elements.get(name, {}) for name in ("vertex", "face", "tristrips"))
    if not {"x", "y", "z"} <= set(vertices):
        raise NoTriangles("no vertices")
    points = np.stack([vertices[axis].values.astype(np.float64) for axis in "xyz"], axis=1)
    if len(points) > MAX_VERTICES:
        raise MeshRefused(f"holds more than {MAX_VERTICES} vertices; simplify the mesh")
    corners, sizes = _lists(faces)
    at, face = triangulated(points, corners, sizes, notes)
    triangles, face_places = corners[at], _corner_places(faces, sizes, at)
    colours = _face_colours(faces, face, triangles, vertices)
    stripped = _strips(strips, len(points))
    if len(stripped):
        notes.met("triangle strips")
        triangles, face_places, colours = np.concatenate([triangles, stripped]), None, None
    if not len(triangles):
        lines = "points and lines" if elements.get("edge") else "points"
        raise NoTriangles(f"only {lines}" if len(points) else "no vertices")
    plain = _plain(points, triangles, colours, vertices)
    names = [text.split(None, 1)[1].strip() for text in comments if text.lower().startswith("texturefile ")]
    places = face_places if face_places is not None else _vertex_places(vertices, triangles)
    if not names or places is None:
        return [plain]
    return _pictured(plain, places, _picture_numbers(faces, face, len(triangles)), names, beside, notes)


def _plain(
    points: NDArray[np.float64], triangles: NDArray[np.int64], colours: NDArray[np.uint8] | None, vertices: Element
) -> Part:
    """All triangles in plain colours: of faces, of vertices, or grey."""
    if colours is not None:
        return Part(points, triangles, colours, "faces")
    if (own := _colours(vertices)) is not None:
        return Part(points, triangles, mean_colours(own, triangles), "vertices")
    return Part(points, triangles, np.array(GREY, np.uint8), "")


def _pictured(
    plain: Part,
    places: NDArray[np.float64],
    numbers: NDArray[np.int64],
    names: list[str],
    beside: Companions,
    notes: Notes,
) -> list[Part]:
    """The triangles under their pictures, with places (F, 3, 2) on them; plain where a picture cannot be had."""
    parts = []
    for number in np.unique(numbers).tolist():
        own = numbers == number
        triangles = plain.triangles[own]
        picture = _picture(names[number], beside, notes) if 0 <= number < len(names) else None
        if picture is None:
            colours = plain.colours if plain.colours.ndim == 1 else plain.colours[own]
            parts.append(Part(plain.points, triangles, colours, plain.colours_from))
            continue
        # A vertex of its own for each corner: its place on the picture may differ from face to face.
        corners, white = np.arange(triangles.size).reshape(-1, 3), np.full(3, 255, np.uint8)
        uv = places[own].reshape(-1, 2)
        parts.append(Part(plain.points[triangles.reshape(-1)], corners, white, "pictures", picture, uv))
    return parts


def _lists(faces: Element) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Corners of all faces one after another, and how many each has."""
    named = next((faces[name] for name in _CORNERS if name in faces), None)
    column = named or next((one for one in faces.values() if one.sizes is not None and one.type[0] in "iu"), None)
    if column is None or column.sizes is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return column.values.astype(np.int64), column.sizes


def _strips(strips: Element, points: int) -> NDArray[np.int64]:
    corners, sizes = _lists(strips)
    # Each row's strips end with it; -1 may be stored in an unsigned type.
    ended = np.insert(corners, np.cumsum(sizes), -1)
    ended[ended >= 1 << 31] = -1
    if len(ended) and ended.max() >= points:
        raise ValueError("a strip names a vertex that is not there")
    return strip_triangles(ended)


def _corner_places(faces: Element, sizes: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.float64] | None:
    """(F, 3, 2) places on the picture from a list at each face, or None."""
    column = faces.get("texcoord")
    if column is None or column.sizes is None or (column.sizes != 2 * sizes).any() or not len(at):
        return None
    return _finite(column.values.astype(np.float64).reshape(-1, 2)[at])


def _vertex_places(vertices: Element, triangles: NDArray[np.int64]) -> NDArray[np.float64] | None:
    for names in _PLACES:
        if set(names) <= set(vertices):
            return _finite(np.stack([vertices[name].values.astype(np.float64) for name in names], axis=1)[triangles])
    return None


def _finite(places: NDArray[np.float64]) -> NDArray[np.float64] | None:
    return places if np.isfinite(places).all() else None


def _picture_numbers(faces: Element, face: NDArray[np.int64], triangles: int) -> NDArray[np.int64]:
    """Which of the pictures is on each triangle: the first, where the file does not say."""
    column = faces.get("texnumber")
    if column is None or column.sizes is not None or len(face) != triangles:
        return np.zeros(triangles, np.int64)
    return np.asarray(column.values.astype(np.int64)[face])


def _picture(name: str, beside: Companions, notes: Notes) -> Picture | None:
    try:
        image = decoded_picture(beside.read(name))
    except (OSError, ValueError):
        notes.lacks(name)
        return None
    if image.mode == "RGBA":
        notes.met("see-through pictures")
    return Picture(image)


def _colours(element: Element) -> NDArray[np.float64] | None:
    """(N, 3) sRGB 0 … 255 of an element's rows, or None."""
    for names in _COLOURS:
        if set(names) <= set(element) and all(element[name].sizes is None for name in names):
            values = np.stack([element[name].values.astype(np.float64) for name in names], axis=1)
            kind = element[names[0]].type
            if not np.isfinite(values).all() or not len(values):
                return None
            if kind[0] == "f":
                return values * 255 if values.max() <= 1 else values
            return values / 257 if kind == "u2" and values.max() > 255 else values
    return None


def _face_colours(
    faces: Element, face: NDArray[np.int64], triangles: NDArray[np.int64], vertices: Element
) -> NDArray[np.uint8] | None:
    own = _colours(faces)
    if own is None or not len(triangles):
        return None
    # One colour for all is what programs write that colour vertices.
    if (own == own[0]).all() and _colours(vertices) is not None:
        return None
    return np.rint(np.clip(own, 0, 255)).astype(np.uint8)[face]
