"""Triangle meshes from files of other programs: geometry, colours and pictures, flattened and within limits.

Every format has its own reader here: of 31 files as other programs write them, trimesh 5.2 gave 20 the right shape,
assimp (wheel assimp-py 1.1) 23 and VTK 9.7 21; what each does wrong is said in the format's module. Open3D 0.20 was
ruled out by its wheel of 400 MB, which cannot be imported without libusb. Kept libraries do what they do well:
mapbox-earcut cuts polygons, DracoPy decodes, Pillow reads pictures, trimesh holds the mesh.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.data.meshes.companions import MAX_BYTES, Companions
from core.data.meshes.gltf import read_gltf
from core.data.meshes.obj import read_obj
from core.data.meshes.off import read_off
from core.data.meshes.parts import MAX_TRIANGLES, MeshRefused, Notes, NoTriangles, Part, joined
from core.data.meshes.ply import read_ply
from core.data.meshes.stl import read_stl
from core.errors import DatasetError
from core.reading import read_file

if TYPE_CHECKING:
    import trimesh  # half a second of the start: imported where a mesh is made


__all__ = ["MAX_TRIANGLES", "MESH_ENDINGS", "Assumed", "MeshFileContent", "read_mesh_file"]

MESH_ENDINGS = (".obj", ".off", ".ply", ".stl", ".glb", ".gltf")
"""File name endings, in lower case, that can be read."""

_REMEDY = "open it in a mesh editor, such as Blender or MeshLab, and export it as GLB or OBJ again"


@dataclass(frozen=True)
class Assumed:
    """What was met in a mesh file and assumed of it, so that nothing is silent."""

    features: tuple[str, ...]
    """What the file has beside plain triangles."""
    polygons: int
    """Faces of more than three corners that were cut into triangles."""
    concave: int
    """Those of them that a fan would not have covered alone."""
    colours: str
    """Where the colours come from: ``pictures``, ``materials``, ``vertices``, ``faces``; ``none`` is grey."""

    def __str__(self) -> str:
        """One line for people."""
        cut = f"{self.polygons} faces cut into triangles, {self.concave} of them concave" * (self.polygons > 0)
        return "; ".join(filter(None, [f"colours from: {self.colours}", cut, *self.features]))


@dataclass(frozen=True)
class MeshFileContent:
    """What was read from a mesh file and the files that belong to it."""

    mesh: "trimesh.Trimesh"
    """All triangles of the file in its own axes and units, not repaired. Its visual is ``ColorVisuals`` with a colour
    for each face or, where there is a picture, ``TextureVisuals`` with a ``MultiMaterial``."""
    textures: int
    """How many pictures lie on it."""
    missing: tuple[str, ...]
    """Names of textures and materials that are missing, unreadable or too large; what they cover has a plain colour."""
    files: tuple[Path, ...]
    """The file itself and every other file that was read for it."""
    assumed: Assumed
    """What was met and assumed."""


def read_mesh_file(path: Path) -> MeshFileContent:
    """Read an OBJ, OFF, PLY, STL, GLB or GLTF file; nothing outside its own folder is touched.

    The transforms of a scene are applied, colours of vertices become colours of faces, and colours of glTF materials
    and vertices, which are linear, become sRGB.

    Raises:
        DatasetError: if the file is missing, damaged, too large, of another format or holds no triangles.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in MESH_ENDINGS:
        raise DatasetError(f"{path}: not a mesh file that can be read: {', '.join(MESH_ENDINGS)}")
    try:
        companions, notes = Companions(path), Notes()
        with np.errstate(all="ignore"):  # numbers out of range are found by what they lead to
            parts = [part for part in _parts(ending, _content(path), companions, notes) if len(part.triangles)]
            if not parts:
                raise NoTriangles("only empty ones")
            mesh = joined(parts)
    except NoTriangles as error:
        raise DatasetError(f"{path}: holds no triangles ({error}); {_REMEDY}") from error
    except MeshRefused as error:
        raise DatasetError(f"{path}: {error}") from error
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({_reason(error)})") from error
    except MemoryError as error:
        raise DatasetError(f"{path}: too large for this machine's memory; simplify the mesh") from error
    except Exception as error:  # a damaged file fails anywhere in its reader, with anything
        raise DatasetError(f"{path}: damaged, or not what its ending says ({_reason(error)}); {_REMEDY}") from error
    pictures = getattr(getattr(mesh.visual, "material", None), "materials", [])
    sources = dict.fromkeys(part.colours_from or "none" for part in parts)
    return MeshFileContent(
        mesh,
        sum(picture.image is not None for picture in pictures),
        tuple(notes.missing),
        (path, *companions.found),
        Assumed(tuple(notes.features), notes.polygons, notes.concave, ", ".join(sources)),
    )


def _content(path: Path) -> bytes:
    try:
        return read_file(path, MAX_BYTES)
    except ValueError as error:
        raise MeshRefused(f"has {error}; simplify the mesh") from error


def _parts(ending: str, content: bytes, companions: Companions, notes: Notes) -> list[Part]:
    match ending:
        case ".obj":
            return read_obj(content, companions, notes)
        case ".off":
            return read_off(content, notes)
        case ".ply":
            return read_ply(content, companions, notes)
        case ".stl":
            return read_stl(content, notes)
        case _:
            return read_gltf(content, companions, notes)


def _reason(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    text = (text or type(error).__name__).splitlines()[0]
    return text.replace(os.sep, "/")[:100]
