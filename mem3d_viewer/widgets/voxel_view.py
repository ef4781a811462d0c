"""The 3D view: the reconstruction, and beside it a shape prior or the ground truth, under one camera."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget
from pyvistaqt import QtInteractor

from mem3d_viewer.scene.colour_maps import COLOUR_MAPS
from mem3d_viewer.scene.voxel_scene import Colouring, Material, VoxelScene

_TURN = 10.0
_ZOOM = 1.1
_STRIP = 70
_KINDS: dict[Colouring, tuple[str, str, str]] = {
    "errors": ("correct", "missing", "extra"),
    "changes": ("stayed", "went", "came"),
    "difference": ("both", "only right", "only left"),
}
"""What the three colours of a difference mean: both, the other alone, this one alone."""


class _Canvas(QtInteractor):
    """The interactor without what it brings along: VTK's keys, mesh dropping, periodic redraws."""

    focused = Signal(bool)
    blink = Signal()

    def __init__(self, parent: QWidget, multi_samples: int) -> None:
        super().__init__(
            parent, shape=(1, 2), border=False, lighting="none", auto_update=False, multi_samples=multi_samples
        )
        self.setAcceptDrops(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.enable_terrain_style(  # type: ignore[call-arg]  # PyVista's decorator hides that it is a method
            mouse_wheel_zooms=True, shift_pans=True
        )
        self.scene = VoxelScene(self)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Let it be seen where the keys go."""
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let it be seen where the keys go."""
        super().focusOutEvent(event)
        self.focused.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
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
        elif key == Qt.Key.Key_Space:
            self.blink.emit()
        else:
            event.ignore()
            return
        self.update()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """VTK sees no keys at all."""
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to turn, move or zoom."""
        with self._drawn_once():
            super().mousePressEvent(event)  # type: ignore[no-untyped-call]  # pyvistaqt has no types

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it."""
        with self._drawn_once():
            super().mouseReleaseEvent(event)  # type: ignore[no-untyped-call]  # pyvistaqt has no types

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn, move or zoom."""
        with self._drawn_once():
            super().mouseMoveEvent(event)  # type: ignore[no-untyped-call]  # pyvistaqt has no types

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom."""
        with self._drawn_once():
            super().wheelEvent(event)  # type: ignore[no-untyped-call]  # pyvistaqt has no types

    @contextmanager
    def _drawn_once(self) -> Iterator[None]:
        """VTK draws on every mouse event, and Qt once more; without a graphics card that is slow. Leave it to Qt."""
        before = self.scene.camera.GetMTime()
        self.iren.interactor.EnableRenderOff()
        yield
        self.iren.interactor.EnableRenderOn()
        if self.scene.camera.GetMTime() != before:
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the shape in sight."""
        super().resizeEvent(event)
        self.scene.fit_to(event.size().width(), event.size().height())


class _Legend(QWidget):
    """A strip of colours between the words for its two ends."""

    def __init__(self) -> None:
        super().__init__()
        self._stops: Sequence[tuple[float, str]] = ()
        self._mark: float | None = None
        self._low, self._high = QLabel(), QLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._low)
        layout.addSpacing(_STRIP + 4)
        layout.addWidget(self._high)
        for label in (self._low, self._high):
            label.setProperty("kind", "muted")
        self.hide()

    def show_colours(self, stops: Sequence[tuple[float, str]], low: str, high: str, mark: float | None = None) -> None:
        """Explain the colours at ``stops`` (0 … 1), with a mark at one place; without any there is nothing to do."""
        self._stops, self._mark = stops, mark
        self._low.setText(low)
        self._high.setText(high)
        self.setVisible(bool(stops))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the strip."""
        strip = QRect(self._low.geometry().right() + 7, (self.height() - 10) // 2, _STRIP, 10)
        gradient = QLinearGradient(strip.topLeft(), strip.topRight())
        for place, colour in self._stops:
            gradient.setColorAt(place, QColor(colour))
        painter = QPainter(self)
        painter.fillRect(strip, gradient)
        if self._mark is not None:
            place = strip.left() + round(self._mark * (strip.width() - 1))
            painter.setPen(self.palette().windowText().color())
            painter.drawLine(place, strip.top() - 3, place, strip.bottom() + 3)


class VoxelView(QWidget):
    """The scene under one line of words for each of its halves.

    Args:
        multi_samples: samples a pixel; 1 is much faster where OpenGL runs in software.
    """

    prior_closed = Signal()
    """The user wants the shape prior gone."""
    blink = Signal()
    """Space was pressed."""

    def __init__(self, multi_samples: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = _Canvas(self, multi_samples)
        self.canvas.setAccessibleName("3D view")
        self.canvas.setAccessibleDescription("Arrow keys turn the shape, plus and minus zoom")
        self.canvas.setToolTip("")
        self.reconstruction_label = QLabel()
        self.beside_label = QLabel()
        for label in (self.reconstruction_label, self.beside_label):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            label.setMinimumHeight(24)
        self._close = QToolButton()
        self._close.setText("✕")
        self._close.setToolTip("Hide the shape prior")
        self._close.setAccessibleName("Hide the shape prior")
        self._close.clicked.connect(self.prior_closed)
        self._beside_head = QWidget()
        beside_row = QHBoxLayout(self._beside_head)
        beside_row.setContentsMargins(6, 0, 0, 0)
        beside_row.addWidget(self.beside_label, 1)
        beside_row.addWidget(self._close)
        self._legend = _Legend()
        self.kinds = QLabel()
        self.kinds.setWordWrap(True)  # long words never widen the window
        self.kinds.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.kinds.hide()
        head = QHBoxLayout()
        head.setSpacing(0)
        head.setContentsMargins(12, 6, 8, 6)
        head.addWidget(self.reconstruction_label, 1)
        head.addWidget(self._beside_head, 1)
        legends = QHBoxLayout()  # in a row of their own: the words above may need all the width
        legends.setContentsMargins(12, 0, 12, 0)
        legends.setSpacing(14)
        legends.addWidget(self._legend)
        legends.addWidget(self.kinds, 1)
        legends.addStretch(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addLayout(legends)
        self._frame = QFrame()
        self._frame.setObjectName("canvas_frame")
        frame_layout = QVBoxLayout(self._frame)
        frame_layout.setContentsMargins(2, 2, 2, 2)
        frame_layout.addWidget(self.canvas)
        self.canvas.focused.connect(self._show_focus)
        self.canvas.blink.connect(self.blink)
        layout.addWidget(self._frame, 1)
        self._beside_head.hide()

    @property
    def scene(self) -> VoxelScene:
        """What is drawn; call ``redraw`` after changing it."""
        return self.canvas.scene

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What the keyboard reaches, in order."""
        return self.canvas, self._close

    def show_reconstruction(
        self,
        surface: pv.PolyData,
        words: str,
        material: Material = "reconstruction",
        faint: pv.PolyData | None = None,
    ) -> None:
        """Draw the reconstruction, or what takes its place, and what shines through around it; the camera stays."""
        self.scene.show("reconstruction", surface, material, faint)
        self.reconstruction_label.setText(words)
        self.reconstruction_label.setToolTip(words)

    def explain(
        self,
        colouring: Colouring,
        threshold: float | None = None,
        kinds: tuple[str, ...] = (),
        note: str = "",
    ) -> None:
        """Show what colours mean.

        Args:
            colouring: of the reconstruction.
            threshold: where it lies on a scale of occupancy.
            kinds: words for the three colours of a difference, where one is shown; else those of ``colouring``.
            note: more words.
        """
        kinds = kinds or _KINDS.get(colouring, ())
        entries = [
            f"<span style='color:{colour}'>■</span>&nbsp;{kind.replace(' ', '&nbsp;')}"
            for kind, (_, colour) in zip(kinds, COLOUR_MAPS["difference"] if kinds else (), strict=True)
        ]
        if colouring == "parts":
            largest = COLOUR_MAPS["part"][0][1]
            entries.append(f"<span style='color:{largest}'>■</span> largest part; every other one in a colour")
        if note:
            entries.append(note)
        self.kinds.setText(" &nbsp;".join(entries))
        self.kinds.setVisible(bool(entries))
        at = "" if threshold is None else f"; threshold {threshold:.2f} marked"
        low, high = {"height": ("floor", "top"), "occupancy": ("occupancy 0", f"1{at}")}.get(colouring, ("", ""))
        mark = threshold if colouring == "occupancy" else None
        self._legend.show_colours(COLOUR_MAPS[colouring] if low else (), low, high, mark)

    def show_beside(
        self,
        surface: pv.PolyData | None,
        words: str = "",
        material: Material = "prior",
        faint: pv.PolyData | None = None,
    ) -> None:
        """Draw a shape prior or the ground truth beside it, or nothing; a prior can be closed."""
        self.scene.show("beside", surface if surface is not None else pv.PolyData(), material, faint)
        self.scene.split(surface is not None)
        self.beside_label.setText(words)
        self.beside_label.setToolTip(words)
        self._beside_head.setVisible(surface is not None)
        self._close.setVisible(material == "prior")

    def redraw(self) -> None:
        """Draw again soon, once for any number of changes."""
        if self.isVisible() and not self.released:
            self.canvas.update()

    def picture(self, scale: int = 1) -> NDArray[np.uint8]:
        """The 3D picture, (H, W, 3) uint8, ``scale`` times as large as on the screen."""
        self.canvas.render()  # what changed since the last frame is only scheduled
        return np.asarray(self.canvas.screenshot(return_img=True, scale=scale))

    def release(self) -> None:
        """Give the graphics back; the view is of no use afterwards."""
        self.canvas.close()

    @property
    def released(self) -> bool:
        """Whether the graphics were given back."""
        return bool(self.canvas._closed)

    def _show_focus(self, on: bool) -> None:
        self._frame.setProperty("focused", on)
        self._frame.style().polish(self._frame)

    def sizeHint(self) -> QSize:
        """Large: the 3D view is what the window is about."""
        return QSize(720, 600)
