"""``mem3d dataset check``, ``pack`` and ``cache``: what is in a data set, and making it fast to read."""

import argparse
import json
from pathlib import Path
from typing import Any

from core.cli.options import DATASET_HELP, ProgressBar, add_data_options, data_options


def add_actions(actions: Any) -> None:
    """Add the actions to those of ``mem3d dataset``."""
    _add_check(actions)
    _add_pack(actions)
    _add_cache(actions)


def _add_check(actions: Any) -> None:
    check = actions.add_parser(
        "check",
        help="say what is in a data set and list every missing, unreadable or inconsistent file",
        description="Exit code 2 if there is something that training would refuse, 0 otherwise.",
    )
    check.add_argument("spec", metavar="SPEC", help=DATASET_HELP)
    check.add_argument("--json", action="store_true", help="print JSON")
    check.set_defaults(run=_check)


def _add_pack(actions: Any) -> None:
    pack = actions.add_parser("pack", help="copy a folder of many small files into three large ones, which load fast")
    pack.add_argument("spec", metavar="SPEC", help="shapenet:DIR, pix3d:DIR, or a folder that is one of these")
    pack.add_argument("out", type=Path, metavar="OUT", help="folder to make; open it as packed:OUT")
    add_data_options(pack)
    pack.set_defaults(run=_pack)


def _add_cache(actions: Any) -> None:
    cache = actions.add_parser("cache", help="list the packed copies of folders in the user's cache")
    cache.add_argument("--clear", action="store_true", help="remove them; the folders themselves are not touched")
    cache.set_defaults(run=_cache)


def _check(options: argparse.Namespace) -> int:
    from core.data.checking import check

    with ProgressBar() as bar:
        report = check(options.spec, bar)
    print(json.dumps(report.as_json(), indent=2) if options.json else report)
    return 2 if report.problems else 0


def _pack(options: argparse.Namespace) -> int:
    from core.data.opening import pack_dataset

    with ProgressBar() as bar:
        dataset, left_out = pack_dataset(options.spec, options.out, bar, **data_options(options))
    views = sum(record.views for record in dataset.objects)
    print(f"{len(dataset.objects)} objects with {views} pictures in {options.out}; open it as packed:{options.out}")
    if left_out:
        print(f"some files were left out, the first: {left_out[0]}; `mem3d dataset check {options.spec}` lists all")
    return 0


def _cache(options: argparse.Namespace) -> int:
    from core.data.cache import cache_folder, clear_copies, copies

    found = copies()
    for place, source, size in found:
        print(f"{size / 1e6:>10.1f} MB  {source}  {place}")
    total = f"{len(found)} packed copies, {sum(size for _, _, size in found) / 1e6:.1f} MB in {cache_folder()}"
    if options.clear:
        clear_copies()
    print(f"removed {total}" if options.clear else total)
    return 0
