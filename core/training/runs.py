"""All runs of a folder: what became of each, renaming and deleting."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path

from core.errors import ConfigError, TrainingError, one_line
from core.files import told_when_not_written
from core.reading import open_file
from core.training.events import (
    LONGEST_LINE,
    TrainingEvent,
    TrainingFailed,
    TrainingFinished,
    Validated,
    event_from_json,
)
from core.training.run_folder import RunFolder
from core.training.run_lock import is_locked

RUNS_VARIABLE = "MEM3D_RUNS"
"""Environment variable that names another folder than the user's own."""

RunStatus = Literal["running", "finished", "stopped", "interrupted", "empty", "damaged"]


@dataclass(frozen=True)
class RunSummary:
    """One run at a glance."""

    path: Path
    """The run folder."""
    name: str
    """The folder's name."""
    preset: str
    """Preset it started from; empty where config.json cannot be read."""
    dataset: str
    """Data set it is trained on; empty where config.json cannot be read."""
    step: int
    """The newest step there is a checkpoint of."""
    best_iou: float | None
    """Best validation IoU so far; None before the first validation."""
    status: RunStatus
    """``running`` in some process now; ``finished`` after its last step; ``stopped`` on request before; ``interrupted``
    by an error, a kill or a power cut; ``empty`` without a checkpoint; ``damaged`` if config.json cannot be read."""
    modified: float
    """When it last recorded something, in seconds since 1970."""
    size: int
    """Bytes on the disk."""
    reason: str = ""
    """Why it is ``interrupted``, ``empty`` or ``damaged``, where that is known."""


def default_runs_folder() -> Path:
    """Where runs are kept unless told otherwise; ``MEM3D_RUNS`` moves it."""
    root = os.environ.get(RUNS_VARIABLE)
    return Path(root).expanduser() if root else user_data_path("mem3d", appauthor=False) / "runs"


def list_runs(root: Path, known: Sequence[RunSummary] = ()) -> list[RunSummary]:
    """The runs in a folder, last changed first; none where there is no such folder.

    A damaged run is listed as such; what is no run at all is left out.

    Args:
        root: the folder.
        known: what was listed before; of a run that has not changed since nothing is read again.

    Raises:
        TrainingError: if the folder may not be read.
    """
    try:
        folders = [path for path in Path(root).iterdir() if _is_run(path)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise TrainingError(f"{root}: cannot be read ({error.strerror or error}); choose another folder") from error
    before = {run.path: run for run in known}
    runs = []
    for path in folders:
        try:
            runs.append(summarise(path, before.get(path)))
        except FileNotFoundError:  # deleted or renamed meanwhile
            continue
        except OSError as error:  # one that cannot be read must not hide the others
            reason = f"{path}: cannot be read ({error.strerror or error})"
            runs.append(RunSummary(path, path.name, "", "", 0, None, "damaged", 0.0, 0, reason))
    return sorted(runs, key=lambda run: run.modified, reverse=True)


def summarise(path: Path, known: RunSummary | None = None) -> RunSummary:
    """One run at a glance.

    Args:
        path: its folder.
        known: what it was before, which is the answer where nothing has changed.

    Raises:
        FileNotFoundError: if the folder is gone.
    """
    modified, size = _disk_use(path)
    running = is_locked(path)
    if known is not None and (known.modified, known.size, known.status == "running") == (modified, size, running):
        return known
    folder = RunFolder(path)
    preset = dataset = problem = reason = ""
    try:
        config = folder.config()
        preset, dataset = config.preset, config.data.dataset
    except (ConfigError, TrainingError) as error:
        problem = str(error)
    best: float | None = None
    last: TrainingEvent | None = None
    for event in _telling_events(folder.events_file):
        last = event
        if isinstance(event, Validated) and 0 <= event.validation_iou <= 1:  # NaN is not
            best = max(best or 0.0, float(event.validation_iou))
    steps = folder.steps()
    status: RunStatus
    if problem:
        status, reason = "damaged", problem
    elif running:
        status = "running"
    elif isinstance(last, TrainingFinished):
        status = "stopped" if last.stopped else "finished"
    else:
        status = "interrupted" if steps else "empty"
        reason = one_line(last.reason) if isinstance(last, TrainingFailed) else ""
    return RunSummary(path, path.name, preset, dataset, steps[-1] if steps else 0, best, status, modified, size, reason)


def rename_run(path: Path, name: str) -> Path:
    """Give a run folder another name; returns its new path.

    Raises:
        TrainingError: if the name cannot be used or is taken, the run is being trained, or there is none.
        OutputError: if the folder cannot be renamed.
    """
    path, name = Path(path), name.strip()
    if not name or name in (".", "..") or any(letter in '/\\:*?"<>|' or ord(letter) < 32 for letter in name):
        raise TrainingError(f"{name!r} cannot be a run's name; leave out / \\ : * ? \" < > |")
    target = path.with_name(name)
    if target == path:
        return path
    if target.exists():
        raise TrainingError(f"{target}: exists already; choose another name")
    _require_idle(path)
    with told_when_not_written(target):
        return path.rename(target)


def delete_run(path: Path) -> None:
    """Delete a run folder with everything in it.

    Raises:
        TrainingError: if it is no run folder, or is being trained.
        OutputError: if it cannot be deleted.
    """
    _require_idle(path)
    with told_when_not_written(path):
        shutil.rmtree(path)


def _is_run(path: Path) -> bool:
    """Whether a folder is a run, or what is left of one."""
    folder = RunFolder(path)
    return path.is_dir() and (
        folder.config_file.is_file() or folder.events_file.is_file() or folder.checkpoints.is_dir()
    )


def _require_idle(path: Path) -> None:
    if not _is_run(Path(path)):
        raise TrainingError(f"{path}: no run here; choose a run folder")
    if is_locked(path):
        raise TrainingError(f"{path}: is being trained; stop it first")


def _telling_events(path: Path) -> Iterator[TrainingEvent]:
    """Validations, and every event that tells how a run began or ended; damaged lines are passed over."""
    with suppress(OSError), open_file(path) as file:
        for line in iter(lambda: file.readline(LONGEST_LINE), b""):
            # A long run has hundred thousands of StepDone: they are not worth parsing here.
            if b'"StepDone"' not in line and (event := event_from_json(line)) is not None:
                yield event


def _disk_use(path: Path) -> tuple[float, int]:
    """Time of the last change, and bytes; a checkpoint that is the best one too counts once."""
    sizes: dict[tuple[int, int], int] = {}
    modified = path.stat().st_mtime
    for place, _, names in os.walk(path):
        for name in names:
            with suppress(OSError):
                facts = os.stat(os.path.join(place, name))
                sizes[facts.st_dev, facts.st_ino] = facts.st_size
                modified = max(modified, facts.st_mtime)
    return modified, sum(sizes.values())
