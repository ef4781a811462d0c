"""Opens data sets off the GUI thread and loads the pictures that the browser shows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QObject, Signal

from core.data.checking import check
from core.data.dataset import ShapeDataset
from core.data.meshes.listing import mesh_paths
from core.data.opening import open_dataset, parse_spec
from core.errors import DatasetError, Mem3DError
from mem3d_viewer.base.background import Job, Lane, reporting

_AT_ONCE = 8
"""Pictures a job loads: few, so that what is seen now does not wait for what was scrolled past."""
_SIDE = 160


class DataController(QObject):
    """What the data page asks for, one thing at a time on a thread for data sets and one for pictures."""

    opened = Signal(object, str)
    """A data set that was opened, and what it was named."""
    recognised = Signal(object, str)
    """A folder, and whether it is a ``data set`` or holds ``meshes``."""
    checked = Signal(object)
    """The report of a check."""
    picture_loaded = Signal(int, object)
    """Object and its first rendering, small."""
    details_loaded = Signal(int, object, object)
    """Object, its renderings, small, and its grid."""
    failed = Signal(object)
    """The exception of what failed."""
    progress = Signal(int, int, str)
    """Done, of how many, and what; (0, 0, "") when nothing is going on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = Lane("mem3d-data", self)
        self._pictures = Lane("mem3d-pictures", self)
        self._job: Job | None = None
        self._loading: Job | None = None
        self._dataset: ShapeDataset | None = None
        self.opening = ""
        """What the data set that is being opened was named; empty where none is."""
        self._wanted: list[int] = []
        self._chosen: int | None = None

    @property
    def working(self) -> bool:
        """Whether a data set is being opened or checked."""
        return self._job is not None

    @property
    def dataset(self) -> ShapeDataset | None:
        """The data set that was opened last."""
        return self._dataset

    def open(self, spec: str) -> None:
        """Open the data set that ``spec`` names; the built-in one is built on first use."""
        self.opening = spec
        self._run(
            f"Opening {spec}…",
            lambda job: open_dataset(spec, reporting(job), damaged="skip"),
            lambda found: self._accept(found, spec),
        )

    def recognise(self, folder: Path) -> None:
        """Find out what a folder holds."""
        self._run(
            f"Looking into {folder.name}…", lambda _: _kind(folder), lambda kind: self.recognised.emit(folder, kind)
        )

    def check(self, spec: str) -> None:
        """Look at every file of a data set."""
        self._run(f"Checking {spec}…", lambda job: check(spec, reporting(job)), self.checked.emit)

    def cancel(self) -> None:
        """Give up opening or checking."""
        if self._job is not None:
            self._job.cancel()

    def want_picture(self, index: int) -> None:
        """Load an object's first rendering, after those asked for later."""
        self._wanted.append(index)
        self._load_next()

    def want_details(self, index: int) -> None:
        """Load all renderings and the grid of an object, before any picture that is still wanted."""
        self._chosen = index
        self._load_next()

    def stop(self) -> None:
        """End both threads."""
        self.cancel()
        self._dataset = None
        self._lane.close()
        self._pictures.close()

    def _run(self, words: str, work: Callable[[Job], Any], accept: Callable[[Any], object]) -> None:
        if self._job is not None:
            self._job.cancel()
        job = self._lane.submit(work)
        self._job = job
        self.progress.emit(0, 0, words)
        job.told.connect(lambda told: self.progress.emit(*told))
        job.succeeded.connect(accept)
        job.failed.connect(self.failed)
        job.finished.connect(lambda: self._end(job))

    def _end(self, job: Job) -> None:
        if self._job is job:
            self._job = None
            self.opening = ""
            self.progress.emit(0, 0, "")

    def _accept(self, dataset: ShapeDataset, spec: str) -> None:
        self._dataset = dataset
        self._wanted.clear()
        self._chosen = None
        self.opened.emit(dataset, spec)

    def _is(self, dataset: ShapeDataset) -> bool:
        return self._dataset is dataset

    def _load_next(self) -> None:
        dataset = self._dataset
        if dataset is None or self._loading is not None:
            return
        if self._chosen is not None:
            index, self._chosen = self._chosen, None
            self._loading = self._pictures.submit(lambda _: _details(dataset, index))
            self._loading.succeeded.connect(
                lambda found: self.details_loaded.emit(index, *found) if self._is(dataset) else None
            )
        elif self._wanted:
            chosen, self._wanted = self._wanted[-_AT_ONCE:], self._wanted[:-_AT_ONCE]
            self._loading = self._pictures.submit(lambda job: _load(dataset, chosen, job))
            self._loading.told.connect(lambda found: self.picture_loaded.emit(*found) if self._is(dataset) else None)
        else:
            return
        self._loading.failed.connect(self.failed)
        self._loading.finished.connect(self._loaded)

    def _loaded(self) -> None:
        self._loading = None
        self._load_next()


def _kind(folder: Path) -> str:
    """``data set`` or ``meshes``.

    Raises:
        DatasetError: if the folder is neither.
    """
    try:
        parse_spec(str(folder))
    except DatasetError:
        if not mesh_paths(folder):
            raise
        return "meshes"
    return "data set"


def _details(dataset: ShapeDataset, index: int) -> tuple[list[NDArray[np.uint8]], NDArray[np.bool_]]:
    return [_small(dataset.image(index, view)) for view in range(dataset.objects[index].views)], dataset.voxels(index)


def _load(dataset: ShapeDataset, indices: list[int], job: Job) -> None:
    damaged: Mem3DError | None = None
    for index in indices:
        if job.cancelled:
            return
        try:
            if dataset.objects[index].views:
                job.report((index, _small(dataset.image(index, 0))))
        except Mem3DError as error:  # one damaged picture does not keep the others from being seen
            damaged = error
    if damaged is not None:
        raise damaged


def _small(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    image = Image.fromarray(pixels)
    image.thumbnail((_SIDE, _SIDE))
    return np.asarray(image)
