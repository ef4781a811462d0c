"""Files that a window keeps while it runs: one that outlives its process tells that this did not end by itself."""

import os
from contextlib import suppress
from pathlib import Path

import psutil
from PySide6.QtWidgets import QMessageBox, QWidget


def kept_file(folder: Path, name: str) -> Path:
    """Where this process keeps ``name``, such as ``last.mem3d``: as ``last-PID.mem3d`` in ``folder``."""
    plain = Path(name)
    return folder / f"{plain.stem}-{os.getpid()}{plain.suffix}"


def take_left_behind(folder: Path, name: str) -> Path | None:
    """What a process that is gone kept as ``name``: the newest, once, as ``restored-NAME``; others wait.

    None where there is nothing, or where the disk has become read-only: it would be there again at every start.
    """
    plain = Path(name)
    left = [path for path in folder.glob(f"{plain.stem}-*{plain.suffix}") if not _runs(path, plain.stem)]
    if not left:
        return None
    kept = folder / f"restored-{name}"
    try:
        max(left, key=lambda path: path.stat().st_mtime).replace(kept)
    except OSError:
        return None
    return kept


def offer_left_behind(folder: Path, name: str, window: QWidget, title: str, question: str) -> Path | None:
    """Ask whether what ``take_left_behind`` found is wanted: its file; None where there is none, or it is given up."""
    kept = take_left_behind(folder, name)
    if kept is None:
        return None
    yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
    if QMessageBox.question(window, title, question, yes | no, yes) == yes:
        return kept
    with suppress(OSError):
        kept.unlink()
    return None


def _runs(path: Path, stem: str) -> bool:
    """Whether the process that keeps this file is still there."""
    number = path.stem.removeprefix(f"{stem}-")
    return not number.isdecimal() or bool(psutil.pid_exists(int(number)))
