"""``mem3d evaluate``: IoU, F-score and retrieval on a data set."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from core.cli.options import (
    DATASET_HELP,
    ProgressBar,
    add_data_options,
    add_model_options,
    checkpoint_path,
    data_options,
    number,
    refuse_inputs,
    whole,
)
from core.config import EvaluationProtocol
from core.errors import ConfigError, OutputError


def add_command(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    command = commands.add_parser("evaluate", help="IoU, F-score and retrieval on a data set")
    command.add_argument("--dataset", default="builtin", metavar="SPEC", help=DATASET_HELP)
    add_data_options(command)
    command.add_argument("--split", choices=("train", "val", "test", "all"), default="test", help="(default: test)")
    command.add_argument("--limit", type=whole(1), metavar="N", help="at most N views, spread over the categories")
    command.add_argument(
        "--views", type=whole(1), metavar="N", help="at most N views of an object (default: all, or 1 with pix2vox)"
    )
    command.add_argument(
        "--threshold", type=_list(number(0, 1)), metavar="T[,T…]",
        help="occupancy thresholds t (default: the model's); beside them the best one on the validation split",
    )  # fmt: skip
    command.add_argument(
        "--occlude", type=_list(number(0, 1)), default=(0.0,), metavar="FRACTION[,FRACTION…]",
        help="cover these parts of the object's box (default 0), for example 0,0.2,0.4,0.6",
    )  # fmt: skip
    command.add_argument("--seed", type=whole(0), default=0, help="of the choice of views, backgrounds and occluders")
    command.add_argument(
        "--memory", choices=("both", "with", "without"),
        help="read the memory, give the decoder the zero prior, or compare the two (default: both)",
    )  # fmt: skip
    command.add_argument(
        "--protocol", choices=get_args(EvaluationProtocol), default="own",
        help="how test pictures are made: own (the object's box, random backgrounds, default), or pix2vox, as the "
        "published figures on R2N2 were measured: grey 240, centre crop, t inclusive, first view of every object",
    )  # fmt: skip
    command.add_argument("--no-f-score", action="store_true", help="measure IoU and retrieval alone, much faster")
    command.add_argument("--published", action="store_true", help="show published figures beside the measured ones")
    command.add_argument(
        "--output", type=Path, action="append", default=[], metavar="FILE",
        help="write the result: .json (everything), .csv (per category), .samples.csv, .tex or .md; may be repeated",
    )  # fmt: skip
    add_model_options(command)
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=_evaluate)


def _evaluate(options: argparse.Namespace) -> int:
    from core.checkpoint import load_checkpoint
    from core.data.opening import open_dataset
    from core.devices import resolve_device, told_when_out_of_memory
    from core.evaluation.document import to_json
    from core.evaluation.export import require_writable, save_result, text_tables
    from core.evaluation.measuring import evaluate
    from core.evaluation.result import EvaluationSettings

    for path in options.output:
        require_writable(path)
        refuse_inputs([path], options.checkpoint)
    checkpoint = load_checkpoint(checkpoint_path(options))
    settings = EvaluationSettings(
        split=options.split,
        thresholds=options.threshold or (checkpoint.config.model.threshold,),
        memory=_memory_use(options),
        occlusions=options.occlude,
        views=options.views,
        limit=options.limit,
        seed=options.seed,
        f_scores=not options.no_f_score,
        protocol=options.protocol,
    )
    device = resolve_device(options.device)
    with ProgressBar() as bar:
        dataset = open_dataset(options.dataset, bar, **data_options(options))
    with ProgressBar() as bar, told_when_out_of_memory(device):
        result = evaluate(
            checkpoint,
            dataset,
            settings,
            spec=options.dataset,
            data_options=data_options(options),
            device=device,
            progress=lambda done, total: bar(done, total, "pictures"),
        )
    # What took an hour is not lost with a disk that has filled up meanwhile, nor with a reader that has left.
    failed: OutputError | None = None
    for path in options.output:
        try:
            save_result(path, result, published=options.published)
        except OutputError as error:
            failed = failed or error
    print(to_json(result) if options.json else text_tables(result, options.published), flush=True)
    if failed is not None:
        raise failed
    return 0


def _memory_use(options: argparse.Namespace) -> Any:
    """What ``--memory`` and ``--no-memory`` say together."""
    if not options.no_memory:
        return options.memory or "both"
    if options.memory not in (None, "without"):
        raise ConfigError(f"--no-memory and --memory {options.memory} exclude each other: give one of them")
    return "without"


def _list(entry: Callable[[str], float]) -> Callable[[str], tuple[float, ...]]:
    """An argument type: one or several entries, with commas between them."""
    return lambda text: tuple(entry(part) for part in text.split(","))
