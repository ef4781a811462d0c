"""What a training tells: plain values, printed by the command line, collected by tests, drawn by the window."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class TrainingStarted:
    """The first event of every run, resumed ones too."""

    run: str
    """The run folder."""
    step: int
    """Steps already behind it."""
    last_step: int
    """The step it will end with."""
    steps_per_epoch: int
    """Steps that show every training view once."""
    device: str
    """Such as ``cpu`` or ``cuda:0``."""
    initial_weights: str
    """Where the first weights came from, in words."""


@dataclass(frozen=True)
class StepDone:
    """Means over the steps since the last one of these."""

    step: int
    """The step just done, from 1."""
    epoch: float
    """Passes over the training views so far."""
    loss: float
    """Total loss."""
    reconstruction_loss: float
    """Binary cross entropy a voxel."""
    triplet_loss: float
    """Voxel triplet loss, unweighted."""
    learning_rate: float
    """Learning rate of this step."""
    images_per_second: float
    """Training speed."""
    occupied_slots: int
    """Memory slots in use."""
    new_writes: int
    """Shapes written as new."""
    updated_writes: int
    """Known shapes whose key was updated."""
    mean_above_beta: float
    """Slots above beta a sample."""
    device_memory: int
    """Bytes: the most that tensors took on a GPU since the training started there; on a CPU what the process takes."""
    seconds: float
    """Seconds of training since the run began, over all its parts: steps, validations, checkpoints, but no pause."""


@dataclass(frozen=True)
class Validated:
    """A validation."""

    step: int
    """The step it was done after."""
    validation_iou: float
    """Mean IoU over the validation views at ``DEFAULT_THRESHOLD``."""
    mean_above_beta: float
    """Slots above beta a validation view."""


@dataclass(frozen=True)
class ProbesReconstructed:
    """The probes, a few fixed validation views, were reconstructed."""

    step: int
    """The step it was done after."""
    path: str
    """The file, which ``core.training.probes`` reads."""


@dataclass(frozen=True)
class MemoryReported:
    """What the memory holds, and what was overwritten in it since the last report."""

    step: int
    """The step it was looked at after."""
    slots: int
    """Memory slots in all."""
    occupied: int
    """Memory slots in use."""
    categories: dict[str, int]
    """Memory slots by category, most first."""
    overwritten: list[tuple[int, str, str]]
    """The first of the slots whose shape is another one now: slot, old and new shape as ``category object_id``."""
    overwritten_total: int
    """How many slots that were."""


@dataclass(frozen=True)
class CheckpointSaved:
    """A checkpoint is on disk."""

    step: int
    """The step it was saved after."""
    path: str
    """The file."""
    best: bool
    """Whether it is the best so far by validation IoU (then ``checkpoints/best.safetensors`` is the same)."""


@dataclass(frozen=True)
class TrainingFinished:
    """The last event of a run that was not broken off by an error."""

    step: int
    """The last step done."""
    stopped: bool
    """True where it was asked to stop before its last step."""
    checkpoint: str
    """The last checkpoint."""


@dataclass(frozen=True)
class TrainingFailed:
    """An error ended the run; recorded only, as the one who trains gets the error itself."""

    step: int
    """The last step done."""
    reason: str
    """The error's one line."""


TrainingEvent = (
    TrainingStarted
    | StepDone
    | Validated
    | ProbesReconstructed
    | MemoryReported
    | CheckpointSaved
    | TrainingFinished
    | TrainingFailed
)


def event_to_dict(event: TrainingEvent) -> dict[str, Any]:
    """The fields and ``event``, the class name."""
    return {"event": type(event).__name__, **dataclasses.asdict(event)}


def event_to_json(event: TrainingEvent) -> str:
    """One line of JSON: ``event_to_dict``."""
    return json.dumps(event_to_dict(event))


def read_events(path: Path) -> list[dict[str, Any]]:
    """The events of ``events.jsonl`` as dictionaries; damaged lines, as a crash leaves them, are left out."""
    events: list[dict[str, Any]] = []
    for line in Path(path).read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            event = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(event, dict) and isinstance(event.get("step"), int):
            events.append(event)
    return events
