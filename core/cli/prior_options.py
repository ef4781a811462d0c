"""Options that change which of the retrieved shapes are read, as the window's list of priors does."""

import argparse

from core.cli.options import whole
from core.prior_edits import PriorEdits

_LEAST_FIRST = "least"


def add_prior_options(command: argparse.ArgumentParser) -> None:
    """Add ``--mute``, ``--pin``, ``--max-priors`` and ``--prior-order``."""
    group = command.add_argument_group("shape priors", "slots are numbers as --json and the window show them")
    group.add_argument("--mute", type=_slots, default=(), metavar="SLOT,…", help="do not read these slots")
    group.add_argument("--pin", type=_slots, default=(), metavar="SLOT,…", help="read these however similar they are")
    group.add_argument("--max-priors", type=whole(0), metavar="N", help="read at most N (default: the model's number)")
    group.add_argument(
        "--prior-order",
        type=_order,
        default=(),
        metavar="ORDER",
        help="most: the most similar slot is read first (default); least: the least similar; or slots, such as 3,17, "
        "that come before all others",
    )


def prior_edits(options: argparse.Namespace) -> PriorEdits:
    """What the options change.

    Raises:
        ConfigError: if a slot is both muted and pinned.
    """
    least = options.prior_order == _LEAST_FIRST
    return PriorEdits(
        muted=frozenset(options.mute),
        pinned=frozenset(options.pin),
        order=() if least else options.prior_order,
        least_first=least,
        limit=options.max_priors,
    )


def prior_words(edits: PriorEdits) -> list[str]:
    """The options that change the same, for a command line."""
    words = []
    for option, slots in (("--mute", sorted(edits.muted)), ("--pin", sorted(edits.pinned))):
        words += [option, ",".join(map(str, slots))] if slots else []
    if edits.limit is not None:
        words += ["--max-priors", str(edits.limit)]
    if edits.order:
        words += ["--prior-order", ",".join(map(str, edits.order))]
    elif edits.least_first:
        words += ["--prior-order", _LEAST_FIRST]
    return words


def _slots(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r}: expected numbers of slots, such as 3,17")
    return tuple(map(int, parts))


def _order(text: str) -> tuple[int, ...] | str:
    if text == _LEAST_FIRST:
        return text
    return () if text == "most" else _slots(text)
