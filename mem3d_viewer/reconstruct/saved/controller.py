"""Saves and opens sessions, and keeps the last one for the case of a crash."""

import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from core.assets import DEFAULT_CHECKPOINT, asset, is_asset
from core.cli.options import refuse_inputs
from core.data.images import Picture, load_picture
from core.errors import Mem3DError
from core.files import told_when_not_written
from mem3d_viewer.actions import Actions
from mem3d_viewer.base.background import Job, Lane
from mem3d_viewer.base.left_behind import kept_file, offer_left_behind
from mem3d_viewer.reconstruct.compare.controller import CompareController
from mem3d_viewer.reconstruct.controller import ReconstructionController
from mem3d_viewer.reconstruct.history import EditHistory
from mem3d_viewer.reconstruct.pipeline import Answer, ModelSource
from mem3d_viewer.reconstruct.saved.file import (
    BUILT_IN,
    ENDING,
    SavedSession,
    SessionFileError,
    open_session,
    save_session,
)
from mem3d_viewer.reconstruct.session import SLICE_AXES, SURFACES, Session
from mem3d_viewer.scene.voxel_mesh import GRID
from mem3d_viewer.scene.voxel_scene import COLOURINGS
from mem3d_viewer.widgets.voxel_view import VoxelView

_REST_MS = 3000
"""Time after the last change at which the session is kept for the case of a crash."""
_LAST = f"last{ENDING}"
_FILTER = f"Sessions (*{ENDING});;All files (*)"


