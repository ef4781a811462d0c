"""A run's curves: from the events it recorded, and from those it tells while it goes on."""

import math
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from core.training.events import MemoryReported, StepDone, TrainingEvent, TrainingStarted, Validated

_CLOCK = "seconds"
_STEP_VALUES = {
    name: name
    for name in (
        "loss", "reconstruction_loss", "triplet_loss", "learning_rate", "images_per_second", "occupied_slots",
        "new_writes", "updated_writes", "mean_above_beta", "device_memory", _CLOCK,
    )
}  # fmt: skip
_VALIDATION_VALUES = {"validation_iou": "validation_iou", "mean_above_beta": "validation_above_beta"}
CURVES = (*(name for name in _STEP_VALUES if name != _CLOCK), *_VALIDATION_VALUES.values())
"""Names of all curves there can be: fields of StepDone, and those of Validated."""


@dataclass(frozen=True)
class Curve:
    """One measured value over the course of a run; all arrays are (N,) float64, in order of steps."""

    steps: NDArray[np.float64]
    """Steps behind the run at each point."""
    epochs: NDArray[np.float64]
    """The same as passes over the training views."""
    seconds: NDArray[np.float64]
    """The same as seconds of training, pauses left out; NaN where the run did not record them."""
    values: NDArray[np.float64]
    """The value."""


class RunCurves:
    """Collects a run's events into curves, and keeps what they report about the memory.

    A run that goes on from a checkpoint forgets what came after it, so each curve has one value a step.

    Attributes:
        memory_reports: what was told about the memory, in order of steps.
        last_step: the step that the run was to end with when it was last started; None where it never was.
    """

    def __init__(self) -> None:
        # Flat arrays of numbers: a long run has hundred thousand points, and the window redraws while it goes on.
        self._steps = {name: array("d") for name in (*CURVES, _CLOCK)}
        self._values = {name: array("d") for name in (*CURVES, _CLOCK)}
        self._steps_per_epoch = 1
        self.memory_reports: list[MemoryReported] = []
        self.last_step: int | None = None

    def add(self, events: Iterable[TrainingEvent]) -> None:
        """Take events in the order they came."""
        for event in events:
            if isinstance(event, TrainingStarted):
                self._steps_per_epoch = max(event.steps_per_epoch, 1)
                self.last_step = event.last_step
                self._forget_after(event.step)
            elif isinstance(event, StepDone):
                self._append(event, _STEP_VALUES)
            elif isinstance(event, Validated):
                self._append(event, _VALIDATION_VALUES)
            elif isinstance(event, MemoryReported):
                self.memory_reports.append(event)

    def curve(self, name: str) -> Curve | None:
        """The curve called ``name`` (one of ``CURVES``); None where the run has no point of it."""
        if not self._steps[name]:
            return None
        steps, values = np.array(self._steps[name]), np.array(self._values[name])
        seconds = np.full(len(steps), np.nan)
        if self._steps[_CLOCK]:
            seconds = np.interp(steps, np.array(self._steps[_CLOCK]), np.array(self._values[_CLOCK]))
        return Curve(steps, steps / self._steps_per_epoch, seconds, values)

    def _append(self, event: StepDone | Validated, names: Mapping[str, str]) -> None:
        for field, name in names.items():
            value = float(getattr(event, field))
            if math.isfinite(value):
                self._steps[name].append(event.step)
                self._values[name].append(value)

    def _forget_after(self, step: int) -> None:
        for name, steps in self._steps.items():
            while steps and steps[-1] > step:
                steps.pop()
                self._values[name].pop()
        self.memory_reports = [report for report in self.memory_reports if report.step <= step]


def smoothed(values: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """Exponential moving average that starts at the first value: (N,) float64.

    Args:
        values: (N,) float64, finite.
        weight: of the past, 0 (no smoothing) … below 1.
    """
    if weight <= 0 or len(values) < 2:
        return values
    # Divided by the sum of weights, as at first there is little past.
    norm = 1.0 - weight ** np.arange(1, len(values) + 1)
    # Not scipy.signal.lfilter: importing that takes a second, in which the window would stand still.
    sums = accumulate(values.tolist(), lambda past, value: weight * past + value)
    return np.fromiter(sums, float, len(values)) * (1.0 - weight) / norm
