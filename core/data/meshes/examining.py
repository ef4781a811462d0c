"""Your own meshes: brought into R2N2's pose, repaired, examined and voxelised.

A mesh keeps no scale: the longest side of every object fills the grid and its bounding box's diagonal is 1 for the
camera, as in R2N2, because a single picture cannot tell a toy from the real thing.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import scipy
from numpy.typing import NDArray

from core.data.meshes.files import MESH_ENDINGS, Assumed, read_mesh_file
from core.data.voxelising import close_holes, voxelise
from core.errors import ConfigError, DatasetError

if TYPE_CHECKING:
    import trimesh  # half a second of the start: imported where a mesh is made


__all__ = ["AXES", "MESH_ENDINGS", "NOTABLE_HOLE", "MeshReport", "Orientation", "Repairs", "examine"]

AXES = ("+x", "-x", "+y", "-y", "+z", "-z")
"""The signed axes of a file."""

NOTABLE_HOLE = 8
"""Voxels behind a hole in the surface from which on it is worth a word."""

_MERGE = 1e-6
"""Vertices nearer than this part of the bounding box's diagonal are one."""
_FLAT = 1 / 32


@dataclass(frozen=True)
class Orientation:
    """How a mesh file is brought into R2N2's pose (y up, front to +x) and into its grid.

    Raises:
        ConfigError: if an axis is unknown, both lie on one line, or ``fill`` is out of range.
    """

    up: str = "+y"
    """The file's axis that points up."""
    front: str = "+x"
    """The file's axis that points to where the object looks."""
    fill: float = 1.0
    """Part of the grid's side that the longest side fills; 1 as in R2N2, less where grids with a margin are needed."""
    close_holes: bool = True
    """Make bodies solid that are open on one side, such as a seat without a bottom."""

    def __post_init__(self) -> None:
        if not {self.up, self.front} <= set(AXES):
            raise ConfigError(f"up and front are one of {', '.join(AXES)}, not {self.up!r} and {self.front!r}")
        if self.up[1] == self.front[1]:
            raise ConfigError(f"up {self.up} and front {self.front} lie on one line: choose two different axes")
        if not 0.1 <= self.fill <= 1.0:
            raise ConfigError(f"the longest side fills 0.1 … 1 of the grid, not {self.fill:g}")

    @property
    def rotation(self) -> NDArray[np.float64]:
        """(3, 3) matrix from the file's axes to x, y, z; a rotation, never a mirror image."""
        up, front = _vector(self.up), _vector(self.front)
        return np.stack([front, up, np.cross(front, up)])


@dataclass(frozen=True)
class Repairs:
    """What was mended in a mesh."""

    merged_vertices: int
    """Vertices at the place of another one."""
    degenerate_faces: int
    """Removed: triangles without an area."""
    duplicate_faces: int
    """Removed: triangles with the same corners and the same winding as another one."""
    flipped_faces: int
    """Turned to the side that their neighbours show, or outwards where the part is closed."""


