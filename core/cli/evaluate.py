"""``mem3d evaluate``: IoU and F-score on a data set."""

import argparse
import json
from typing import Any

from core.cli.options import (
    DATASET_HELP,
    ProgressBar,
    add_data_options,
    add_model_options,
    checkpoint_path,
    data_options,
    number,
    whole,
)


def add_command(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    command = commands.add_parser("evaluate", help="IoU and F-score on a data set")
    command.add_argument("--dataset", default="builtin", metavar="SPEC", help=DATASET_HELP)
    add_data_options(command)
    command.add_argument("--split", choices=("train", "val", "test", "all"), default="test", help="(default: test)")
    command.add_argument("--limit", type=whole(1), metavar="N", help="at most N views, spread over the categories")
    command.add_argument("--views", type=whole(1), metavar="N", help="at most N views of an object (default: all)")
    command.add_argument("--threshold", type=number(0, 1), default=0.3, help="occupancy threshold t (default 0.3)")
    command.add_argument(
        "--occlude", type=number(0, 1), default=0.0, metavar="FRACTION", help="cover this part of the object's box"
    )
    command.add_argument("--seed", type=whole(0), default=0, help="of the choice of views, backgrounds and occluders")
    add_model_options(command)
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=_evaluate)


def _evaluate(options: argparse.Namespace) -> int:
    import torch

    from core.checkpoint import load_checkpoint
    from core.data.datasets import open_dataset
    from core.devices import resolve_device, told_when_out_of_memory
    from core.training.evaluation import evaluate

    checkpoint = load_checkpoint(checkpoint_path(options))
    device = torch.device(resolve_device(options.device))
    with ProgressBar() as bar:
        dataset = open_dataset(options.dataset, bar, **data_options(options))
    with ProgressBar() as bar, told_when_out_of_memory(str(device)):
        figures = evaluate(
            checkpoint.build().to(device),
            dataset,
            checkpoint.mean_shape,
            split=options.split,
            threshold=options.threshold,
            views=options.views,
            limit=options.limit,
            use_memory=not options.no_memory,
            occlude=options.occlude,
            seed=options.seed,
            progress=lambda done, total: bar(done, total, "views"),
        )
    figures = {"checkpoint": str(checkpoint.path), "step": checkpoint.step, "dataset": options.dataset, **figures}
    print(json.dumps(figures, indent=2) if options.json else _table(figures))
    return 0


def _table(figures: dict[str, Any]) -> str:
    lines = [f"{'category':<14}{'n':>7}{'IoU':>9}{'F@1%':>9}"]
    for name, category in figures["per_category"].items():
        lines.append(f"{name:<14}{category['n']:>7}{category['iou']:>9.4f}{category['f_score']:>9.4f}")
    lines.append(f"{'mean':<14}{figures['n']:>7}{figures['mean_iou']:>9.4f}{figures['mean_f_score']:>9.4f}")
    lines.append(f"{'macro':<14}{'':>7}{figures['macro_iou']:>9.4f}")
    if figures["best_threshold"] is not None:
        at_best = figures["mean_iou_at_best_threshold"]
        lines.append(f"best threshold on the validation split {figures['best_threshold']:.2f}: IoU {at_best:.4f}")
    baselines = figures["baselines"]
    lines.append(f"baselines: top slot {baselines['top_slot']:.4f}, mean training shape {baselines['mean_shape']:.4f}")
    lines.append(f"slots above beta: {figures['mean_above_beta']:.1f} a view")
    return "\n".join(lines)
