"""The runs there are: listed, renamed, deleted and read off the GUI thread."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.training.curves import RunCurves
from core.training.events import read_events
from core.training.run_folder import RunFolder
from core.training.runs import RunSummary, delete_run, list_runs, rename_run
from mem3d_viewer.base.background import Job, Lane


class RunsController(QObject):
    """Keeps a list of the runs in a folder, and the curves of those that are to be compared."""

    listed = Signal(object)
    """The runs in the folder, as ``RunSummary`` values."""
    curves_read = Signal()
    """``curves`` has those that were asked for."""
    renamed = Signal(object, object)
    """A run's old and new path."""
    failed = Signal(object)
    """The exception of something that could not be done."""

    def __init__(self, root: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.root = root
        self.curves: dict[Path, RunCurves] = {}
        self._lane = Lane("mem3d-runs", self)
        self._refreshing = self._again = self._closed = False
        self._read: dict[Path, tuple[int, RunCurves]] = {}
        self._listed: Sequence[RunSummary] = ()

    def refresh(self) -> None:
        """Look again; asked while that is being done, once more afterwards."""
        if self._closed:
            return
        if self._refreshing:
            self._again = True
            return
        self._refreshing = True
        root, known = self.root, self._listed
        job = self._submit(lambda: list_runs(root, known))
        job.succeeded.connect(self._has_listed)
        job.finished.connect(self._refreshed)

    def rename(self, run: Path, name: str) -> None:
        """Give a run's folder another name."""
        self._submit(lambda: rename_run(run, name)).succeeded.connect(lambda path: self._has_renamed(run, path))

    def delete(self, run: Path) -> None:
        """Remove a run with all its checkpoints."""
        self._submit(lambda: delete_run(run)).succeeded.connect(lambda _: self.refresh())

    def read(self, runs: Sequence[Path]) -> None:
        """Read the curves of these runs, where they have changed."""
        known = dict(self._read)
        self._submit(lambda: {run: _read(run, known.get(run)) for run in runs}).succeeded.connect(self._accept)

    def close(self) -> None:
        """End the thread."""
        self._closed = True
        self._lane.close()

    def _submit(self, work: Callable[[], Any]) -> Job:
        job = self._lane.submit(lambda _: work())
        job.failed.connect(self.failed)
        return job

    def _has_listed(self, runs: Sequence[RunSummary]) -> None:
        self._listed = runs
        self.listed.emit(runs)

    def _refreshed(self) -> None:
        self._refreshing, again, self._again = False, self._again, False
        if again:
            self.refresh()

    def _has_renamed(self, run: Path, path: Path) -> None:
        self.renamed.emit(run, path)
        self.refresh()

    def _accept(self, read: dict[Path, tuple[int, RunCurves]]) -> None:
        self._read = read
        self.curves = {run: curves for run, (_, curves) in read.items()}
        self.curves_read.emit()


def _read(run: Path, known: tuple[int, RunCurves] | None) -> tuple[int, RunCurves]:
    """The curves of a run with the size of what they were read from; ``known`` where that is the same."""
    file = RunFolder(run).events_file
    size = file.stat().st_size if file.exists() else 0
    if known is not None and known[0] == size:
        return known
    curves = RunCurves()
    if size:
        curves.add(read_events(file))
    return size, curves
