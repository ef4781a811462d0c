"""The data that the embedded model is trained on: many built-in shapes, and meshes in stretched copies.

Every other copy has other colours, so that those of a mesh, seen so often, tell nothing about its shape.

Both are seen by more cameras than R2N2's, because photos are taken from anywhere: of five views of a training object
three are R2N2's and two come from further around. Held-out objects keep R2N2's cameras, and of the test split nothing
is in it.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import trimesh
from numpy.typing import NDArray
from PIL import Image

from core.config import COPY
from core.data.bit_packing import pack, unpack
from core.data.builtin.families import cameras, shape, split_of
from core.data.categories import CATEGORIES
from core.data.dataset import ObjectRecord, Split
from core.data.meshes.examining import Orientation, examine
from core.data.meshes.listing import MeshFile
from core.data.new_folder import new_folder
from core.data.packed import PackedWriter, encode_picture
from core.data.rendering import Camera, random_cameras
from core.data.voxelising import close_holes, voxelise
from core.data.workers import in_processes, renderer
from core.errors import DatasetError

NAME = "embedded"
"""Name of the data set, recorded as the source of memory slots."""
PER_CATEGORY = 2200
"""Built-in objects a category, the test split's included."""

_VIEWS, _HELD_OUT_VIEWS, _MESH_VIEWS, _COPY_VIEWS = 4, 3, 24, 5
_COPIES = 14
_STRETCH = 0.25
"""Largest logarithm of the factor by which a copy is stretched along an axis."""
_R2N2 = 0.6
"""How many of the cameras are drawn from R2N2's ranges."""

Progress = Callable[[int, int, str], None]
Recolour = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]


@dataclass(frozen=True)
class EmbeddedReport:
    """What a build made."""

    out: Path
    """The folder of the packed data set."""
    objects: int
    """Objects and copies in it."""
    pictures: int
    """Renderings in it."""
    skipped: tuple[str, ...]
    """Why some meshes could not be used."""

    def __str__(self) -> str:
        """One line, and one for each mesh that could not be used."""
        return "\n".join([f"{self.objects} objects with {self.pictures} pictures in {self.out}", *self.skipped])


def build_embedded(
    out: Path,
    meshes: Sequence[MeshFile] = (),
    *,
    orientation: Orientation | None = None,
    per_category: int = PER_CATEGORY,
    progress: Progress | None = None,
) -> EmbeddedReport:
    """Build the packed data set ``out`` from built-in shapes, and from those meshes that are for training.

    Args:
        out: a folder that does not exist yet or is empty.
        meshes: the split of each is ``train``, unless it says another; those of another are left out.
        orientation: which axes of the mesh files point up and to the front.
        per_category: built-in objects a category.
        progress: called with objects done, objects in all, and what is being done.

    Raises:
        DatasetError: if ``out`` is in use, the disk is full, or off-screen rendering is impossible.
    """
    pose = orientation or Orientation()
    tasks: list[_Builtin | _Mesh] = [
        _Builtin(category, index) for index in range(per_category) for category in CATEGORIES
    ]
    tasks += [_Mesh(file, pose) for file in meshes if file.split in (None, "train")]
    objects = pictures = 0
    skipped = []
    with (
        new_folder(Path(out)) as folder,
        PackedWriter(folder, NAME, 0) as writer,
        closing(in_processes(_make, tasks)) as made,
    ):
        for done, (task, found) in enumerate(zip(tasks, made, strict=True), start=1):
            if isinstance(found, str):
                skipped.append(found)
            else:
                for record, packed, encoded in found:
                    writer.add(record, unpack(packed), encoded)
                    objects, pictures = objects + 1, pictures + len(encoded)
            if progress:
                progress(done, len(tasks), task.category)
        writer.finish()
    return EmbeddedReport(Path(out), objects, pictures, tuple(skipped))


def varied_cameras(rng: np.random.Generator, n: int) -> tuple[Camera, ...]:
    """``n`` cameras, three of five from R2N2's ranges, the others from -5 to 50 degrees up and 0.62 to 1.2 away."""
    return tuple(
        random_cameras(rng, 1)[0]
        if rng.random() < _R2N2
        else Camera(float(rng.uniform(0, 360)), float(rng.uniform(-5, 50)), float(rng.uniform(0.62, 1.2)))
        for _ in range(n)
    )


