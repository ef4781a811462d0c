"""Closes the window at random moments, whatever it is doing: it must be gone in three seconds, with exit code 0.

    xvfb-run -a -s '-screen 0 1920x1200x24' python tests/endurance/closings.py --count 100

Each window is a process of its own, closed by its user or, where it would ask a question, by SIGTERM.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "support" / "window_at_work.py"
REPOSITORY = Path(__file__).parents[2]
WORKS = ("window", "pictures", "checkpoints", "pages", "moves", "training", "question", "evaluation")
_ASKS = ("training", "question", "evaluation")
_PATIENCE = 60.0


def close_once(what: str, arguments: list[str], rng: random.Random, most: float) -> tuple[float, str]:
    """Start a window, close it; how many seconds that took, and what was wrong with it."""
    with tempfile.TemporaryDirectory() as folder:
        home = {f"XDG_{name}_HOME": folder for name in ("CONFIG", "CACHE", "DATA", "STATE")}
        process = subprocess.Popen(
            [sys.executable, SCRIPT, what, folder, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), **home},
        )  # fmt: skip
        try:
            assert process.stdout is not None
            if process.stdout.readline() != "ready\n":
                return 0.0, f"did not start: {process.communicate()[1]}"
            time.sleep(rng.uniform(0.0, 2.5))
            began = time.monotonic()
            if what in _ASKS:
                process.send_signal(rng.choice([signal.SIGTERM, signal.SIGINT]))
                _, problem = process.communicate(timeout=_PATIENCE)
            else:
                _, problem = process.communicate("close\n", timeout=_PATIENCE)
            took = time.monotonic() - began
        except subprocess.TimeoutExpired:
            return _PATIENCE, "did not end"
        finally:
            process.kill()
            process.communicate()
    wrong = [f"exit code {process.returncode}"] if process.returncode else []
    wrong += [f"took {took:.1f} s"] if took > most else []
    wrong += [f"said {problem.strip()}"] if problem.strip() else []
    return took, ", ".join(wrong)


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=3.0, help="it may take; more on a machine that is busy")
    parser.add_argument("--only", action="append", choices=WORKS, help="while it does this; may be repeated")
    parser.add_argument("--picture", default=str(REPOSITORY / "assets" / "samples" / "chair-00024.png"))
    parser.add_argument("--checkpoint", help="another than the embedded one")
    options = parser.parse_args()
    arguments = [options.picture, *(["--checkpoint", options.checkpoint] if options.checkpoint else [])]
    rng, works = random.Random(options.seed), options.only or WORKS
    closed, well, seconds = Counter[str](), Counter[str](), dict.fromkeys(works, 0.0)
    for number in range(options.count):
        what = works[number % len(works)]
        took, wrong = close_once(what, arguments, rng, options.seconds)
        closed[what] += 1
        well[what] += not wrong
        seconds[what] = max(seconds[what], took)
        if wrong:
            print(f"{what}: {wrong}", file=sys.stderr, flush=True)
    print(f"{'doing':<14}{'closed':>8}{'well':>8}{'longest':>10}")
    for what in closed:
        print(f"{what:<14}{closed[what]:>8}{well[what]:>8}{seconds[what]:>8.1f} s")
    print(f"{well.total()} of {closed.total()}")
    return 0 if well == closed else 1


if __name__ == "__main__":
    sys.exit(_main())
