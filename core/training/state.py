"""What a run needs to go on exactly as if it had not been interrupted, besides network and memory."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor
from torch.optim import Optimizer

from core.checkpoint import load_tensors, save_tensors
from core.errors import CheckpointError
from core.json_files import is_whole, parse_json
from core.network.shape_memory import ShapeSource
from core.training.stepping import StepTotals
from core.training.weight_average import WeightAverage

_FORMAT = "mem3d-training-state"
_LOSSES, _ABOVE = "totals.losses", "totals.above_beta"
_LIVE = "live/"


@dataclass
class TrainingState:
    """How far a run is; the optimiser's moments are saved along with it."""

    initial_weights: str = ""
    """Where the first weights came from, in words."""
    best_iou: float = -1.0
    """Best validation IoU so far; -1 before the first validation."""
    best_step: int = -1
    """The step that had it; of equal ones the first."""
    seconds: float = 0.0
    """Seconds of training so far: steps, validations and checkpoints."""
    totals: StepTotals = field(default_factory=StepTotals)
    """The steps since the last step event."""
    overwritten: dict[int, ShapeSource | None] = field(default_factory=dict)
    """What memory slots held at the last report on the memory, where they hold another shape now."""


def save_state(path: Path, step: int, optimizer: Optimizer, average: WeightAverage, state: TrainingState) -> None:
    """Write the state after ``step`` steps, atomically, while the network has its averaged weights.

    Raises:
        OutputError: if it cannot be written.
    """
    tensors: dict[str, Tensor] = {
        f"{index}.{name}": value
        for index, moments in optimizer.state_dict()["state"].items()
        for name, value in moments.items()
    }
    tensors |= {_LIVE + name: value for name, value in average.live().items()}
    totals = state.totals
    if totals.losses:
        tensors[_LOSSES] = torch.stack(totals.losses)
    if totals.above_beta:
        tensors[_ABOVE] = torch.stack(totals.above_beta)
    metadata = {
        "format": _FORMAT,
        "format_version": "1",
        "step": str(step),
        "best_iou": json.dumps(state.best_iou),
        "best_step": str(state.best_step),
        "initial_weights": state.initial_weights,
        "seconds": json.dumps(state.seconds),
        "totals": json.dumps([totals.images, totals.new_writes, totals.updated_writes, totals.seconds]),
        "overwritten": json.dumps(state.overwritten),
        "averaged": str(average.steps),
    }
    save_tensors(path, tensors, metadata)


def load_state(path: Path, optimizer: Optimizer, average: WeightAverage, device: torch.device) -> TrainingState:
    """Read a state, and put the optimiser's moments back, and the weights in place of their average.

    Raises:
        CheckpointError: if the file is damaged or of another network.
    """
    tensors, metadata = load_tensors(path, _FORMAT)
    try:
        totals = StepTotals()
        totals.losses = [*_of_shape(tensors.pop(_LOSSES, torch.empty(0, 3)), (None, 3)).to(device)]
        totals.above_beta = [*_of_shape(tensors.pop(_ABOVE, torch.empty(0)), (None,)).to(device)]
        live = {name.removeprefix(_LIVE): tensors.pop(name) for name in list(tensors) if name.startswith(_LIVE)}
        moments: dict[int, dict[str, Tensor]] = {}
        for name, value in tensors.items():
            index, moment = name.split(".", 1)
            moments.setdefault(int(index), {})[moment] = value
        _require_moments(moments, optimizer)
        # Runs of version 0.1 have none of the four that may be missing.
        *counts, totals.seconds = parse_json(metadata.get("totals", "[0, 0, 0, 0.0]"))
        totals.images, totals.new_writes, totals.updated_writes = counts
        overwritten = {
            int(slot): None if source is None else ShapeSource(*source)
            for slot, source in parse_json(metadata.get("overwritten", "{}")).items()
        }
        state = TrainingState(
            initial_weights=metadata["initial_weights"],
            best_iou=float(metadata["best_iou"]),
            best_step=int(metadata.get("best_step", -1)),
            seconds=float(metadata.get("seconds", 0.0)),
            totals=totals,
            overwritten=overwritten,
        )
        times = totals.seconds >= 0 and state.seconds >= 0
        if not (times and all(map(is_whole, counts)) and -1 <= state.best_iou <= 1):
            raise ValueError("its counts cannot be")
        average.go_on(live, int(metadata.get("averaged", 0)))
        optimizer.load_state_dict({**optimizer.state_dict(), "state": moments})
        return state
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"{path}: damaged, or of another network ({error}); remove it to go on from the checkpoint before it"
        ) from error


def _of_shape(value: Tensor, shape: tuple[int | None, ...]) -> Tensor:
    fits = value.dim() == len(shape) and all(w in (None, n) for w, n in zip(shape, value.shape, strict=True))
    if not fits or value.dtype != torch.float32:
        raise ValueError(f"a tensor {tuple(value.shape)} of {value.dtype}")
    return value


def _require_moments(moments: dict[int, dict[str, Tensor]], optimizer: Optimizer) -> None:
    """Refuse what is not the state of parameters: torch would take it, and fail in the next step.

    A parameter that has had no gradient, as the LSTM's without memory, has no state.

    Raises:
        ValueError: naming the first that is wrong.
    """
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    if not set(moments) <= set(range(len(parameters))):
        raise ValueError(f"moments of parameter {max(moments)}, where there are {len(parameters)}")
    for index, of_one in moments.items():
        wanted = {"step": (), **dict.fromkeys(("exp_avg", "exp_avg_sq"), tuple(parameters[index].shape))}
        if {name: tuple(value.shape) for name, value in of_one.items()} != wanted:
            raise ValueError(f"the moments of parameter {index} have other shapes")
        if not all(value.dtype == torch.float32 and bool(value.isfinite().all()) for value in of_one.values()):
            raise ValueError(f"the moments of parameter {index} are no finite numbers")
