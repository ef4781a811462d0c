"""The configuration in the form as a file, and as the command that does the same."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from core.config import Mem3DConfig
from core.errors import Mem3DError
from core.files import replace_text
from mem3d_viewer.train.command import needs_file, train_command
from mem3d_viewer.train.setup import TrainingSetup


class ConfigCommands(QObject):
    """Loads and saves what the form says.

    Args:
        setup: the form.
        parent: the page, which file dialogs are shown over.
    """

    failed = Signal(object)
    """The exception of a file that cannot be read or written."""

    def __init__(self, setup: TrainingSetup, parent: QWidget) -> None:
        super().__init__(parent)
        self._setup, self._window = setup, parent

    def load(self) -> None:
        """Ask for a configuration file and show it in the form."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Load Configuration", "", "Configurations (*.json)")
        if name:
            self._told(lambda: self._setup.form.set_config(Mem3DConfig.from_file(Path(name))))

    def save(self) -> Path | None:
        """Ask for a file and write the configuration to it; returns the file that was written."""
        config, kinds = self._setup.config, "Configurations (*.json)"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save Configuration", "config.json", kinds)
        if not name or config is None:
            return None
        path = Path(name)
        return path if self._told(lambda: replace_text(path, config.to_json() + "\n")) else None

    def copy(self) -> None:
        """Copy the command that starts the training that is set up; asks for a file where options do not say it all."""
        setup, config, file = self._setup, self._setup.config, None
        if config is None:
            return
        if needs_file(config):
            file = self.save()
            if file is None:
                return
        command = train_command(config, setup.run, device=setup.device, steps=setup.steps, file=file)
        QGuiApplication.clipboard().setText(command)

    def _told(self, work: Callable[[], object]) -> bool:
        """Do something that may fail in a way the user can mend; whether it worked."""
        try:
            work()
        except Mem3DError as error:
            self.failed.emit(error)
            return False
        return True
