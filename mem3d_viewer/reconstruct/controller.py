"""Brings what is shown in line with what is wanted, one request at a time, off the GUI thread."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.data.dataset import ShapeDataset
from core.data.images import PICTURE_ENDINGS, Picture
from core.prior_edits import NO_EDITS, PriorEdits
from mem3d_viewer.base.background import Job, Lane
from mem3d_viewer.reconstruct.pipeline import Answer, DatasetSample, ModelSource, PictureSource, Pipeline, Request
from mem3d_viewer.reconstruct.session import Session


class ReconstructionController(QObject):
    """Runs the session's request through the pipeline and puts the answer into the session.

    One request runs and at most one waits: of many changes in a row (a dragged slider) only the latest is run next.
    An answer about another model or picture than is wanted by then is stale and dropped. A request that fails is
    reported and taken back, so that what was shown stays.
    """

    failed = Signal(object)
    """The exception of a request that was still wanted."""
    batch_changed = Signal()
    """Other pictures are open together."""
    asked = Signal()
    """Something is to be opened: the user wants to see it."""
    picture_opened = Signal(object)
    """Path of a picture that was opened and is shown."""

    def __init__(self, session: Session, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._lane = lane
        self._pipeline = Pipeline()
        self._job: Job | None = None
        self._settled: Request | None = None
        self._stopped = False
        self._batch: tuple[Path, ...] = ()
        session.request_changed.connect(self._advance)

    @property
    def working(self) -> bool:
        """Whether a request is running, or waits to be run."""
        return self._job is not None

    def start(self) -> None:
        """Begin with the session's first request."""
        self._advance()

    def stop(self) -> None:
        """Begin nothing any more."""
        self._stopped = True

    @property
    def batch(self) -> tuple[Path, ...]:
        """Pictures that are open together, in their order; empty for a picture alone."""
        return self._batch

    def open_picture(self, path: Path) -> None:
        """Open a picture file and reconstruct it; unless it is one of the batch, there is no batch any more."""
        if path not in self._batch:
            self._set_batch(())
        self._open(picture=PictureSource(path=path))

    def open_pictures(self, paths: Sequence[Path]) -> None:
        """Open pictures together: the first is reconstructed, and ``step`` goes through them."""
        self._set_batch(tuple(paths) if len(paths) > 1 else ())
        self.open_picture(paths[0])

    def _set_batch(self, paths: tuple[Path, ...]) -> None:
        if paths != self._batch:
            self._batch = paths
            self.batch_changed.emit()

    def open_pasted(self, picture: Picture) -> None:
        """Reconstruct a pasted picture."""
        self._open(picture=PictureSource(picture=picture))

    def open_sample(self, dataset: ShapeDataset, index: int, view: int) -> None:
        """Reconstruct a rendering of a data set; its ground truth is shown beside."""
        self._open(picture=PictureSource(sample=DatasetSample(dataset, index, view)))

    def open_saved(self, model: ModelSource, picture: Picture, truth: Path | None, **changes: Any) -> None:
        """Open what a session had open.

        Args:
            model: its checkpoint; where that is in use already it is not loaded again.
            picture: its picture, before any edit.
            truth: file of the true shape; None where it is not known.
            changes: other fields of the request, such as ``beta``.
        """
        present = self._session.request.model
        same = present.checkpoint == model.checkpoint and present.device == model.device
        self._set_batch(())
        self._open(
            model=present if same else model, picture=PictureSource(picture.path, picture), truth=truth, **changes
        )

    def step(self, by: int) -> None:
        """Open the picture before (-1) or after (1) this one: in its data set, or in its folder."""
        source = self._session.request.picture
        if source is None:
            return
        if source.sample is not None:
            self._open(picture=PictureSource(sample=source.sample.neighbour(by)))
        elif source.path is not None and source.path in self._batch:
            self.open_picture(self._batch[(self._batch.index(source.path) + by) % len(self._batch)])
        elif source.path is not None and (path := _neighbour(source.path, by)) is not None:
            self.open_picture(path)

    def show_edited(self, source: PictureSource) -> None:
        """Reconstruct an edited picture in place of the one it was made from."""
        self._want(picture=source)

    def close_picture(self) -> None:
        """Show no picture."""
        self._set_batch(())
        self._want(picture=None, edits=NO_EDITS, truth=None)

    def open_checkpoint(self, path: Path) -> None:
        """Use another checkpoint, with its own beta; the picture stays."""
        device = self._session.request.model.device
        truth = self._session.request.truth
        self._open(model=ModelSource(path, device), beta=None, truth=truth)

    def set_device(self, device: str) -> None:
        """Compute on another device."""
        model = self._session.request.model
        if device != model.device:
            self._want(model=ModelSource(model.checkpoint, device))

    def set_beta(self, beta: float) -> None:
        """Read the memory with another beta and decode again."""
        self._want(beta=beta)

    def set_truth(self, path: Path) -> None:
        """Show the shape in a file as the ground truth of the picture."""
        self._want(truth=path)

    def set_edits(self, edits: PriorEdits) -> None:
        """Change which of the retrieved shapes are read, and decode again."""
        self._want(edits=edits)

    def set_use_memory(self, on: bool) -> None:
        """Decode with or without the memory."""
        self._want(use_memory=on)

    def cancel(self) -> None:
        """Want nothing but what is shown already."""
        if not self._session.busy:
            return
        answer = self._session.answer
        if answer is not None:
            self._session.set_request(answer.request)
        else:
            self._want(picture=None)
        if self._job is not None:
            self._session.set_busy("Cancelling…")

    def _open(self, **changes: Any) -> None:
        self.asked.emit()
        self._want(**{"edits": NO_EDITS, "truth": None, **changes})

    def _want(self, **changes: Any) -> None:
        self._session.set_request(replace(self._session.request, **changes))

    def _advance(self) -> None:
        request, shown = self._session.request, self._session.answer
        if self._stopped or self._job is not None or request == self._settled:
            return
        if shown is not None and request == shown.request:
            return
        self._session.set_busy(self._describe(request))
        job = self._lane.submit(lambda job: self._pipeline.answer(request, shown, job.report))
        self._job = job
        job.told.connect(lambda text: self._session.set_busy(text) if self._is_wanted(request) else None)
        job.succeeded.connect(lambda answer: self._accept(request, answer))
        job.failed.connect(lambda error: self._refuse(request, error))
        job.finished.connect(self._go_on)

    def _is_wanted(self, request: Request) -> bool:
        wanted = self._session.request
        return request.model is wanted.model and request.picture is wanted.picture

    def _accept(self, request: Request, answer: Answer) -> None:
        self._settled = request
        if not self._is_wanted(request):
            return
        before = self._session.answer
        self._session.set_answer(answer)
        source = request.picture
        is_new = before is None or before.request.picture is not source
        if is_new and source is not None and source.path is not None and source.original is None:
            self.picture_opened.emit(source.path)

    def _refuse(self, request: Request, error: Exception) -> None:
        self._settled = request
        if not self._is_wanted(request):
            return
        answer = self._session.answer
        back = answer.request if answer is not None else replace(request, picture=None)
        self._settled = back
        self._session.set_request(back)
        self.failed.emit(error)

    def _go_on(self) -> None:
        self._job = None
        self._session.set_busy("")
        self._advance()

    def _describe(self, request: Request) -> str:
        """What a slow request is about; empty for one that only decodes again."""
        answer = self._session.answer
        if answer is not None and answer.request.model is request.model:
            if answer.request.picture is request.picture or request.picture is None:
                return ""
        elif request.picture is None:
            return f"Loading {request.model.checkpoint.name}…"
        return f"Reconstructing {request.picture.name}…" if request.picture is not None else ""


def _neighbour(path: Path, by: int) -> Path | None:
    """The picture ``by`` places after ``path`` in its folder, by name, round and round; None where it is alone."""
    try:
        names = sorted(other.name for other in path.parent.iterdir() if other.suffix.lower() in PICTURE_ENDINGS)
    except OSError:
        return None
    if path.name not in names or len(names) < 2:
        return None
    return path.with_name(names[(names.index(path.name) + by) % len(names)])
