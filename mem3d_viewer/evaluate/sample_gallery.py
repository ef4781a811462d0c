"""Samples of a data set: what the network saw, what it answered, what is true; a double click opens one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QStackedWidget, QVBoxLayout, QWidget

from mem3d_viewer.base.qt_pixels import image_of
from mem3d_viewer.scene.voxel_thumbnail import voxel_thumbnail

_SIDE = 92
_GAP = 6
_SIZE = (6 * _SIDE + 4 * _GAP, 2 * _SIDE)
"""Width and height of a card's pictures, at twice the size for screens of double density."""


@dataclass(frozen=True, eq=False)
class Card:
    """What the gallery shows of one sample."""

    picture: NDArray[np.uint8]
    """(S, S, 3) RGB: what the network saw."""
    predicted: NDArray[np.bool_]
    """(32, 32, 32) its answer."""
    truth: NDArray[np.bool_]
    """(32, 32, 32) the true grid."""
    title: str
    """The line in large."""
    detail: str
    """The line below."""


class SampleGallery(QWidget):
    """Cards in as many columns as fit, or one sentence where there are none."""

    opened = Signal(int)
    """The number of the card to be opened in the viewer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = QListWidget()
        self.view.setToolTip("A double click or Return opens a sample on the page Reconstruct")
        self.view.setAccessibleName("Samples: picture, reconstruction, ground truth")
        self.view.setViewMode(QListWidget.ViewMode.IconMode)
        self.view.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.view.setMovement(QListWidget.Movement.Static)
        self.view.setIconSize(QSize(3 * _SIDE + 2 * _GAP, _SIDE))
        self.view.setGridSize(QSize(3 * _SIDE + 2 * _GAP + 18, _SIDE + 54))
        self.view.setUniformItemSizes(True)
        self.view.setWordWrap(True)
        self.view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.view.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.view.itemActivated.connect(lambda item: self.opened.emit(self.view.row(item)))
        self.message = QLabel()
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self.message.setProperty("kind", "muted")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.view)
        self._colours = (QColor("#5e93d8"), QColor("#6fae7f"))
        self.cards: tuple[Card, ...] = ()
        self._waiting: list[int] = []
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._draw_next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def set_colours(self, predicted: str, truth: str) -> None:
        """Of the answer and of the true shape, as ``#rrggbb``."""
        self._colours = (QColor(predicted), QColor(truth))
        if self.cards:
            self.show_cards(self.cards)

    def show_message(self, text: str) -> None:
        """Show one sentence in place of cards."""
        self.cards, self._waiting = (), []
        self.view.clear()
        self.message.setText(text)
        self._stack.setCurrentWidget(self.message)

    def show_cards(self, cards: Sequence[Card]) -> None:
        """Show these."""
        self.cards = tuple(cards)
        self.view.clear()
        blank = QPixmap(*_SIZE)
        blank.fill(Qt.GlobalColor.transparent)
        for card in cards:
            item = QListWidgetItem(QIcon(blank), f"{card.title}\n{card.detail}")
            item.setToolTip(
                f"{card.detail}: {card.title}\nwhat the network saw, its answer, the ground truth\n"
                "Double click or Enter: open it in the viewer"
            )
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{card.detail}, {card.title}")
            self.view.addItem(item)
        self._waiting = list(range(len(self.cards)))
        self._timer.start()
        self.view.setCurrentRow(0)
        self.view.scrollToTop()
        self._stack.setCurrentWidget(self.view)

    @property
    def drawing(self) -> bool:
        """Whether some cards have no pictures yet."""
        return bool(self._waiting)

    def _draw_next(self) -> None:
        """Draw one card: all at once would hold the window for a fifth of a second."""
        if not self._waiting:
            self._timer.stop()
            return
        place = self._waiting.pop(0)
        drawn = _drawn(self.cards[place], *self._colours)
        icon = QIcon(drawn)
        icon.addPixmap(drawn, QIcon.Mode.Selected)  # not tinted where it is chosen
        self.view.item(place).setIcon(icon)


def _drawn(card: Card, predicted: QColor, truth: QColor) -> QPixmap:
    """Three pictures side by side."""
    side, gap = 2 * _SIDE, 2 * _GAP
    canvas = QPixmap(*_SIZE)
    canvas.fill(Qt.GlobalColor.transparent)
    painter = QPainter(canvas)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    shapes = (
        (card.picture, 0),
        (voxel_thumbnail(card.predicted, (predicted.red(), predicted.green(), predicted.blue())), 1),
        (voxel_thumbnail(card.truth, (truth.red(), truth.green(), truth.blue())), 2),
    )
    for pixels, place in shapes:
        image = image_of(pixels)
        size = image.size().scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio)
        left = place * (side + gap) + (side - size.width()) // 2
        painter.drawImage(QRect(left, (side - size.height()) // 2, size.width(), size.height()), image)
    painter.end()
    return canvas
