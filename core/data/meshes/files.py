"""Triangle meshes from files of other programs: geometry, colours and pictures, flattened and within limits."""

import json
import os
import struct
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Any, cast

import numpy as np
import trimesh
from numpy.typing import NDArray
from PIL import Image

from core.errors import DatasetError

MESH_ENDINGS = (".obj", ".off", ".ply", ".stl", ".glb", ".gltf")
"""File name endings, in lower case, that can be read."""
MAX_BYTES = 256 << 20
"""Largest file that is read, and largest file of a texture or buffer beside it."""
MAX_TRIANGLES = 2_000_000
"""Most triangles of one mesh: far more than a picture of 137 pixels or a grid of 32 voxels can show."""

_FARTHEST = 1e15
"""No coordinate of a sane mesh is larger, in any unit; squares of larger ones overflow in single precision."""
_MAX_TEXTURE_PIXELS = 1 << 26
_TEXTURE_SIDE = 1024
_GREY = (176, 176, 176, 255)
_MultiMaterial: Any = trimesh.visual.material.MultiMaterial
_SimpleMaterial: Any = trimesh.visual.material.SimpleMaterial
_TextureVisuals: Any = trimesh.visual.TextureVisuals
_REMEDY = "open it in a mesh editor, such as Blender or MeshLab, and export it as GLB or OBJ again"


@dataclass(frozen=True)
class MeshFileContent:
    """What was read from a mesh file and the files that belong to it."""

    mesh: trimesh.Trimesh
    """All triangles of the file in its own axes and units, not repaired. Its visual is ``ColorVisuals`` with a colour
    for each face or, where there is a picture, ``TextureVisuals`` with a ``MultiMaterial``."""
    textures: int
    """How many pictures lie on it."""
    missing: tuple[str, ...]
    """Names of textures and materials that are missing, unreadable or too large; what they cover has a plain colour."""
    files: tuple[Path, ...]
    """The file itself and every other file that was read for it."""


def read_mesh_file(path: Path) -> MeshFileContent:
    """Read an OBJ, OFF, PLY, STL, GLB or GLTF file; nothing outside its own folder is touched.

    The transforms of a scene are applied, colours of vertices become colours of faces, and colours of glTF materials,
    which are linear, become sRGB.

    Raises:
        DatasetError: if the file is missing, damaged, too large, of another format or holds no triangles.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in MESH_ENDINGS:
        raise DatasetError(f"{path}: not a mesh file that can be read: {', '.join(MESH_ENDINGS)}")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise DatasetError(
                f"{path}: {size >> 20} MiB are more than the limit of {MAX_BYTES >> 20}; simplify the mesh"
            )
        if ending in (".glb", ".gltf"):
            _require_moderate_gltf(path)
        companions = _Companions(path)
        with path.open("rb") as file:
            scene = trimesh.load_scene(file, file_type=ending[1:], resolver=companions, process=False)
        return _flattened(path, scene, companions, linear=ending in (".glb", ".gltf"))
    except DatasetError:
        raise
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror or error})") from error
    except MemoryError as error:
        raise DatasetError(f"{path}: too large for this machine's memory; simplify the mesh") from error
    except Exception as error:  # a damaged file fails anywhere in its reader, with anything
        raise DatasetError(f"{path}: damaged, or not what its ending says ({_reason(error)}); {_REMEDY}") from error


class _Companions(trimesh.resolvers.FilePathResolver):
    """Finds textures, materials and buffers beside a mesh file, and remembers what was found and what was not."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.found: list[Path] = []
        self.missing: list[str] = []

    def get(self, name: str) -> bytes:
        # Names written on another machine: backslashes, or a folder that exists only there.
        for candidate in (name, PureWindowsPath(name).as_posix(), PureWindowsPath(name).name):
            try:
                file = self.absolute(candidate)
                if file.stat().st_size <= MAX_BYTES:
                    content = file.read_bytes()
                    self.found.append(file)
                    return content
            except (OSError, ValueError):
                continue
        self.missing.append(name)
        raise FileNotFoundError(f"{name} is missing beside the mesh")


def _require_moderate_gltf(path: Path) -> None:
    """Refuse a glTF file whose few bytes ask for more memory than its limits allow."""
    content = path.read_bytes()
    if path.suffix.lower() == ".glb":
        (length,) = struct.unpack("<I", content[12:16])
        content = content[20 : 20 + length]
    accessors = json.loads(content).get("accessors", [])
    if sum(int(accessor["count"]) for accessor in accessors) > 8 * MAX_TRIANGLES:
        raise DatasetError(f"{path}: holds more than {MAX_TRIANGLES} triangles; simplify the mesh")


