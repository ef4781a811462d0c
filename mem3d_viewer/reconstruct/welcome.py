"""What the window shows before a picture is open: what to do, and samples to start with."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

_SAMPLE = 70


class Welcome(QWidget):
    """An invitation with buttons for ``actions`` and a gallery of named sample pictures."""

    sample_chosen = Signal(object)
    """Path of the sample that the user chose."""

    def __init__(
        self, actions: Sequence[QAction], samples: Sequence[tuple[str, Path]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        title = QLabel("Drop a picture here")
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.9)
        title.setFont(font)
        text = QLabel(
            "Mem3D turns one picture of an object into a 3D shape, and shows\nwhich remembered shapes it came from."
        )
        text.setProperty("kind", "muted")
        for label in (title, text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
        self.controls: list[QWidget] = []
        """What the keyboard reaches, in order."""
        buttons = QHBoxLayout()
        buttons.addStretch()
        for action in actions:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setAutoRaise(False)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            buttons.addWidget(button)
            self.controls.append(button)
        buttons.addStretch()

        invitation = QVBoxLayout()
        invitation.setContentsMargins(30, 34, 30, 30)
        invitation.setSpacing(14)
        invitation.addWidget(title)
        invitation.addWidget(text)
        invitation.addLayout(buttons)
        target = QFrame()
        target.setObjectName("drop_target")
        target.setLayout(invitation)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(36, 24, 36, 24)
        layout.setSpacing(14)
        layout.addStretch(1)
        layout.addWidget(target)
        if samples:
            caption = QLabel("or try a sample")
            caption.setProperty("kind", "muted")
            caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addSpacing(10)
            layout.addWidget(caption)
            layout.addWidget(self._gallery(samples), 8)
        layout.addStretch(1)

    def _gallery(self, samples: Sequence[tuple[str, Path]]) -> QListWidget:
        gallery = QListWidget()
        gallery.setToolTip("Return or a click reconstructs the sample")
        gallery.setViewMode(QListView.ViewMode.IconMode)
        gallery.setIconSize(QSize(_SAMPLE, _SAMPLE))
        gallery.setGridSize(QSize(_SAMPLE + 20, _SAMPLE + 28))
        gallery.setResizeMode(QListView.ResizeMode.Adjust)
        gallery.setMovement(QListView.Movement.Static)
        gallery.setUniformItemSizes(True)
        gallery.setAccessibleName("Sample pictures")
        gallery.setFrameShape(QFrame.Shape.NoFrame)
        gallery.viewport().setAutoFillBackground(False)
        self.controls.append(gallery)
        for name, sample in samples:
            item = QListWidgetItem(QIcon(str(sample)), name)
            item.setData(Qt.ItemDataRole.UserRole, sample)
            item.setToolTip(f"Open the sample {sample.name}")
            gallery.addItem(item)
        gallery.itemClicked.connect(lambda item: self.sample_chosen.emit(item.data(Qt.ItemDataRole.UserRole)))
        gallery.itemActivated.connect(lambda item: self.sample_chosen.emit(item.data(Qt.ItemDataRole.UserRole)))
        return gallery
