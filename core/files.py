"""Files that are whole or not there, whatever ends the program while they are written."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import OutputError

_TEMPORARY = ".part"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside ``path`` to write to, which takes its place, safe on the disk, once the block has ended well.

    Raises:
        OutputError: if it cannot be written, for example on a full disk; ``path`` is then what it was before.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}{_TEMPORARY}")
    with told_when_not_written(path):
        try:
            yield temporary
            with open(temporary, "rb+") as file:
                os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def remove_left_over(folder: Path) -> None:
    """Remove what a killed program has left half written in a folder; nobody else may be writing there."""
    with told_when_not_written(folder):
        for pattern in (f".*{_TEMPORARY}", ".tmp??????"):  # safetensors writes to files of the second kind first
            for path in Path(folder).glob(pattern):
                path.unlink(missing_ok=True)


@contextmanager
def told_when_not_written(path: Path) -> Iterator[None]:
    """Turn the file system's refusal into one clear line.

    Raises:
        OutputError: in place of an OSError; it names ``path`` and the remedy.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written ({error.strerror or error}); free some space or choose another folder"
        ) from error
