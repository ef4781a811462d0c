"""What can be done with a run of the list: open, resume, rename, delete, copy the command that goes on with it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QInputDialog, QMessageBox, QWidget

from core.errors import TrainingError
from core.training.run_folder import RunFolder
from mem3d_viewer.train.command import resume_command
from mem3d_viewer.train.runs.controller import RunsController
from mem3d_viewer.train.runs.list import RunList


class RunCommands(QObject):
    """Carries out what the user chose in the list, and asks first where something would be lost.

    Args:
        runs: renames and deletes.
        run_list: where the commands are chosen.
        device: tells where to compute, for the command line.
        parent: the page, which questions are asked over.
    """

    open_checkpoint = Signal(Path)
    """Show this checkpoint in the viewer."""
    resume = Signal(Path)
    """Go on with this run to where it was to end."""
    train_on = Signal(Path)
    """Go on with this run for more steps."""
    failed = Signal(object)
    """The exception of what cannot be done."""

    def __init__(self, runs: RunsController, run_list: RunList, device: Callable[[], str], parent: QWidget) -> None:
        super().__init__(parent)
        self._runs, self._device, self._window = runs, device, parent
        self._commands: dict[str, Callable[[Path], object]] = {
            "open_best": self._open_best,
            "open_last": self._open_last,
            "resume": self.resume.emit,
            "train_on": self.train_on.emit,
            "rename": self._rename,
            "delete": self._delete,
            "folder": lambda run: QDesktopServices.openUrl(QUrl.fromLocalFile(str(run))),
            "copy_resume": self._copy,
        }
        run_list.chosen.connect(lambda command, run: self._commands[command](run))

    def _open_best(self, run: Path) -> None:
        best = RunFolder(run).best
        if best.is_file():
            self.open_checkpoint.emit(best)
        else:
            self._open_last(run)

    def _open_last(self, run: Path) -> None:
        folder = RunFolder(run)
        checkpoint = folder.checkpoint(max(folder.steps(), default=0))
        if checkpoint.is_file():
            self.open_checkpoint.emit(checkpoint)
        else:
            self.failed.emit(TrainingError(f"{checkpoint}: there is no checkpoint; train the run first"))

    def _rename(self, run: Path) -> None:
        name, wanted = QInputDialog.getText(self._window, "Rename Run", "Name:", text=run.name)
        if wanted and name.strip() and name.strip() != run.name:
            self._runs.rename(run, name.strip())

    def _delete(self, run: Path) -> None:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Delete Run")
        box.setText(f"Delete the run {run.name} with all its checkpoints?")
        box.setInformativeText(f"{run}\nThis cannot be undone.")
        delete = box.addButton("Delete", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        if box.clickedButton() is delete:
            self._runs.delete(run)
        box.deleteLater()

    def _copy(self, run: Path) -> None:
        QGuiApplication.clipboard().setText(resume_command(run, device=self._device()))
