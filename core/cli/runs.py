"""``mem3d runs``: what became of the trainings in a folder."""

import argparse
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from core.errors import one_line


def add_command(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    command = commands.add_parser("runs", help="list the runs in a folder")
    command.add_argument(
        "folder", type=Path, nargs="?", metavar="FOLDER", help="folder that holds run folders (default: the window's)"
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=_list_runs)


def _list_runs(options: argparse.Namespace) -> int:
    from core.training.runs import default_runs_folder, list_runs

    folder = options.folder if options.folder is not None else default_runs_folder()
    runs = list_runs(folder)
    if options.json:
        print(json.dumps([{**asdict(run), "path": str(run.path)} for run in runs], indent=2))
        return 0
    if not runs:
        print(f"{folder}: no run here")
        return 0
    rows = [("run", "status", "step", "best IoU", "preset", "data set", "MB", "last changed")]
    for run in runs:
        best = "" if run.best_iou is None else f"{run.best_iou:.4f}"
        when = datetime.fromtimestamp(run.modified).strftime("%Y-%m-%d %H:%M")
        name, dataset = one_line(run.name), one_line(run.dataset)
        rows.append((name, run.status, str(run.step), best, run.preset, dataset, f"{run.size / 1e6:.0f}", when))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for run in runs:
        if run.reason:
            print(one_line(f"{run.name}: {run.reason}"))
    return 0
