"""``mem3d train``: start a training, or go on with one."""

import argparse
import json
import math
import os
import signal
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, get_args

from core.cli.follow import STOP_SIGNALS, follow
from core.cli.options import DATASET_HELP, ProgressBar, add_data_options, data_options, whole
from core.config import PRESETS, Mem3DConfig, ModelConfig, StartWith, preset, setting_types
from core.data.joined import JOIN
from core.errors import ConfigError
from core.heap import keep_freed_memory


def add_command(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    command = commands.add_parser("train", help="train, or go on with a run")
    command.add_argument("--preset", choices=tuple(PRESETS), help="sizes and defaults (default: compact)")
    command.add_argument(
        "--config", type=Path, metavar="FILE", help="a JSON configuration, such as a run's config.json"
    )
    command.add_argument(
        "--dataset", metavar="SPEC", action="append",
        help=f"{DATASET_HELP} (default: builtin); may be given more than once, as N*SPEC to show its pictures N "
        "times as often",
    )  # fmt: skip
    add_data_options(command)
    command.add_argument("--backgrounds", metavar="DIR", help="photographs to put behind renderings, half of the time")
    command.add_argument(
        "--from", dest="start_from", metavar="CHECKPOINT",
        help="start from this checkpoint's weights and memory, to train it on other data",
    )  # fmt: skip
    command.add_argument("--take", choices=get_args(StartWith), help="what to take of it (default: both)")
    command.add_argument("--out", type=Path, metavar="RUN", help="folder of the new run")
    command.add_argument("--resume", type=Path, metavar="RUN", help="go on with this run")
    command.add_argument(
        "--accept-data", action="store_true", help="with --resume: go on although the data set has changed"
    )
    command.add_argument("--steps", type=whole(1), metavar="N", help="do N steps (default: all epochs)")
    command.add_argument("--seed", type=whole(0), help="seed of weights, order and augmentation")
    command.add_argument("--no-memory", action="store_true", help="train the twin without memory")
    command.add_argument(
        "--set",
        dest="changes",
        type=_change,
        action="append",
        metavar="FIELD=VALUE",
        help="any field of the configuration, such as batch_size=16, halve_after_epochs=2,3 or delta=automatic; may be "
        "given more than once",
    )
    command.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")
    command.add_argument("--estimate", action="store_true", help="measure what it needs over a few steps, and end")
    command.add_argument("--json", action="store_true", help="print the estimate as JSON")
    command.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> int:
    if options.estimate:
        if options.out is not None or options.resume is not None:
            raise ConfigError("--estimate writes nothing: leave --out and --resume away")
        return _estimate(options)
    if options.json:
        raise ConfigError("--json belongs to --estimate; a run's events are in its events.jsonl")
    if (options.out is None) == (options.resume is None):
        raise ConfigError("give either --out RUN for a new training, or --resume RUN to go on with one")
    if options.accept_data and options.resume is None:
        raise ConfigError("--accept-data belongs to --resume: a new run takes the data as it is")
    if options.resume is not None:
        fixed = (
            "preset",
            "config",
            "dataset",
            "backgrounds",
            "start_from",
            "take",
            "subset",
            "crop_by",
            "damaged",
            "seed",
            "no_memory",
            "changes",
        )
        given = [name for name in fixed if (value := getattr(options, name)) is not None and value is not False]
        if given:
            name = {"changes": "set", "start_from": "from"}.get(given[0], given[0].replace("_", "-"))
            raise ConfigError(f"--{name} is fixed by the run that --resume goes on with")
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:  # read when torch is imported
        # It would say in every run that the LSTM was used: whether it is depends on what the memory gives.
        os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    from core.training.ranks import joined

    with joined() as ranks:
        return _lead(options, ranks) if ranks.leading else _accompany(options, ranks)


def _lead(options: argparse.Namespace, ranks: Any) -> int:
    """Train, alone or as the first of several processes."""
    from core.data.opening import open_configured
    from core.training.run_folder import RunFolder
    from core.training.trainer import Trainer

    if options.resume is not None:
        config = RunFolder(options.resume).config()
    else:
        config = _configured(options)
        RunFolder(options.out).require_new()  # building a data set first would take minutes
    with ProgressBar() as bar:
        dataset = open_configured(config.data, bar)
    keep_freed_memory()
    common = {"device": options.device, "steps": options.steps, "ranks": ranks}
    if options.resume is not None:
        trainer = Trainer.resume(options.resume, dataset, accept_data=options.accept_data, config=config, **common)
    else:
        trainer = Trainer.start(config, dataset, options.out, **common)
    return follow(trainer)


def _accompany(options: argparse.Namespace, ranks: Any) -> int:
    """Do this process's share of a training that another one leads; only that one answers to the signals to stop."""
    from core.data.opening import open_configured
    from core.training.follower import Follower

    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    follower = Follower(ranks, lambda config: open_configured(config.data), options.device)
    keep_freed_memory()
    follower.run()
    return 0


def _estimate(options: argparse.Namespace) -> int:
    from core.data.opening import open_configured
    from core.training.estimate import estimate

    config = _configured(options)
    with ProgressBar() as bar:
        dataset = open_configured(config.data, bar)
    keep_freed_memory()
    found = estimate(config, dataset, options.device)
    if options.json:
        figures = {name: None if value != value else value for name, value in asdict(found).items()}  # NaN is no JSON
        print(json.dumps({"preset": config.preset, **figures}, indent=2))
        return 0
    training = config.training
    print(f"{found.parameters / 1e6:.1f} M parameters on {found.device}, {training.precision}")
    print(f"batch of {training.batch_size} in {training.accumulation} part(s)")
    if math.isfinite(found.seconds_per_step):
        print(f"{found.seconds_per_step:.2f} s a step, {found.images_per_second:.1f} images/s")
        print(f"{found.total_steps} steps of {training.epochs} epochs: {found.total_seconds / 3600:.1f} h")
    print(f"{found.peak_bytes / 2**30:.2f} GiB of memory, {found.available_bytes / 2**30:.2f} GiB free: {found.advice}")
    return 0


def _change(text: str) -> tuple[str, str]:
    """An argument type: ``FIELD=VALUE``."""
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form FIELD=VALUE")
    return name, value


def _configured(options: argparse.Namespace) -> Mem3DConfig:
    if options.config is not None and options.preset is not None:
        raise ConfigError("--config and --preset exclude each other: the file names its preset")
    config = Mem3DConfig.from_file(options.config) if options.config else preset(options.preset or "compact")
    if options.dataset is not None:
        config = replace(config, data=replace(config.data, dataset=JOIN.join(options.dataset)))
    config = replace(config, data=replace(config.data, **data_options(options)))
    if options.backgrounds is not None:
        config = replace(config, data=replace(config.data, backgrounds=options.backgrounds))
    if options.take is not None and options.start_from is None:
        raise ConfigError("--take belongs to --from CHECKPOINT")
    start = {"start_from": options.start_from, "start_with": options.take}
    given = {name: value for name, value in start.items() if value is not None}
    config = replace(config, training=replace(config.training, **given))
    if options.seed is not None:
        config = replace(config, training=replace(config.training, seed=options.seed))
    if options.no_memory:
        config = replace(config, training=replace(config.training, use_memory=False))
    changes = dict(options.changes or [])
    if options.start_from is not None:
        from core.training.starting import RULES

        fixed = sorted((changes.keys() & setting_types(ModelConfig).keys()) - set(RULES))
        if fixed:
            raise ConfigError(f"--set {fixed[0]} is fixed by the checkpoint that --from starts from; leave it out")
    return config.changed(changes, "--set")
