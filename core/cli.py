"""The command ``mem3d``: reconstruct, train, evaluate, and build data sets.

Exit code 0, or 2 for bad input with exactly one line on standard error. With ``--json`` standard output holds JSON
alone; progress goes to standard error.
"""

import argparse
import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from core import __version__
from core.assets import DEFAULT_CHECKPOINT, asset
from core.config import PRESETS, Mem3DConfig, preset
from core.errors import ConfigError, Mem3DError, OutputError

# torch, Pillow and the rest are imported by the commands that use them, so that --help and a mistyped option answer
# at once.

BAD_INPUT = 2
"""Exit code for anything the user can mend."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code.

    Args:
        arguments: without the program's name; None takes the process's own.
    """
    try:
        options = _parser().parse_args(arguments)
        return int(options.run(options))
    except Mem3DError as error:
        print(f"mem3d: {' '.join(str(error).split())}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("mem3d: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `mem3d … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


class _Parser(argparse.ArgumentParser):
    """Argument errors in one line, as every other bad input."""

    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"{message}; see `{self.prog} --help`")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="mem3d", description="Single-view 3D reconstruction from shape priors in memory.")
    parser.add_argument("--version", action="version", version=f"mem3d-viewer {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_reconstruct(commands)
    _add_train(commands)
    _add_evaluate(commands)
    _add_dataset(commands)
    return parser


# reconstruct


def _add_reconstruct(commands: Any) -> None:
    command = commands.add_parser("reconstruct", help="pictures to voxel grids")
    command.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="PNG, JPG, WebP …")
    _add_model_options(command)
    command.add_argument("--beta", type=_number(-1, 1), help="key similarity a slot must exceed (default: the model's)")
    command.add_argument("--threshold", type=_number(0, 1), default=0.3, help="occupancy threshold t (default 0.3)")
    command.add_argument(
        "--output",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help=".binvox, .npz, .obj, .stl, .ply or .glb; may be given more than once; with several images a folder, "
        "which gets an .npz for each",
    )
    command.add_argument("--json", action="store_true", help="print a JSON list, one entry an image")
    command.set_defaults(run=_reconstruct)


def _reconstruct(options: argparse.Namespace) -> int:
    from core.data.images import load_picture
    from core.mesh_export import require_known_ending, save_voxels
    from core.reconstruction import Reconstructor

    outputs = [_outputs(options, image) for image in options.images]
    for path in (path for paths in outputs for path in paths):
        require_known_ending(path)
        if not path.parent.is_dir():
            raise OutputError(f"{path}: there is no folder {path.parent}; make it first")
    reconstructor = Reconstructor(_checkpoint(options), options.device)
    entries = []
    for image, paths in zip(options.images, outputs, strict=True):
        began = time.perf_counter()
        picture = load_picture(image)
        loading = time.perf_counter() - began
        result = reconstructor.reconstruct(picture, beta=options.beta, use_memory=not options.no_memory)
        for path in paths:
            save_voxels(path, result.occupancy, options.threshold)
        seconds = {"load": loading, **result.seconds}
        occupied = int(result.voxels(options.threshold).sum())
        entries.append(
            {
                "image": str(image),
                "checkpoint": str(reconstructor.path),
                "device": result.device,
                "memory": result.memory_used,
                "beta": result.beta,
                "threshold": options.threshold,
                "occupied_voxels": occupied,
                "above_beta": result.above_beta,
                "priors": [
                    {
                        "slot": prior.slot,
                        "similarity": prior.similarity,
                        "category": prior.category,
                        "source": {"dataset": prior.dataset, "object": prior.object_id, "view": prior.view},
                        "age": prior.age,
                    }
                    for prior in result.priors
                    if prior.given_to_lstm
                ],
                "seconds": {**seconds, "total": time.perf_counter() - began},
                "outputs": [str(path) for path in paths],
                "notes": list(picture.notes),
            }
        )
        if not options.json:
            best = result.priors[0] if result.priors else None
            prior = f"closest {best.category} {best.similarity:.3f}" if best else "no prior above beta"
            if options.no_memory:
                prior = "memory off"
            print(
                f"{image}: {occupied} voxels, {result.above_beta} slots above beta {result.beta:g}, {prior}, "
                f"{sum(seconds.values()):.2f} s" + "".join(f"\n  {path}" for path in paths)
            )
            for note in picture.notes:
                print(f"  note: {note}")
    if options.json:
        print(json.dumps(entries, indent=2))
    return 0


def _outputs(options: argparse.Namespace, image: Path) -> list[Path]:
    if len(options.images) == 1:
        return list(options.output)
    names = [other.stem for other in options.images]
    name = image.stem if names.count(image.stem) == 1 else image.name
    paths = []
    for folder in options.output:
        if folder.suffix and not folder.is_dir():
            raise OutputError(f"{folder}: several images need a folder as --output, not a file")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder}: cannot be made ({error.strerror}); choose another folder") from error
        paths.append(folder / f"{name}.npz")
    return paths


# train


def _add_train(commands: Any) -> None:
    command = commands.add_parser("train", help="train, or go on with a run")
    command.add_argument("--preset", choices=tuple(PRESETS), help="sizes and defaults (default: compact)")
    command.add_argument(
        "--config", type=Path, metavar="FILE", help="a JSON configuration, such as a run's config.json"
    )
    command.add_argument("--dataset", metavar="SPEC", help="builtin, packed:DIR or shapenet:DIR (default: builtin)")
    command.add_argument("--out", type=Path, metavar="RUN", help="folder of the new run")
    command.add_argument("--resume", type=Path, metavar="RUN", help="go on with this run")
    command.add_argument("--steps", type=_whole(1), metavar="N", help="do N steps (default: all epochs)")
    command.add_argument("--seed", type=_whole(0), help="seed of weights, order and augmentation")
    command.add_argument("--no-memory", action="store_true", help="train the twin without memory")
    command.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")
    command.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> int:
    from core.training.run_folder import RunFolder

    if (options.out is None) == (options.resume is None):
        raise ConfigError("give either --out RUN for a new training, or --resume RUN to go on with one")
    if options.resume is not None:
        fixed = ("preset", "config", "dataset", "seed", "no_memory")
        given = [name for name in fixed if getattr(options, name)]
        if given:
            raise ConfigError(f"--{given[0].replace('_', '-')} is fixed by the run that --resume goes on with")
        config = RunFolder(options.resume).config()
    else:
        config = _configured(options)
    from core.data.datasets import open_dataset
    from core.training.trainer import Trainer

    with _ProgressBar() as bar:
        dataset = open_dataset(config.data.dataset, bar)
    _keep_freed_memory()
    common = {"device": options.device, "steps": options.steps}
    if options.resume is not None:
        trainer = Trainer.resume(options.resume, dataset, **common)
    else:
        trainer = Trainer.start(config, dataset, options.out, **common)
    return _follow(trainer)


def _configured(options: argparse.Namespace) -> Mem3DConfig:
    if options.config is not None and options.preset is not None:
        raise ConfigError("--config and --preset exclude each other: the file names its preset")
    config = Mem3DConfig.from_file(options.config) if options.config else preset(options.preset or "compact")
    if options.dataset is not None:
        config = replace(config, data=replace(config.data, dataset=options.dataset))
    if options.seed is not None:
        config = replace(config, training=replace(config.training, seed=options.seed))
    if options.no_memory:
        config = replace(config, training=replace(config.training, use_memory=False))
    return config


def _follow(trainer: Any) -> int:
    """Run a trainer with a progress bar; Ctrl+C ends it after the step with a last checkpoint."""
    from tqdm import tqdm

    from core.training.events import CheckpointSaved, StepDone, TrainingFinished, TrainingStarted, Validated

    interrupted = False

    def interrupt(*_: object) -> None:
        nonlocal interrupted
        if interrupted:
            raise KeyboardInterrupt
        interrupted = True
        tqdm.write("stopping after this step …", file=sys.stderr)

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        with tqdm(total=trainer.last_step, initial=trainer.step, unit="step", file=sys.stderr, disable=None) as bar:
            for event in trainer.run(lambda: interrupted):
                if isinstance(event, TrainingStarted):
                    tqdm.write(f"{event.device}, {event.initial_weights}", file=sys.stderr)
                elif isinstance(event, StepDone):
                    bar.update(event.step - bar.n)
                    bar.set_postfix_str(
                        f"loss {event.loss:.4f}, {event.images_per_second:.0f} images/s, "
                        f"{event.mean_above_beta:.1f} above beta"
                    )
                elif isinstance(event, Validated):
                    tqdm.write(f"step {event.step}: validation IoU {event.validation_iou:.4f}", file=sys.stderr)
                elif isinstance(event, CheckpointSaved) and event.best:
                    tqdm.write(f"step {event.step}: best so far, {event.path}", file=sys.stderr)
                elif isinstance(event, TrainingFinished):
                    bar.update(event.step - bar.n)
                    finished = event
    finally:
        signal.signal(signal.SIGINT, before)
    word = "stopped" if finished.stopped else "finished"
    print(f"{word} at step {finished.step}: {finished.checkpoint}")
    return 0


def _keep_freed_memory() -> None:
    """Let glibc keep what is freed.

    A step frees and allocates the same hundreds of MB; giving them back to the system each time costs a fifth of the
    speed on a CPU.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "mallopt"):
            trim_threshold, mmap_max = -1, -4  # M_TRIM_THRESHOLD and M_MMAP_MAX of malloc.h
            libc.mallopt(trim_threshold, 2**31 - 1)
            libc.mallopt(mmap_max, 0)


# evaluate


def _add_evaluate(commands: Any) -> None:
    command = commands.add_parser("evaluate", help="IoU and F-score on a data set")
    command.add_argument("--dataset", default="builtin", metavar="SPEC", help="builtin, packed:DIR or shapenet:DIR")
    command.add_argument("--split", choices=("train", "val", "test", "all"), default="test", help="(default: test)")
    command.add_argument("--limit", type=_whole(1), metavar="N", help="at most N views, spread over the categories")
    command.add_argument("--views", type=_whole(1), metavar="N", help="at most N views of an object (default: all)")
    command.add_argument("--threshold", type=_number(0, 1), default=0.3, help="occupancy threshold t (default 0.3)")
    command.add_argument(
        "--occlude", type=_number(0, 1), default=0.0, metavar="FRACTION", help="cover this part of the object's box"
    )
    command.add_argument("--seed", type=_whole(0), default=0, help="of the choice of views, backgrounds and occluders")
    _add_model_options(command)
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=_evaluate)


def _evaluate(options: argparse.Namespace) -> int:
    import torch

    from core.checkpoint import load_checkpoint
    from core.data.datasets import open_dataset
    from core.devices import resolve_device
    from core.training.evaluation import evaluate

    checkpoint = load_checkpoint(_checkpoint(options))
    device = torch.device(resolve_device(options.device))
    with _ProgressBar() as bar:
        dataset = open_dataset(options.dataset, bar)
    with _ProgressBar() as bar:
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


# dataset


def _add_dataset(commands: Any) -> None:
    command = commands.add_parser("dataset", help="build a data set")
    actions = command.add_subparsers(title="actions", required=True, metavar="ACTION")
    build = actions.add_parser("build", help="build a data set into a folder")
    build.add_argument("what", choices=("builtin",), help="the built-in parametric shapes")
    build.add_argument("out", type=Path, metavar="OUT", help="folder to make; open it as packed:OUT")
    build.add_argument("--per-category", type=_whole(1), metavar="N", help="objects a category")
    build.add_argument("--seed", type=_whole(0), default=0, help="another seed gives other objects")
    build.set_defaults(run=_build_dataset)


def _build_dataset(options: argparse.Namespace) -> int:
    from core.data import builtin

    size = {} if options.per_category is None else {"per_category": options.per_category}
    with _ProgressBar() as bar:
        report = builtin.build(options.out, seed=options.seed, progress=bar, **size)
    print(report)
    return 0


# shared by the commands


def _add_model_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--checkpoint", type=Path, metavar="C", help="a .safetensors file (default: the embedded model)"
    )
    command.add_argument("--no-memory", action="store_true", help="give the decoder the zero prior")
    command.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")


def _checkpoint(options: argparse.Namespace) -> Path:
    return Path(options.checkpoint) if options.checkpoint is not None else asset(DEFAULT_CHECKPOINT)


class _ProgressBar:
    """A bar on standard error, where that is a terminal, that appears with the first progress told to it."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._what = ""

    def __enter__(self) -> "_ProgressBar":
        return self

    def __call__(self, done: int, total: int, what: str) -> None:
        """Show that ``done`` of ``total`` are done."""
        from tqdm import tqdm

        if what != self._what:
            self.__exit__()
            self._what = what
            self._bar = tqdm(total=total, desc=what, file=sys.stderr, disable=None)
        self._bar.update(done - self._bar.n)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


def _number(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} does not lie in {low:g} … {high:g}")
        return value

    return parse


def _whole(low: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if value < low:
            raise argparse.ArgumentTypeError(f"{text} is less than {low}")
        return value

    return parse
