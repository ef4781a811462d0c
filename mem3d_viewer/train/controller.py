"""One training at a time on its own thread: start, pause, go on, stop, and what it tells on its way."""

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from core.config import Mem3DConfig
from core.data.dataset import ShapeDataset
from core.data.opening import open_configured
from core.training.curves import RunCurves
from core.training.events import TrainingEvent, TrainingStarted
from core.training.run_folder import RunFolder
from core.training.time_left import TimeLeft
from core.training.trainer import Trainer
from mem3d_viewer.base.background import Job, Lane
from mem3d_viewer.train.steering import Steering

State = Literal["idle", "preparing", "estimating", "training", "pausing", "paused", "stopping"]
"""What is going on; "preparing" opens, or builds, the data set."""

_DRAIN_MS = 100
"""Events are handed on this often at most: a tiny network does hundred steps a second."""
_NICENESS = 5


class TrainingController(QObject):
    """Runs trainings and estimates; everything it says is said on the GUI thread."""

    changed = Signal()
    """Another state, step, or progress."""
    began = Signal(object)
    """Path of the run that now goes on; ``curves`` holds what it recorded before."""
    told = Signal(list)
    """Events of the last moment, in order."""
    estimated = Signal(object)
    """The estimate that was asked for."""
    ended = Signal(object)
    """Path of the run that went on until now; None where none had begun."""
    failed = Signal(object)
    """The exception that a training, or an estimate, ended with."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = Lane("mem3d-training", self)
        self._control = Steering()
        self._job: Job | None = None
        self._estimating = False
        self._dataset = ""
        self._left: TimeLeft | None = None
        self.run: Path | None = None
        self.curves = RunCurves()
        self.step = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_DRAIN_MS)
        self._timer.timeout.connect(self._drain)

    # -- what it does

    def start(self, config: Mem3DConfig, run: Path, *, device: str, steps: int | None) -> None:
        """Begin a new run in the folder ``run``."""
        RunFolder(run).require_new()  # building a data set first would take minutes

        def make(dataset: ShapeDataset) -> Trainer:
            return Trainer.start(config, dataset, run, device=device, steps=steps)

        self._begin(config, run, make)

    def resume(self, run: Path, *, device: str, steps: int | None = None) -> None:
        """Go on with a run from its newest checkpoint.

        Args:
            run: its folder.
            device: where to compute.
            steps: how many more; None goes on to where it was to end when it was stopped.
        """
        config = RunFolder(run).config()

        def make(dataset: ShapeDataset) -> Trainer:
            trainer = Trainer.resume(run, dataset, device=device, steps=steps, config=config)
            planned = trainer.history.last_step
            if steps is None and planned is not None and planned > trainer.step:
                trainer.last_step = planned
            return trainer

        self._begin(config, run, make)

    def estimate(self, config: Mem3DConfig, *, device: str) -> None:
        """Measure a few steps, without a run."""

        def work(job: Job, control: Steering) -> object:
            from core.training.estimate import estimate

            dataset = _opened(config, job, control)
            return estimate(config, dataset, device, stop=lambda: control.wants_stop)

        self._estimating = True
        self._dataset = config.data.dataset
        self._submit(work).succeeded.connect(self._tell_estimate)

    def pause(self) -> None:
        """Hold after the running step."""
        if self.state == "training":
            self._control.want("pause")
            self.changed.emit()

    def go_on(self) -> None:
        """Train again after a pause."""
        if self.state in ("pausing", "paused"):
            self._control.want("run")
            self.changed.emit()

    def toggle(self) -> None:
        """Pause, or go on."""
        if self.state == "training":
            self.pause()
        else:
            self.go_on()

    def stop(self) -> None:
        """Save a checkpoint after the running step, and end; an estimate or a data set being built is given up."""
        if self.active:
            self._control.want("stop")
            self.changed.emit()

    def train_on(self, steps: int) -> None:
        """Do ``steps`` more than was planned; only while a training goes on."""
        if self._control.last_step is not None:
            self._control.last_step += steps
            self.changed.emit()

    def close(self) -> None:
        """Stop, save, and end the thread."""
        self.stop()
        self._timer.stop()
        self._lane.close()

    # -- what is going on

    @property
    def active(self) -> bool:
        """Whether anything is going on."""
        return self._job is not None

    @property
    def state(self) -> State:
        """What is going on."""
        control = self._control
        if self._job is None:
            return "idle"
        if control.wants_stop:
            return "stopping"
        if self._estimating:
            return "estimating"
        if control.last_step is None:
            return "preparing"
        if control.wanted == "pause":
            return "paused" if control.holding else "pausing"
        return "training"

    @property
    def last_step(self) -> int:
        """The step the training will end with; 0 before that is known."""
        return self._control.last_step or 0

    @property
    def preparation(self) -> tuple[int, int, str]:
        """Objects done, objects in all, and what is being done while a data set is built."""
        return self._control.preparation

    @property
    def building_builtin(self) -> bool:
        """Whether the built-in data set is being made, which is done once."""
        return self.state == "preparing" and self._dataset == "builtin" and self.preparation[1] > 0

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the last step, validations included; None while that is not measured."""
        return None if self._left is None else self._left.seconds(self.last_step)

    # -- inside

    def _begin(self, config: Mem3DConfig, run: Path, make: Callable[[ShapeDataset], Trainer]) -> None:
        def work(job: Job, control: Steering) -> None:
            dataset = _opened(config, job, control)
            if control.wants_stop:
                return
            trainer = make(dataset)
            control.tell(trainer.history)
            control.last_step = trainer.last_step

            def stop() -> bool:
                answer = control.hold()
                trainer.last_step = control.last_step or trainer.last_step
                return answer

            for event in trainer.run(stop):
                control.tell(event)

        self.run = run
        self.step = 0
        self._dataset = config.data.dataset
        self._estimating = False
        self._left = TimeLeft(config.training.evaluate_every, config.training.checkpoint_every)
        self._submit(work)

    def _submit(self, work: Callable[[Job, Steering], Any]) -> Job:
        if self._job is not None:
            raise RuntimeError("a training goes on already")
        control = self._control = Steering()

        def quietly(job: Job) -> Any:
            _step_back()
            try:
                return work(job, control)
            except _GivenUp:
                return None

        job = self._job = self._lane.submit(quietly)
        job.failed.connect(self._fail)
        job.finished.connect(self._end)
        self._timer.start()
        self.changed.emit()
        return job

    def _drain(self) -> None:
        """Hand on what was told since the last time."""
        events: list[TrainingEvent] = []
        while self._control.queue:
            seconds, what = self._control.queue.popleft()
            if isinstance(what, RunCurves):
                self.curves = what
                self.began.emit(self.run)
                continue
            if self._left is not None:
                self._left.add(what, seconds)
            if isinstance(what, TrainingStarted):
                self._control.last_step = max(self.last_step, what.last_step)
            self.step = what.step
            events.append(what)
        if events:
            self.curves.add(events)
            self.told.emit(events)
        self.changed.emit()

    def _tell_estimate(self, estimate: object) -> None:
        if estimate is not None and not self._control.wants_stop:
            self.estimated.emit(estimate)

    def _fail(self, error: Exception) -> None:
        self._drain()
        self.failed.emit(error)

    def _end(self) -> None:
        self._drain()
        self._timer.stop()
        run = self.run if self._control.last_step is not None else None
        self._job = None
        self._left = None
        self.changed.emit()
        self.ended.emit(run)


class _GivenUp(Exception):
    """The data set is no longer wanted."""


def _opened(config: Mem3DConfig, job: Job, control: Steering) -> ShapeDataset:
    def progress(done: int, total: int, what: str) -> None:
        control.preparation = (done, total, what)
        if control.wants_stop or job.cancelled:
            raise _GivenUp

    return open_configured(config.data, progress)


def _step_back() -> None:
    """Let the window go first where both want the processor; threads that this one starts do the same."""
    if sys.platform == "linux":  # elsewhere niceness belongs to the whole process
        thread = threading.get_native_id()
        if os.getpriority(os.PRIO_PROCESS, thread) < _NICENESS:  # a process started nicer may not go back
            with suppress(OSError):  # a sandbox may forbid it; the training matters more
                os.setpriority(os.PRIO_PROCESS, thread, _NICENESS)
