"""The recorded probe images of one run: read off the GUI thread, and looked at again while the run goes on."""

from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.errors import Mem3DError
from core.training.probes import Probes, ProbeStep, read_probes
from mem3d_viewer.base.background import Job, Lane

_KEPT_FRAMES = 48
_Iou = dict[int, NDArray[np.float32]]


class ProbesController(QObject):
    """Keeps a run's inputs and the IoU of every step; whole frames only as many as were looked at lately.

    Attributes:
        run: the run folder.
        inputs: the probes; None while there are none.
        iou: (P,) float32 at ``DEFAULT_THRESHOLD``, by step.
        problem: why they cannot be read, if so.
        read: whether the run was looked at.
        damaged: steps that turned out to be unreadable.
    """

    changed = Signal()
    """There are other inputs or other steps."""
    frame_read = Signal(int)
    """The step that ``frame`` was asked for last can be shown, or turned out to be damaged."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run: Path | None = None
        self.inputs: Probes | None = None
        self.iou: _Iou = {}
        self.problem = ""
        self.read = False
        self.damaged: set[int] = set()
        self._frames: dict[int, ProbeStep] = {}
        self._lane = Lane("mem3d-probes", self)
        self._frame_lane = Lane("mem3d-probe-frames", self)
        self._job: Job | None = None
        self._reading: Job | None = None
        self._wanted: int | None = None
        self._again = False

    def set_run(self, run: Path | None) -> None:
        """Turn to another run, or to none."""
        for job in (self._job, self._reading):
            if job is not None:
                job.cancel()
        self._job = self._reading = self._wanted = None
        self.run, self.inputs, self.iou, self.problem, self.read = run, None, {}, "", False
        self._frames.clear()
        self.damaged.clear()
        self._again = False
        self.changed.emit()
        self.refresh()

    def refresh(self) -> None:
        """Look for new steps; while that is being done, once more afterwards."""
        if self.run is None:
            return
        if self._job is not None:
            self._again = True
            return
        run, known = self.run, self.iou
        job = self._lane.submit(lambda job: _read(run, known, job))
        job.succeeded.connect(self._accept)
        job.failed.connect(self._refuse)
        job.finished.connect(lambda: self._finish(job))
        self._job = job

    def frame(self, step: int) -> ProbeStep | None:
        """Everything recorded at ``step``; None where it is not known yet: ``frame_read`` tells when it is."""
        if step in self._frames:
            self._frames[step] = self._frames.pop(step)  # the last one is the one looked at last
            return self._frames[step]
        self._wanted = step
        self._read_next()
        return None

    def close(self) -> None:
        """End the threads."""
        self.run = self._wanted = None  # nothing is left to refresh
        self._lane.close()
        self._frame_lane.close()

    def _read_next(self) -> None:
        inputs, step = self.inputs, self._wanted
        if self._reading is not None or inputs is None or step is None:
            return
        self._wanted = None
        if step in self.damaged:
            return
        job = self._reading = self._frame_lane.submit(lambda _: inputs.at(step))
        job.succeeded.connect(lambda frame: self._keep(step, frame))
        job.failed.connect(lambda _: self.damaged.add(step))
        job.finished.connect(lambda: self._frame_done(job, step))

    def _keep(self, step: int, frame: ProbeStep) -> None:
        self._frames[step] = frame
        while len(self._frames) > _KEPT_FRAMES:
            del self._frames[next(iter(self._frames))]

    def _frame_done(self, job: Job, step: int) -> None:
        if job is self._reading:
            self._reading = None
            self.frame_read.emit(step)
            self._read_next()

    def _accept(self, read: tuple[Probes | None, _Iou]) -> None:
        inputs, iou = read
        same = iou.keys() == self.iou.keys() and (inputs is None) == (self.inputs is None)
        if self.read and same and not self.problem:
            return
        self.inputs, self.iou, self.problem, self.read = inputs, iou, "", True
        for step in self._frames.keys() - iou.keys():  # a run that went on from an earlier checkpoint
            del self._frames[step]
        self.damaged &= iou.keys()
        self.changed.emit()

    def _refuse(self, error: Exception) -> None:
        self.inputs, self.iou, self.problem, self.read = None, {}, str(error), True
        self.changed.emit()

    def _finish(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            if self._again:
                self._again = False
                self.refresh()


def _read(run: Path, known: _Iou, job: Job) -> tuple[Probes | None, _Iou]:
    if not (run / "probes" / "inputs.npz").is_file():  # nothing is wrong: they may come yet
        return None, {}
    iou: _Iou = {}
    probes = read_probes(run)
    for step in probes.steps():
        if job.cancelled:
            break
        with suppress(Mem3DError, OSError):  # damaged: the other steps can be looked at all the same
            iou[step] = known[step] if step in known else probes.at(step).iou
    return probes, iou
