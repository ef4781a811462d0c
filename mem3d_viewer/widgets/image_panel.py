"""The picture, and beside it exactly what the network sees."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from mem3d_viewer.base.qt_pixels import image_of


class PixelView(QWidget):
    """Shows pixels whole, undistorted and centred; a checkerboard shows through where they are transparent."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._tile = _checkerboard()
        self.setAccessibleName(name)
        self.setMinimumSize(110, 110)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def image(self) -> QImage:
        """What is shown; null when nothing is."""
        return self._image

    def set_pixels(self, pixels: NDArray[np.uint8] | None) -> None:
        """Show (H, W, 3) RGB or (H, W, 4) RGBA uint8 pixels, or nothing."""
        self._image = QImage() if pixels is None else image_of(pixels)
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(150, 150)

    def heightForWidth(self, width: int) -> int:
        """A square."""
        return width

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture as large as fits."""
        painter = QPainter(self)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self._image.isNull():
            painter.setPen(self.palette().mid().color())
            painter.drawRoundedRect(frame, 5, 5)
            return
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        target = QRectF(left, top, size.width(), size.height())
        if self._image.hasAlphaChannel():
            painter.drawTiledPixmap(target.toRect(), self._tile)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, self._image)
        painter.setPen(self.palette().mid().color())
        painter.drawRect(target.adjusted(0, 0, -1, -1))


class ImagePanel(QWidget):
    """Two pictures with captions, a line about the file, and what the user should know about it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture_view = PixelView("Picture")
        self.network_view = PixelView("Network input")
        self._about = QLabel()
        self._about.setProperty("kind", "muted")
        self._about.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # a long name, a wide panel
        self._about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.note = QLabel()
        self.note.setProperty("kind", "note")
        self.note.setWordWrap(True)
        self.note.setAccessibleName("Notes about the picture")
        self.edit = QPushButton()
        self.edit.setToolTip("Tell the object from its background, or cover parts of it (Ctrl+E)")

        self._pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pair.setSpacing(10)
        for caption, view in ((QLabel("Picture"), self.picture_view), (QLabel("Network input"), self.network_view)):
            caption.setProperty("kind", "muted")
            caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(caption)
            column.addWidget(view)
            self._pair.addLayout(column, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(8)
        layout.addLayout(self._pair)
        layout.addWidget(self._about)
        layout.addWidget(self.note)
        layout.addWidget(self.edit)
        layout.addStretch(1)
        self.clear()

    def show_picture(
        self, pixels: NDArray[np.uint8], network_input: NDArray[np.uint8], about: str, notes: tuple[str, ...]
    ) -> None:
        """Show a picture.

        Args:
            pixels: (H, W, 3) or (H, W, 4) uint8.
            network_input: (S, S, 3) uint8.
            about: one line about the file.
            notes: what the user should know.
        """
        self.picture_view.set_pixels(pixels)
        self.network_view.set_pixels(network_input)
        side = network_input.shape[0]
        self.network_view.setToolTip(f"Exactly what the network sees: {side} x {side} pixels")
        self.picture_view.setToolTip(about)
        self._about.setText(about)
        self._about.setToolTip(about)
        self.note.setText("\n".join(notes))
        self.note.setVisible(bool(notes))
        self.edit.setText("Edit foreground…" if pixels.shape[2] == 4 else "Cut out the object…")
        self.edit.show()

    def clear(self) -> None:
        """Show no picture."""
        self.picture_view.set_pixels(None)
        self.network_view.set_pixels(None)
        self._about.setText("No picture")
        self.note.clear()
        self.note.hide()
        self.edit.hide()

    def sizeHint(self) -> QSize:
        """Two squares side by side, and the words below."""
        return QSize(330, 270)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the two pictures on top of each other where that shows them larger."""
        tall = self.height() > 1.6 * self.width()
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._pair.setDirection(down if tall else across)
        super().resizeEvent(event)


def _checkerboard() -> QPixmap:
    tile = QPixmap(16, 16)
    tile.fill(QColor("#ffffff"))
    painter = QPainter(tile)
    for x, y in ((0, 0), (8, 8)):
        painter.fillRect(x, y, 8, 8, QColor("#d5d9e0"))
    painter.end()
    return tile
