"""A folder that appears only when it is complete."""

import errno
import glob
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import DatasetError
from core.locks import FileLock, is_locked

_LOCK = ".lock"
"""Held in a partial folder by the process that fills it."""
_STALE_SECONDS = 600.0
"""Age from which a partial folder without that file belongs to a process that was killed."""


@contextmanager
def new_folder(out: Path, *, keep: str = "") -> Iterator[Path]:
    """Yield an empty folder beside ``out`` that becomes ``out`` when the block ends without an error.

    What a killed process left of the same folder is removed.

    Args:
        out: a folder that does not exist yet or is empty.
        keep: name of a folder in it for what can be gone on with. It is there again the next time after the block was
            broken off, by whatever but a full disk.

    Raises:
        DatasetError: if ``out`` is in use or cannot be written, such as on a full disk.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DatasetError(f"{out}: already exists; choose another folder or remove it first")
    partial: Path | None = None
    begun = begun_folder(out)
    lock: FileLock | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        remove_stale(out.parent, out.name)
        partial = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".partial", dir=out.parent))
        lock = FileLock(partial / _LOCK)
        if keep:
            with suppress(FileNotFoundError):  # nothing is there, or another process goes on with it
                begun.rename(partial / keep)
            (partial / keep).mkdir(exist_ok=True)
        yield partial
        lock.release()  # some systems rename no folder with an open file in it
        (partial / _LOCK).unlink()
        partial.chmod(0o755)
        if out.exists():
            out.rmdir()
        partial.rename(out)
    except OSError as error:
        if keep and partial is not None:
            shutil.rmtree(partial / keep, ignore_errors=True)
        reason = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise DatasetError(f"{out}: the data set cannot be written: {reason}; choose another folder") from error
    finally:
        if lock is not None:
            lock.release()
        if partial is not None and partial.exists():
            if keep and any((partial / keep).glob("*")) and not begun.exists():
                with suppress(OSError):
                    (partial / keep).rename(begun)
            shutil.rmtree(partial, ignore_errors=True)


def begun_folder(out: Path) -> Path:
    """Where what is done of ``out`` is kept until it is gone on with."""
    return out.with_name(f".{out.name}.begun")


def remove_stale(parent: Path, name: str | None = None) -> None:
    """Remove what killed processes left of the folder ``name`` in ``parent``; None: of any."""
    for left in parent.glob(f".{'*' if name is None else glob.escape(name)}.*.partial"):
        try:
            held = is_locked(left / _LOCK)
            just_made = not (left / _LOCK).exists() and time.time() - left.stat().st_mtime < _STALE_SECONDS
        except OSError:
            continue
        if not held and not just_made:
            shutil.rmtree(left, ignore_errors=True)
