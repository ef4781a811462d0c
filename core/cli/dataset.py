"""``mem3d dataset build``: the built-in shapes, your own meshes, or what the embedded model is trained on."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from core.cli.dataset_files import add_actions
from core.cli.options import ProgressBar, number, whole
from core.errors import ConfigError

SKIPPED = 1
"""Exit code of a build that could not use every mesh."""

_AXES = ("+x", "-x", "+y", "-y", "+z", "-z")
_MESHES_ONLY = ("views", "processes", "json")
_POSE = ("up", "front", "fill", "keep_holes")
_NOT_FOR = {
    "builtin": (*_MESHES_ONLY, *_POSE, "categories", "meshes"),
    "embedded": (*_MESHES_ONLY, "seed"),
    "meshes": ("per_category", "meshes"),
}


def add_command(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    command = commands.add_parser("dataset", help="build, check or pack a data set")
    actions = command.add_subparsers(title="actions", required=True, metavar="ACTION")
    build = actions.add_parser(
        "build",
        help="build a data set into a folder",
        description="Build the built-in shapes; or your own meshes in R2N2's layout; or what the embedded model is "
        "trained on: built-in shapes, and meshes in stretched copies, seen from further around than R2N2's. A build of "
        "meshes that was stopped goes on when the same command is given again. Exit code 1: built, but some meshes "
        "were skipped.",
    )
    build.add_argument(
        "what", metavar="WHAT", help="builtin, embedded, or a folder of meshes (OBJ, OFF, PLY, STL, GLB, GLTF)"
    )
    build.add_argument(
        "out", type=Path, metavar="OUT",
        help="folder to make; open it as packed:OUT (builtin, embedded) or shapenet:OUT (meshes)",
    )  # fmt: skip
    build.add_argument("--seed", type=whole(0), help="another seed gives other objects or cameras (default 0)")
    build.add_argument("--per-category", type=whole(1), metavar="N", help="builtin, embedded: objects a category")
    build.add_argument("--meshes", type=Path, metavar="DIR", help="embedded: a folder of meshes to be trained on, too")
    meshes = build.add_argument_group("your own meshes")
    meshes.add_argument(
        "--categories", type=Path, metavar="CSV",
        help="columns file and category, optionally name and split (default: a category is a folder)",
    )  # fmt: skip
    for name, where, axis in (("--up", "up", "+y"), ("--front", "to the front", "+x")):
        meshes.add_argument(
            name, choices=_AXES, metavar="AXIS",
            help=f"the files' axis that points {where}: +x, +y, +z or, as {name}=-x, a negative one (default {axis})",
        )  # fmt: skip
    meshes.add_argument(
        "--fill", type=number(0.1, 1), help="part of the grid that the longest side fills (default 1, as in R2N2)"
    )
    meshes.add_argument(
        "--keep-holes", action="store_true", default=None, help="leave bodies that are open on one side empty"
    )
    meshes.add_argument("--views", type=whole(1), metavar="N", help="renderings per object (default 24)")
    meshes.add_argument("--processes", type=whole(1), metavar="N", help="processes (default: one per core)")
    meshes.add_argument("--json", action="store_true", default=None, help="print the report as JSON")
    build.set_defaults(run=_build)
    add_actions(actions)


def _build(options: argparse.Namespace) -> int:
    kind = options.what if options.what in ("builtin", "embedded") else "meshes"
    for name in _NOT_FOR[kind]:
        if getattr(options, name) is not None:
            told = {"meshes": "a folder of meshes"}.get(kind, f"the data set {kind}")
            raise ConfigError(f"--{name.replace('_', '-')} is not for {told}; leave it out")
    return {"builtin": _build_builtin, "embedded": _build_embedded, "meshes": _build_meshes}[kind](options)


def _build_builtin(options: argparse.Namespace) -> int:
    from core.data import builtin

    size = {} if options.per_category is None else {"per_category": options.per_category}
    with ProgressBar() as bar:
        report = builtin.build(options.out, seed=options.seed or 0, progress=bar, **size)
    print(report)
    return 0


def _build_embedded(options: argparse.Namespace) -> int:
    from core.data.embedded_set import build_embedded
    from core.data.meshes.listing import find_meshes

    for name in (*_POSE, "categories"):
        if getattr(options, name) is not None and options.meshes is None:
            raise ConfigError(f"--{name.replace('_', '-')} is about meshes: give their folder with --meshes")
    size = {} if options.per_category is None else {"per_category": options.per_category}
    meshes = [] if options.meshes is None else find_meshes(options.meshes, options.categories)
    with ProgressBar() as bar:
        report = build_embedded(options.out, meshes, orientation=_orientation(options), progress=bar, **size)
    print(report)
    return SKIPPED if report.skipped else 0


def _orientation(options: argparse.Namespace) -> Any:
    from core.data.meshes.examining import Orientation

    pose = {name: getattr(options, name) for name in ("up", "front", "fill") if getattr(options, name) is not None}
    return Orientation(**pose, close_holes=not options.keep_holes)


def _build_meshes(options: argparse.Namespace) -> int:
    from core.data.meshes.library import build_library, find_meshes, mesh_paths

    orientation = _orientation(options)
    folder = Path(options.what)
    files = find_meshes(folder, options.categories)
    unlisted = set(mesh_paths(folder)) - {file.path for file in files}
    if unlisted:
        print(f"mem3d: {len(unlisted)} meshes are not listed in {options.categories}: left out", file=sys.stderr)
    more = {} if options.views is None else {"views": options.views}
    with ProgressBar() as bar:
        report = build_library(
            files, options.out, orientation=orientation, seed=options.seed or 0, processes=options.processes,
            progress=bar, **more,
        )  # fmt: skip
    print(json.dumps(report.as_dict(), indent=2) if options.json else report)
    return SKIPPED if report.skipped else 0
