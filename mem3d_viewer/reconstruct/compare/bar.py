"""The bar above the 3D view: what stands left, what stands right, and how much of it is the same."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from mem3d_viewer.reconstruct.compare.choices import CHOICES, Choice

_NARROW = 440
"""Width in pixels below which the commands stand in the second row, so that the choices can be read."""


class CompareBar(QWidget):
    """Two choices, swap and more commands; below them the IoU of every pair.

    Args:
        swap: the command of the button between the choices.
        more: the commands of the buttons behind them.
    """

    def __init__(self, swap: QAction, *more: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.left, self.right = QComboBox(), QComboBox()
        self.buttons: list[QToolButton] = []
        self._row, self._below, self._narrow = QHBoxLayout(), QHBoxLayout(), False
        row = self._row
        for line in (self._row, self._below):
            line.setSpacing(4)
        for combo, name in ((self.left, "Left"), (self.right, "Right")):
            combo.setAccessibleName(f"{name} in the 3D view")
            combo.setToolTip(f"What stands {name.lower()}; Difference: against the other side (C, for the left place)")
            combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            combo.setMinimumWidth(48)
            for choice, words in CHOICES.items():
                if combo is self.right or choice is not Choice.AUTOMATIC:
                    combo.addItem(words, choice)
            row.addWidget(combo, 1)
            if combo is self.left:
                row.addWidget(self._button(swap))
        for action in more:
            row.addWidget(self._button(action))
        self.iou = QLabel()
        self.iou.setProperty("kind", "muted")
        self.iou.setAccessibleName("IoU of what is compared")
        self.iou.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 6, 0)
        layout.setSpacing(2)
        layout.addLayout(self._row)
        layout.addLayout(self._below)
        self._below.addWidget(self.iou, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the commands where there is room for them."""
        super().resizeEvent(event)
        if (narrow := event.size().width() < _NARROW) != self._narrow:
            self._narrow = narrow
            before, now = (self._row, self._below) if narrow else (self._below, self._row)
            for button in self.buttons[1:]:
                before.removeWidget(button)
                now.addWidget(button)

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.buttons.append(button)
        return button

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What the keyboard reaches, in order."""
        return self.left, self.buttons[0], self.right, *self.buttons[1:]

    def show_choices(self, left: Choice, right: Choice) -> None:
        """Show what is chosen."""
        for combo, choice in ((self.left, left), (self.right, right)):
            with QSignalBlocker(combo):
                combo.setCurrentIndex(combo.findText(CHOICES[choice]))

    def show_iou(self, words: str) -> None:
        """Show the IoU of what is compared; nothing where there is nothing to compare."""
        self.iou.setText(words)
        self.iou.setToolTip(words)
        self.iou.setVisible(bool(words))
