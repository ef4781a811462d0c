"""The pictures that were opened together: a list to choose from."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget


class BatchList(QListWidget):
    """Names of pictures; the one that is shown is marked."""

    chosen = Signal(object)
    """Path of the picture that the user chose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Pictures that were opened together")
        self.setUniformItemSizes(True)
        self.setMinimumHeight(70)
        self.itemClicked.connect(lambda item: self.chosen.emit(item.data(Qt.ItemDataRole.UserRole)))
        self.itemActivated.connect(lambda item: self.chosen.emit(item.data(Qt.ItemDataRole.UserRole)))

    def show_pictures(self, paths: Sequence[Path]) -> None:
        """List these pictures."""
        self.clear()
        for number, path in enumerate(paths, start=1):
            item = QListWidgetItem(f"{number}  {path.name}")
            item.setData(Qt.ItemDataRole.UserRole, path)
            item.setToolTip(str(path))
            self.addItem(item)

    def mark(self, path: Path | None) -> None:
        """Mark the picture that is shown, without telling anyone."""
        with QSignalBlocker(self):
            for row in range(self.count()):
                if self.item(row).data(Qt.ItemDataRole.UserRole) == path:
                    self.setCurrentRow(row)
                    return
            self.setCurrentRow(-1)