@dataclass(frozen=True)
class MeshReport:
    """The health of one mesh, with what a preview shows."""

    path: Path
    """The mesh file."""
    mesh: "trimesh.Trimesh"
    """Repaired, in R2N2's pose, with the file's unit and its colours or textures."""
    grid: NDArray[np.bool_]
    """(32, 32, 32) bool, axes x, y, z, y up, front to +x: what a data set gets."""
    triangles: int
    """How many there are after the repairs."""
    parts: int
    """Connected components, by shared vertices."""
    watertight: bool
    """Every edge has exactly two triangles."""
    size: tuple[float, float, float]
    """Bounding box along x, y, z in the file's unit."""
    repairs: Repairs
    """What was mended."""
    closed_voxels: int
    """Voxels inside that the outside reaches through a hole in the surface: filled if the orientation says so,
    otherwise left empty."""
    holes_closed: bool
    """Whether those voxels were filled."""
    textures: int
    """Pictures on the mesh."""
    missing: tuple[str, ...]
    """Textures and materials that were not found or could not be read."""
    files: tuple[Path, ...]
    """The mesh file and those it refers to."""
    assumed: Assumed
    """What its reader met in the file and assumed of it."""

    @property
    def longest_axis(self) -> str:
        """``x``, ``y`` or ``z``: where the object is longest in R2N2's pose."""
        return "xyz"[int(np.argmax(self.size))]

    @property
    def occupied(self) -> float:
        """Share of the grid that is occupied, 0 … 1; most R2N2 objects lie between 0.01 and 0.1."""
        return float(self.grid.mean())

    @property
    def solid(self) -> bool:
        """Whether no inside is left empty, as far as can be told."""
        return self.holes_closed or self.closed_voxels < NOTABLE_HOLE

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know, each in one line; empty for a faultless mesh."""
        repairs = self.repairs
        counts = (
            (repairs.merged_vertices, "vertices merged"),
            (repairs.degenerate_faces, "triangles without an area removed"),
            (repairs.duplicate_faces, "duplicate triangles removed"),
            (repairs.flipped_faces, "triangles turned over"),
        )
        notes = [f"{count} {what}" for count, what in counts if count]
        if self.closed_voxels >= NOTABLE_HOLE:
            what = "filled" if self.holes_closed else "left empty"
            notes.append(f"open on one side, wider than a voxel: {self.closed_voxels} voxels inside {what}")
        thin = [axis for axis, side in zip("xyz", self.size, strict=True) if side < _FLAT * max(self.size)]
        if thin:
            notes.append(f"thinner than a voxel along {' and '.join(thin)}")
        if self.missing:
            notes.append(f"not found or not readable: {', '.join(self.missing)}")
        return tuple(notes)

    def __str__(self) -> str:
        """A few lines for people."""
        x, y, z = self.size
        lines = [
            f"{self.path.name}: {self.triangles} triangles, {self.parts} parts, "
            f"{'watertight' if self.watertight else 'not watertight'}, {self.textures} textures",
            f"size {x:g} x {y:g} x {z:g}, longest along {self.longest_axis}; "
            f"{100 * self.occupied:.1f} % of the grid occupied",
        ]
        return "\n".join([*lines, *self.notes, str(self.assumed)])


def examine(path: Path, orientation: Orientation | None = None) -> MeshReport:
    """Load, repair and voxelise a mesh, and say how healthy it is.

    Args:
        path: an OBJ, OFF, PLY, STL, GLB or GLTF file.
        orientation: which axes of the file point up and to the front.

    Raises:
        DatasetError: if the file is missing, damaged, too large or holds no triangles with an area.
    """
    orientation = orientation or Orientation()
    content = read_mesh_file(path)
    mesh = content.mesh
    mesh.vertices = np.asarray(mesh.vertices) @ orientation.rotation.T
    welded, repairs = _repair(mesh)
    if not len(welded):
        raise DatasetError(f"{path}: none of its triangles has an area; there is nothing to make a solid of")
    try:
        open_grid = voxelise(mesh, fill=orientation.fill)
        closed_grid = close_holes(mesh, open_grid, fill=orientation.fill)
    except DatasetError as error:
        raise DatasetError(f"{path}: {error}; mend it in a mesh editor") from error
    _, sharing = np.unique(_keys(np.sort(_edges(welded), axis=1)), return_counts=True)
    x, y, z = np.ptp(np.asarray(mesh.triangles).reshape(-1, 3), axis=0).tolist()
    return MeshReport(
        path=Path(path),
        mesh=mesh,
        grid=closed_grid if orientation.close_holes else open_grid,
        triangles=len(welded),
        parts=len(np.unique(_parts(welded))),
        watertight=bool((sharing == 2).all()),
        size=(x, y, z),
        repairs=repairs,
        closed_voxels=int((closed_grid & ~open_grid).sum()),
        holes_closed=orientation.close_holes,
        textures=content.textures,
        missing=content.missing,
        files=content.files,
        assumed=content.assumed,
    )


def _vector(axis: str) -> NDArray[np.float64]:
    return np.asarray((1.0 if axis[0] == "+" else -1.0) * np.eye(3)["xyz".index(axis[1])])


def _repair(mesh: "trimesh.Trimesh") -> tuple[NDArray[np.int64], Repairs]:
    """Mend a mesh in place; returns its triangles with vertices at one place as one: (F, 3), and what was done.

    The mesh itself keeps such vertices apart where their texture coordinates differ.
    """
    vertices, faces = np.asarray(mesh.vertices), np.asarray(mesh.faces)
    used = np.unique(faces)
    diagonal = float(np.linalg.norm(np.ptp(vertices[used], axis=0))) or 1.0
    places = np.round((vertices - vertices[used].min(0)) / (_MERGE * diagonal)).astype(np.int64)
    first, one = np.unique(_keys(places), return_index=True, return_inverse=True)[1:]
    welded = one[faces]
    merged = len(used) - len(np.unique(welded))
    keep = _has_area(vertices[first], welded, diagonal)
    degenerate = int((~keep).sum())
    turned = np.argmin(welded, axis=1)[:, None]  # the same winding may begin at any corner
    rolled = np.take_along_axis(welded, (turned + np.arange(3)) % 3, axis=1)
    repeated = np.ones(len(keep), bool)
    repeated[np.unique(np.where(keep, _keys(rolled), -1), return_index=True)[1]] = False
    duplicate = int((repeated & keep).sum())
    keep &= ~repeated
    welded = welded[keep]
    flip = _turned_over(vertices[first], welded)
    welded[flip] = welded[flip, ::-1]
    _replace_faces(mesh, keep, flip)
    return welded, Repairs(merged, degenerate, duplicate, int(flip.sum()))


def _has_area(vertices: NDArray[np.float64], faces: NDArray[np.int64], diagonal: float) -> NDArray[np.bool_]:
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    return np.asarray(area > (_MERGE * diagonal) ** 2)


def _replace_faces(mesh: "trimesh.Trimesh", keep: NDArray[np.bool_], flip: NDArray[np.bool_]) -> None:
    """Leave only the faces of ``keep``, of which those of ``flip`` turned over, with their colours."""
    from trimesh.visual import ColorVisuals

    visual = cast(Any, mesh.visual)
    faces = np.asarray(mesh.faces)[keep]
    faces[flip] = faces[flip, ::-1]
    if visual.kind == "texture":
        replaced: Any = type(visual)(visual.uv, visual.material, face_materials=np.asarray(visual.face_materials)[keep])
    else:
        replaced = ColorVisuals(face_colors=np.asarray(visual.face_colors)[keep])
    mesh.faces = faces
    mesh.visual = replaced


def _edges(faces: NDArray[np.int64]) -> NDArray[np.int64]:
    """The directed edges of triangles, three after another for each: (3 F, 2)."""
    return faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)


def _keys(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number for each row, equal for equal rows and not negative: (N, K) to (N,)."""
    if not len(rows):
        return np.zeros(0, np.int64)
    keys = rows[:, 0] - rows[:, 0].min()
    for column in rows.T[1:]:
        # Ranks stay below N, so that no product overflows.
        keys = np.unique(keys, return_inverse=True)[1] * (np.ptp(column) + 1) + (column - column.min())
    return np.asarray(keys, np.int64)


