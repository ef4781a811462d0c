"""Editing the foreground of the picture that is shown: what is drawn, and the picture that it gives."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.data.foreground import NOTHING_FOUND, Edits, Foreground, Stroke
from core.data.images import Box, Colour, Picture
from mem3d_viewer.actions import Actions
from mem3d_viewer.base.background import Job, Lane
from mem3d_viewer.reconstruct.controller import ReconstructionController
from mem3d_viewer.reconstruct.foreground.editor import PictureEditor
from mem3d_viewer.reconstruct.foreground.mask_view import MaskView
from mem3d_viewer.reconstruct.history import EditHistory
from mem3d_viewer.reconstruct.pipeline import PictureSource
from mem3d_viewer.reconstruct.session import Session


@dataclass(eq=False)
class _Work:
    """A picture while it is being edited."""

    opened: PictureSource
    """The source that was shown when the editor opened."""
    original: PictureSource
    """The picture before any edit, decoded."""
    foreground: Foreground
    view: MaskView
    done: Edits | None = None
    """The edits whose result is shown."""


class ForegroundController(QObject):
    """Turns what is drawn in the editor into an edited picture, off the GUI thread, and has it reconstructed.

    As with requests, one computation runs and at most one waits: of a stroke in the making only the latest counts.
    The history decides which edits are in force; they are carried out whether the editor is open or not.
    """

    failed = Signal(object)
    """The exception of edits that could not be carried out."""
    changed = Signal()
    """The editor opened or closed."""

    def __init__(
        self,
        session: Session,
        reconstruction: ReconstructionController,
        editor: PictureEditor,
        history: EditHistory,
        actions: Actions,
        lane: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._reconstruction = reconstruction
        self._editor = editor
        self._history = history
        self._lane = lane
        self._is_open = False
        self._work: _Work | None = None
        self._wanted: Edits | None = None
        self._job: Job | None = None
        editor.canvas.drawn.connect(self._take)
        editor.canvas.drawing.connect(self._try)
        editor.canvas.given_up.connect(self._want_history)
        editor.background_chosen.connect(self.set_background)
        editor.reset.connect(lambda: history.edit_foreground(Edits()))
        editor.done.connect(self.close)
        session.answer_changed.connect(self._follow)
        history.changed.connect(self._follow_history)
        actions["edit_foreground"].triggered.connect(lambda on: self.open() if on else self.close())
        self.changed.connect(lambda: actions.check("edit_foreground", self.is_open))

    @property
    def is_open(self) -> bool:
        """Whether a picture is being edited."""
        return self._is_open

    @property
    def working(self) -> bool:
        """Whether edits are being carried out."""
        return self._job is not None

    @property
    def edits(self) -> Edits:
        """The edits in force."""
        return self._history.state.foreground

    def open(self) -> None:
        """Edit the picture that is shown, from the edits it has, or from the proposal."""
        if not self._is_open:
            self._work = self._work or self._begin()
            self._is_open = self._work is not None
        if self._work is not None:
            self._lay_before(self._work)
            self._history.adopt()
            self._want_history()
        self.changed.emit()

    def carry_out(self) -> None:
        """Carry out the edits in force while the editor is closed, as those of a session that was opened."""
        self._work = self._work or self._begin()
        if self._work is not None:
            self._lay_before(self._work)
            self._want_history()

    def _lay_before(self, work: _Work) -> None:
        """Show the picture in the editor as it is before edits."""
        picture = work.original.picture
        if picture is not None:
            height, width = picture.pixels.shape[:2]
            work.done = None  # the editor knows nothing of it yet
            self._editor.begin(width, height)
            self._editor.canvas.set_view(work.view.draw(picture), None)
            self._show_preview()

    def _begin(self) -> _Work | None:
        answer = self._session.answer
        if answer is None or answer.picture is None or answer.request.picture is None:
            return None
        shown = answer.request.picture
        original = shown.original or replace(shown, picture=answer.picture)
        picture = original.picture
        if picture is None:
            return None
        foreground = Foreground(picture, answer.model.object_finder)
        return _Work(shown, original, foreground, MaskView(picture))

    def close(self) -> None:
        """End editing; the edited picture stays, and what is being carried out is."""
        self._is_open = False
        self.changed.emit()

    def stop(self) -> None:
        """Begin nothing any more."""
        self._is_open, self._work = False, None

    def set_background(self, colour: Colour | None) -> None:
        """Put the object on a colour, or leave the photo uncut."""
        if colour is None:
            self._history.edit_foreground(replace(self.edits, cut_out=False))
        else:
            self._history.edit_foreground(replace(self.edits, cut_out=True, background=colour))

    def _take(self, step: Box | Stroke) -> None:
        self._history.edit_foreground(self.edits.with_step(step))

    def _try(self, step: Box | Stroke) -> None:
        """Show what a step in the making gives, without taking it."""
        self._want(self.edits.with_step(step))

    def _follow_history(self) -> None:
        """Carry out the edits that are in force now, by an edit, an undo or a redo."""
        if self._is_ours(self._session.request.picture) and self.edits != self._wanted:
            self._editor.canvas.give_up()
            self._want_history()

    def _want_history(self) -> None:
        self._want(self.edits)

    def _want(self, edits: Edits) -> None:
        self._wanted = edits
        self._advance()

    def _advance(self) -> None:
        work, edits = self._work, self._wanted
        if work is None or edits is None or self._job is not None or edits == work.done:
            return

        def compute(_: Job) -> tuple[Picture, NDArray[np.uint8]]:
            edited = work.foreground.edited(edits)
            return edited, work.view.draw(edited)

        self._job = self._lane.submit(compute)
        self._job.succeeded.connect(lambda result: self._show(work, edits, *result))
        self._job.failed.connect(lambda error: self._refuse(work, edits, error))
        self._job.finished.connect(self._go_on)

    def _show(self, work: _Work, edits: Edits, edited: Picture, view: NDArray[np.uint8]) -> None:
        if work is not self._work:
            return
        if not self._is_ours(self._session.request.picture):  # another picture is on its way
            self._leave()
            return
        work.done = edits
        self._editor.canvas.set_view(view, edits.box if edits.cut_out else None)
        notes = tuple(note for note in edited.notes if note == NOTHING_FOUND)
        self._editor.show_edits(self.edits, notes)
        original = work.original.picture
        same = original is not None and edited.pixels is original.pixels and edited.background == original.background
        source = work.original if same else replace(work.original, picture=edited, original=work.original)
        self._reconstruction.show_edited(source)

    def _refuse(self, work: _Work, edits: Edits, error: Exception) -> None:
        if work is self._work:
            work.done = edits
            self.failed.emit(error)

    def _go_on(self) -> None:
        self._job = None
        self._advance()

    def _follow(self) -> None:
        """Show the network's input of the picture being edited; end where another picture is shown."""
        if self._work is None:
            return
        answer = self._session.answer
        if self._is_ours(None if answer is None else answer.request.picture):
            self._show_preview()
        else:
            self._leave()

    def _leave(self) -> None:
        """Another picture is shown: this one is no longer worked on."""
        self._work, self._wanted = None, None
        self.close()

    def _is_ours(self, source: PictureSource | None) -> bool:
        """Whether ``source`` is the picture being edited, before or after edits."""
        if source is None or self._work is None:
            return False
        original = self._work.original
        return source is self._work.opened or source is original or source.original is original

    def _show_preview(self) -> None:
        answer = self._session.answer
        if answer is not None and answer.reconstruction is not None:
            self._editor.preview.set_pixels(answer.reconstruction.network_input)
