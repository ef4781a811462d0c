"""Knows what stands left and right, and has the network answer what is not known yet."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QInputDialog

from core.metrics import voxel_iou
from core.reconstruction import Reconstructor
from core.reconstruction_result import Reconstruction
from mem3d_viewer.actions import Actions
from mem3d_viewer.base.background import Job, Lane
from mem3d_viewer.reconstruct.compare.bar import CompareBar
from mem3d_viewer.reconstruct.compare.choices import COMPUTED, Choice, Compared, Comparison, compared
from mem3d_viewer.reconstruct.pipeline import Answer
from mem3d_viewer.reconstruct.session import Session


class CompareController(QObject):
    """Two choices; each comes to a shape of the answer that is shown, or to none."""

    changed = Signal()
    """Something else stands left or right."""
    failed = Signal(object)
    """The exception of a comparison that cannot be made."""

    def __init__(
        self, session: Session, lane: Lane, actions: Actions, bar: CompareBar, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._lane, self._actions, self._bar = session, lane, actions, bar
        self._choices = [Choice.RESULT, Choice.AUTOMATIC]
        self._beta = 0.0
        self._checkpoint: Path | None = None
        self._other_model: Reconstructor | None = None
        self._computed: dict[Choice, tuple[Answer, Reconstruction, str]] = {}
        self._job: Job | None = None
        self._stopped = False
        self._blinked = False
        self._difference: int | None = None
        actions.connect({"swap": self.swap, "blink": self.blink, "difference": self._toggle_difference})
        for side, combo in enumerate((bar.left, bar.right)):
            combo.activated.connect(lambda _, side=side, combo=combo: self._ask(side, combo))
        session.answer_changed.connect(self._take_answer)
        session.selection_changed.connect(self._describe)
        session.display_changed.connect(self._describe)
        self._describe()

    @property
    def working(self) -> bool:
        """Whether the network is at work for a comparison."""
        return self._job is not None

    @property
    def left(self) -> Compared | None:
        """What stands left, the result while that is being computed; while blinking what else stands right."""
        if self._blinked and self.difference is None and self._side(1) is not None:
            return self._side(1)
        return self._side(0) or self._shape(Choice.RESULT)

    @property
    def right(self) -> Compared | None:
        """What stands right."""
        return self._side(1)

    @property
    def difference(self) -> int | None:
        """On which side (0 left, 1 right) the difference of the two is shown; None where it is not."""
        return None if self._side(0) is None or self._side(1) is None else self._difference

    @property
    def comparison(self) -> Comparison:
        """What is compared, as it was chosen."""
        left, right = self._choices
        return Comparison(left, right, self._difference, self._beta, self._checkpoint)

    def restore(self, comparison: Comparison) -> None:
        """Compare what was compared before."""
        self._beta, self._checkpoint, self._other_model = comparison.beta, comparison.checkpoint, None
        self._difference = comparison.difference
        self._stand(comparison.left, comparison.right)

    def stop(self) -> None:
        """Begin nothing any more."""
        self._stopped = True

    def choose(self, left: Choice, right: Choice) -> None:
        """Let these stand left and right, and not their difference."""
        self._difference = None
        self._stand(left, right)

    def show_difference(self, side: int | None) -> None:
        """Show the difference of what stands left and right on a side (0 left, 1 right), or no more."""
        self._difference = side
        left, right = self._choices
        if side is not None and self._side(1) is None and right not in COMPUTED:
            answer = self._session.answer
            truth_known = answer is not None and answer.truth is not None
            right = Choice.TRUTH if truth_known else Choice.WITHOUT_MEMORY
        self._stand(left, right)

    def _stand(self, left: Choice, right: Choice) -> None:
        self._choices, self._blinked = [left, right], False
        self._follow()

    def _toggle_difference(self) -> None:
        self.show_difference(0 if self.difference is None else None)

    def compare_beta(self, side: int, beta: float) -> None:
        """Let what another beta gives stand on a side (0 left, 1 right)."""
        self._beta = beta
        self._put(side, Choice.BETA)

    def compare_checkpoint(self, side: int, path: Path) -> None:
        """Let what another checkpoint gives, with its own beta, stand on a side (0 left, 1 right)."""
        if path != self._checkpoint:
            self._checkpoint, self._other_model = path, None
        self._put(side, Choice.CHECKPOINT)

    def swap(self) -> None:
        """Left becomes right."""
        left, right = self._choices
        if right is Choice.AUTOMATIC:
            right = Choice.PRIOR if self._session.selected is not None else Choice.TRUTH
        if self._side(1) is not None:
            if self._difference is not None:
                self._difference = 1 - self._difference
            self._stand(right, left)

    def blink(self) -> None:
        """Show in the left place what stands right, or the left again: small differences leap to the eye."""
        if self._side(1) is not None:
            self._blinked = not self._blinked
            self._show()

    def close_right(self) -> None:
        """Nothing is compared any more."""
        self.choose(self._choices[0], Choice.AUTOMATIC)
        self._session.select(None)

    def _ask(self, side: int, combo: QComboBox) -> None:
        choice = Choice(combo.currentData())
        answer = self._session.answer
        if choice is Choice.BETA and answer is not None:
            beta, good = QInputDialog.getDouble(
                combo, "Compare with another beta", "Key similarity to exceed (β)", answer.beta, -1.0, 1.0, 3
            )
            if good:
                self.compare_beta(side, beta)
        elif choice is Choice.CHECKPOINT and answer is not None:
            name, _ = QFileDialog.getOpenFileName(
                combo, "Compare with another checkpoint", str(answer.model.path.parent), "Checkpoints (*.safetensors)"
            )
            if name:
                self.compare_checkpoint(side, Path(name))
        elif choice is Choice.DIFFERENCE:
            self.show_difference(side)
        else:
            self._put(side, choice)
        self._show_choices()

    def _put(self, side: int, choice: Choice) -> None:
        choices = list(self._choices)
        choices[side] = choice
        self._computed.pop(choice, None)
        if self._difference == side:
            self._difference = None
        self._stand(*choices)

    def _show_choices(self) -> None:
        shown = list(self._choices)
        if self.difference is not None:
            shown[self.difference] = Choice.DIFFERENCE
        self._bar.show_choices(*shown)

    # -- what the network answers

    def _take_answer(self) -> None:
        """There is another answer; whoever draws it knows."""
        self._advance()
        self._describe()

    def _follow(self) -> None:
        """Something else is to be compared: compute what is needed for it."""
        self._advance()
        self._show()

    def _advance(self) -> None:
        answer = self._session.answer
        if self._stopped or self._job is not None or answer is None or answer.encoded is None:
            return
        wanted = [choice for choice in self._choices if choice in COMPUTED and self._known(choice) is None]
        if not wanted:
            return
        choice, beta, checkpoint, model = wanted[0], self._beta, self._checkpoint, self._other_model
        self._job = self._lane.submit(lambda _: _compute(choice, answer, beta, checkpoint, model))
        self._job.succeeded.connect(lambda found: self._accept(choice, answer, beta, checkpoint, found))
        self._job.failed.connect(lambda error: self._refuse(choice, error))
        self._job.finished.connect(self._go_on)

    def _accept(
        self,
        choice: Choice,
        answer: Answer,
        beta: float,
        checkpoint: Path | None,
        found: tuple[Reconstruction, str, Reconstructor | None],
    ) -> None:
        result, about, model = found
        if (beta, checkpoint) == (self._beta, self._checkpoint):  # else it is asked for anew
            self._other_model = model
            self._computed[choice] = answer, result, about

    def _refuse(self, choice: Choice, error: Exception) -> None:
        self._choices = [
            kept if kept is not choice else (Choice.RESULT, Choice.AUTOMATIC)[side]
            for side, kept in enumerate(self._choices)
        ]
        self.failed.emit(error)

    def _go_on(self) -> None:
        self._job = None
        self._follow()

    def _known(self, choice: Choice) -> tuple[Reconstruction, str] | None:
        answer, result, about = self._computed.get(choice, (None, None, ""))
        return None if result is None or answer is not self._session.answer else (result, about)

    # -- what is shown

    def _side(self, side: int) -> Compared | None:
        return self._shape(self._choices[side])

    def _shape(self, choice: Choice) -> Compared | None:
        session = self._session
        if session.answer is None:
            return None
        return compared(choice, session.answer, session.selected, session.display.threshold, self._known(choice))

    def _show(self) -> None:
        self._describe()
        self.changed.emit()

    def _describe(self) -> None:
        self._show_choices()
        self._actions.check("difference", self.difference is not None)
        left, right = self._side(0), self._side(1)
        for name in ("swap", "blink", "difference"):
            self._actions.enable(name, right is not None)
        if left is None or right is None:
            self._bar.show_iou("Computing…" if self.working else "")
            return
        answer = self._session.answer
        words = [f"IoU left and right {float(voxel_iou(left.voxels, right.voxels)):.3f}"]
        truth = None if answer is None else answer.truth
        if truth is not None:
            sides = (("left", left), ("right", right))
            words += [
                f"{side} and truth {float(voxel_iou(shape.voxels, truth)):.3f}"
                for side, shape in sides
                if shape.material != "truth"
            ]
        self._bar.show_iou(" · ".join(words[:1] if len(words) == 2 else words))


def _compute(
    choice: Choice, answer: Answer, beta: float, checkpoint: Path | None, model: Reconstructor | None
) -> tuple[Reconstruction, str, Reconstructor | None]:
    """What the network gives, more about it, and the other checkpoint's model where one is loaded."""
    encoded, picture = answer.encoded, answer.picture
    assert encoded is not None
    assert picture is not None
    edits = answer.request.edits
    if choice is Choice.WITHOUT_MEMORY:
        return answer.model.decode(encoded, use_memory=False), "", model
    if choice is Choice.BETA:
        return answer.model.decode(encoded, beta=beta, edits=edits), f"β = {beta:.3f}", model
    assert checkpoint is not None
    if model is None:
        model = Reconstructor(checkpoint, answer.request.model.device)
    return model.reconstruct(picture, use_memory=answer.request.use_memory), checkpoint.name, model
