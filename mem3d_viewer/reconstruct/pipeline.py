"""From a request to an answer: which model, which picture, which beta, and what comes out. No Qt here.

Requests and answers are immutable, so that nothing is shared between threads. Parts of an answer are used again
wherever a request asks for the same: one that differs in beta alone runs from the memory read on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.dataset import ShapeDataset, naming_the_sample
from core.data.images import Picture, load_picture, picture_from_pixels
from core.data.meshes.files import read_mesh_file
from core.data.voxelising import voxelise
from core.errors import ImageError
from core.memory.shape_files import load_grid
from core.prior_edits import NO_EDITS, PriorEdits
from core.reconstruction import EncodedPicture, Reconstructor
from core.reconstruction_result import Reconstruction

GRID_ENDINGS = (".binvox", ".npz")
"""Endings of files that hold a voxel grid."""


@dataclass(frozen=True, eq=False)
class ModelSource:
    """A checkpoint to be loaded on a device; each new one is loaded afresh."""

    checkpoint: Path
    """The checkpoint file."""
    device: str = "auto"
    """``auto``, or one of ``core.reconstruction.available_devices``."""


@dataclass(frozen=True, eq=False)
class DatasetSample:
    """One rendering of an object of a data set, whose true shape is known."""

    dataset: ShapeDataset
    """The data set."""
    index: int
    """The object's place in ``dataset.objects``."""
    view: int
    """Which of its renderings."""

    @property
    def name(self) -> str:
        """Object and view, for people."""
        return f"{self.dataset.objects[self.index].object_id} · view {self.view}"

    def neighbour(self, step: int) -> "DatasetSample":
        """The sample ``step`` (1 or -1) away: view by view, then the next object of the same split, round and round."""
        objects = self.dataset.objects
        if 0 <= self.view + step < objects[self.index].views:
            return DatasetSample(self.dataset, self.index, self.view + step)
        split = objects[self.index].split
        places = [place for place, record in enumerate(objects) if record.split == split and record.views]
        index = places[(places.index(self.index) + step) % len(places)]
        return DatasetSample(self.dataset, index, 0 if step > 0 else objects[index].views - 1)


@dataclass(frozen=True, eq=False)
class PictureSource:
    """A picture to be opened; each new one is read afresh."""

    path: Path | None = None
    """The file; None for a pasted picture."""
    picture: Picture | None = None
    """The picture where it is decoded already, as a pasted one is; None for one to be read."""
    sample: DatasetSample | None = None
    """The sample of a data set that it is; None for a picture of one's own."""
    original: "PictureSource | None" = None
    """What it was before it was edited here; None for one that is not."""

    @property
    def name(self) -> str:
        """Short name for messages."""
        if self.sample is not None:
            return self.sample.name
        return self.path.name if self.path is not None else "pasted picture"


@dataclass(frozen=True)
class Request:
    """What the window should show."""

    model: ModelSource
    """The model."""
    picture: PictureSource | None = None
    """The picture; None asks for the model alone."""
    beta: float | None = None
    """Key similarity a slot must exceed; None: the checkpoint's own."""
    use_memory: bool = True
    """False leaves the memory out."""
    truth: Path | None = None
    """File of the picture's true shape, a voxel grid or a mesh; None where it is not known, or the sample's own."""
    edits: PriorEdits = NO_EDITS
    """What is changed about the shapes that the memory gives."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What the window shows: the parts always belong together."""

    request: Request
    """What it answers."""
    model: Reconstructor
    """The loaded model; only the pipeline's thread computes with it."""
    picture: Picture | None = None
    """The decoded picture."""
    encoded: EncodedPicture | None = None
    """Its feature, from which another beta starts."""
    reconstruction: Reconstruction | None = None
    """The result for it."""
    truth: NDArray[np.bool_] | None = None
    """The true shape, (32, 32, 32) bool; None where it is not known."""

    @property
    def original(self) -> Picture | None:
        """The picture before it was edited here."""
        source = self.request.picture
        return self.picture if source is None or source.original is None else source.original.picture

    def shows_the_picture_of(self, before: "Answer") -> bool:
        """Whether it is about the same picture as ``before``, both edited here or not."""
        return self.original is before.original

    @property
    def beta(self) -> float:
        """The beta in force."""
        own = self.model.config.model.beta
        return own if self.request.beta is None else self.request.beta

    @property
    def feature(self) -> NDArray[np.float32] | None:
        """The picture's feature, (D,); None where the memory was not asked."""
        if self.encoded is None or self.reconstruction is None or not self.reconstruction.memory_used:
            return None
        return np.asarray(self.encoded.features[0].float().cpu().numpy())

    @property
    def slots_read(self) -> tuple[int, ...]:
        """The slots that went to the LSTM, in its order."""
        if self.reconstruction is None or not self.reconstruction.memory_used:
            return ()
        return tuple(prior.slot for prior in self.reconstruction.priors if prior.given_to_lstm)


