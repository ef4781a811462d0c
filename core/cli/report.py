"""``mem3d report``: what a checkpoint's memory adds, measured part by part, as a document with tables and figures."""

import argparse
import shlex
import sys
from functools import partial
from pathlib import Path
from typing import Any

from core.cli.options import ProgressBar, add_model_options, checkpoint_path, whole
from core.errors import ConfigError
from core.files import told_when_not_written


def add_command(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    command = commands.add_parser("report", help="measure what the memory adds, and write a report with figures")
    command.add_argument("folder", type=Path, metavar="FOLDER", help="where README.md and its figures are written")
    command.add_argument(
        "--set", type=_named, action="append", dest="sets", metavar="NAME=SPEC[@SPLIT]",
        help="a test set: its name in the report, what --dataset takes elsewhere, and its split (default test); may be "
        "repeated (default: built-in=builtin)",
    )  # fmt: skip
    command.add_argument(
        "--twin", type=_named, action="append", default=[], metavar="NAME=CHECKPOINT",
        help="a network that was trained differently, by its name in the report's table 2; may be repeated",
    )  # fmt: skip
    command.add_argument(
        "--photos", type=Path, action="append", default=[], metavar="PHOTO",
        help="a photo, or a folder of them, of which the report shows cut-out, result and priors; may be repeated",
    )  # fmt: skip
    command.add_argument("--limit", type=whole(1), metavar="N", help="at most N views of each set, over all categories")
    command.add_argument("--seed", type=whole(0), default=0, help="of the choice of views, backgrounds and occluders")
    add_model_options(command)
    command.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> int:
    from core.checkpoint import load_checkpoint
    from core.cli.reconstruct import pictures_named
    from core.data.images import load_picture
    from core.data.opening import open_dataset
    from core.devices import resolve_device, told_when_out_of_memory
    from core.reconstruction import Reconstructor
    from core.report.document import TWINS, Report, save_report
    from core.report.measuring import Scores, measure
    from core.report.photos import PHOTOS, reconstructed, save_photos
    from core.report.questions import on_and_off, plan

    if options.no_memory:
        raise ConfigError("a report compares the memory on and off: leave --no-memory out")
    unknown = [name for name, _ in options.twin if name not in TWINS]
    if unknown:
        raise ConfigError(f"--twin {unknown[0]!r}: the report knows {', '.join(map(repr, TWINS))}")
    device = resolve_device(options.device)
    with told_when_not_written(options.folder):  # now, not after it was measured for an hour
        options.folder.mkdir(parents=True, exist_ok=True)
    checkpoints = {"": load_checkpoint(checkpoint_path(options))}
    checkpoints |= {name: load_checkpoint(Path(path)) for name, path in options.twin}
    # Before anything is measured: that one is broken, or none can be drawn here, should not be found after an hour.
    photos = {path: load_picture(path) for path in pictures_named(options.photos)}
    if photos:
        reconstructor = Reconstructor(checkpoints[""].path, device)
        shown = [reconstructed(reconstructor, path.name, picture) for path, picture in photos.items()]
        save_photos(options.folder / PHOTOS, shown, reconstructor.config.model.threshold)
    found: dict[str, list[Scores]] = {name: [] for name in checkpoints}
    with ProgressBar() as bar, told_when_out_of_memory(device):
        for title, spec in options.sets or [("built-in", "builtin")]:
            where, _, split = spec.rpartition("@") if "@" in spec else (spec, "", "test")
            dataset = open_dataset(where, bar)
            for name, checkpoint in checkpoints.items():
                what = f"{title}, {name or 'all variants'}"
                found[name].append(
                    measure(
                        checkpoint.build().to(device), dataset, title, split, on_and_off() if name else plan(),
                        limit=options.limit, seed=options.seed,
                        progress=partial(_told, bar, what),
                    )
                )  # fmt: skip
    scores = found.pop("")
    main = checkpoints.pop("")
    report = Report(main, scores, found, checkpoints, bool(photos), f"mem3d {shlex.join(sys.argv[1:])}")
    print(save_report(options.folder, report))
    return 0


def _told(bar: ProgressBar, what: str, done: int, total: int) -> None:
    bar(done, total, what)


def _named(text: str) -> tuple[str, str]:
    """An argument type: ``NAME=VALUE``."""
    name, sign, value = text.partition("=")
    if not (name and sign and value):
        raise argparse.ArgumentTypeError(f"{text!r}: write NAME=VALUE")
    return name, value
