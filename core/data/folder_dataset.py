"""Data sets that are a folder of many small files: what they have in common, and reading all of one at once."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import ObjectRecord, Problem, ShapeDataset
from core.data.images import ALPHA_THRESHOLD
from core.errors import DatasetError

Taken = TypeVar("Taken")
Progress = Callable[[int, int, str], None]
"""Told objects done, objects in all, and what is being done."""

_THREADS = 8
"""More than the cores of a small machine: much of the time goes to waiting for the disk."""
_AHEAD = 32
"""Objects that are read before they are taken; each holds all its pictures."""


class FolderDataset(ShapeDataset, Protocol):
    """A data set whose pictures and grids are files of their own.

    Its ``objects`` hold what is there; what is missing is in ``problems``.
    """

    @property
    def folder(self) -> Path:
        """The folder."""
        ...

    @property
    def version(self) -> str:
        """A digest of what its content is told by: the paths, relative to the folder, and sizes of its files."""
        ...

    @property
    def problems(self) -> Sequence[Problem]:
        """What is missing or inconsistent, as far as that can be seen without reading the files."""
        ...

    @property
    def notes(self) -> Sequence[Problem]:
        """What is unusual, but does not keep anything from being used."""
        ...

    def picture_path(self, index: int, view: int) -> Path:
        """The file of a rendering."""
        ...

    def voxels_path(self, index: int) -> Path:
        """The file of a voxel grid."""
        ...

    def stored_picture(self, index: int, view: int) -> bytes | None:
        """The content of a PNG file that holds exactly ``image(index, view)``; None where there is none."""
        ...


@dataclass
class Examination:
    """Everything of one object, read."""

    voxels: NDArray[np.bool_] | None = None
    """(32, 32, 32) bool; None if it cannot be used."""
    pictures: dict[int, NDArray[np.uint8]] = field(default_factory=dict)
    """The pictures that can be used by their view: (H, W, 4) RGBA or (H, W, 3) RGB."""
    problems: list[Problem] = field(default_factory=list)
    """What cannot be used, and why."""


def examine(dataset: FolderDataset, index: int) -> Examination:
    """Read the grid and every picture of one object."""
    found = Examination()
    path = dataset.voxels_path(index)
    try:
        voxels = dataset.voxels(index)
    except DatasetError as error:
        found.problems.append(_problem(path, error))
    else:
        if voxels.any():
            found.voxels = voxels
        else:
            found.problems.append(Problem(path, "the voxel grid is empty"))
    for view in range(dataset.objects[index].views):
        path = dataset.picture_path(index, view)
        try:
            pixels = dataset.image(index, view)
        except DatasetError as error:
            found.problems.append(_problem(path, error))
            continue
        if pixels.shape[2] == 4 and pixels[..., 3].max() <= ALPHA_THRESHOLD:
            found.problems.append(Problem(path, "the picture is transparent everywhere"))
        else:
            found.pictures[view] = pixels
    return found


def examine_all(
    dataset: FolderDataset, take: Callable[[int, Examination], Taken], what: str, progress: Progress | None
) -> Iterator[Taken]:
    """Read every object and yield what ``take`` makes of it, in order.

    Several threads read a little ahead; ``take`` runs on them too, so that only what it keeps stays in memory.

    Args:
        dataset: what to read.
        take: gets an object's index and what was read of it.
        what: told to ``progress`` as what is being done.
        progress: told after every object.
    """
    indices = iter(range(len(dataset.objects)))
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="examine") as pool:

        def submit(count: int) -> list[Future[Taken]]:
            return [pool.submit(lambda i: take(i, examine(dataset, i)), index) for index in islice(indices, count)]

        try:
            running = deque(submit(_AHEAD))
            done = 0
            while running:
                taken = running.popleft().result()
                running.extend(submit(1))
                done += 1
                if progress:
                    progress(done, len(dataset.objects), what)
                yield taken
        finally:
            pool.shutdown(cancel_futures=True)


class Selection:
    """The part of a data set that can be used: some of its objects, each with some of its pictures.

    Args:
        dataset: the whole.
        views: of every object kept the views kept, by its index.
    """

    def __init__(self, dataset: FolderDataset, views: dict[int, Sequence[int]]) -> None:
        self._dataset = dataset
        self._kept = tuple((index, tuple(kept)) for index, kept in views.items())
        records = ((dataset.objects[index], kept) for index, kept in self._kept)
        self._objects = tuple(ObjectRecord(r.object_id, r.category, r.split, len(kept)) for r, kept in records)

    @property
    def name(self) -> str:
        """Name of the whole data set."""
        return self._dataset.name

    @property
    def version(self) -> str:
        """Version of the whole data set."""
        return self._dataset.version

    @property
    def objects(self) -> Sequence[ObjectRecord]:
        """The objects kept, in the order of the whole."""
        return self._objects

    def image(self, index: int, view: int) -> NDArray[np.uint8]:
        """Rendering ``view`` of those kept of object ``index``: (H, W, 4) RGBA or (H, W, 3) RGB, uint8."""
        whole, views = self._kept[index]
        if not 0 <= view < len(views):
            raise IndexError(f"object {index} has no view {view}")
        return self._dataset.image(whole, views[view])

    def voxels(self, index: int) -> NDArray[np.bool_]:
        """Voxel grid of object ``index``: (32, 32, 32) bool, axes x, y, z, y up, front to +x."""
        return self._dataset.voxels(self._kept[index][0])


def usable(dataset: FolderDataset, progress: Progress | None = None) -> tuple[Selection, tuple[Problem, ...]]:
    """What of a data set can be used, and what cannot; reads all of it once.

    Args:
        dataset: the whole.
        progress: told after every object.

    Raises:
        DatasetError: if nothing can be used.
    """
    problems = list(dataset.problems)
    views: dict[int, Sequence[int]] = {}

    def take(index: int, found: Examination) -> tuple[int, list[int], list[Problem]]:
        return index, list(found.pictures) if found.voxels is not None else [], found.problems

    for index, kept, found in examine_all(dataset, take, "reading", progress):
        problems += found
        if kept:
            views[index] = kept
    require_some(len(views), dataset, problems)
    return Selection(dataset, views), tuple(problems)


def require_some(count: int, dataset: FolderDataset, problems: Sequence[Problem]) -> None:
    """Refuse a data set of which no object can be used.

    Raises:
        DatasetError: naming the first of ``problems``, if ``count`` is 0.
    """
    if not count:
        first = f"; {problems[0]}" if problems else ""
        raise DatasetError(f"{dataset.folder}: no object can be used ({len(problems)} problems{first})")


def _problem(path: Path, error: DatasetError) -> Problem:
    """A problem from an error's message, which names ``path``, or another file that belongs to it, such as a mask."""
    text = str(error.args[0])  # the whole of it, however long the path
    if text.startswith(f"{path}: "):
        return Problem(path, text.removeprefix(f"{path}: "))
    other, _, what = text.partition(": ")
    return Problem(Path(other), what)