def _flattened(path: Path, scene: trimesh.Scene, companions: _Companions, *, linear: bool) -> MeshFileContent:
    instances = [(scene.graph[node], node) for node in scene.graph.nodes_geometry]
    parts = [(matrix, scene.geometry[name]) for (matrix, name), _ in instances]
    parts = [(matrix, part) for matrix, part in parts if isinstance(part, trimesh.Trimesh) and len(part.faces)]
    if not parts:
        raise DatasetError(f"{path}: holds no triangles (points and lines do not make a solid); {_REMEDY}")
    if sum(len(part.faces) for _, part in parts) > MAX_TRIANGLES:
        raise DatasetError(f"{path}: holds more than {MAX_TRIANGLES} triangles; simplify the mesh")
    points: list[NDArray[np.float64]] = []
    triangles: list[NDArray[np.int64]] = []
    paint = _Paint(companions, linear)
    first = 0
    for matrix, part in parts:
        faces = np.asarray(part.faces, np.int64)
        own = np.asarray(part.vertices, np.float64)
        if faces.min() < 0 or faces.max() >= len(own):
            raise DatasetError(f"{path}: damaged: a triangle names a vertex that is not there; {_REMEDY}")
        points.append(own @ matrix[:3, :3].T + matrix[:3, 3])
        # A mirrored part would be inside out.
        triangles.append(first + (faces[:, ::-1] if np.linalg.det(matrix[:3, :3]) < 0 else faces))
        paint.add(part)
        first += len(own)
    vertices = np.concatenate(points)
    if not (np.abs(vertices) < _FARTHEST).all():
        raise DatasetError(f"{path}: damaged: it has vertices without end or number; {_REMEDY}")
    mesh = trimesh.Trimesh(vertices, np.concatenate(triangles), process=False)
    mesh.visual = paint.visual()
    missing = tuple(dict.fromkeys(companions.missing))
    files = tuple(dict.fromkeys([path, *companions.found]))
    return MeshFileContent(mesh, len(paint.pictures), missing, files)


class _Paint:
    """Collects the colours and pictures of the parts of a scene into the visual of one mesh."""

    def __init__(self, companions: _Companions, linear: bool) -> None:
        self.pictures: dict[tuple[int, ...], Any] = {}
        self._companions = companions
        self._linear = linear
        self._originals: list[Any] = []  # keeps the ids above from being used again
        self._colours: list[NDArray[np.uint8]] = []
        self._numbers: list[NDArray[np.int64]] = []
        self._uv: list[NDArray[np.float64]] = []

    def add(self, part: trimesh.Trimesh) -> None:
        """Take the colours, pictures and texture coordinates of the next part."""
        visual = cast(Any, part.visual)
        colours: Any = _GREY
        number = -1
        uv = np.zeros((len(part.vertices), 2))
        if isinstance(visual, _TextureVisuals):
            colours = self._colour(visual.material)
            if visual.uv is not None and np.shape(visual.uv) == uv.shape and np.isfinite(visual.uv).all():
                number = self._picture(visual.material, colours)
                uv = np.asarray(visual.uv)
            if (stored := visual.vertex_attributes.get("color")) is not None and len(stored) == len(uv):
                own = trimesh.visual.to_rgba(stored)[np.asarray(part.faces)].mean(1)
                colours = own * (np.array(colours) / 255)
        elif visual is not None and visual.defined:
            colours = visual.face_colors
        self._colours.append(np.broadcast_to(np.asarray(colours).astype(np.uint8), (len(part.faces), 4)))
        self._numbers.append(np.full(len(part.faces), number))
        self._uv.append(uv)

    def visual(self) -> Any:
        """The visual of all parts together, in the order in which they were added."""
        colours = np.concatenate(self._colours)
        if not self.pictures:
            return trimesh.visual.ColorVisuals(face_colors=colours)
        # Plain faces get a material for each of their colours, after the pictures.
        numbers = np.concatenate(self._numbers)
        plain = numbers < 0
        different, which = np.unique(colours[plain], axis=0, return_inverse=True)
        numbers[plain] = len(self.pictures) + which.reshape(-1)
        materials = [_SimpleMaterial(image=picture) for picture in self.pictures.values()]
        materials += [_SimpleMaterial(diffuse=colour) for colour in different]
        return _TextureVisuals(np.concatenate(self._uv), _MultiMaterial(materials), face_materials=numbers)

    def _colour(self, material: Any) -> tuple[int, ...]:
        """Colour (sRGB) of a material, white where only its picture gives one."""
        if isinstance(material, _MultiMaterial):
            material = next(iter(material.materials), _SimpleMaterial())
        if not self._linear:
            return (255,) * 4 if _image(material) is not None else tuple(np.asarray(material.main_color).tolist())
        if material.baseColorFactor is None:
            return (255,) * 4
        linear = trimesh.visual.to_rgba(material.baseColorFactor)[:3] / 255
        curve = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
        return (*np.rint(255 * curve).astype(int).tolist(), 255)

    def _picture(self, material: Any, colour: Any) -> int:
        """Number of the material's picture, coloured by ``colour``; -1 where there is none that can be used."""
        original = _image(material)
        if original is None:
            return -1
        key = (id(original), *colour)
        if key not in self.pictures:
            self._originals.append(original)
            try:
                if original.width * original.height > _MAX_TEXTURE_PIXELS:
                    raise ValueError("too large")
                picture = original.convert("RGB")
                picture.thumbnail((_TEXTURE_SIDE, _TEXTURE_SIDE))
            except Exception:  # whatever Pillow finds wrong: a plain colour is better than no mesh
                self._companions.missing.append(str(getattr(material, "name", None) or "texture"))
                return -1
            if min(colour[:3]) < 255:
                tinted = np.asarray(picture) * (np.array(colour[:3]) / 255)
                picture = Image.fromarray(np.rint(tinted).astype(np.uint8))
            self.pictures[key] = picture
        return list(self.pictures).index(key)


def _image(material: Any) -> Any:
    image = getattr(material, "image", None)
    return image if image is not None else getattr(material, "baseColorTexture", None)


def _reason(error: Exception) -> str:
    text = (str(error) or type(error).__name__).splitlines()[0]
    return text.replace(os.sep, "/")[:100]
