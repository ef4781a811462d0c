"""What the readers of mesh files give: parts of a mesh and what was assumed; and how parts become one mesh."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    import trimesh  # half a second of the start: imported where a mesh is made


MAX_TRIANGLES = 2_000_000
"""Most triangles of one mesh: far more than a picture of 137 pixels or a grid of 32 voxels can show."""
MAX_VERTICES = 3 * MAX_TRIANGLES
"""Most vertices of one mesh."""
GREY = (176, 176, 176)
"""sRGB of what has no colour of its own."""

_FARTHEST = 1e15
"""No coordinate of a sane mesh is larger, in any unit; squares of larger ones overflow in single precision."""
_TINTS = 16
"""Most colours of vertices in which one picture is kept."""


class MeshRefused(Exception):
    """A file that is not read, whole as it may be; the message says why, without the file's name."""


class NoTriangles(MeshRefused):
    """A file that holds nothing of which a solid could be made; the message says what is there."""


@dataclass(frozen=True)
class Picture:
    """A picture that lies on a part, for its ``uv``."""

    image: Image.Image
    """RGB, or RGBA where it lets through what is behind."""
    clamp: bool = False
    """Beyond 0 … 1 the border goes on; otherwise the picture repeats."""


@dataclass(frozen=True)
class Part:
    """Triangles with one kind of colour."""

    points: NDArray[np.float64]
    """(V, 3) in the file's axes and unit."""
    triangles: NDArray[np.int64]
    """(F, 3) rows of ``points``, counter-clockwise seen from the front."""
    colours: NDArray[np.uint8]
    """(F, 3) or (3,) sRGB; under a picture its tint."""
    colours_from: str
    """Where they come from, in a word or two; empty where the file has none."""
    picture: Picture | None = None
    """Lies on every triangle."""
    uv: NDArray[np.float64] | None = None
    """(V, 2) where each vertex lies on the picture, v upwards; given if there is a picture."""


@dataclass
class Notes:
    """What a reader met and assumed; it is shown, so that nothing is silent."""

    features: dict[str, None] = field(default_factory=dict)
    """What was met beside plain triangles, once each, in the order of the file."""
    polygons: int = 0
    """Faces of more than three corners that were cut into triangles."""
    concave: int = 0
    """Those of them that were cut by their ears, because a fan would cover what lies outside."""
    missing: dict[str, None] = field(default_factory=dict)
    """Names of textures and materials that are missing, unreadable or too large."""

    def met(self, feature: str) -> None:
        """Note a feature of the file."""
        self.features.setdefault(feature)

    def lacks(self, name: str) -> None:
        """Note a texture or material that cannot be had."""
        self.missing.setdefault(shown(name))


def shown(name: str) -> str:
    """A name of a file or material as a message can have it: one line of at most 60 characters."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return plain if len(plain) <= 60 else f"{plain[:40]}…{plain[-19:]}"


def mean_colours(colours: NDArray[np.float64], triangles: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Colours (V, 3) of vertices, 0 … 255, as colours (F, 3) of triangles: the mean of the corners."""
    return np.asarray(np.rint(np.clip(colours, 0, 255)[triangles].mean(1)), np.uint8)


def joined(parts: Sequence[Part]) -> "trimesh.Trimesh":
    """All parts as one mesh.

    Its visual is ``ColorVisuals`` with a colour for each face or, where there is a picture, ``TextureVisuals`` with a
    ``MultiMaterial``, whose pictures come first; ``kwargs["clamp"]`` of a material says whether its picture repeats.

    Raises:
        MeshRefused: if there are too many triangles.
        ValueError: if a triangle names a vertex that is not there, or a vertex is no place.
    """
    import trimesh

    if sum(len(part.triangles) for part in parts) > MAX_TRIANGLES:
        raise MeshRefused(f"holds more than {MAX_TRIANGLES} triangles; simplify the mesh")
    for part in parts:
        if part.triangles.min() < 0 or part.triangles.max() >= len(part.points):
            raise ValueError("a triangle names a vertex that is not there")
    parts = [tinted for part in parts for tinted in _tinted(part)]
    first = np.cumsum([0, *(len(part.points) for part in parts)])
    vertices = np.concatenate([part.points for part in parts])
    if not (np.abs(vertices) < _FARTHEST).all():
        raise ValueError("it has vertices without end or number")
    faces = np.concatenate([part.triangles + start for part, start in zip(parts, first[:-1], strict=True)])
    mesh = trimesh.Trimesh(vertices, faces, process=False)
    mesh.visual = _visual(parts)
    return mesh


def _tinted(part: Part) -> Iterable[Part]:
    """A part whose picture has one tint in each; in few, as every tint is a picture of its own."""
    if part.picture is None or part.colours.ndim == 1:
        return [part]
    for step in (1, 16, 64, 256):
        tints, which = np.unique(part.colours // step, axis=0, return_inverse=True)
        if len(tints) <= _TINTS:
            break
    divided = []
    for number in range(len(tints)):
        own = which.reshape(-1) == number
        used, triangles = np.unique(part.triangles[own], return_inverse=True)
        colour = np.rint(part.colours[own].mean(0)).astype(np.uint8)
        uv = None if part.uv is None else part.uv[used]
        triangles = triangles.reshape(-1, 3)
        divided.append(Part(part.points[used], triangles, colour, part.colours_from, part.picture, uv))
    return divided


def _visual(parts: Sequence[Part]) -> Any:
    from trimesh.visual import ColorVisuals, TextureVisuals
    from trimesh.visual.material import MultiMaterial, SimpleMaterial

    make_material: Any = SimpleMaterial  # untyped, as the other two are
    colours = np.concatenate([np.broadcast_to(part.colours, (len(part.triangles), 3)) for part in parts])
    colours = np.concatenate([colours, np.full((len(colours), 1), 255, np.uint8)], axis=1)
    if all(part.picture is None for part in parts):
        return ColorVisuals(face_colors=colours)
    pictures: dict[Any, Any] = {}
    numbers = []
    for part in parts:
        number = -1
        if part.picture is not None:
            tint = tuple(part.colours.tolist())
            key = (id(part.picture.image), part.picture.clamp, tint)
            if key not in pictures:
                pictures[key] = make_material(image=_times(part.picture.image, tint), clamp=part.picture.clamp)
            number = list(pictures).index(key)
        numbers.append(np.full(len(part.triangles), number))
    chosen = np.concatenate(numbers)
    # Plain faces get a material for each of their colours, after the pictures.
    plain = chosen < 0
    different, which = np.unique(colours[plain], axis=0, return_inverse=True)
    chosen[plain] = len(pictures) + which.reshape(-1)
    materials = [*pictures.values(), *(make_material(diffuse=colour) for colour in different)]
    uv = np.concatenate([np.zeros((len(part.points), 2)) if part.uv is None else part.uv for part in parts])
    return TextureVisuals(uv, MultiMaterial(materials), face_materials=chosen)  # type: ignore[no-untyped-call]


def _times(image: Image.Image, tint: tuple[int, ...]) -> Image.Image:
    if min(tint) == 255:
        return image
    pixels = np.asarray(image).astype(np.float64)
    pixels[..., :3] *= np.array(tint) / 255
    return Image.fromarray(np.rint(pixels).astype(np.uint8), image.mode)
