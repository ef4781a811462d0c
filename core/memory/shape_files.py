"""From the user's own files to shapes with pictures: meshes, voxel grids and data sets, as a memory takes them."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.binvox import load_binvox
from core.data.categories import CATEGORIES
from core.data.dataset import ShapeDataset
from core.data.folder_dataset import Progress
from core.data.meshes.examining import MESH_ENDINGS, Orientation, examine
from core.data.meshes.listing import find_meshes, mesh_paths
from core.data.opening import open_dataset, parse_spec
from core.data.rendering import VIEWS, Camera
from core.data.workers import in_processes, renderer
from core.errors import DatasetError
from core.export.surfaces import smooth_mesh

GRID_ENDINGS = (".binvox", ".npz")
"""Endings of files that hold a voxel grid."""
SHAPE_ENDINGS = (*MESH_ENDINGS, *GRID_ENDINGS)
"""Endings of files that hold one shape."""
OWN_CATEGORY = "own"
"""Category of a file of which nothing else is known."""
MESHES, GRIDS = "mesh", "voxels"
"""What stands as data set in the source of a slot that came from a mesh file or a voxel grid."""
_ELEVATION, _DISTANCE = 27.5, 0.8  # the middle of R2N2's ranges


@dataclass(frozen=True, eq=False)
class Shape:
    """One object with its pictures."""

    dataset: str
    """``mesh``, ``voxels``, or the name of the data set it came from."""
    object_id: str
    """Its name there: of a file its own name."""
    category: str
    """Its category."""
    voxels: NDArray[np.bool_]
    """(32, 32, 32) bool, axes x, y, z, y up, front to +x."""
    pictures: tuple[NDArray[np.uint8], ...]
    """One a view: (H, W, 4) RGBA or (H, W, 3) RGB, uint8."""


@dataclass(frozen=True)
class ShapeFile:
    """A mesh or voxel grid that is to be read."""

    path: Path
    category: str
    name: str
    orientation: Orientation
    views: int


@dataclass(frozen=True, eq=False)
class ShapeSources:
    """What is to be read: files, and data sets that bring their own pictures."""

    files: tuple[ShapeFile, ...]
    datasets: tuple[ShapeDataset, ...]
    views: int
    category: str | None

    @property
    def count(self) -> int:
        """How many shapes there are."""
        return len(self.files) + sum(len(dataset.objects) for dataset in self.datasets)


def find_shapes(
    specs: Sequence[str],
    *,
    category: str | None = None,
    orientation: Orientation | None = None,
    views: int = VIEWS,
    progress: Progress | None = None,
) -> ShapeSources:
    """What the user named: mesh files, voxel grids, folders of meshes, and data sets.

    Args:
        specs: a file with one of ``SHAPE_ENDINGS``, a folder of meshes, or what ``--dataset`` takes.
        category: of all of them; None: a folder's meshes have that of their folder, an object of a data set its own,
            and a file that of the folder it lies in where that is one of R2N2's, else ``OWN_CATEGORY``.
        orientation: which axes of mesh files point up and to the front.
        views: pictures of each shape; of a data set its first ones.
        progress: told while a data set is opened.

    Raises:
        DatasetError: if one of them is missing or unknown.
    """
    orientation = orientation or Orientation()
    files: list[ShapeFile] = []
    datasets: list[ShapeDataset] = []
    for spec in specs:
        path = Path(spec).expanduser()
        if path.suffix.lower() in SHAPE_ENDINGS and not path.is_dir():
            if not path.is_file():
                raise DatasetError(f"{path}: no such file; check its name")
            own = path.resolve().parent.name
            kind = category or (own if own in CATEGORIES else OWN_CATEGORY)
            files.append(ShapeFile(path, kind, path.name, orientation, views))
        elif path.is_dir() and _holds_meshes(path):
            files += [
                ShapeFile(mesh.path, category or mesh.category, mesh.path.name, orientation, views)
                for mesh in find_meshes(path)
            ]
        elif path.is_file():
            raise DatasetError(f"{path}: no shape; use {', '.join(SHAPE_ENDINGS)}, or the folder of a data set")
        else:
            datasets.append(open_dataset(spec, progress))
    return ShapeSources(tuple(files), tuple(datasets), views, category)


def read_shapes(sources: ShapeSources) -> Iterator[Shape]:
    """Read every shape; meshes and grids are rendered in a process of its own, from all around with R2N2's camera.

    Raises:
        DatasetError: if a file cannot be used, or off-screen rendering is impossible.
    """
    if sources.files:
        # Two at most: a few files are not worth the start of more.
        with closing(in_processes(_read, sources.files, min(2, len(sources.files)))) as made:
            yield from made
    for dataset in sources.datasets:
        for index, record in enumerate(dataset.objects):
            pictures = tuple(dataset.image(index, view) for view in range(min(record.views, sources.views)))
            if pictures:
                category = sources.category or record.category
                yield Shape(dataset.name, record.object_id, category, dataset.voxels(index), pictures)


def cameras_around(views: int) -> tuple[Camera, ...]:
    """``views`` cameras, evenly spread around the object, the first at the front, in the middle of R2N2's ranges."""
    return tuple(Camera(360.0 * view / views, _ELEVATION, _DISTANCE) for view in range(views))


def load_grid(path: Path) -> NDArray[np.bool_]:
    """Read a voxel grid: ``.binvox`` in R2N2's convention, or ``.npz`` with an array ``voxels`` or one alone.

    Returns:
        (32, 32, 32) bool, axes x, y, z, y up, front to +x.

    Raises:
        DatasetError: if it cannot be read, is empty, or of another size.
    """
    voxels = load_binvox(path) if path.suffix.lower() == ".binvox" else _load_npz(path)
    if not voxels.any():
        raise DatasetError(f"{path}: the grid is empty; there is no shape to remember")
    return voxels


def _load_npz(path: Path) -> NDArray[np.bool_]:
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            names = list(file)
            name = "voxels" if "voxels" in names else names[0] if len(names) == 1 else None
            if name is None:
                raise DatasetError(f"{path}: holds no array called voxels; save it with that name")
            grid = file[name]
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DatasetError(f"{path}: not an NPZ file with a voxel grid ({error}); write it again") from error
    if grid.shape != (32, 32, 32) or grid.dtype.kind not in "bui":
        kind = f"{grid.dtype} {' x '.join(map(str, grid.shape))}"
        raise DatasetError(f"{path}: a grid of 32 x 32 x 32 bool or whole numbers is needed, not {kind}")
    return np.asarray(grid > 0)


def _holds_meshes(folder: Path) -> bool:
    """Whether a folder is no data set but holds meshes."""
    try:
        parse_spec(str(folder))
    except DatasetError:
        return bool(mesh_paths(folder))
    return False


def _read(file: ShapeFile) -> Shape:
    """In a process of its own: one file with its renderings."""
    if file.path.suffix.lower() in GRID_ENDINGS:
        kind, voxels = GRIDS, load_grid(file.path)
        import trimesh

        # Rendered smooth, as the surface of the object behind a grid is not made of steps.
        mesh = trimesh.Trimesh(*smooth_mesh(voxels.astype(np.float32), 0.5), process=False)
    else:
        report = examine(file.path, file.orientation)
        kind, voxels, mesh = MESHES, report.grid, report.mesh
    pictures = renderer().views(mesh, cameras_around(file.views))
    return Shape(kind, file.name, file.category, voxels, tuple(pictures))