class Pipeline:
    """Answers requests, one at a time, on whatever thread calls it (always the same one)."""

    def __init__(self) -> None:
        self._last: Answer | None = None

    def answer(
        self, request: Request, shown: Answer | None = None, progress: Callable[[str], None] = lambda _: None
    ) -> Answer:
        """Load, read and encode what is new in ``request``, then decode.

        Args:
            request: what is wanted.
            shown: what the window shows now; its parts are used again, as are those of the last answer.
            progress: called with a line of text before each slow stage.

        Raises:
            Mem3DError: if the checkpoint or the picture cannot be used.
        """
        known = [answer for answer in (shown, self._last) if answer is not None]
        # The picture first: it is the cheaper one to refuse.
        picture = None if request.picture is None else _read(request.picture, known)
        model = _load(request.model, known, progress)
        if picture is None:
            self._last = Answer(request, model)
            return self._last
        encoded = _encode(model, picture, known, progress)
        reconstruction = model.decode(encoded, beta=request.beta, use_memory=request.use_memory, edits=request.edits)
        truth = _truth(request, known)
        self._last = Answer(request, model, picture, encoded, reconstruction, truth)
        return self._last


def _read(source: PictureSource, known: list[Answer]) -> Picture:
    for answer in known:
        if answer.request.picture is source and answer.picture is not None:
            return answer.picture
    if source.picture is not None:
        return source.picture
    if source.sample is not None:
        dataset, index, view = source.sample.dataset, source.sample.index, source.sample.view
        with naming_the_sample(dataset, index, view):
            return picture_from_pixels(dataset.image(index, view))
    if source.path is None:
        raise ImageError("nothing to open: choose a picture")
    return load_picture(source.path)


def _truth(request: Request, known: list[Answer]) -> NDArray[np.bool_] | None:
    source, path = request.picture, request.truth
    if path is not None:
        shown = next((answer.truth for answer in known if answer.request.truth == path), None)
        if shown is not None:
            return shown
        return load_grid(path) if path.suffix.lower() in GRID_ENDINGS else voxelise(read_mesh_file(path).mesh)
    if source is None or source.sample is None:
        return None
    for answer in known:
        of = answer.request.picture
        if of is not None and of.sample is source.sample and answer.request.truth is None and answer.truth is not None:
            return answer.truth
    return source.sample.dataset.voxels(source.sample.index)


def _load(source: ModelSource, known: list[Answer], progress: Callable[[str], None]) -> Reconstructor:
    for answer in known:
        if answer.request.model is source:
            return answer.model
    progress(f"Loading {source.checkpoint.name}…")
    return Reconstructor(source.checkpoint, source.device)


def _encode(
    model: Reconstructor, picture: Picture, known: list[Answer], progress: Callable[[str], None]
) -> EncodedPicture:
    for answer in known:
        if answer.model is model and answer.picture is picture and answer.encoded is not None:
            return answer.encoded
    progress("Encoding the picture…")
    return model.encode(picture)
