"""``mem3d dataset``: build a data set."""

import argparse
from pathlib import Path
from typing import Any

from core.cli.options import ProgressBar, whole


def add_command(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    command = commands.add_parser("dataset", help="build a data set")
    actions = command.add_subparsers(title="actions", required=True, metavar="ACTION")
    build = actions.add_parser("build", help="build a data set into a folder")
    build.add_argument("what", choices=("builtin",), help="the built-in parametric shapes")
    build.add_argument("out", type=Path, metavar="OUT", help="folder to make; open it as packed:OUT")
    build.add_argument("--per-category", type=whole(1), metavar="N", help="objects a category")
    build.add_argument("--seed", type=whole(0), default=0, help="another seed gives other objects")
    build.set_defaults(run=_build_dataset)


def _build_dataset(options: argparse.Namespace) -> int:
    from core.data import builtin

    size = {} if options.per_category is None else {"per_category": options.per_category}
    with ProgressBar() as bar:
        report = builtin.build(options.out, seed=options.seed, progress=bar, **size)
    print(report)
    return 0
