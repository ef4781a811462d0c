"""Finds out in the background what each shape that was read did to the result."""

from PySide6.QtCore import QObject, QTimer, Signal

from core.reconstruction_result import Influence
from mem3d_viewer.base.background import Job, Lane
from mem3d_viewer.reconstruct.controller import ReconstructionController
from mem3d_viewer.reconstruct.pipeline import Answer
from mem3d_viewer.reconstruct.session import Session

_REST_MS = 150
"""Time without another answer, so that a dragged slider is not held up."""


class InfluenceController(QObject):
    """Leaves out each shape in turn, in one batch, once the result has come to rest."""

    changed = Signal()
    """The influence is known, or no longer."""
    failed = Signal(object)
    """The exception of a computation that failed."""

    def __init__(
        self, session: Session, reconstruction: ReconstructionController, lane: Lane, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._reconstruction, self._lane = session, reconstruction, lane
        self._influence: Influence | None = None
        self._of: Answer | None = None
        self._job: Job | None = None
        self._stopped = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._compute)
        session.answer_changed.connect(self._wait)
        session.display_changed.connect(self.changed)

    @property
    def working(self) -> bool:
        """Whether it is being computed, or about to be."""
        return self._job is not None or self._rest.isActive()

    @property
    def voxels(self) -> dict[int, int]:
        """How many voxels each slot that was read changes; empty until that is known."""
        answer, influence = self._session.answer, self._influence
        if influence is None or answer is not self._of or answer is None or answer.reconstruction is None:
            return {}
        return influence.changed_voxels(answer.reconstruction.occupancy, self._session.display.threshold)

    @property
    def voxels_of_all(self) -> int | None:
        """How many voxels change when none is read; None until that is known."""
        answer, influence = self._session.answer, self._influence
        if influence is None or answer is not self._of or answer is None or answer.reconstruction is None:
            return None
        return influence.changed_by_all(answer.reconstruction.occupancy, self._session.display.threshold)

    def stop(self) -> None:
        """Begin nothing any more."""
        self._stopped = True
        self._rest.stop()

    def _wait(self) -> None:
        answer = self._session.answer
        if self._stopped:
            return
        if answer is not None and answer.reconstruction is not None and answer.reconstruction.read:
            self._rest.start()
        else:
            self._rest.stop()

    def _compute(self) -> None:
        answer = self._session.answer
        if answer is None or answer.encoded is None or self._job is not None:
            return  # the job that is going on looks again when it ends
        if self._reconstruction.working:
            self._rest.start()
            return
        model, encoded, request = answer.model, answer.encoded, answer.request
        self._job = self._lane.submit(lambda _: model.influence(encoded, beta=request.beta, edits=request.edits))
        self._job.succeeded.connect(lambda influence: self._accept(answer, influence))
        self._job.failed.connect(lambda error: self._refuse(answer, error))
        self._job.finished.connect(self._go_on)

    def _accept(self, answer: Answer, influence: Influence) -> None:
        self._influence, self._of = influence, answer
        if answer is self._session.answer:
            self.changed.emit()

    def _refuse(self, answer: Answer, error: Exception) -> None:
        self._influence, self._of = None, answer  # not to be tried again
        self.failed.emit(error)

    def _go_on(self) -> None:
        self._job = None
        if self._of is not self._session.answer:
            self._wait()
