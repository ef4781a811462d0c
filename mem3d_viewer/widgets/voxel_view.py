"""The 3D view: the reconstruction, and beside it the selected shape prior, under one camera."""

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget
from pyvistaqt import QtInteractor

from mem3d_viewer.scene.voxel_scene import VoxelScene

_TURN = 10.0
_ZOOM = 1.1


class _Canvas(QtInteractor):
    """The interactor without what it brings along: VTK's keys, mesh dropping, periodic redraws."""

    def __init__(self, parent: QWidget, multi_samples: int) -> None:
        super().__init__(
            parent, shape=(1, 2), border=False, lighting="none", auto_update=False, multi_samples=multi_samples
        )
        self.setAcceptDrops(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.enable_terrain_style(mouse_wheel_zooms=True, shift_pans=True)
        self.scene = VoxelScene(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Turn and zoom with the arrow and plus/minus keys; VTK sees no keys at all."""
        turns = {
            Qt.Key.Key_Left: (_TURN, 0.0),
            Qt.Key.Key_Right: (-_TURN, 0.0),
            Qt.Key.Key_Up: (0.0, _TURN),
            Qt.Key.Key_Down: (0.0, -_TURN),
        }
        zooms = {Qt.Key.Key_Plus: _ZOOM, Qt.Key.Key_Equal: _ZOOM, Qt.Key.Key_Minus: 1 / _ZOOM}
        key = Qt.Key(event.key())
        if key in turns:
            self.scene.rotate(*turns[key])
        elif key in zooms:
            self.scene.zoom(zooms[key])
        else:
            event.ignore()
            return
        self.render()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """VTK sees no keys at all."""
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the shape in sight."""
        super().resizeEvent(event)
        self.scene.fit_to(event.size().width(), event.size().height())


class VoxelView(QWidget):
    """The scene under one line of words for each of its halves.

    Args:
        multi_samples: samples a pixel; 1 is much faster where OpenGL runs in software.
    """

    prior_closed = Signal()
    """The user wants the shape prior gone."""

    def __init__(self, multi_samples: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = _Canvas(self, multi_samples)
        self._canvas.setAccessibleName("3D view")
        self._canvas.setAccessibleDescription("Arrow keys turn the shape, plus and minus zoom")
        self._canvas.setToolTip("")
        self._reconstruction_label = QLabel()
        self._prior_label = QLabel()
        self._close = QToolButton()
        self._close.setText("✕")
        self._close.setToolTip("Hide the shape prior")
        self._close.setAccessibleName("Hide the shape prior")
        self._close.clicked.connect(self.prior_closed)
        self._prior_head = QWidget()
        prior_row = QHBoxLayout(self._prior_head)
        prior_row.setContentsMargins(0, 0, 0, 0)
        prior_row.addWidget(self._prior_label, 1)
        prior_row.addWidget(self._close)
        head = QHBoxLayout()
        head.setContentsMargins(12, 6, 8, 6)
        head.addWidget(self._reconstruction_label, 1)
        head.addWidget(self._prior_head, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._canvas, 1)
        self._prior_head.hide()
        self.setFocusProxy(self._canvas)

    @property
    def scene(self) -> VoxelScene:
        """What is drawn; call ``render`` after changing it."""
        return self._canvas.scene

    def show_reconstruction(self, surface: pv.PolyData, words: str) -> None:
        """Draw the reconstruction; the camera stays."""
        self.scene.show("reconstruction", surface)
        self._reconstruction_label.setText(words)

    def show_prior(self, surface: pv.PolyData | None, words: str = "") -> None:
        """Draw a shape prior beside it, or none."""
        self.scene.show("prior", surface if surface is not None else pv.PolyData())
        self.scene.split(surface is not None)
        self._prior_label.setText(words)
        self._prior_head.setVisible(surface is not None)

    def render(self) -> None:
        """Draw now, if it can be seen."""
        if self.isVisible():
            self._canvas.render()

    def picture(self, scale: int = 1) -> NDArray[np.uint8]:
        """The 3D picture, (H, W, 3) uint8, ``scale`` times as large as on the screen."""
        return np.asarray(self._canvas.screenshot(return_img=True, scale=scale))

    def release(self) -> None:
        """Give the graphics back; the view is of no use afterwards."""
        self._canvas.close()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Large: the 3D view is what the window is about."""
        return QSize(720, 600)
