"""Kills what writes files with SIGKILL at random moments: nothing may be corrupt, and the same command must go on.

    python tests/kills/kills.py --count 200

Each attempt is a process forked from one that has imported everything and started nothing, so that it begins at once
and its end really comes in the middle of the work. After every kill all files with their final names are read; then the
command is carried through, its result is read, and nothing half written and no process of its may be left.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

import psutil
from killed_training import forked, wait
from works import NAMES, Work, works

import core.data.embedded_set
import core.evaluation.measuring
import core.export.shape_files
import core.memory.adding
import core.memory.analysis
import core.reconstruction
import core.report.document
import core.training.trainer  # noqa: F401  (the commands import these late, and each attempt is to begin at once)
from core.cli import main
from core.data.meshes import library  # noqa: F401

_MOST_SECONDS = 60.0
_SECONDS_TO_END = 20.0


@dataclass
class Count:
    """How it went."""

    kills: int = 0
    in_the_middle: int = 0
    corrupt: int = 0
    not_gone_on: int = 0
    left_over: int = 0
    still_running: int = 0

    @property
    def faults(self) -> int:
        return self.corrupt + self.not_gone_on + self.left_over + self.still_running


def _run(arguments: list[str]) -> None:
    """In a process of its own, which leads a session: the command, without a word."""
    os.setsid()
    silence = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(silence, number)
    code = main(arguments) if arguments else 0
    if code:
        raise SystemExit(code)


def kill_once(work: Work, seconds: float, rng: random.Random, count: Count) -> None:
    """Start, kill, look, carry through, look again."""
    process = forked(_run, work.arguments())
    time.sleep(rng.uniform(0.0, seconds))
    os.kill(process, signal.SIGKILL)
    count.kills += 1
    count.in_the_middle += wait(process) == -signal.SIGKILL
    count.still_running += not ended(process)
    try:
        work.check()
    except Exception:  # whatever a reader raises is what is looked for
        traceback.print_exc()
        count.corrupt += 1
    try:
        assert wait(forked(_run, work.arguments())) == 0, f"{work.arguments()} did not go on"
        work.require_done()
    except Exception:
        traceback.print_exc()
        count.not_gone_on += 1


def ended(session: int) -> bool:
    """Whether all that a killed process had started ends by itself, which it may take some seconds for."""
    deadline = time.monotonic() + _SECONDS_TO_END
    while running := [process for process in psutil.pids() if _session(process) == session]:
        if time.monotonic() > deadline:
            print(f"still running: {running}", file=sys.stderr)
            for process in running:
                os.kill(process, signal.SIGKILL)
            return False
        time.sleep(0.02)
    return True


def _session(process: int) -> int:
    try:
        return os.getsid(process)
    except OSError:  # it has ended meanwhile
        return -1


def left_over(folder: Path) -> list[Path]:
    """Half-written files and folders."""
    return [path for pattern in (".*.part", ".*.partial", ".tmp??????") for path in folder.rglob(pattern)]


def kill(count: int, seed: int, names: Sequence[str]) -> dict[str, Count]:
    """Kill the commands ``count`` times in all, in turn."""
    rng, counts = random.Random(seed), {}
    with tempfile.TemporaryDirectory() as folder:
        chosen = works(Path(folder), names)
        times: dict[str, float] = {}
        for number in range(count):
            work = chosen[number % len(chosen)]
            tally = counts.setdefault(work.name, Count())
            if work.name not in times:
                began = time.monotonic()
                assert wait(forked(_run, work.arguments())) == 0, f"{work.arguments()} fails without a kill"
                times[work.name] = min(time.monotonic() - began, _MOST_SECONDS)
                work.require_done()
                work.clear()
            kill_once(work, times[work.name], rng, tally)
            left = left_over(Path(folder))
            for path in left:
                print(f"left over: {path}", file=sys.stderr)
                path.unlink() if path.is_file() else shutil.rmtree(path)
            tally.left_over += len(left)
            work.clear()
    return counts


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200, help="kills in all (default 200)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", choices=[*NAMES], help="one of the commands; may be repeated")
    options = parser.parse_args()
    counts = kill(options.count, options.seed, options.only or [*NAMES])
    heads = [field.name.replace("_", " ") for field in fields(Count)]
    print(f"{'command':<24}" + "".join(f"{head:>15}" for head in heads))
    for name, tally in counts.items():
        print(f"{name:<24}" + "".join(f"{figure:>15}" for figure in astuple(tally)))
    return 1 if any(tally.faults for tally in counts.values()) else 0


if __name__ == "__main__":
    sys.exit(_main())
