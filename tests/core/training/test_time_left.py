"""The time a training still takes, from the moments its events came at."""

from types import SimpleNamespace

import pytest

from core.training.events import CheckpointSaved, StepDone, TrainingStarted, Validated
from core.training.time_left import TimeLeft


def event(kind, step):
    """An event of which only the step counts here."""
    made = kind.__new__(kind)
    vars(made).update(vars(SimpleNamespace(step=step)))
    return made


def test_steps_validations_and_checkpoints_count_by_what_they_took():
    left = TimeLeft(evaluate_every=100, checkpoint_every=50)
    left.add(event(TrainingStarted, 200), 5.0)
    assert left.seconds(400) is None
    left.add(event(StepDone, 210), 25.0)  # 2 s a step
    assert left.seconds(400) == pytest.approx(190 * 2)
    left.add(event(StepDone, 300), 205.0)
    left.add(event(Validated, 300), 235.0)  # 30 s
    left.add(event(CheckpointSaved, 300), 239.0)  # 4 s
    assert left.seconds(500) == pytest.approx(200 * 2 + 2 * 30 + 4 * 4)
    assert left.seconds(300) == 0
