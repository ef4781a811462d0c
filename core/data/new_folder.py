"""A folder that appears only when it is complete."""

import errno
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import DatasetError

_STALE_SECONDS = 600.0
"""Age of its newest file from which a partial folder belongs to a process that was killed."""


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Yield an empty folder beside ``out`` that becomes ``out`` when the block ends without an error.

    What a killed process left of the same folder is removed.

    Args:
        out: a folder that does not exist yet or is empty.

    Raises:
        DatasetError: if ``out`` is in use or cannot be written, such as on a full disk.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DatasetError(f"{out}: already exists; choose another folder or remove it first")
    partial: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        remove_stale(out.parent, out.name)
        partial = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".partial", dir=out.parent))
        yield partial
        partial.chmod(0o755)
        if out.exists():
            out.rmdir()
        partial.rename(out)
    except OSError as error:
        reason = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise DatasetError(f"{out}: the data set cannot be written: {reason}; choose another folder") from error
    finally:
        if partial is not None and partial.exists():
            shutil.rmtree(partial, ignore_errors=True)


def remove_stale(parent: Path, name: str) -> None:
    """Remove what killed processes left of the folders ``name`` (a pattern, such as ``*``) in ``parent``."""
    for left in parent.glob(f".{name}.*.partial"):
        try:
            newest = max(path.stat().st_mtime for path in (left, *left.iterdir()))
        except OSError:
            continue
        if time.time() - newest > _STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
