"""What every data set offers: objects, each with a voxel grid and several renderings."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import DatasetError, ImageError, one_line

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")


@dataclass(frozen=True)
class ObjectRecord:
    """One object of a data set."""

    object_id: str
    """Unique within the data set, such as ``chair/000012``."""
    category: str
    """Category name, such as ``chair``."""
    split: Split
    """The part of the data set it belongs to."""
    views: int
    """How many renderings there are of it."""
    dataset: str = ""
    """Name of the data set it came from, where several are joined; empty where it is the data set's own."""
    weight: int = 1
    """How many times an epoch of training shows each of its renderings."""


class ShapeDataset(Protocol):
    """Objects with voxel grids and renderings; safe to read from several threads."""

    @property
    def name(self) -> str:
        """Short name recorded as the source of memory slots, such as ``builtin`` or ``shapenet``."""
        ...

    @property
    def version(self) -> str:
        """What tells its content from another with the same objects, such as checksums; empty where nothing does."""
        ...

    @property
    def objects(self) -> Sequence[ObjectRecord]:
        """Every object, in a fixed order; the other methods take an index into it."""
        ...

    def image(self, index: int, view: int) -> NDArray[np.uint8]:
        """Rendering ``view`` of object ``index``: (H, W, 4) RGBA or (H, W, 3) RGB, uint8."""
        ...

    def voxels(self, index: int) -> NDArray[np.bool_]:
        """Voxel grid of object ``index``: (32, 32, 32) bool, axes x, y, z, y up, front to +x."""
        ...


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a data set."""

    path: Path
    """The file or folder."""
    what: str
    """What is wrong with it, and what to do about it."""

    def __str__(self) -> str:
        """One line that names the file."""
        return one_line(f"{self.path}: {self.what}")


@contextmanager
def naming_the_sample(dataset: ShapeDataset, index: int, view: int) -> Iterator[None]:
    """Say which rendering it was that could not be used.

    Raises:
        DatasetError: in place of an ImageError, which knows only pixels.
    """
    try:
        yield
    except ImageError as error:
        name = dataset.objects[index].object_id
        raise DatasetError(f"{dataset.name}: view {view} of {name} cannot be used ({error}); remove it") from error
