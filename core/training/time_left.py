"""How long a training still takes, from what its steps, validations and checkpoints took so far."""

from core.training.events import CheckpointSaved, StepDone, TrainingEvent, TrainingStarted, Validated


class TimeLeft:
    """Measures a training by the moments at which its events come.

    Args:
        evaluate_every: steps between two validations.
        checkpoint_every: steps between two checkpoints.
    """

    def __init__(self, evaluate_every: int, checkpoint_every: int) -> None:
        self._every = {Validated: evaluate_every, CheckpointSaved: checkpoint_every}
        self._taken: dict[type, tuple[float, int]] = {}
        self._step = 0
        self._moment = 0.0

    def add(self, event: TrainingEvent, moment: float) -> None:
        """An event came after ``moment`` seconds of training, pauses left out."""
        kind = type(event)
        if kind is StepDone or kind in self._every:
            seconds, count = self._taken.get(kind, (0.0, 0))
            count += event.step - self._step if kind is StepDone else 1
            self._taken[kind] = (seconds + moment - self._moment, count)
        if isinstance(event, TrainingStarted | StepDone):
            self._step = event.step
        self._moment = moment

    def seconds(self, last_step: int) -> float | None:
        """Seconds to the end of step ``last_step``; None before the first steps are measured."""
        per_step = self._mean(StepDone)
        if per_step is None:
            return None
        left = max(last_step - self._step, 0)
        rest = sum((left / every) * (self._mean(kind) or 0.0) for kind, every in self._every.items())
        return left * per_step + rest

    def _mean(self, kind: type) -> float | None:
        seconds, count = self._taken.get(kind, (0.0, 0))
        return seconds / count if count else None
