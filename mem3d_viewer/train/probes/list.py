"""The probe images of a run, as the network sees them: one is chosen."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from mem3d_viewer.widgets.captions import breakable, caption_height

_SIDE = 72
_WIDTH = 112


class ProbeList(QWidget):
    """A column of pictures with their names."""

    chosen = Signal(int)
    """The number of the probe that the user chose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = QListWidget()
        self.view.setToolTip("Validation pictures that every validation reconstructs anew")
        self.view.setAccessibleName("Probe images")
        self.view.setViewMode(QListWidget.ViewMode.IconMode)
        self.view.setFlow(QListWidget.Flow.TopToBottom)
        self.view.setMovement(QListWidget.Movement.Static)
        self.view.setWrapping(False)
        self.view.setWordWrap(True)
        self.view.setIconSize(QSize(_SIDE, _SIDE))
        self.view.setGridSize(QSize(_WIDTH, _SIDE + 36))
        self.view.setFixedWidth(_WIDTH + self.view.verticalScrollBar().sizeHint().width() + 2)
        self.view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.view.currentRowChanged.connect(lambda row: self.chosen.emit(row) if row >= 0 else None)

    @property
    def current(self) -> int:
        """The number of the chosen probe, -1 where there is none."""
        return self.view.currentRow()

    def show_probes(self, images: NDArray[np.uint8], names: Sequence[str]) -> None:
        """Show (P, S, S, 3) uint8 pictures and choose the first, without telling anyone."""
        with QSignalBlocker(self.view):
            self.view.clear()
            room = caption_height(list(names), _WIDTH - 8, self.view.fontMetrics())
            self.view.setGridSize(QSize(_WIDTH, _SIDE + 14 + room))
            for pixels, name in zip(np.ascontiguousarray(images), names, strict=True):
                side = pixels.shape[0]
                image = QImage(pixels.data, side, side, 3 * side, QImage.Format.Format_RGB888)
                # Twice the size, to be sharp on a screen of double density too; scaling copies the pixels.
                smooth = Qt.TransformationMode.SmoothTransformation
                picture = QPixmap.fromImage(image.scaledToHeight(2 * _SIDE, smooth))
                icon = QIcon(picture)
                icon.addPixmap(picture, QIcon.Mode.Selected)  # not tinted where it is chosen
                item = QListWidgetItem(icon, breakable(name))
                item.setSizeHint(self.view.gridSize())
                item.setToolTip(f"{name}: exactly what the network sees")
                self.view.addItem(item)
            self.view.setCurrentRow(0)
