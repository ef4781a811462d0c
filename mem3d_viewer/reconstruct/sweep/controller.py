"""Sweeps the picture that is shown, in the background, and brings a chosen value into force."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from core.sweeping import Question, Setting, SweepPoint, save_sweep, sweep
from mem3d_viewer.actions import Actions
from mem3d_viewer.base.background import Job, Lane, reporting
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.reconstruct.controller import ReconstructionController
from mem3d_viewer.reconstruct.history import EditHistory
from mem3d_viewer.reconstruct.session import Session
from mem3d_viewer.reconstruct.sweep.dialog import SweepDialog

_REST_MS = 250
"""Time without another answer, so that a dragged slider is not held up."""


class SweepController(QObject):
    """One sweep at a time, of what is shown while the dialog is open; another answer begins it anew."""

    failed = Signal(object)
    """The exception of a sweep that failed."""
    saved = Signal(object)
    """Path of a table that was written."""

    def __init__(
        self,
        session: Session,
        reconstruction: ReconstructionController,
        history: EditHistory,
        lane: Lane,
        actions: Actions,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._reconstruction, self._history, self._lane = session, reconstruction, history, lane
        self._actions = actions
        self._job: Job | None = None
        self._points: Sequence[SweepPoint] = ()
        self.dialog = SweepDialog(window)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._begin)
        actions.connect({"sweep": self.open})
        session.answer_changed.connect(self._follow)
        session.display_changed.connect(self._follow)
        self.dialog.setting_changed.connect(self._follow)
        self.dialog.plot.chosen.connect(self._use)
        self.dialog.export.clicked.connect(self._ask_file)
        self.dialog.finished.connect(self._give_up)
        self._follow()

    @property
    def working(self) -> bool:
        """Whether a sweep is going on, or about to begin."""
        return self._job is not None or self._rest.isActive()

    def open(self) -> None:
        """Show the dialog and sweep what is shown."""
        self.dialog.show()
        self.dialog.raise_()
        self._follow()

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours."""
        self.dialog.plot.set_theme(theme)

    def stop(self) -> None:
        """Begin nothing any more."""
        self._give_up()
        self.dialog.close()

    def save(self, path: Path) -> None:
        """Write the sweep that is shown as CSV."""
        setting, points = self.dialog.setting, list(self._points)
        job = self._lane.submit(lambda _: save_sweep(path, setting, points))
        job.succeeded.connect(lambda _: self.saved.emit(path))
        job.failed.connect(self.failed)

    def _follow(self) -> None:
        answer = self._session.answer
        there = answer is not None and answer.reconstruction is not None
        self._actions.enable("sweep", there)
        self._give_up()
        if not self.dialog.isVisible():
            return
        if there:
            self._rest.start()
        else:
            self._show((), "Open a picture first.")

    def _give_up(self) -> None:
        self._rest.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self.dialog.show_progress(0, 0)

    def _begin(self) -> None:
        answer, display = self._session.answer, self._session.display
        if answer is None or answer.encoded is None or answer.picture is None:
            return
        if self._reconstruction.working:
            self._rest.start()
            return
        setting = self.dialog.setting
        if setting == "occluder" and not answer.picture.has_alpha:
            self._show((), "An occluder needs to know where the object is: cut it out first (Edit > Edit Foreground).")
            return
        if setting in ("beta", "priors") and not answer.request.use_memory:
            self._show((), "The memory is switched off: neither β nor the number of priors has an effect.")
            return
        request, picture, encoded, truth = answer.request, answer.picture, answer.encoded, answer.truth
        question = Question(answer.beta, display.threshold, request.edits, request.use_memory)

        def work(job: Job) -> list[SweepPoint]:
            report = reporting(job)
            return sweep(
                answer.model, picture, encoded, setting, question, truth, lambda done, total: report(done, total, "")
            )

        self.dialog.say("Computing…")
        self._job = job = self._lane.submit(work)
        job.told.connect(lambda told: self.dialog.show_progress(told[0], told[1]))
        job.succeeded.connect(self._accept)
        job.failed.connect(self.failed)
        job.finished.connect(lambda: self._end(job))

    def _end(self, job: Job) -> None:
        if self._job is job:
            self._job = None

    def _accept(self, points: list[SweepPoint]) -> None:
        best = max(points, key=lambda point: point.iou or 0.0)
        words = "Click in a curve, or press Left and Right, to use a value."
        if best.iou is not None:
            words = f"IoU is best at {best.value:g} ({best.iou:.3f}). {words}"
        elif max(point.changed for point in points) == 0:
            words = "The result is the same at every value."
        self._show(points, words if self.dialog.setting != "occluder" else "Means over three places of the occluder.")

    def _show(self, points: Sequence[SweepPoint], words: str) -> None:
        self._points = points
        self.dialog.plot.show_points(self.dialog.setting, points, self._present(self.dialog.setting))
        self.dialog.export.setEnabled(bool(points))
        self.dialog.say(words)
        self.dialog.show_progress(0, 0)

    def _present(self, setting: Setting) -> float | None:
        """The value in force."""
        answer = self._session.answer
        if answer is None or answer.reconstruction is None:
            return None
        return {
            "beta": answer.beta,
            "threshold": self._session.display.threshold,
            "priors": float(min(answer.reconstruction.max_priors, answer.reconstruction.above_beta)),
            "occluder": 0.0,
        }[setting]

    def _use(self, value: float) -> None:
        """Bring a value that was clicked into force."""
        setting = self.dialog.setting
        if setting == "beta":
            self._reconstruction.set_beta(value)
        elif setting == "threshold":
            self._session.set_display(threshold=value)
        elif setting == "priors":
            self._history.edit_priors(replace(self._history.state.priors, limit=int(value)), kind="limit")

    def _ask_file(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self.dialog, "Save Sweep", str(Path.home() / f"sweep-{self.dialog.setting}.csv"), "CSV (*.csv)"
        )
        if name:
            path = Path(name)
            self.save(path if path.suffix else path.with_suffix(".csv"))
