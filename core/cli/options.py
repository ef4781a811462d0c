"""What the commands share: common options, argument types, the progress bar."""

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, get_args

from core.assets import DEFAULT_CHECKPOINT, asset
from core.config import CropBy, Damaged, Subset
from core.data.images import COLOURS, Colour
from core.errors import OutputError


def add_model_options(command: argparse.ArgumentParser) -> None:
    """Add ``--checkpoint``, ``--no-memory`` and ``--device``."""
    command.add_argument(
        "--checkpoint", type=Path, metavar="C", help="a .safetensors file (default: the embedded model)"
    )
    command.add_argument("--no-memory", action="store_true", help="give the decoder the zero prior")
    command.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N (default: auto)")


DATASET_HELP = "builtin, packed:DIR, shapenet:DIR, pix3d:DIR, or a folder that is one of these"


def add_data_options(command: argparse.ArgumentParser) -> None:
    """Add ``--subset``, ``--crop-by`` and ``--damaged``; what is not given is None."""
    command.add_argument(
        "--subset", choices=get_args(Subset), metavar="S", help=f"of Pix3D: {', '.join(get_args(Subset))}"
    )
    command.add_argument(
        "--crop-by", choices=get_args(CropBy), help="of Pix3D: cut out by mask, or the square around the box"
    )
    command.add_argument("--damaged", choices=get_args(Damaged), help="missing or unreadable files (default: refuse)")


def data_options(options: argparse.Namespace) -> dict[str, Any]:
    """Those of ``add_data_options`` that were given, as fields of ``DataConfig``."""
    return {name: value for name in ("subset", "crop_by", "damaged") if (value := getattr(options, name)) is not None}


def checkpoint_path(options: argparse.Namespace) -> Path:
    """The checkpoint that was asked for, or the embedded one."""
    return Path(options.checkpoint) if options.checkpoint is not None else asset(DEFAULT_CHECKPOINT)


def refuse_inputs(outputs: Iterable[Path], *inputs: Path | None) -> None:
    """Refuse, before any work is done, to write over what is read.

    Args:
        outputs: files that will be written.
        inputs: files that will be read; None where there is none.

    Raises:
        OutputError: naming the first output that is one of the inputs, by whatever name.
    """
    for output in outputs:
        for given in inputs:
            if given is not None and output.exists() and given.exists() and output.samefile(given):
                raise OutputError(f"{output}: is what is read: choose another name for what is written")


class ProgressBar:
    """A bar on standard error, where that is a terminal, that appears with the first progress told to it."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._what = ""

    def __enter__(self) -> "ProgressBar":
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


def colour(text: str) -> Colour:
    """An argument type: ``white``, ``grey``, ``black`` or ``#rrggbb``."""
    if re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
    if text not in COLOURS:
        raise argparse.ArgumentTypeError(f"{text!r} is no colour: expected {', '.join(COLOURS)} or #rrggbb")
    return COLOURS[text]


def number(low: float, high: float) -> Callable[[str], float]:
    """An argument type: a number in ``low`` … ``high``."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} does not lie in {low:g} … {high:g}")
        return value

    return parse


def whole(low: int) -> Callable[[str], int]:
    """An argument type: a whole number from ``low`` on."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if value < low:
            raise argparse.ArgumentTypeError(f"{text} is less than {low}")
        if value >= 2**63:  # what torch takes as a seed
            raise argparse.ArgumentTypeError(f"{text} is too large")
        return value

    return parse
