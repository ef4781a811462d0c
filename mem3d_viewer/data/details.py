"""One object of a data set: its name, its voxel grid, its views, of which one is chosen to be reconstructed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from core.data.dataset import ObjectRecord
from mem3d_viewer.base.qt_pixels import image_of
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.data.object_grid import ObjectGrid
from mem3d_viewer.scene.voxel_thumbnail import voxel_thumbnail

_NOTHING = "Choose an object to see its views and its voxel grid."
_THUMBNAIL = 150


class ObjectDetails(QWidget):
    """The chosen object."""

    wanted = Signal(int)
    """The view that the user wants reconstructed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme | None = None
        self._grid: NDArray[np.bool_] | None = None
        self.about = QLabel(_NOTHING)
        self.about.setWordWrap(True)
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.shape = QLabel()
        self.shape.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.shape.setAccessibleName("Voxel grid")
        self.views = ObjectGrid("Views", 64)
        self.reconstruct = QPushButton("&Reconstruct This View")
        self.reconstruct.setToolTip("Reconstruct the chosen view, with the ground truth beside it")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 12, 8)
        layout.addWidget(self.about)
        layout.addWidget(self.shape)
        layout.addWidget(self.views, 1)
        layout.addWidget(self.reconstruct)
        self.views.activated.connect(self.wanted)
        self.views.selected.connect(lambda view: self.reconstruct.setEnabled(view is not None))
        self.reconstruct.clicked.connect(self._reconstruct)
        self.clear()

    def clear(self) -> None:
        """Show no object."""
        self._grid = None
        self.about.setText(_NOTHING)
        self.shape.clear()
        self.views.clear()
        self.reconstruct.setEnabled(False)

    def show_object(self, record: ObjectRecord, pictures: Sequence[NDArray[np.uint8]], grid: NDArray[np.bool_]) -> None:
        """Show an object.

        Args:
            record: its name and category.
            pictures: (H, W, 3 or 4) uint8, one a view.
            grid: (32, 32, 32) bool.
        """
        occupied = int(grid.sum())
        self.about.setText(
            f"<b>{record.object_id}</b><br>{record.category} · {record.split} · "
            f"{record.views} {'view' if record.views == 1 else 'views'}<br>"
            f"{occupied:,} voxels ({100 * occupied / grid.size:.1f} % of the grid)"
        )
        self._grid = grid
        self._draw_grid()
        self.views.clear()
        captions = {view: str(view) for view in range(record.views)}
        self.views.show_entries(captions, lambda view: f"View {view} of {record.object_id}")
        for view, pixels in enumerate(pictures):
            self.views.set_picture(view, pixels)
        if captions:
            self.views.select(0)

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours."""
        self._theme = theme
        self._draw_grid()

    def _reconstruct(self) -> None:
        if self.views.current is not None:
            self.wanted.emit(self.views.current)

    def _draw_grid(self) -> None:
        if self._grid is None or self._theme is None:
            return
        colour = QColor(self._theme.scene.truth)
        pixels = voxel_thumbnail(self._grid, (colour.red(), colour.green(), colour.blue()))
        self.shape.setPixmap(
            QPixmap.fromImage(image_of(pixels)).scaled(
                _THUMBNAIL, _THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        )
