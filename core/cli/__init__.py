"""The command ``mem3d``: reconstruct, export, train, list runs, evaluate, build data sets, edit memories.

Exit code 0, 1 if some meshes of a build or some of several pictures could not be used, or 2 for bad input with exactly
one line on standard error; 130 after Ctrl+C and 143 after SIGTERM, but for a training, which stops in order. With
``--json`` standard output holds JSON alone; progress goes to standard error.
"""

import io
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from core import __version__
from core.cli import benchmark, dataset, evaluate, export, memory, reconstruct, report, runs, train, train_mask
from core.command_line import BAD_INPUT, ArgumentParser
from core.errors import Mem3DError, one_line

# torch, Pillow and the rest are imported by the commands that use them, so that --help and a mistyped option answer
# at once.


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code.

    Args:
        arguments: without the program's name; None takes the process's own.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that is not UTF-8 must not turn "…" into a traceback
            stream.reconfigure(errors="backslashreplace")
    try:
        with _ended_by_sigterm():
            options = _parser().parse_args(arguments)
            code = int(options.run(options))
            sys.stdout.flush()  # here, where a closed pipe or a full disk can still be answered
            return code
    except Mem3DError as error:
        print(f"mem3d: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("mem3d: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `mem3d … | head`
        for stream in (sys.stdout, sys.stderr):  # Python flushes both at its end
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return 141
    except OSError as error:  # a name that is too long, a folder that may not be entered, a full disk
        reason = f"{error.filename or 'output'}: {error.strerror or error}; check the name and the disk"
        print(f"mem3d: {one_line(reason)}", file=sys.stderr)
        return BAD_INPUT


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """End as after an error, half-written files removed, on SIGTERM, which clusters send before they kill."""

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():  # only that one may set a handler
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="mem3d", description="Single-view 3D reconstruction from shape priors in memory.")
    parser.add_argument("--version", action="version", version=f"mem3d-viewer {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in (reconstruct, export, train, train_mask, runs, evaluate, report, dataset, memory, benchmark):
        command.add_command(commands)
    return parser
