"""The page that evaluates: what to measure on the left, what came out on the right."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.errors import Mem3DError, OutputError
from core.evaluation.result import Condition, EvaluationResult, SampleName
from mem3d_viewer.actions import Actions
from mem3d_viewer.base.error_dialog import ErrorReporter
from mem3d_viewer.base.qt_pixels import save_image
from mem3d_viewer.base.remaining import Remaining
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.evaluate.controller import EvaluationController, EvaluationRequest, Example, evaluate_command
from mem3d_viewer.evaluate.report import EvaluationReport
from mem3d_viewer.evaluate.setup import EvaluationSetup

EXPORTS = {
    "evaluate_json": ".json",
    "evaluate_csv": ".csv",
    "evaluate_samples": ".samples.csv",
    "evaluate_tex": ".tex",
    "evaluate_md": ".md",
    "evaluate_png": ".png",
}
"""Command to the ending of the file it saves."""
_WELCOME = (
    "Measure a checkpoint on a data set: IoU and F-score per category, with and without the memory, at several "
    "thresholds, under occlusion.\n\nChoose on the left and press Start, or load a result that was saved."
)


class EvaluatePage(QWidget):
    """Measures checkpoints and shows results.

    Args:
        settings: what was remembered.
        errors: where problems go.
        actions: the window's commands.
    """

    open_sample = Signal(object, int, int)
    """A rendering to reconstruct: data set, object, view."""
    saved = Signal(object)
    """Path of a file that was written."""
    running = Signal(str)
    """What is going on, in words; empty: nothing is."""

    def __init__(self, settings: Settings, errors: ErrorReporter, actions: Actions) -> None:
        super().__init__()
        self._settings, self._errors, self._actions = settings, errors, actions
        self._remaining = Remaining()
        self._closing = False
        self.controller = EvaluationController(self)
        self.setup = EvaluationSetup()
        self.report = EvaluationReport()
        self.bar, self.stage, self.stop = QProgressBar(), QLabel(), QPushButton("Ca&ncel")
        self.load_button, self.export_button = QPushButton("&Load Result…"), QPushButton("&Export")
        self._lay_out()
        self._connect()
        self.setup.dataset.set_recent(settings.recent_datasets())
        self.setup.dataset.set_spec(settings.text("evaluate/dataset", "builtin"))
        self._show_state()

    def _lay_out(self) -> None:
        self.bar.setAccessibleName("Progress of the evaluation")
        self.bar.setTextVisible(False)
        self.export_button.setToolTip("Save the result")
        self.load_button.setToolTip("Show a result that was saved as JSON")
        self.stop.setToolTip("Give the evaluation up; the last result stays (Esc)")
        menu = QMenu(self.export_button)
        for name in EXPORTS:
            menu.addAction(self._actions[name])
        menu.addSeparator()
        menu.addAction(self._actions["evaluate_copy"])
        self.export_button.setMenu(menu)
        top = QHBoxLayout()
        top.addWidget(self.bar, 1)
        top.addWidget(self.stage)
        top.addWidget(self.stop)
        top.addStretch(0)
        top.addWidget(self.load_button)
        top.addWidget(self.export_button)
        welcome = QLabel(_WELCOME)
        welcome.setAlignment(Qt.AlignmentFlag.AlignCenter)
        welcome.setWordWrap(True)
        welcome.setMargin(60)
        welcome.setProperty("kind", "muted")
        self._shown = QStackedWidget()
        self._shown.addWidget(welcome)
        self._shown.addWidget(self.report)
        right = QWidget()
        right.setMinimumWidth(560)  # less than the report asks for, so that the window fits small screens
        column = QVBoxLayout(right)
        column.setContentsMargins(6, 2, 6, 6)
        column.addLayout(top)
        column.addWidget(self._shown, 1)
        splitter = QSplitter()
        splitter.addWidget(self.setup)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([310, 900])
        splitter.setChildrenCollapsible(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 6, 0, 0)
        layout.addWidget(splitter)

    def _connect(self) -> None:
        controller, report = self.controller, self.report
        self.setup.start.connect(self.start)
        self.setup.changed.connect(self._enable_commands)
        self.stop.clicked.connect(self.cancel)
        self.load_button.clicked.connect(self.load)
        self._actions.connect(
            {
                "evaluate_start": self.start,
                "evaluate_cancel": self.cancel,
                "evaluate_load": self.load,
                "evaluate_copy": self.copy_command,
                **{name: partial(self.export, ending) for name, ending in EXPORTS.items()},
            }
        )
        controller.changed.connect(self._show_state)
        controller.progressed.connect(self._show_progress)
        controller.measured.connect(self.show_result)
        controller.examples_ready.connect(report.show_examples)
        controller.saved.connect(self.saved)
        controller.failed.connect(self._failed)
        report.examples_wanted.connect(self._want_examples)
        report.opened.connect(self._open)

    # -- what the user does

    def start(self) -> None:
        """Measure what the form says."""
        request = self.setup.request
        if request is None or self.controller.running:
            return
        self._settings.set("evaluate/dataset", request.dataset)
        self._remaining = Remaining()
        self.controller.start(request)

    def cancel(self) -> None:
        """Give the running evaluation up."""
        if self.controller.running:
            self.controller.cancel()
            self.stage.setText("Cancelling…")
            self.stop.setEnabled(False)

    def load(self) -> None:
        """Ask for a saved result and show it."""
        folder = self._settings.text("evaluate/folder", "")
        name, _ = QFileDialog.getOpenFileName(self, "Load Result", folder, "Results (*.json);;All files (*)")
        if name:
            self.load_result(Path(name))

    def load_result(self, path: Path) -> None:
        """Show a saved result."""
        self._settings.set("evaluate/folder", str(path.parent))
        self.controller.load(path)

    def export(self, ending: str) -> None:
        """Ask for a file name and save the result; the ending decides how."""
        if self.report.result is None:
            return
        start = Path(self._settings.text("evaluate/folder", "")) / f"evaluation{ending}"
        name, _ = QFileDialog.getSaveFileName(self, "Save Result", str(start), f"{ending[1:]} (*{ending})")
        if not name:
            return
        path = Path(name)
        if not path.name.lower().endswith(ending):
            path = path.with_name(path.name + ending)
            if path.exists():  # the dialog asked about the name without its ending
                self._errors.report(OutputError(f"{path}: exists already: type the whole name to replace it"))
                return
        self._settings.set("evaluate/folder", str(path.parent))
        self.save(path)

    def save(self, path: Path) -> None:
        """Save the result, or for ``.png`` the plot that is shown."""
        result = self.report.result
        if result is None:
            return
        try:
            if path.suffix.lower() != ".png":
                self.controller.save(path, result, published=self.report.published.isChecked())
                return
            save_image(path, self.report.picture())
        except Mem3DError as error:
            self._errors.report(error)
        else:
            self.saved.emit(path)

    def copy_command(self) -> None:
        """Put on the clipboard the command that measures what the form says."""
        request = self.setup.request
        if request is not None:
            QGuiApplication.clipboard().setText(evaluate_command(request, ["evaluation.json"]))

    # -- what the page shows by itself

    def show_result(self, result: EvaluationResult) -> None:
        """Show a result, and in the form what it measured."""
        self.report.show_result(result)
        self._shown.setCurrentWidget(self.report)
        if not self.controller.running:
            device = self.setup.device.currentText()
            request = EvaluationRequest(
                Path(result.checkpoint), result.dataset, result.settings, result.data_options, device
            )
            self.setup.show_request(request)
        self._show_state()

    def _want_examples(self, samples: tuple[SampleName, ...], condition: Condition, threshold: float) -> None:
        result = self.report.result
        if result is not None:
            device = self.setup.device.currentText()
            self.controller.show_examples(result, samples, condition, threshold, device)

    def _open(self, example: Example) -> None:
        self.open_sample.emit(self.controller.dataset, example.sample.item, example.sample.view)

    def _failed(self, error: Exception) -> None:
        self._closing = False
        if not self.controller.running:
            self.report.examples_failed()
        self._errors.report(error)

    def _show_progress(self, done: int, total: int, what: str) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        words = f"{done:,} of {total:,} {what}{self._remaining.words(done, total, what)}"
        self.stage.setText(words)
        self.running.emit(f"Evaluating {words}")

    def _show_state(self) -> None:
        running = self.controller.running
        self.setup.set_running(running)
        self.bar.setVisible(running)
        self.stage.setVisible(running)
        self.stop.setVisible(running)
        self.stop.setEnabled(running)
        if running:
            self.bar.setRange(0, 0)
            self.stage.setText("Opening…")
        self.running.emit("Evaluating…" if running else "")
        self._enable_commands()
        if self._closing and not self.controller.writing:
            self.window().close()

    def _enable_commands(self) -> None:
        running, ready = self.controller.running, self.setup.request is not None
        self._actions.enable("evaluate_start", ready and not running)
        self._actions.enable("evaluate_cancel", running)
        self._actions.enable("evaluate_copy", ready)
        for name in EXPORTS:
            self._actions.enable(name, self.report.result is not None)

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours in everything that paints itself."""
        self.report.set_theme(theme)

    def give_up(self) -> bool:
        """End the running evaluation; whether there is one."""
        running = self.controller.running
        self.cancel()
        return running

    def may_close(self) -> bool:
        """Ask before a running evaluation is lost; wait for a file that is being written."""
        if not self.controller.running:
            self._closing = self.controller.writing  # closes once that is done, and not if it fails
            return not self._closing
        answer = QMessageBox.question(
            self, "Evaluation", "An evaluation is going on. Close the window and give it up?"
        )  # fmt: skip
        return answer == QMessageBox.StandardButton.Yes

    def release(self) -> None:
        """End the thread."""
        self.controller.release()
