"""Finds, examines and builds meshes off the GUI thread."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core.data.meshes.examining import Orientation, examine
from core.data.meshes.library import LibraryReport, MeshFile, build_library, find_meshes
from core.errors import Mem3DError
from mem3d_viewer.base.background import Job, Lane


class ImportController(QObject):
    """What the import dialog asks for; of meshes to preview only the last one counts."""

    found = Signal(object)
    """The meshes of a folder."""
    examined = Signal(object)
    """The report of the mesh to preview, or the error that it cannot be used."""
    surveyed = Signal(int, object)
    """Place in the list, and the mesh's report or the error that it cannot be used."""
    progress = Signal(int, int, str)
    """Objects built, of how many, and what is being done."""
    built = Signal(object)
    """The report of a build, whole or stopped."""
    failed = Signal(object)
    """The exception of what failed."""
    state_changed = Signal()
    """A build began or ended, or is to stop."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = Lane("mem3d-import", self)
        self._survey_lane = Lane("mem3d-survey", self)
        self._finding: Job | None = None
        self._looking: Job | None = None
        self._waiting: tuple[Path, Orientation] | None = None
        self._survey: Job | None = None
        self._build: Job | None = None
        self._stopping = False

    @property
    def building(self) -> bool:
        """Whether a build is going on."""
        return self._build is not None

    @property
    def stopping(self) -> bool:
        """Whether a build is to stop."""
        return self._stopping

    def find(self, folder: Path, csv_file: Path | None) -> None:
        """List the meshes below ``folder``; of several searches only the last one counts."""
        if self._finding is not None:
            self._finding.cancel()
        self._finding = self._lane.submit(lambda _: find_meshes(folder, csv_file))
        self._finding.succeeded.connect(self.found)
        self._finding.failed.connect(self.failed)

    def examine(self, path: Path, orientation: Orientation) -> None:
        """Examine one mesh for the preview."""
        self._waiting = (path, orientation)
        if self._looking is None:
            self._examine_next()

    def survey(self, files: Sequence[MeshFile]) -> None:
        """Examine all meshes, one after the other."""
        self.end_survey()

        def work(job: Job) -> None:
            for place, file in enumerate(files):
                if job.cancelled:
                    return
                try:
                    job.report((place, examine(file.path)))
                except Mem3DError as error:
                    job.report((place, error))

        self._survey = self._survey_lane.submit(work)
        self._survey.told.connect(lambda found: self.surveyed.emit(*found))
        self._survey.failed.connect(self.failed)

    def end_survey(self) -> None:
        """Examine no more meshes than the one at hand."""
        if self._survey is not None:
            self._survey.cancel()
            self._survey = None

    def build(self, files: Sequence[MeshFile], out: Path, orientation: Orientation, views: int, seed: int) -> None:
        """Build the data set, or go on with one that was begun."""
        self._stopping = False
        job = self._lane.submit(
            lambda job: build_library(
                files,
                out,
                orientation=orientation,
                views=views,
                seed=seed,
                progress=lambda *told: job.report(told),
                stop=lambda: self._stopping,
            )
        )
        self._build = job
        job.told.connect(lambda told: self.progress.emit(*told))
        job.succeeded.connect(self._accept)
        job.failed.connect(self.failed)
        job.finished.connect(self._end_build)
        self.state_changed.emit()

    def stop_build(self) -> None:
        """End the build after the objects in hand; what is there stays and can be gone on with."""
        self._stopping = True
        self.state_changed.emit()

    def stop(self) -> None:
        """End everything and the threads."""
        self._stopping = True
        self.end_survey()
        self._waiting = None
        self._survey_lane.close()
        self._lane.close()

    def _examine_next(self) -> None:
        if self._waiting is None:
            return
        (path, orientation), self._waiting = self._waiting, None
        self._looking = self._lane.submit(lambda _: examine(path, orientation))
        self._looking.succeeded.connect(self.examined)
        self._looking.failed.connect(self.examined)
        self._looking.finished.connect(self._examined)

    def _examined(self) -> None:
        self._looking = None
        self._examine_next()

    def _accept(self, report: LibraryReport) -> None:
        self.built.emit(report)

    def _end_build(self) -> None:
        self._build = None
        self._stopping = False
        self.state_changed.emit()
