"""Curves from a run's events: one value a step, however often the run was resumed."""

from dataclasses import replace

import numpy as np
import pytest

from core.training.curves import CURVES, RunCurves, smoothed
from core.training.events import MemoryReported, StepDone, TrainingStarted, Validated

NAN = float("nan")
STEP = StepDone(0, 0.0, NAN, NAN, NAN, NAN, NAN, 0, 0, 0, NAN, 0)


def started(step, steps_per_epoch=10):
    return TrainingStarted("run", step, 100, steps_per_epoch, "cpu", "random weights")


def done(step, loss, **more):
    return replace(STEP, step=step, loss=loss, **more)


def test_values_stand_at_their_steps_epochs_and_seconds():
    run = RunCurves()
    run.add([started(0), done(10, 0.5, seconds=4.0), done(20, 0.25, seconds=8.0)])
    run.add([Validated(15, 0.75, 2.0)])
    counted = ["occupied_slots", "new_writes", "updated_writes", "device_memory"]
    known = [name for name in CURVES if run.curve(name) and name not in counted]
    assert known == ["loss", "validation_iou", "validation_above_beta"]
    loss = run.curve("loss")
    assert (loss.steps.tolist(), loss.values.tolist()) == ([10, 20], [0.5, 0.25])
    assert (loss.epochs.tolist(), loss.seconds.tolist()) == ([1, 2], [4, 8])
    iou = run.curve("validation_iou")
    assert (iou.steps[0], iou.epochs[0], iou.seconds[0], iou.values[0]) == (15, 1.5, 6, 0.75)


def test_a_resumed_run_goes_on_from_its_checkpoint_without_tangling():
    run = RunCurves()
    reports = [MemoryReported(step, 100, step, {}, [], 0) for step in (20, 30)]
    run.add([started(0), done(10, 1.0), done(20, 0.9), reports[0], done(30, 0.8), reports[1]])
    run.add([started(20), done(30, 0.7), done(40, 0.6)])  # it was killed; the last checkpoint was of 20
    assert run.memory_reports == reports[:1]
    loss = run.curve("loss")
    assert loss.steps.tolist() == [10, 20, 30, 40]
    assert loss.values.tolist() == [1.0, 0.9, 0.7, 0.6]


def test_a_run_that_recorded_no_seconds_has_none():
    run = RunCurves()
    run.add([started(0), done(10, 1.0)])
    assert np.isnan(run.curve("loss").seconds).all()


def test_smoothing_is_the_weighted_mean_of_what_came_before():
    values = np.array([1.0, 2.0, 4.0])
    expected = [1.0, (2 + 0.5 * 1) / 1.5, (4 + 0.5 * 2 + 0.25 * 1) / 1.75]
    assert smoothed(values, 0.5).tolist() == pytest.approx(expected)
    assert smoothed(values, 0.0) is values
    np.testing.assert_allclose(smoothed(np.full(50, 3.0), 0.99), 3.0)
