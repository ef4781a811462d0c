"""The folder of one training run: where each file is, and which checkpoints there are."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.config import Mem3DConfig
from core.errors import TrainingError
from core.files import remove_left_over, replace_text, replacing, told_when_not_written
from core.training.events import read_events
from core.training.run_lock import RunLock

_STEP_NAME = re.compile(r"step_([0-9]{8})\.safetensors")
_BEFORE_CONFIG = ("run.lock", "checkpoints", "dataset.json", "environment.json")
"""What is written into a new run's folder before its ``config.json``."""
_STATE_NAME = re.compile(r"step_([0-9]{8})\.state\.safetensors")


class RunFolder:
    """Paths and files of one run.

    A checkpoint is two files of one step: ``step_N.safetensors``, which any program part can open, and
    ``step_N.state.safetensors``, which only resuming needs. The state is written first, so a checkpoint that is there
    can be resumed.

    Args:
        path: the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.config_file = self.path / "config.json"
        self.events_file = self.path / "events.jsonl"
        self.checkpoints = self.path / "checkpoints"
        self.best = self.checkpoints / "best.safetensors"
        self._lock: RunLock | None = None

    def require_new(self) -> None:
        """Refuse a folder that holds anything, before any work is done; what a start that was killed left is nothing.

        Raises:
            TrainingError: if it does: a run, or other files, among which those of a run could replace some.
        """
        if self.config_file.exists() or self.events_file.exists() or self.steps():
            raise TrainingError(f"{self.path}: holds a run already; choose another folder, or go on with --resume")
        if self.path.is_dir():
            other = sorted(path.name for path in self.path.iterdir() if path.name not in _BEFORE_CONFIG)
            other = [name for name in other if not name.startswith(".")]
            if other:
                raise TrainingError(f"{self.path}: holds other files ({other[0]}); a run needs a folder of its own")

    def create(self) -> None:
        """Make the folder, and keep other trainings out of it.

        Raises:
            TrainingError: if a run is there already.
            OutputError: if it cannot be written.
        """
        self.require_new()
        with told_when_not_written(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
        self.lock()
        with self.released_on_error():
            self.require_new()  # another process may have been faster

    def lock(self) -> None:
        """Keep other trainings out, and clear away what one that was killed has left half written.

        Raises:
            TrainingError: if another training goes on in the folder.
            OutputError: if it cannot be written.
        """
        self._lock = RunLock(self.path)
        with self.released_on_error():
            self._clear_away()

    def release(self) -> None:
        """Let other trainings in."""
        if self._lock is not None:
            self._lock.release()

    @contextmanager
    def released_on_error(self) -> Iterator[None]:
        """Let other trainings in if the block fails."""
        try:
            yield
        except BaseException:
            self.release()
            raise

    def _clear_away(self) -> None:
        with told_when_not_written(self.checkpoints):
            self.checkpoints.mkdir(exist_ok=True)
            for path in self.checkpoints.glob("step_*.state.safetensors"):
                match = _STATE_NAME.fullmatch(path.name)
                if match and not self.checkpoint(int(match[1])).exists():
                    path.unlink()
        for folder in (self.path, self.checkpoints, self.path / "probes"):
            remove_left_over(folder)

    def save_config(self, config: Mem3DConfig) -> None:
        """Write ``config.json``, atomically: half a configuration would make the run unusable.

        Raises:
            OutputError: if it cannot be written.
        """
        replace_text(self.config_file, config.to_json() + "\n")

    def config(self) -> Mem3DConfig:
        """The configuration of the run.

        Raises:
            TrainingError: if there is no run in the folder.
            ConfigError: if the file is damaged.
        """
        if not self.config_file.is_file():
            raise TrainingError(f"{self.path}: no run here (config.json is missing); choose a run folder")
        return Mem3DConfig.from_file(self.config_file, recorded=True)

    def checkpoint(self, step: int) -> Path:
        """The checkpoint file of a step."""
        return self.checkpoints / f"step_{step:08d}.safetensors"

    def state(self, step: int) -> Path:
        """The file of the training state of a step."""
        return self.checkpoints / f"step_{step:08d}.state.safetensors"

    def steps(self) -> list[int]:
        """The steps there are checkpoints of, oldest first."""
        names = (_STEP_NAME.fullmatch(path.name) for path in self.checkpoints.glob("step_*.safetensors"))
        return sorted(int(match[1]) for match in names if match)

    def newest_step(self) -> int | None:
        """The newest step that can be resumed; None where the run was ended before its first checkpoint.

        Raises:
            TrainingError: if it had checkpoints, but none can be resumed.
        """
        resumable = self.resumable_steps()
        return resumable[0] if resumable else None

    def resumable_steps(self) -> list[int]:
        """The steps whose checkpoint has its training state beside it, newest first; whether they are whole is open.

        Raises:
            TrainingError: if the run had checkpoints, but none can be resumed.
        """
        steps = self.steps()
        resumable = [step for step in reversed(steps) if self.state(step).is_file()]
        if resumable:
            return resumable
        if steps or (self.events_file.exists() and any(event.step > 0 for event in read_events(self.events_file))):
            raise TrainingError(f"{self.checkpoints}: no checkpoint with its training state; the run cannot go on")
        return []

    def set_aside(self, paths: Iterable[Path]) -> None:
        """Rename files that are damaged, so that they are the run's no more, but are there to be looked at.

        Raises:
            OutputError: if they cannot be renamed.
        """
        with told_when_not_written(self.checkpoints):
            for path in paths:
                if path.exists():
                    path.replace(path.with_name(path.name + ".damaged"))

    def mark_best(self, step: int) -> None:
        """Make the checkpoint of ``step`` the best one too.

        Raises:
            OutputError: if it cannot be written.
        """
        with replacing(self.best) as temporary:
            try:
                os.link(self.checkpoint(step), temporary)
            except OSError:  # a file system without hard links
                shutil.copyfile(self.checkpoint(step), temporary)

    def remove_old(self, keep: int) -> None:
        """Remove all but the first and the newest ``keep`` checkpoints.

        Raises:
            OutputError: if they cannot be removed.
        """
        with told_when_not_written(self.checkpoints):
            for step in self.steps()[1:-keep]:
                self.checkpoint(step).unlink(missing_ok=True)
                self.state(step).unlink(missing_ok=True)
