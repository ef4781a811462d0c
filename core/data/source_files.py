"""What the files of a folder are told by, found without reading one."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple


class SourceState(NamedTuple):
    """Two digests of the same files."""

    version: str
    """Of relative paths and sizes: the same for every copy of the folder."""
    state: str
    """Of relative paths, sizes and times of change: another one as soon as a file was written anew."""


def source_state(folder: Path, names: Sequence[str]) -> SourceState:
    """The state of the files and folders ``names`` of a folder, folders with everything in them.

    Files whose name begins with a dot do not count; what is not there is passed over. A million files take some
    seconds, as each is asked for its size and time.

    Raises:
        OSError: if a folder cannot be read.
    """
    version, state = hashlib.blake2b(digest_size=16), hashlib.blake2b(digest_size=16)
    for name in names:
        path = os.path.join(folder, name)
        files = _below(path, name) if os.path.isdir(path) else [(name, os.stat(path))] if os.path.isfile(path) else ()
        for relative, facts in files:
            entry = f"{relative}\0{facts.st_size}\0".encode(errors="surrogateescape")
            version.update(entry)
            state.update(entry + f"{facts.st_mtime_ns}\0".encode())
    return SourceState(version.hexdigest(), state.hexdigest())


def _below(path: str, name: str) -> Iterator[tuple[str, os.stat_result]]:
    """Every file below a folder in the order of names, with its path from ``name`` on."""
    with os.scandir(path) as entries:
        found = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    for entry in found:
        if entry.is_dir():
            yield from _below(entry.path, f"{name}/{entry.name}")
        elif entry.is_file():
            yield f"{name}/{entry.name}", entry.stat()
