"""Events as lines of JSON, and back."""

import json

import pytest

from core.training.events import (
    CheckpointSaved,
    MemoryReported,
    ProbesReconstructed,
    StepDone,
    TrainingFailed,
    TrainingFinished,
    TrainingStarted,
    Validated,
    event_from_json,
    event_to_json,
    read_events,
)

EVENTS = [
    TrainingStarted("runs/a", 0, 10, 5, "cpu", "random weights"),
    StepDone(1, 0.2, 0.7, 0.6, 0.1, 1e-3, 12.5, 4, 3, 1, 2.5, 1000, 8.25),
    Validated(4, 0.5, 3.0),
    ProbesReconstructed(4, "runs/a/probes/step_00000004.npz"),
    MemoryReported(4, 8, 3, {"chair": 2, "table": 1}, [(3, "chair chair/1", "table table/2")], 1),
    CheckpointSaved(4, "runs/a/checkpoints/step_00000004.safetensors", True),
    TrainingFinished(4, True, "runs/a/checkpoints/step_00000004.safetensors"),
    TrainingFailed(4, "the disk is full"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_as_it_was(event):
    assert event_from_json(event_to_json(event)) == event


def test_what_cannot_be_understood_is_left_out(tmp_path):
    good = event_to_json(EVENTS[2])
    damaged = [
        good[:20], "[1]", "null", "\x00\x00", good.replace("0.5", '"high"'), good.replace("Validated", "Celebrated"),
        json.dumps({"event": "Validated", "validation_iou": 0.5, "mean_above_beta": 1.0}),
    ]  # fmt: skip
    file = tmp_path / "events.jsonl"
    file.write_bytes("\n".join([*damaged, good]).encode() + b"\n\xff\xfe\n")
    assert list(read_events(file)) == [EVENTS[2]]


def test_a_field_of_a_later_version_is_passed_over_and_seconds_of_an_earlier_one_are_unknown():
    fields = json.loads(event_to_json(EVENTS[1]))
    del fields["seconds"]
    read = event_from_json(json.dumps({**fields, "mood": "good"}))
    assert read.seconds != read.seconds  # not a number
    assert (read.step, read.loss) == (1, 0.7)
