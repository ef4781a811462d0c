"""A training as the command that does the same."""

import dataclasses
import shlex
from pathlib import Path

from core.config import Mem3DConfig, preset


def needs_file(config: Mem3DConfig) -> bool:
    """Whether more differs from the preset than the command line has options for."""
    return _from_options(config) != config


def train_command(config: Mem3DConfig, run: Path, *, device: str, steps: int | None, file: Path | None = None) -> str:
    """The ``mem3d train`` command that starts this training.

    Args:
        config: everything about it.
        run: folder of the new run.
        device: where to compute.
        steps: steps to do; None does the configured epochs.
        file: where the configuration is kept; None where the options say it all.
    """
    words = ["mem3d", "train"]
    if file is not None:
        words += ["--config", str(file)]
    else:
        words += ["--preset", config.preset, "--dataset", config.data.dataset, "--seed", str(config.training.seed)]
        words += [] if config.training.use_memory else ["--no-memory"]
    words += ["--out", str(run), *_common(device, steps)]
    return shlex.join(words)


def resume_command(run: Path, *, device: str, steps: int | None = None) -> str:
    """The ``mem3d train`` command that goes on with a run."""
    return shlex.join(["mem3d", "train", "--resume", str(run), *_common(device, steps)])


def _common(device: str, steps: int | None) -> list[str]:
    return [*([] if steps is None else ["--steps", str(steps)]), *([] if device == "auto" else ["--device", device])]


def _from_options(config: Mem3DConfig) -> Mem3DConfig:
    base = preset(config.preset)
    training = dataclasses.replace(base.training, seed=config.training.seed, use_memory=config.training.use_memory)
    return dataclasses.replace(
        base, data=dataclasses.replace(base.data, dataset=config.data.dataset), training=training
    )
