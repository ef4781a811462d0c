"""The folder of one training run: ``config.json``, ``events.jsonl`` and ``checkpoints/``."""

import json
import os
import re
import shutil
from pathlib import Path

from torch import Tensor
from torch.optim import Optimizer

from core.checkpoint import load_tensors, save_tensors
from core.config import Mem3DConfig
from core.errors import CheckpointError, OutputError, TrainingError
from core.training.events import TrainingEvent, event_to_json, read_events

_STATE_FORMAT = "mem3d-training-state"
_STEP_NAME = re.compile(r"step_(\d{8})\.safetensors")


class RunFolder:
    """Paths and files of one run.

    A checkpoint is two files of one step: ``step_N.safetensors``, which any program part can open, and
    ``step_N.state.safetensors``, the optimiser's moments, which only resuming needs. The state is written first, so
    a checkpoint that is there can be resumed.

    Args:
        path: the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.config_file = self.path / "config.json"
        self.events_file = self.path / "events.jsonl"
        self.checkpoints = self.path / "checkpoints"
        self.best = self.checkpoints / "best.safetensors"

    def require_new(self) -> None:
        """Refuse a folder that holds a run, or what is left of one, before any work is done for another.

        Raises:
            TrainingError: if it does.
        """
        if self.config_file.exists() or self.events_file.exists() or self.steps():
            raise TrainingError(f"{self.path}: holds a run already; choose another folder, or go on with --resume")

    def create(self, config: Mem3DConfig) -> None:
        """Make the folder and write the configuration.

        Raises:
            TrainingError: if a run is there already.
            OutputError: if it cannot be written.
        """
        self.require_new()
        try:
            self.checkpoints.mkdir(parents=True, exist_ok=True)
            temporary = self.config_file.with_suffix(".part")  # half a configuration would make the run unusable
            temporary.write_text(config.to_json() + "\n", encoding="utf-8")
            os.replace(temporary, self.config_file)
        except OSError as error:
            raise OutputError(f"{self.path}: cannot be written ({error.strerror}); choose another folder") from error

    def config(self) -> Mem3DConfig:
        """The configuration of the run.

        Raises:
            TrainingError: if there is no run in the folder.
            ConfigError: if the file is damaged.
        """
        if not self.config_file.is_file():
            raise TrainingError(f"{self.path}: no run here (config.json is missing); choose a run folder")
        return Mem3DConfig.from_file(self.config_file)

    def checkpoint(self, step: int) -> Path:
        """The checkpoint file of a step."""
        return self.checkpoints / f"step_{step:08d}.safetensors"

    def state(self, step: int) -> Path:
        """The file of the optimiser's state of a step."""
        return self.checkpoints / f"step_{step:08d}.state.safetensors"

    def steps(self) -> list[int]:
        """The steps there are checkpoints of, oldest first."""
        names = (_STEP_NAME.fullmatch(path.name) for path in self.checkpoints.glob("step_*.safetensors"))
        return sorted(int(match[1]) for match in names if match)

    def newest_step(self) -> int:
        """The newest step that can be resumed.

        Raises:
            TrainingError: if there is none.
        """
        resumable = [step for step in self.steps() if self.state(step).is_file()]
        if not resumable:
            raise TrainingError(f"{self.checkpoints}: no checkpoint with its training state; the run cannot go on")
        return resumable[-1]

    def save_state(self, step: int, optimizer: Optimizer, best_iou: float, weights_note: str) -> None:
        """Write the optimiser's state of a step, atomically.

        Raises:
            OutputError: if it cannot be written.
        """
        tensors: dict[str, Tensor] = {
            f"{index}.{name}": value
            for index, moments in optimizer.state_dict()["state"].items()
            for name, value in moments.items()
        }
        metadata = {
            "format": _STATE_FORMAT,
            "format_version": "1",
            "step": str(step),
            "best_iou": json.dumps(best_iou),
            "initial_weights": weights_note,
        }
        save_tensors(self.state(step), tensors, metadata)

    def load_state(self, step: int, optimizer: Optimizer) -> tuple[float, str]:
        """Put back the optimiser's state of a step; returns ``best_iou`` and ``weights_note`` of ``save_state``.

        Raises:
            CheckpointError: if the file is damaged or of another network.
        """
        path = self.state(step)
        tensors, metadata = load_tensors(path, _STATE_FORMAT)
        moments: dict[int, dict[str, Tensor]] = {}
        try:
            for name, value in tensors.items():
                index, field = name.split(".", 1)
                moments.setdefault(int(index), {})[field] = value
            optimizer.load_state_dict({**optimizer.state_dict(), "state": moments})
            return float(metadata["best_iou"]), metadata["initial_weights"]
        except (ValueError, KeyError) as error:
            raise CheckpointError(
                f"{path}: damaged, or of another network ({error}); remove it to go on from the checkpoint before it"
            ) from error

    def mark_best(self, step: int) -> None:
        """Make the checkpoint of ``step`` the best one too."""
        temporary = self.best.with_suffix(".part")
        try:
            temporary.unlink(missing_ok=True)
            try:
                os.link(self.checkpoint(step), temporary)
            except OSError:  # a file system without hard links
                shutil.copyfile(self.checkpoint(step), temporary)
            os.replace(temporary, self.best)
        except OSError as error:
            raise OutputError(f"{self.best}: cannot be written ({error.strerror}); free some space") from error

    def remove_old(self, keep: int) -> None:
        """Remove all but the first and the newest ``keep`` checkpoints."""
        for step in self.steps()[1:-keep]:
            self.checkpoint(step).unlink(missing_ok=True)
            self.state(step).unlink(missing_ok=True)

    def forget_events_after(self, step: int) -> None:
        """Drop what was recorded after ``step``, so that a resumed run goes on in one clean curve.

        Raises:
            OutputError: if the file cannot be read or written.
        """
        if not self.events_file.exists():
            return
        temporary = self.events_file.with_suffix(".part")
        try:
            kept = [event for event in read_events(self.events_file) if event["step"] <= step]
            temporary.write_text("".join(json.dumps(event) + "\n" for event in kept), encoding="utf-8")
            os.replace(temporary, self.events_file)
        except OSError as error:
            raise OutputError(f"{self.events_file}: cannot be written ({error.strerror}); free some space") from error

    def record(self, event: TrainingEvent) -> None:
        """Append an event to ``events.jsonl``.

        Raises:
            OutputError: if it cannot be written.
        """
        try:
            with open(self.events_file, "a", encoding="utf-8") as file:
                file.write(event_to_json(event) + "\n")
        except OSError as error:
            raise OutputError(f"{self.events_file}: cannot be written ({error.strerror}); free some space") from error
