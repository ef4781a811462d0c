"""Files that are whole or not there, whatever ends the program while they are written."""

import errno
import glob
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import OutputError

_TEMPORARY = ".part"
_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file to write to that takes the place of ``path``, safe on the disk, once the block has ended well.

    It lies in a folder of its own beside ``path``: libraries write to files of names of their own first. What a killed
    program has left half written of the same file is removed.

    Raises:
        OutputError: if it cannot be written, for example on a full disk; ``path`` is then what it was before.
    """
    path = Path(path)
    folder = path.with_name(f".{path.name}.{os.getpid()}{_TEMPORARY}")
    temporary = folder / "new"
    with told_when_not_written(path):
        _remove_abandoned(path)
        try:
            folder.mkdir(exist_ok=True)
            yield temporary
            temporary.chmod(folder.stat().st_mode & 0o666)  # safetensors' files are for nobody else to read
            with open(temporary, "rb+") as file:
                os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def replace_text(path: Path, text: str) -> None:
    """Write a text file, as UTF-8 and with its line ends as they are, as ``replacing`` does.

    Raises:
        OutputError: if it cannot be written; ``path`` is then what it was before.
    """
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


def remove_left_over(folder: Path) -> None:
    """Remove what a killed program has left half written in a folder; nobody else may be writing there."""
    with told_when_not_written(folder):
        for path in Path(folder).glob(f".*{_TEMPORARY}"):
            _remove(path)


@contextmanager
def told_when_not_written(path: Path, *others: type[OSError]) -> Iterator[None]:
    """Turn the file system's refusal into one clear line.

    Args:
        path: what is written, to be named.
        others: errors that are none of its refusals, and pass.

    Raises:
        OutputError: in place of an OSError; it names ``path`` and the remedy.
    """
    try:
        yield
    except others:
        raise
    except OSError as error:
        remedy = "choose another folder"
        if error.errno in _FULL:
            remedy = "free some space or choose another folder"
        if isinstance(error, IsADirectoryError):
            remedy = "it is a folder, name a file in it"
        elif isinstance(error, FileNotFoundError) and not Path(path).parent.is_dir():
            remedy = f"make the folder {Path(path).parent} first"
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); {remedy}") from error


def _remove_abandoned(path: Path) -> None:
    """Remove temporary folders of ``path`` whose process, whose number is in their names, is no more."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*{_TEMPORARY}"):
        number = left.name.removeprefix(f".{path.name}.").removesuffix(_TEMPORARY)
        if number.isdecimal() and not _runs(int(number)):
            _remove(left)


def _remove(left: Path) -> None:
    if left.is_dir() and not left.is_symlink():
        shutil.rmtree(left)
    else:  # as earlier versions wrote it
        left.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    import psutil  # here: hardly ever needed, and everything imports this module

    return bool(psutil.pid_exists(process))
