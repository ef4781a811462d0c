"""Damaged files for every reader: each must be read, or refused with one line, in bounded memory and time.

    python tests/fuzz/fuzz.py --seconds 60 --seed 0
    python tests/fuzz/fuzz.py --inputs 100000 --reader images --reader meshes

Every input is made from the reader's name and a number, so that a failure can be had again: ``--seed N --inputs 1
--reader NAME``. Inputs that failed are kept in a folder, with what was wrong with them. Exit code 1 if there are any.
"""

import argparse
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
BATCH = 50
"""Inputs of one reader before the next one's turn."""
PATIENCE = 60
"""Seconds after which a worker that does not answer is ended; its own alarm cannot interrupt a library in C."""


class Worker:
    """A child process that reads inputs, and its answers as they come."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "worker.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        if self.answer(600) != ["ready"]:
            raise SystemExit("fuzz: the worker does not start: try `python tests/fuzz/worker.py`")

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._answers.put(line.rstrip("\n"))
        self._answers.put("")

    def ask(self, reader: str, first: int, last: int) -> None:
        """Have it read the inputs of these seeds."""
        assert self._process.stdin
        self._process.stdin.write(f"{reader}\t{first}\t{last}\n")
        self._process.stdin.flush()

    def answer(self, seconds: float = PATIENCE) -> list[str] | None:
        """The parts of its next answer; None if it ended or does not answer."""
        try:
            return self._answers.get(timeout=seconds).split("\t") or None
        except queue.Empty:
            return None

    def end(self) -> str:
        """End it; returns how it ended."""
        silent = self._process.poll() is None
        self._process.kill()
        code = self._process.wait()
        return f"no answer within {PATIENCE} s" if silent else f"the process ended with {code}"


def main() -> int:
    options = _options()
    sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent / "support")]
    from readers import READERS

    names = options.reader or [reader.name for reader in READERS]
    done: Counter[str] = Counter()
    spent = dict.fromkeys(names, 0.0)  # seconds: every reader gets as much time, however long an input takes
    failures: dict[str, list[tuple[int, str]]] = {name: [] for name in names}
    began, worker = time.monotonic(), Worker()
    next_seed = dict.fromkeys(names, options.seed)
    while _goes_on(options, began, sum(done.values())):
        name, started = min(names, key=lambda name: spent[name]), time.monotonic()
        first = next_seed[name]
        last = first + min(BATCH, (options.inputs or BATCH)) - 1
        worker.ask(name, first, last)
        seed = first
        while seed <= last:
            answer = worker.answer()
            if answer and answer[0] == "begin":
                continue
            problem = answer[2] if answer and answer[0] == "end" else worker.end()
            done[name] += 1
            if problem:
                failures[name].append((seed, problem))
                print(f"{name} {seed}: {problem}", flush=True)
            seed += 1
            if not (answer and answer[0] == "end"):
                worker = Worker()
                if seed <= last:
                    worker.ask(name, seed, last)
        next_seed[name] = last + 1
        spent[name] += time.monotonic() - started
    worker.end()
    _report(done, failures, time.monotonic() - began)
    if any(failures.values()):
        _keep(options.failures, failures)
    return int(any(failures.values()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="how long (default 60)")
    parser.add_argument("--inputs", type=int, help="how many instead")
    parser.add_argument("--seed", type=int, default=0, help="the first of the numbers that inputs are made from")
    parser.add_argument("--reader", action="append", help="one of them alone; may be given more than once")
    parser.add_argument(
        "--failures", type=Path, default=Path("fuzz-failures"), help="folder for inputs that failed (fuzz-failures)"
    )
    return parser.parse_args()


def _goes_on(options: argparse.Namespace, began: float, done: int) -> bool:
    return done < options.inputs if options.inputs else time.monotonic() - began < options.seconds


def _report(done: Counter[str], failures: dict[str, list[tuple[int, str]]], seconds: float) -> None:
    print(f"{'reader':<20}{'inputs':>10}{'failures':>10}")
    for name, found in failures.items():
        print(f"{name:<20}{done[name]:>10}{len(found):>10}")
    print(f"{'all':<20}{sum(done.values()):>10}{sum(map(len, failures.values())):>10}   in {seconds:.0f} s")


def _keep(folder: Path, failures: dict[str, list[tuple[int, str]]]) -> None:
    """Write the damaged files, and beside each what was wrong."""
    from readers import READERS
    from worker import Inputs

    for reader in READERS:
        for seed, problem in failures.get(reader.name, []):
            with tempfile.TemporaryDirectory() as place:
                inputs = Inputs(reader, Path(place))
                path = inputs.make(seed)
                target = folder / f"{reader.name}-{seed}"
                target.mkdir(parents=True, exist_ok=True)
                (target / "problem.txt").write_text(f"{path.relative_to(inputs.folder)}\n{problem}\n")
                if path.is_file() and not path.is_symlink():
                    (target / path.name).write_bytes(path.read_bytes())
    print(f"kept in {folder}")


if __name__ == "__main__":
    raise SystemExit(main())
