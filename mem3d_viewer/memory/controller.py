"""The slow work of the page Memory off the GUI thread: reading, mapping, adding, saving, and finding pictures."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.assets import is_asset
from core.checkpoint import Checkpoint, load_checkpoint
from core.data.bit_packing import pack
from core.data.dataset import ShapeDataset
from core.data.meshes.examining import Orientation
from core.data.opening import builtin_folder, open_dataset, parts_of
from core.errors import Mem3DError, OutputError
from core.memory.adding import Added, PictureEncoder, add_shapes
from core.memory.analysis import near_duplicate_slots
from core.memory.editing import remove, save_memory
from core.memory.key_map import KeyMap, Method, pca_map, stored_map, tsne_map
from core.memory.shape_files import find_shapes, read_shapes
from core.memory.slots import MemorySlots, slots_of
from mem3d_viewer.base.background import Cancelled, Job, Lane, reporting
from mem3d_viewer.memory.session import MemorySession


class MemoryController(QObject):
    """Reads, maps, edits and saves; one thing at a time on each of three threads (work, maps, pictures)."""

    failed = Signal(object)
    """The exception of what failed."""
    progress = Signal(int, int, str)
    """Done, of how many, and what; (0, 0, "") when nothing is going on."""
    added = Signal(object)
    """What adding shapes did."""
    saved = Signal(object)
    """Path of the checkpoint that was written."""
    map_made = Signal(object)
    """A map of the present keys."""
    map_busy = Signal(bool)
    """Whether a better map is being made."""
    duplicates_found = Signal(object)
    """Groups of near-duplicate slots."""
    picture_found = Signal(int, object)
    """A slot, and the picture that it was written from: (H, W, 3 or 4) uint8, or None where it is not at hand."""

    def __init__(self, session: MemorySession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._lane = Lane("mem3d-memory", self)
        self._maps = Lane("mem3d-map", self)
        self._pictures = Lane("mem3d-memory-pictures", self)
        self._job: Job | None = None
        self._map_job: Job | None = None
        self._picture_job: Job | None = None
        self._datasets: dict[str, ShapeDataset] = {}
        self._looked_at: set[str] = set()
        self._specs: Callable[[], Sequence[str]] = lambda: ()
        self._stopped = False

    @property
    def working(self) -> bool:
        """Whether something is read, added or saved."""
        return self._job is not None

    @property
    def mapping(self) -> bool:
        """Whether a map is being made."""
        return self._map_job is not None

    def set_dataset_specs(self, specs: Callable[[], Sequence[str]]) -> None:
        """Where to look for the pictures that slots were written from: what gives the data sets the user has opened."""
        self._specs = specs

    # -- reading and writing

    def open(self, path: Path) -> None:
        """Read the memory of a checkpoint."""

        def work(_: Job) -> tuple[Checkpoint, MemorySlots]:
            checkpoint = load_checkpoint(path)
            return checkpoint, slots_of(checkpoint)

        self._run(f"Reading {path.name}…", work, lambda found: self._session.open(*found))

    def add(self, specs: Sequence[str], *, category: str | None, orientation: Orientation, views: int) -> None:
        """Add shapes to the memory: files, folders of meshes, data sets."""
        checkpoint, slots = self._session.checkpoint, self._session.slots
        if checkpoint is None or slots is None:
            return

        def work(job: Job) -> Added:
            told = reporting(job)
            sources = find_shapes(specs, category=category, orientation=orientation, views=views, progress=told)
            told(0, sources.count, "Adding shapes")
            encoder = PictureEncoder(checkpoint)
            return add_shapes(
                slots, encoder, read_shapes(sources), lambda done: told(done, sources.count, "Adding shapes")
            )

        self._run("Adding shapes", work, lambda added: self._accept(added, specs))

    def _accept(self, added: Added, specs: Sequence[str]) -> None:
        if added.shapes:
            names = ", ".join(Path(spec).name for spec in specs[:3]) + (" …" if len(specs) > 3 else "")
            self._session.edit(added.slots, f"adding {names}")
            places = frozenset(added.places.tolist())
            self._session.select(places, min(places))
        self.added.emit(added)

    def remove(self, which: frozenset[int]) -> None:
        """Take slots out."""
        slots = self._session.slots
        if slots is not None and which:
            words = f"removing {len(which)} slot{'s' if len(which) > 1 else ''}"
            self._session.edit(remove(slots, which), words)

    def save(self, path: Path) -> None:
        """Write the memory as it is into a new checkpoint, which the page then shows."""
        checkpoint, slots = self._session.checkpoint, self._session.slots
        if checkpoint is None or slots is None:
            return

        def work(_: Job) -> Checkpoint:
            if is_asset(path):
                raise OutputError(f"{path}: is part of this program: choose another name")
            save_memory(checkpoint, slots, path)
            return load_checkpoint(path)

        def accept(saved: Checkpoint) -> None:
            self._session.set_saved(saved)
            self.saved.emit(saved.path)

        self._run(f"Saving {path.name}…", work, accept)

    def cancel(self) -> None:
        """Give up what is going on."""
        if self._job is not None:
            self._job.cancel()

    # -- what is found out about the slots

    def find_map(self, method: Method) -> None:
        """Make a map of the present keys: by principal components at once, by t-SNE after them unless it is stored."""
        slots = self._session.slots
        if slots is None:
            return
        if self._map_job is not None:
            self._map_job.cancel()

        def work(job: Job) -> KeyMap:
            if method == "tsne" and (stored := stored_map(slots, "tsne")) is not None:
                return stored
            quick = pca_map(slots)
            if method == "pca":
                return quick
            job.report(quick)
            return tsne_map(slots, lambda: job.cancelled)

        def accept(found: KeyMap) -> None:
            if self._session.slots is slots:
                self.map_made.emit(found)

        job = self._map_job = self._maps.submit(work)
        self.map_busy.emit(True)
        job.told.connect(accept)
        job.succeeded.connect(accept)
        job.failed.connect(self.failed)
        job.finished.connect(lambda: self._end_map(job))

    def find_duplicates(self) -> None:
        """Look for near-duplicate slots."""
        slots = self._session.slots
        if slots is None:
            return

        def accept(groups: list[tuple[int, ...]]) -> None:
            if self._session.slots is slots:
                self.duplicates_found.emit(groups)

        job = self._pictures.submit(lambda _: near_duplicate_slots(slots))
        job.succeeded.connect(accept)
        job.failed.connect(self.failed)

    def find_picture(self, slot: int) -> None:
        """Look for the picture that a slot was written from."""
        slots, checkpoint = self._session.slots, self._session.checkpoint
        source = None if slots is None else slots.sources[slot]
        if slots is None or checkpoint is None or source is None:
            self.picture_found.emit(slot, None)
            return
        packed, specs = slots.packed[slot], [*self._specs(), checkpoint.config.data.dataset]

        def work(job: Job) -> NDArray[np.uint8] | None:
            dataset = None if job.cancelled else self._dataset(source.dataset, specs)
            return None if dataset is None else _picture(dataset, source.object_id, source.view, packed)

        if self._picture_job is not None:
            self._picture_job.cancel()  # what was chosen before is of no interest any more
        job = self._picture_job = self._pictures.submit(work)
        job.finished.connect(lambda: self._end_picture(job))
        job.succeeded.connect(lambda pixels: self.picture_found.emit(slot, pixels))
        job.failed.connect(lambda _: self.picture_found.emit(slot, None))

    def stop(self) -> None:
        """End every thread."""
        self._stopped = True
        self.cancel()
        for lane in (self._lane, self._maps, self._pictures):
            lane.close()

    def _dataset(self, name: str, specs: Sequence[str]) -> ShapeDataset | None:
        """The data set called ``name`` among those at hand; nothing is built for it. On the pictures' thread."""
        if name not in self._datasets:
            for spec in dict.fromkeys(part for joined in specs for part in parts_of(joined)):
                if spec in self._looked_at or (spec == "builtin" and not builtin_folder().exists()):
                    continue
                self._looked_at.add(spec)
                try:
                    dataset = open_dataset(spec, damaged="skip")
                except Mem3DError:  # one that has been moved since does not keep the others from being looked at
                    continue
                self._datasets.setdefault(dataset.name, dataset)
        return self._datasets.get(name)

    def _run(self, words: str, work: Callable[[Job], Any], accept: Callable[[Any], object]) -> None:
        if self._stopped or self._job is not None:
            return
        job = self._job = self._lane.submit(work)
        self.progress.emit(0, 0, words)
        job.told.connect(lambda told: self.progress.emit(*told))
        job.finished.connect(lambda: self._end(job))
        job.succeeded.connect(accept)
        job.failed.connect(lambda error: None if isinstance(error, Cancelled) else self.failed.emit(error))

    def _end(self, job: Job) -> None:
        if self._job is job:
            self._job = None
            self.progress.emit(0, 0, "")

    def _end_picture(self, job: Job) -> None:
        if self._picture_job is job:
            self._picture_job = None

    def _end_map(self, job: Job) -> None:
        if self._map_job is job:
            self._map_job = None
            self.map_busy.emit(False)


def _picture(dataset: ShapeDataset, object_id: str, view: int, packed: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """A rendering, if the object still has the shape that the slot holds; else it is another data set of that name."""
    for index, record in enumerate(dataset.objects):
        if record.object_id == object_id:
            if view < record.views and np.array_equal(pack(dataset.voxels(index)), packed):
                return dataset.image(index, view)
            return None
    return None