class SavedSessionController(QObject):
    """What is shown, to and from a file.

    Args:
        folder: where opened sessions put their pictures, and where the last session is kept while the program runs.
    """

    failed = Signal(object)
    """The exception of a session that could not be saved or opened."""
    foreground_edited = Signal()
    """The session that was opened has edits of the picture, which are in the history now."""
    saved = Signal(object)
    """Path of a session that was written."""

    def __init__(
        self,
        session: Session,
        reconstruction: ReconstructionController,
        history: EditHistory,
        compare: CompareController,
        lane: Lane,
        actions: Actions,
        view: VoxelView,
        folder: Path,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._reconstruction, self._history = session, reconstruction, history
        self._compare = compare
        self._lane, self._actions, self._view, self._folder, self._window = lane, actions, view, folder, window
        self._opening: SavedSession | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.keep)
        actions.connect({"save_session": self.ask_save, "open_session": self.ask_open})
        session.answer_changed.connect(self._follow)
        session.display_changed.connect(self._wait)
        compare.changed.connect(self._wait)
        self._follow()

    @property
    def last(self) -> Path:
        """Where the last session is kept while this process runs; one that outlives its process tells of a crash."""
        return kept_file(self._folder, _LAST)

    def ask_save(self) -> None:
        """Ask for a file name and save what is shown."""
        answer = self._session.answer
        source = None if answer is None else answer.request.picture
        if source is None:
            return
        beside = source.path is not None and not is_asset(source.path) and self._folder not in source.path.parents
        folder = source.path.parent if beside and source.path is not None else Path.home()
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save Session", str(folder / f"{Path(source.name).stem}{ENDING}"), _FILTER
        )
        if name:
            path = Path(name)
            self.save(path if path.suffix else path.with_suffix(ENDING))

    def ask_open(self) -> None:
        """Ask for a session's file and open it."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open Session", "", _FILTER)
        if name:
            self.open(Path(name))

    def save(self, path: Path) -> None:
        """Save what is shown."""
        what = self._what()
        if what is None:
            return
        saved, picture, truth = what
        answer = self._session.answer
        source = None if answer is None else answer.request.picture
        read = (None if source is None else source.path, None if answer is None else answer.model.path)

        def write(_: Job) -> None:
            with told_when_not_written(path):
                refuse_inputs([path], *read)
            save_session(path, saved, picture, truth)

        job = self._lane.submit(write)
        job.succeeded.connect(lambda _: self.saved.emit(path))
        job.failed.connect(self.failed)

    def open(self, path: Path) -> None:
        """Open a session: its checkpoint, its picture, and everything that was done."""
        try:
            folder = self._folder / f"{path.stem[:40]}-{zlib.crc32(path.read_bytes()):08x}"
            saved, background, picture_file, truth = open_session(path, folder)
            picture = load_picture(picture_file)
            checkpoint = self._checkpoint(saved, path)
        except OSError as error:
            self.failed.emit(SessionFileError(f"{path}: cannot be read ({error.strerror}); choose another file"))
            return
        except Mem3DError as error:
            self.failed.emit(error)
            return
        self._opening = saved
        self._reconstruction.open_saved(
            ModelSource(checkpoint, self._session.request.model.device),
            Picture(picture.pixels, picture_file, picture.notes, background),
            truth,
            beta=saved.beta,
            use_memory=saved.use_memory,
        )

    def offer_last(self) -> None:
        """Where the last run of the program did not end by itself, offer what was shown then."""
        kept = offer_left_behind(
            self._folder, _LAST, self._window, "Restore Session",
            "The program ended unexpectedly the last time. Open what was shown then?",
        )  # fmt: skip
        if kept is not None:
            self.open(kept)

    def keep(self) -> None:
        """Keep what is shown for the case of a crash; a disk that is full is no reason to disturb anyone."""
        what = self._what()
        if what is not None:
            saved, picture, truth = what

            def write(_: Job) -> None:
                self._folder.mkdir(parents=True, exist_ok=True)
                save_session(self.last, saved, picture, truth)

            self._lane.submit(write)  # nobody listens to its failing

    def stop(self) -> None:
        """The program ends by itself: nothing needs to be restored."""
        self._rest.stop()

    def forget_last(self) -> None:
        """Called when nothing is being written any more."""
        with suppress(OSError):
            self.last.unlink(missing_ok=True)

    def _what(self) -> tuple[SavedSession, Picture, NDArray[np.bool_] | None] | None:
        answer = self._session.answer
        if answer is None or answer.reconstruction is None or answer.original is None or answer.request.picture is None:
            return None
        display, state, camera = self._session.display, self._history.state, self._view.scene.camera
        selected = self._session.selected
        checkpoint = answer.model.path
        saved = SavedSession(
            picture=answer.request.picture.name,
            checkpoint=BUILT_IN if is_asset(checkpoint) else str(checkpoint.absolute()),
            foreground=state.foreground,
            edited=answer.request.picture.original is not None,
            priors=state.priors,
            beta=answer.request.beta,
            use_memory=answer.request.use_memory,
            threshold=display.threshold,
            surface=display.surface,
            colouring=display.colouring,
            xray=display.xray,
            slice_axis=display.slice_axis,
            slice_layers=display.slice_layers,
            comparison=self._compare.comparison,
            selected=None if selected is None else selected.slot,
            camera=(*camera.position, *camera.focal_point, *camera.up),
        )
        return saved, answer.original, answer.truth

    def _checkpoint(self, saved: SavedSession, path: Path) -> Path:
        """The checkpoint where it was, or beside the session's file."""
        if saved.checkpoint == BUILT_IN:
            return asset(DEFAULT_CHECKPOINT)
        there = Path(saved.checkpoint)
        for candidate in (there, path.parent / there.name):
            if candidate.is_file():
                return candidate
        raise SessionFileError(f"{path}: its checkpoint {there.name} is missing: put it beside the session's file")

    def _follow(self) -> None:
        answer = self._session.answer
        self._actions.enable("save_session", answer is not None and answer.reconstruction is not None)
        saved = self._opening
        if saved is not None and answer is not None and answer.reconstruction is not None and self._is_of(answer):
            self._opening = None
            self._bring_back(saved)
        self._wait()

    def _is_of(self, answer: Answer) -> bool:
        source = answer.request.picture
        return source is not None and source.path is not None and self._folder in source.path.parents

    def _bring_back(self, saved: SavedSession) -> None:
        """What was done to the picture and the priors, how it was drawn, and from where it was seen."""
        if saved.edited:
            self._history.edit_foreground(saved.foreground)
            self.foreground_edited.emit()
        self._history.edit_priors(saved.priors)
        self._session.set_display(
            threshold=saved.threshold,
            surface=saved.surface if saved.surface in SURFACES else "blocks",
            colouring=saved.colouring if saved.colouring in COLOURINGS else "plain",
        )
        self._session.set_display(
            xray=saved.xray,
            slice_axis=saved.slice_axis if saved.slice_axis in SLICE_AXES else "",
            slice_layers=min(max(saved.slice_layers, 1), GRID),
        )
        self._compare.restore(saved.comparison)
        if saved.camera:
            camera = self._view.scene.camera
            camera.position, camera.focal_point, camera.up = saved.camera[:3], saved.camera[3:6], saved.camera[6:]
            self._view.redraw()
        if saved.selected is not None:
            self._session.select(saved.selected)

    def _wait(self) -> None:
        self._rest.start()
