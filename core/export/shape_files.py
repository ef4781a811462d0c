"""A reconstruction written as a grid or a mesh, by the ending of the file's name."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import scipy
from numpy.typing import NDArray
from PIL import Image

from core.data.binvox import save_binvox
from core.errors import OutputError
from core.export.colours import OCCUPANCY_STOPS, PLAIN, mapped, rgb
from core.export.surfaces import FILE_GAP, Faces, Vertices, block_mesh, smooth_mesh
from core.export.vox import vox_file
from core.files import replacing
from core.parts import largest_part

if TYPE_CHECKING:
    import trimesh  # half a second of the start: imported where a mesh is made


VOXEL_ENDINGS = (".binvox", ".npz", ".vox")
"""File name endings that are written as a grid."""
MESH_ENDINGS = (".obj", ".stl", ".ply", ".glb")
"""File name endings that are written as a mesh."""
PRINT_MILLIMETRES = 100.0
"""The longest side of a shape in an STL file whose size was not chosen: STL is what printers take."""

Axis = Literal["y", "z"]


@dataclass(frozen=True)
class ShapeOptions:
    """How a reconstruction becomes a file."""

    smooth: bool = False
    """Meshes: the smooth surface at the threshold, not blocks."""
    largest_part: bool = False
    """Leave out every part that does not hang together with the largest one."""
    coloured: bool = False
    """Colour by occupancy; STL, binvox and NPZ know no colours."""
    millimetres: float | None = None
    """Meshes: length of the shape's longest side. None: 100 for STL, else the grid's side is one unit. GLB is in
    metres by its standard, the other formats are written in millimetres."""
    up: Axis | None = None
    """Meshes: the axis that points up. None: z for STL, y for the others; GLB is y up by its standard."""

    def __post_init__(self) -> None:
        """Refuse a length that is none."""
        if self.millimetres is not None and not 0 < self.millimetres < 1e6:
            raise OutputError(f"the longest side must lie between 0 and 1 000 000 mm, not {self.millimetres:g}")


def save_voxels(
    path: Path, occupancy: NDArray[np.float32], threshold: float, options: ShapeOptions | None = None
) -> None:
    """Write a reconstruction as a grid or as a closed mesh, by the ending of ``path``.

    ``.binvox`` (R2N2's convention), ``.npz`` (``occupancy`` float32 probability and ``voxels`` bool), ``.vox``
    (MagicaVoxel), or ``.obj``, ``.stl``, ``.ply``, ``.glb``. The file appears whole or not at all.

    Args:
        path: file to write; one that is there is replaced.
        occupancy: (32, 32, 32) float32 probability, axes x, y, z, y up, front to +x.
        threshold: voxels strictly above it are occupied.
        options: size, pose, colours; None: as ``ShapeOptions`` has them.

    Raises:
        OutputError: for an unknown ending, a place that cannot be written, a mesh without a voxel, or a GLB that is
            to be z up.
    """
    path, options = Path(path), options or ShapeOptions()
    require_known_ending(path, options)
    voxels = occupancy > threshold
    ending = path.suffix.lower()
    if ending not in (".binvox", ".npz") and not voxels.any():
        raise OutputError(f"{path}: nothing is above the threshold {threshold:g}: lower it to get a shape")
    if options.largest_part:
        voxels = largest_part(voxels)
    with replacing(path) as temporary:
        if ending == ".binvox":
            save_binvox(temporary, voxels)
        elif ending == ".npz":
            temporary.write_bytes(_npz(occupancy, voxels))
        elif ending == ".vox":
            temporary.write_bytes(vox_file(voxels, occupancy if options.coloured else None))
        else:
            temporary.write_bytes(_mesh_file(occupancy, voxels, threshold, options, ending))


def require_known_ending(path: Path, options: ShapeOptions | None = None) -> None:
    """Refuse a file name that ``save_voxels`` could not write, before the work is done.

    Raises:
        OutputError: if the ending is unknown, or cannot be written as the options want it.
    """
    ending = Path(path).suffix.lower()
    if ending not in VOXEL_ENDINGS + MESH_ENDINGS:
        raise OutputError(f"{path}: unknown ending: use one of {', '.join(VOXEL_ENDINGS + MESH_ENDINGS)}")
    if ending == ".glb" and options is not None and options.up == "z":
        raise OutputError(f"{path}: a GLB is y up by its standard: choose y, or another format")


def _npz(occupancy: NDArray[np.float32], voxels: NDArray[np.bool_]) -> bytes:
    buffer = BytesIO()
    np.savez_compressed(buffer, occupancy=occupancy.astype(np.float32), voxels=voxels)
    return buffer.getvalue()


def _mesh_file(
    occupancy: NDArray[np.float32], voxels: NDArray[np.bool_], threshold: float, options: ShapeOptions, ending: str
) -> bytes:
    import trimesh

    if options.smooth:
        # What was left out is far below the threshold, so that the surface closes around what stays.
        vertices, triangles = smooth_mesh(np.where(voxels | (occupancy <= threshold), occupancy, 0), threshold)
        behind = _occupancy_below(vertices, triangles, occupancy)
    else:
        vertices, quads = block_mesh(voxels, FILE_GAP)
        behind = np.repeat(_occupancy_behind(vertices, quads, occupancy), 4)
        if options.coloured and ending != ".stl":  # a colour of its own for every face
            vertices, quads = vertices[quads.ravel()], np.arange(quads.size).reshape(-1, 4)
        triangles = quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)
    mesh = trimesh.Trimesh(_placed(vertices, options, ending), triangles, process=False)
    if options.coloured and ending != ".stl":
        mesh.visual = _palette(behind) if ending == ".glb" else _vertex_colours(behind)
    elif ending == ".glb":
        mesh.visual = _matt(baseColorFactor=[*rgb(PLAIN), 255])
    content = mesh.export(file_type=ending[1:])
    return content.encode() if isinstance(content, str) else bytes(content)


def _placed(vertices: Vertices, options: ShapeOptions, ending: str) -> NDArray[np.float64]:
    """The vertices in the size and pose that were asked for."""
    placed = vertices.astype(np.float64)
    millimetres = options.millimetres or (PRINT_MILLIMETRES if ending == ".stl" else None)
    if millimetres is not None:
        length = millimetres / 1000 if ending == ".glb" else millimetres
        placed *= length / np.ptp(placed, axis=0).max()
    if (options.up or ("z" if ending == ".stl" else "y")) == "z":
        placed = np.stack([placed[:, 0], -placed[:, 2], placed[:, 1]], axis=1)  # a quarter turn about x
    return placed


def _occupancy_behind(vertices: Vertices, quads: Faces, occupancy: NDArray[np.float32]) -> NDArray[np.float32]:
    """(F,) occupancy of the voxel behind every face of a ``block_mesh``."""
    corners = vertices[quads]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    side = occupancy.shape[0]
    cells = np.floor((corners.mean(axis=1) + 0.5) * side - normals / 2).astype(np.int64)
    return np.asarray(occupancy[tuple(np.clip(cells, 0, side - 1).T)])


def _occupancy_below(vertices: Vertices, triangles: Faces, occupancy: NDArray[np.float32]) -> NDArray[np.float32]:
    """(V,) occupancy one voxel below every vertex of a ``smooth_mesh``, where the eye sees it."""
    import trimesh

    normals = trimesh.Trimesh(vertices, triangles, process=False).vertex_normals
    side = occupancy.shape[0]
    places = (vertices - normals / side + 0.5) * side - 0.5
    return np.asarray(scipy.ndimage.map_coordinates(occupancy, places.T, order=1, mode="nearest"))


def _vertex_colours(occupancy: NDArray[np.float32]) -> "trimesh.visual.ColorVisuals":
    from trimesh.visual import ColorVisuals

    colours = np.full((len(occupancy), 4), 255, np.uint8)
    colours[:, :3] = np.rint(mapped(occupancy, OCCUPANCY_STOPS))
    return ColorVisuals(vertex_colors=colours)


def _palette(occupancy: NDArray[np.float32]) -> Any:
    """The colour map as a texture of one row: glTF's vertex colours are linear, and not every program shows them."""
    row = np.rint(mapped(np.linspace(0, 1, 256), OCCUPANCY_STOPS)).astype(np.uint8)
    uv = np.stack([(np.clip(occupancy, 0, 1) * 255 + 0.5) / 256, np.full(len(occupancy), 0.5)], axis=1)
    return _matt(uv, baseColorTexture=Image.fromarray(row[None]))


def _matt(uv: NDArray[np.float64] | None = None, **colour: Any) -> Any:
    """A glTF material that does not shine."""
    import trimesh

    visual: Any = trimesh.visual  # untyped
    material = visual.material.PBRMaterial(metallicFactor=0.0, roughnessFactor=0.9, **colour)
    return visual.TextureVisuals(uv=uv, material=material)
