"""What a training tells: plain values, printed by the command line, collected by tests, drawn by the window."""

import dataclasses
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from core.errors import TrainingError
from core.json_files import is_whole, parse_json
from core.reading import open_file


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
    note: str = ""
    """What else one should know, such as that the newest checkpoint was damaged; empty where nothing."""


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
    seconds: float = math.nan
    """Seconds of training since the run began, over all its parts: steps, validations, checkpoints, but no pause; NaN
    where an earlier version did not record it."""


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
    at_stop: bool = False
    """Whether that was done only because the run stopped there; it is forgotten when the run goes on."""


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
    at_stop: bool = False
    """Whether it was looked at only because the run stopped there; it is forgotten when the run goes on."""


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
class SettingsChosen:
    """The training is over, and threshold and beta were chosen for its best checkpoint, which now has them."""

    step: int
    """The last step done."""
    threshold: float
    """The threshold t with the best mean IoU over the validation views."""
    beta: float
    """The beta that goes with it."""
    validation_iou: float
    """The mean IoU with both."""
    path: str
    """The best checkpoint."""


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
    | SettingsChosen
    | TrainingFinished
    | TrainingFailed
)


def event_to_dict(event: TrainingEvent) -> dict[str, Any]:
    """The fields and ``event``, the class name."""
    return {"event": type(event).__name__, **dataclasses.asdict(event)}


LONGEST_LINE = 1 << 20
"""Bytes of an event at the most; a longer line is damaged."""


def event_to_json(event: TrainingEvent) -> str:
    """One line of JSON: ``event_to_dict``."""
    return json.dumps(event_to_dict(event))


def event_from_json(line: str | bytes) -> TrainingEvent | None:
    """The event of one line; None where it is damaged, as a crash leaves it, or of a kind that is not known here."""
    try:
        fields = parse_json(line)
        kind = _KINDS[fields.pop("event")]
        known = {name: fields[name] for name in kind[1] if name in fields}
        if "overwritten" in known:
            known["overwritten"] = [tuple(entry) for entry in known["overwritten"]]
        if not all(_fits(value, kind[1][name]) for name, value in known.items()):
            return None
        event: TrainingEvent = kind[0](**known)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return event


def read_events(path: Path) -> Iterator[TrainingEvent]:
    """The events of ``events.jsonl``, one after another; what cannot be understood is left out.

    Raises:
        TrainingError: if the file cannot be read.
    """
    try:
        file = open_file(path)
    except OSError as error:
        raise TrainingError(f"{path}: cannot be read ({error.strerror or error}); mend or remove it") from error
    with file:
        for line in iter(lambda: file.readline(LONGEST_LINE), b""):
            if (event := event_from_json(line)) is not None:
                yield event


def _fits(value: Any, kind: Any) -> bool:
    """Whether a value is of a field's type: what is counted is never negative, but for what was never counted (-1)."""
    if kind == dict[str, int]:
        return isinstance(value, dict) and all(map(is_whole, value.values()))
    if get_origin(kind) is list:
        return isinstance(value, list) and all([type(part) for part in entry] == [int, str, str] for entry in value)
    if kind is int:
        return is_whole(value, -1)
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, kind)


_KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    kind.__name__: (kind, get_type_hints(kind)) for kind in get_args(TrainingEvent)
}
