"""The command that does a training, read back by the command line's own parser."""

import shlex
from dataclasses import replace
from pathlib import Path

from core.config import preset
from mem3d_viewer.train.command import needs_file, resume_command, train_command


def test_options_say_it_all_where_only_they_differ():
    config = preset("compact")
    config = replace(
        config,
        data=replace(config.data, dataset="packed:my shapes"),
        training=replace(config.training, seed=3, use_memory=False),
    )
    assert not needs_file(config)
    assert shlex.split(train_command(config, Path("runs/a b"), device="cpu", steps=20)) == [
        "mem3d", "train", "--preset", "compact", "--dataset", "packed:my shapes", "--seed", "3", "--no-memory",
        "--out", "runs/a b", "--steps", "20", "--device", "cpu",
    ]  # fmt: skip


def test_everything_else_needs_a_file():
    config = preset("paper")
    config = replace(config, model=replace(config.model, beta=0.5))
    assert needs_file(config)
    command = train_command(config, Path("run"), device="auto", steps=None, file=Path("own.json"))
    assert command == "mem3d train --config own.json --out run"


def test_a_run_is_gone_on_with():
    assert resume_command(Path("run"), device="cuda", steps=5) == "mem3d train --resume run --steps 5 --device cuda"
