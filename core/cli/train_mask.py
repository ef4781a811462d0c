"""``mem3d train-mask``: teach a trained network to tell the object of a photo from its background."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.cli.options import DATASET_HELP, ProgressBar, whole
from core.data.joined import JOIN


def add_command(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    command = commands.add_parser(
        "train-mask",
        help="teach a checkpoint to cut objects out of photos",
        description="Trains a head on the image encoder of a checkpoint, which stays as it is, and writes a checkpoint "
        "with it. The truth is the transparency of a data set's renderings, put before backgrounds.",
    )
    command.add_argument("checkpoint", type=Path, metavar="CHECKPOINT", help="the trained network")
    command.add_argument("out", type=Path, metavar="OUT", help="the checkpoint to write; may be the same")
    command.add_argument(
        "--dataset", metavar="SPEC", action="append", help=f"{DATASET_HELP} (default: builtin); may be repeated"
    )
    command.add_argument("--backgrounds", default="", metavar="DIR", help="photographs to put objects before")
    command.add_argument("--steps", type=whole(1), default=1000, metavar="N", help="of 16 pictures (default 1000)")
    command.add_argument("--seed", type=whole(0), default=0, help="seed of first weights, order and variation")
    command.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")
    command.set_defaults(run=_train_mask)


def _train_mask(options: argparse.Namespace) -> int:
    import torch

    from core.checkpoint import load_checkpoint, save_checkpoint
    from core.data.opening import open_dataset
    from core.devices import resolve_device, told_when_out_of_memory
    from core.network.mask_head import MaskHead
    from core.training.mask_training import train_mask_head

    checkpoint = load_checkpoint(options.checkpoint)
    device = resolve_device(options.device)
    config = replace(checkpoint.config, model=replace(checkpoint.config.model, mask_head=True))
    torch.manual_seed(options.seed)
    model = checkpoint.build()
    model.mask_head = MaskHead(model.image_encoder.backbone.widths)
    with ProgressBar() as bar:
        dataset = open_dataset(JOIN.join(options.dataset or ["builtin"]), bar)
    loss = 0.0

    def told(step: int, of_step: float) -> None:
        nonlocal loss
        loss = of_step if step == 1 else 0.98 * loss + 0.02 * of_step
        bar(step, options.steps, "steps")

    with ProgressBar() as bar, told_when_out_of_memory(device):
        data = replace(config.data, backgrounds=options.backgrounds)
        train_mask_head(model.to(device), data, dataset, options.steps, seed=options.seed, progress=told)
    save_checkpoint(
        options.out,
        model,
        config,
        step=checkpoint.step,
        metrics=checkpoint.metrics,
        mean_shape=checkpoint.mean_shape,
        half_keys=checkpoint.half_keys,
        half_weights=checkpoint.half_weights,
    )
    print(f"{options.out}: with a mask head, trained for {options.steps} steps to a loss of {loss:.3f}")
    return 0
