"""What was done to the picture that is shown, and to the shapes that the memory gave for it: undo and redo."""

import zlib
from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal

from core.data.foreground import Edits
from core.data.images import Picture
from core.prior_edits import NO_EDITS, PriorEdits
from mem3d_viewer.actions import Actions
from mem3d_viewer.reconstruct.pipeline import Answer
from mem3d_viewer.reconstruct.session import Session


@dataclass(frozen=True)
class State:
    """Everything that can be undone, as it is at one time."""

    foreground: Edits = field(default_factory=Edits)
    """Edits of the picture."""
    priors: PriorEdits = NO_EDITS
    """Edits of what the memory gave."""


@dataclass
class History:
    """The state in force, those before it, and those that were undone."""

    state: State = field(default_factory=State)
    before: list[State] = field(default_factory=list)
    undone: list[State] = field(default_factory=list)

    def do(self, state: State) -> None:
        """Put ``state`` in force."""
        if state != self.state:
            self.before.append(self.state)
            self.state, self.undone = state, []

    def undo(self) -> None:
        """Go back to the state before."""
        if self.before:
            self.undone.append(self.state)
            self.state = self.before.pop()

    def redo(self) -> None:
        """Take back an undo."""
        if self.undone:
            self.before.append(self.state)
            self.state = self.undone.pop()

    def without_priors(self) -> "History":
        """The same edits of the picture alone."""
        now = State(self.state.foreground)
        return History(now, _steps_to(now, self.before), _steps_to(now, self.undone))

    def on_top_of(self, older: "History") -> "History":
        """This history, continued where ``older``, which knows edits of the picture alone, had been left."""
        priors = self.state.priors
        return History(
            State(older.state.foreground, priors),
            [*self.before, *(State(state.foreground, priors) for state in older.before)],
            [State(state.foreground, priors) for state in older.undone],
        )


class EditHistory(QObject):
    """The history of the picture that is shown. Another picture begins a new one; edits of pictures are kept.

    Edits of the foreground are remembered by the picture's content while the program runs, and come back with
    ``adopt``. Edits of the priors belong to this picture and this checkpoint.
    """

    changed = Signal()
    """Another state is in force."""

    def __init__(self, session: Session, actions: Actions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._actions = session, actions
        self._history = History()
        self._kept: dict[Hashable, History] = {}
        self._shown: Answer | None = None
        self._last_kind = ""
        actions.connect({"undo": self.undo, "redo": self.redo})
        session.answer_changed.connect(self._follow)
        self.changed.connect(self._show_state)
        self._show_state()

    @property
    def state(self) -> State:
        """The state in force."""
        return self._history.state

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._history.before)

    @property
    def can_redo(self) -> bool:
        """Whether there is an undo to take back."""
        return bool(self._history.undone)

    def edit_foreground(self, edits: Edits) -> None:
        """Edit the picture."""
        self._last_kind = ""
        self._do(replace(self.state, foreground=edits))

    def edit_priors(self, edits: PriorEdits, kind: str = "") -> None:
        """Edit what the memory gave; edits of one ``kind`` in a row, as a number that is turned up, are one step."""
        if kind and kind == self._last_kind and self._history.before:
            self._history.state = self._history.before.pop()
        self._last_kind = kind
        self._do(replace(self.state, priors=edits))

    def undo(self) -> None:
        """Take the last edit back."""
        self._last_kind = ""
        self._history.undo()
        self.changed.emit()

    def redo(self) -> None:
        """Take an undo back."""
        self._last_kind = ""
        self._history.redo()
        self.changed.emit()

    def adopt(self) -> None:
        """Go on from the edits that were made when this picture was open before."""
        older = None if self._shown is None else self._kept.pop(_identity(self._shown.original), None)
        if older is not None:
            self._history = self._history.on_top_of(older)
            self.changed.emit()

    def clear(self) -> None:
        """Forget everything about the picture that is shown."""
        self._history = History()
        self.changed.emit()

    def _do(self, state: State) -> None:
        self._history.do(state)
        self.changed.emit()

    def _follow(self) -> None:
        answer, before = self._session.answer, self._shown
        self._shown = answer if answer is not None and answer.picture is not None else None
        if before is not None and (self._shown is None or not self._shown.shows_the_picture_of(before)):
            painted = self._history.without_priors()
            if painted.before or painted.undone:
                self._kept[_identity(before.original)] = painted
            self.clear()
        elif before is not None and self._shown is not None and before.model is not self._shown.model:
            self._history = self._history.without_priors()  # slots are another memory's now
            self.changed.emit()

    def _show_state(self) -> None:
        self._actions.enable("undo", self.can_undo)
        self._actions.enable("redo", self.can_redo)


def _steps_to(now: State, others: list[State]) -> list[State]:
    """``others``, the last of which is next to ``now``: their edits of the picture, without repetitions in a row."""
    steps: list[State] = []
    for state in [*(State(other.foreground) for other in others), now]:
        if steps[-1:] != [state]:
            steps.append(state)
    return steps[:-1]


def _identity(picture: Picture | None) -> Hashable:
    """Tells pictures apart by file and content: a file that has changed starts anew."""
    return None if picture is None else (picture.path, picture.pixels.shape, zlib.crc32(picture.pixels.data))