def _parts(faces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the connected component of each triangle: (F,)."""
    count = int(faces.max()) + 1
    links = (faces.reshape(-1), np.repeat(faces[:, 0], 3))
    labels = scipy.sparse.csgraph.connected_components(
        scipy.sparse.coo_array((np.ones(faces.size, bool), links), shape=(count, count)), directed=False
    )
    return np.asarray(labels[1][faces[:, 0]], np.int64)


def _turned_over(vertices: NDArray[np.float64], faces: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The triangles to flip: (F,) bool.

    Afterwards neighbours run through their common edge in opposite directions; the larger part of every piece stays as
    it is, but closed pieces look outwards.
    """
    directed = _edges(faces)
    _, edge, sharing = np.unique(_keys(np.sort(directed, axis=1)), return_inverse=True, return_counts=True)
    order = np.argsort(edge, kind="stable")
    pairs = order[sharing[edge[order]] == 2].reshape(-1, 2)
    one, other = (pairs // 3).T
    same_way = directed[pairs[:, 0], 0] == directed[pairs[:, 1], 0]
    # Every triangle is there twice, as it is and turned over; a link joins what fits together.
    count = len(faces)
    links = (np.concatenate([one, one + count]), np.concatenate([other + count * same_way, other + count * ~same_way]))
    graph = scipy.sparse.coo_array((np.ones(len(links[0]), bool), links), shape=(2 * count, 2 * count))
    labels = scipy.sparse.csgraph.connected_components(graph, directed=False)[1].reshape(2, count)
    fits = labels[0] != labels[1]  # otherwise the piece has only one side, as a Moebius strip
    pieces, piece = np.unique(labels.min(0), return_inverse=True)
    piece = piece.reshape(-1)
    flip = fits & (labels[0] > labels[1])
    share = np.bincount(piece, flip, len(pieces)) / np.bincount(piece, minlength=len(pieces))
    flip ^= fits & (share > 0.5)[piece]
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    volume = np.where(flip, -1, 1) * np.einsum("ij,ij->i", a, np.cross(b, c))
    inwards = np.bincount(piece, volume, len(pieces)) < 0
    edges_closed = np.ones(len(pieces), bool)
    np.logical_and.at(edges_closed, piece, (sharing[edge] == 2).reshape(-1, 3).all(1))
    return np.asarray(flip ^ (fits & (inwards & edges_closed)[piece]))
