"""Editing the foreground of the picture that is shown: edits, their history, and the picture they give."""

import zlib
from dataclasses import dataclass, field, replace

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
from mem3d_viewer.reconstruct.pipeline import PictureSource
from mem3d_viewer.reconstruct.session import Session


@dataclass
class History:
    """The edits of one picture: those in force, those before, and those that were undone."""

    edits: Edits = field(default_factory=Edits)
    before: list[Edits] = field(default_factory=list)
    undone: list[Edits] = field(default_factory=list)

    def do(self, edits: Edits) -> None:
        """Put ``edits`` in force."""
        if edits != self.edits:
            self.before.append(self.edits)
            self.edits, self.undone = edits, []

    def undo(self) -> None:
        """Go back to the edits before."""
        if self.before:
            self.undone.append(self.edits)
            self.edits = self.before.pop()

    def redo(self) -> None:
        """Take back an undo."""
        if self.undone:
            self.before.append(self.edits)
            self.edits = self.undone.pop()


@dataclass(eq=False)
class _Work:
    """A picture while it is being edited."""

    opened: PictureSource
    """The source that was shown when the editor opened."""
    original: PictureSource
    """The picture before any edit, decoded."""
    foreground: Foreground
    view: MaskView
    history: History
    done: Edits | None = None
    """The edits whose result is shown."""


class ForegroundController(QObject):
    """Turns what is drawn in the editor into an edited picture, off the GUI thread, and has it reconstructed.

    As with requests, one computation runs and at most one waits: of a stroke in the making only the latest counts.
    Edits are remembered by the picture's content while the program runs.
    """

    failed = Signal(object)
    """The exception of edits that could not be carried out."""
    changed = Signal()
    """The editor opened or closed, or there is something else to undo."""

    def __init__(
        self,
        session: Session,
        reconstruction: ReconstructionController,
        editor: PictureEditor,
        actions: Actions,
        lane: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._reconstruction = reconstruction
        self._editor = editor
        self._actions = actions
        self._lane = lane
        self._histories: dict[object, History] = {}
        self._work: _Work | None = None
        self._wanted: Edits | None = None
        self._job: Job | None = None
        editor.canvas.drawn.connect(self._take)
        editor.canvas.drawing.connect(self._try)
        editor.canvas.given_up.connect(self._show_history)
        editor.background_chosen.connect(self.set_background)
        editor.reset.connect(lambda: self._do(Edits()))
        editor.done.connect(self.close)
        session.answer_changed.connect(self._follow)
        actions.connect({"undo": self.undo, "redo": self.redo})
        actions["edit_foreground"].triggered.connect(self._switch)
        self.changed.connect(self._show_state)
        self._show_state()

    def _switch(self, on: bool) -> None:
        if on:
            self.open()
        else:
            self.close()
        self._show_state()

    def _show_state(self) -> None:
        """The switch tells whether the editor is open; there may be something to undo."""
        self._actions.check("edit_foreground", self.is_open)
        self._actions.enable("undo", self.can_undo)
        self._actions.enable("redo", self.can_redo)

    @property
    def is_open(self) -> bool:
        """Whether a picture is being edited."""
        return self._work is not None

    @property
    def working(self) -> bool:
        """Whether edits are being carried out."""
        return self._job is not None

    @property
    def edits(self) -> Edits:
        """The edits in force."""
        return Edits() if self._work is None else self._work.history.edits

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return self._work is not None and bool(self._work.history.before)

    @property
    def can_redo(self) -> bool:
        """Whether there is an undo to take back."""
        return self._work is not None and bool(self._work.history.undone)

    def open(self) -> None:
        """Edit the picture that is shown, from the edits it has, or from the proposal."""
        answer = self._session.answer
        if answer is None or answer.picture is None or answer.request.picture is None or self._work is not None:
            return
        shown = answer.request.picture
        original = shown.original or replace(shown, picture=answer.picture)
        picture = original.picture
        if picture is None:
            return
        history = self._histories.setdefault(_identity(picture), History())
        view = MaskView(picture)
        self._work = _Work(shown, original, Foreground(picture, answer.model.object_finder), view, history)
        height, width = picture.pixels.shape[:2]
        self._editor.begin(width, height)
        self._editor.canvas.set_view(view.draw(picture), None)
        self._show_preview()
        self.changed.emit()
        self._show_history()

    def close(self) -> None:
        """End editing; the edited picture stays."""
        if self._work is not None:
            self._work = None
            self._wanted = None
            self.changed.emit()

    def stop(self) -> None:
        """Begin nothing any more."""
        self._work = None

    def undo(self) -> None:
        """Take the last edit back."""
        if self._work is not None:
            self._editor.canvas.give_up()
            self._work.history.undo()
            self._show_history()

    def redo(self) -> None:
        """Take an undo back."""
        if self._work is not None:
            self._work.history.redo()
            self._show_history()

    def set_background(self, colour: Colour | None) -> None:
        """Put the object on a colour, or leave the photo uncut."""
        if colour is None:
            self._do(replace(self.edits, cut_out=False))
        else:
            self._do(replace(self.edits, cut_out=True, background=colour))

    def _take(self, step: Box | Stroke) -> None:
        self._do(self.edits.with_step(step))

    def _do(self, edits: Edits) -> None:
        if self._work is not None:
            self._work.history.do(edits)
            self._show_history()

    def _try(self, step: Box | Stroke) -> None:
        """Show what a step in the making gives, without taking it."""
        self._want(self.edits.with_step(step))

    def _show_history(self) -> None:
        if self._work is not None:
            self._want(self._work.history.edits)
            self.changed.emit()

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
            self.close()
            return
        work.done = edits
        self._editor.canvas.set_view(view, edits.box if edits.cut_out else None)
        notes = tuple(note for note in edited.notes if note == NOTHING_FOUND)
        self._editor.show_edits(work.history.edits, notes)
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
        source = None if answer is None else answer.request.picture
        if self._is_ours(source):
            self._show_preview()
        else:
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


def _identity(picture: Picture) -> object:
    """Tells pictures apart by file and content: a file that has changed starts anew."""
    return picture.path, picture.pixels.shape, zlib.crc32(picture.pixels.data)
