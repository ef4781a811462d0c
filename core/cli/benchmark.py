"""``mem3d benchmark``: what using and training the network costs on this machine."""

import argparse
import json
from pathlib import Path
from typing import Any

from core.assets import sample_images
from core.cli.options import ProgressBar, checkpoint_path, whole
from core.config import PRESETS
from core.errors import ConfigError

_QUICK_ROUNDS = 3


def add_command(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    command = commands.add_parser(
        "benchmark",
        help="measure what a picture, a step of beta, a training step and the memory cost here",
        description="Measures in one run, each thing in turn with what it is compared with, and prints medians and "
        "ratios as Markdown. With faiss installed the memory's search is compared with its exact one.",
    )
    which = command.add_mutually_exclusive_group()
    which.add_argument("--checkpoint", type=Path, metavar="C", help="what to measure (default: the embedded model)")
    which.add_argument("--preset", choices=list(PRESETS), help="measure a preset, random weights and a full memory")
    command.add_argument("--image", type=Path, help="a picture (default: a sample)")
    command.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")
    command.add_argument("--threads", type=whole(1), metavar="N", help="threads of the CPU (default: torch's)")
    command.add_argument("--rounds", type=whole(1), metavar="N", help="how often each thing is timed (default: 15)")
    command.add_argument("--quick", action="store_true", help="few rounds, and no large memories")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=_benchmark)


def _benchmark(options: argparse.Namespace) -> int:
    import torch

    from core.benchmark.growth import SIZES
    from core.benchmark.whole import run
    from core.devices import resolve_device, told_when_out_of_memory

    images = sample_images()
    image = options.image or (images[0] if images else None)
    if image is None:
        raise ConfigError("there are no sample pictures here: name one with --image")
    if options.threads:
        torch.set_num_threads(options.threads)
    device = resolve_device(options.device)
    with ProgressBar() as bar, told_when_out_of_memory(device):
        found = run(
            image,
            device,
            checkpoint=None if options.preset else checkpoint_path(options),
            preset_name=options.preset,
            sizes=SIZES[:1] if options.quick else SIZES,
            rounds=options.rounds or (_QUICK_ROUNDS if options.quick else 15),
            progress=bar,
        )
    print(json.dumps(found.to_dict(), indent=1) if options.json else str(found))
    return 0
