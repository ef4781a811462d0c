"""What the files of a folder are told by, found without reading one."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class SourceState(NamedTuple):
    """Two digests of the same files, and their size."""

    version: str
    """Of relative paths and sizes: the same for every copy of the folder."""
    state: str
    """Of relative paths, sizes and times of change: another one as soon as a file was written anew."""
    size: int
    """Bytes of all of them together."""


def source_state(folder: Path, names: Sequence[str]) -> SourceState:
    """The state of the files and folders ``names`` of a folder, folders with everything in them.

    Files whose name begins with a dot do not count; what is not there is passed over. A million files take some
    seconds, as each is asked for its size and time.

    Raises:
        OSError: if a folder cannot be read.
    """
    version, state = hashlib.blake2b(digest_size=16), hashlib.blake2b(digest_size=16)
    total = 0
    for name in names:
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            for sizes, times, size in _below(path, name):
                version.update(sizes)
                state.update(sizes + times)
                total += size
        elif os.path.isfile(path):
            facts = os.stat(path)
            version.update(f"{name}\0{facts.st_size}\0".encode())
            state.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode())
            total += facts.st_size
    return SourceState(version.hexdigest(), state.hexdigest(), total)


def _below(path: str, name: str) -> Iterator[tuple[bytes, bytes, int]]:
    """Of every folder, in the order of names: its path, the files' names and sizes; their times; bytes in all."""
    folders, files = [], []
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            with suppress(OSError):  # of a link that leads to itself, or a file that has just gone: it is not there
                if entry.is_dir():
                    folders.append(entry.name)
                elif entry.is_file():
                    facts = entry.stat()
                    files.append((entry.name, facts.st_size, facts.st_mtime_ns))
    files.sort()
    # One text a folder, not one a file: a data set has a million of them.
    sizes = "\0".join([f"\0{name}", *(f"{file}\0{size}" for file, size, _ in files)])
    times = "\0".join([str(time) for _, _, time in files])
    yield sizes.encode(errors="surrogateescape"), times.encode(), sum(size for _, size, _ in files)
    for folder in sorted(folders):
        yield from _below(f"{path}/{folder}", f"{name}/{folder}")
