"""Reads damaged inputs of one reader after another; the parent restarts it if one ends it.

A line of standard input names a reader and the first and last seed; a line of standard output comes after every input:
the seed, then nothing, or what was wrong with it.
"""

import contextlib
import os
import resource
import shutil
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from random import Random

SPARE_BYTES = 1_000_000_000
"""What reading one input may take beyond what the process has."""
SECONDS = 20
"""How long it may take; a busy machine is slow."""


def damage(folder: Path, rng: Random) -> Path:
    """Damage one file of a folder; mostly its content, sometimes what kind of file it is."""
    from mutations import mutated

    path = rng.choice(sorted(path for path in folder.rglob("*") if path.is_file()))
    if rng.random() < 0.015:
        path.unlink()
        rng.choice(
            (
                lambda: None,
                lambda: os.mkfifo(path),
                path.mkdir,
                lambda: path.symlink_to("/dev/zero"),
                lambda: path.symlink_to("/etc/passwd"),
                lambda: path.symlink_to(path.name),
                lambda: path.write_bytes(b""),
            )
        )()
    else:
        path.write_bytes(mutated(path.read_bytes(), path.suffix, rng))
    return path


class Inputs:
    """The inputs of one reader, each made from its seed alone."""

    def __init__(self, reader, place: Path) -> None:
        self.reader = reader
        self._whole, self.folder = place / "whole", place / "damaged"
        for path in (self._whole, self.folder):
            shutil.rmtree(path, ignore_errors=True)
        self._whole.mkdir()
        reader.make(self._whole)
        shutil.copytree(self._whole, self.folder)

    def make(self, seed: int) -> Path:
        """Put the input of a seed in place; returns the damaged file."""
        return damage(self.folder, Random(f"{self.reader.name} {seed}"))

    def mend(self, path: Path) -> None:
        """Put back what was damaged."""
        if not path.is_symlink() and path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        shutil.copyfile(self._whole / path.relative_to(self.folder), path)


def problem_with(inputs: Inputs, path: Path, said: Path) -> str:
    """What was wrong with how an input was read; empty if it was read, or refused as it should be."""
    from core.errors import Mem3DError

    before = said.stat().st_size
    signal.alarm(SECONDS)
    try:
        inputs.reader.read(inputs.folder, path)
        problem = ""
    except Mem3DError as error:
        message = str(error)
        good = len(message) <= 300 and len(message.splitlines()) == 1
        problem = "" if good else f"message of {len(message)} characters: {message[:200]!r}"
        problem = f"an error: {message}" if inputs.reader.sturdy else problem
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        problem = f"{type(error).__name__}: {str(error)[:150]!r} in {Path(last.filename).name}:{last.lineno}"
    finally:
        signal.alarm(0)
    if said.stat().st_size > before:
        problem = problem or f"on the standard error: {said.read_bytes()[before:][:200]!r}"
    return " ".join(problem.split())


def limit_memory() -> None:
    """From here on no more than ``SPARE_BYTES`` of new memory can be had: asking for it is an error, not a hang."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + SPARE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def late(*_: object) -> None:
    raise TimeoutError(f"more than {SECONDS} s")


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    with tempfile.TemporaryDirectory() as place:
        said = Path(place) / "said"
        # Nothing may be said: neither by Python nor by a library in C.
        with open(said, "ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1] / "support")]
        from readers import READERS

        readers = {reader.name: reader for reader in READERS}
        made: dict[str, Inputs] = {}
        for name, reader in readers.items():
            (Path(place) / name).mkdir()
            made[name] = Inputs(reader, Path(place) / name)
            reader.read(made[name].folder, sorted(p for p in made[name].folder.rglob("*") if p.is_file())[0])
        signal.signal(signal.SIGALRM, late)
        limit_memory()
        answers.write("ready\n")
        for line in sys.stdin:
            name, first, last = line.rstrip("\n").split("\t")
            for seed in range(int(first), int(last) + 1):
                path = made[name].make(seed)
                answers.write(f"begin\t{seed}\n")
                problem = problem_with(made[name], path, said)
                with contextlib.suppress(OSError):
                    os.truncate(said, 0)
                made[name].mend(path)
                answers.write(f"end\t{seed}\t{problem}\n")


if __name__ == "__main__":
    main()
