"""Which data set to use: the built-in one, one of the last, or any folder."""

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QSizePolicy, QToolButton, QWidget


class DatasetChoice(QWidget):
    """Chooses a data set: the built-in one, one of the last, or any folder."""

    changed = Signal()
    """Another data set."""
    accepted = Signal()
    """Return was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QComboBox()
        self._line = QLineEdit()
        self._box.setLineEdit(self._line)
        self._box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._box.setAccessibleName("Data set")
        self._box.setToolTip("builtin, a folder that is a data set, or KIND:FOLDER as mem3d --dataset takes it")
        self._box.currentTextChanged.connect(lambda _: self.changed.emit())
        self._line.returnPressed.connect(self.accepted)
        browse = QToolButton()
        browse.setText("…")
        browse.setAccessibleName("Choose the data set's folder")
        browse.setToolTip("Choose the folder of a data set")
        browse.clicked.connect(self._browse)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._box, 1)
        layout.addWidget(browse)
        self.setFocusProxy(self._box)
        self.set_recent([])

    @property
    def spec(self) -> str:
        """What ``--dataset`` takes."""
        return self._box.currentText().strip()

    @property
    def offered(self) -> list[str]:
        """What is offered to choose from, as ``--dataset`` takes it."""
        return [self._box.itemText(row) for row in range(self._box.count())]

    def set_spec(self, spec: str) -> None:
        """Show ``spec``."""
        self._box.setCurrentText(spec)
        self._line.setCursorPosition(len(spec))

    def set_recent(self, specs: list[str]) -> None:
        """Offer these besides the built-in data set."""
        spec = self.spec or "builtin"
        with QSignalBlocker(self._box):
            self._box.clear()
            self._box.addItems(["builtin", *(other for other in specs if other != "builtin")])
            self._box.setCurrentText(spec)

    def _browse(self) -> None:
        start = self.spec.partition(":")[2] or self.spec
        name = QFileDialog.getExistingDirectory(self, "Folder of a Data Set", start if Path(start).is_dir() else "")
        if name:
            self.set_spec(name)