def stretched(mesh: trimesh.Trimesh, rng: np.random.Generator) -> trimesh.Trimesh:
    """A copy that is longer or shorter by up to a quarter along each axis, half of the time mirrored left to right."""
    factors = np.exp(rng.uniform(-_STRETCH, _STRETCH, 3))
    copy = mesh.copy()
    if rng.random() < 0.5:
        factors[2] *= -1
        copy.faces = np.asarray(copy.faces)[:, ::-1]  # still counter-clockwise from outside
    copy.vertices = np.asarray(copy.vertices) * factors
    return copy


def recoloured(rng: np.random.Generator) -> Recolour:
    """A change of colours that all pictures of an object get: (H, W, 4) RGBA with any other hue, paler or stronger."""
    hue, saturation = int(rng.integers(256)), float(rng.uniform(0.4, 1.6))

    def change(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        hues, saturations, values = Image.fromarray(picture[..., :3]).convert("HSV").split()
        hues = hues.point([(level + hue) % 256 for level in range(256)])
        saturations = saturations.point([min(int(level * saturation), 255) for level in range(256)])
        changed = Image.merge("HSV", (hues, saturations, values)).convert("RGB")
        return np.dstack([np.asarray(changed), picture[..., 3]])

    return change


Made = tuple[ObjectRecord, NDArray[np.uint8], list[bytes]]


@dataclass(frozen=True)
class _Builtin:
    category: str
    index: int

    def made(self) -> Iterator[Made]:
        mesh = shape(0, self.category, self.index)
        packed = pack(voxelise(mesh))
        split = split_of(packed)
        name = f"{self.category}/{self.index:05d}"
        if split == "train":
            yield _rendered(name, self.category, split, packed, mesh, varied_cameras(_generator(name), _VIEWS))
        elif split == "val":
            seen_by = cameras(0, self.category, self.index, _HELD_OUT_VIEWS)
            yield _rendered(name, self.category, split, packed, mesh, seen_by)


@dataclass(frozen=True)
class _Mesh:
    file: MeshFile
    orientation: Orientation

    @property
    def category(self) -> str:
        return self.file.category

    def made(self) -> Iterator[Made]:
        report = examine(self.file.path, self.orientation)
        name = f"{self.category}/{self.file.name}"
        rng = _generator(name)
        own = varied_cameras(rng, _MESH_VIEWS)
        yield _rendered(name, self.category, "train", pack(report.grid), report.mesh, own)
        for number in range(1, _COPIES + 1):
            mesh = stretched(report.mesh, rng)
            fill = self.orientation.fill
            grid = voxelise(mesh, fill=fill)
            grid = close_holes(mesh, grid, fill=fill) if report.holes_closed else grid
            change = recoloured(rng) if number % 2 else None
            seen_by = varied_cameras(rng, _COPY_VIEWS)
            yield _rendered(f"{name}{COPY}{number}", self.category, "train", pack(grid), mesh, seen_by, change)


def _rendered(
    name: str,
    category: str,
    split: Split,
    packed: NDArray[np.uint8],
    mesh: trimesh.Trimesh,
    seen_by: tuple[Camera, ...],
    change: Recolour | None = None,
) -> Made:
    views = renderer().views(mesh, seen_by)
    pictures = [encode_picture(view if change is None else change(view)) for view in views]
    return ObjectRecord(name, category, split, len(pictures)), packed, pictures


def _make(task: _Builtin | _Mesh) -> list[Made] | str:
    """An object and its copies, made in a worker process; or why its mesh cannot be used."""
    renderer()  # if that is impossible, it is no fault of the mesh
    try:
        return list(task.made())
    except DatasetError as error:
        if isinstance(task, _Builtin):
            raise
        return str(error)


def _generator(name: str) -> np.random.Generator:
    """The random numbers of an object; the same on every machine."""
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))
