"""What a page of the window is, and the bar that chooses one."""

from collections.abc import Iterable
from typing import Protocol

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolBar, QWidget

from mem3d_viewer.base.theme import Theme

_BUTTON_WIDTH = 74


class Page(Protocol):
    """What the window asks of its pages."""

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours in everything that paints itself."""

    def give_up(self) -> bool:
        """What Esc is for: end the running work, or close what is open. Returns whether there was anything."""

    def may_close(self) -> bool:
        """Whether the window may close; asks the user where something would be lost."""

    def release(self) -> None:
        """Remember, end threads and give graphics back; called once, when the window closes."""


class PageBar(QToolBar):
    """The bar at the window's left edge with a button for each page.

    Args:
        actions: the commands that show the pages.
        parent: the window.
    """

    def __init__(self, actions: Iterable[QAction], parent: QWidget) -> None:
        super().__init__("Pages", parent)
        self.setObjectName("pages")
        self.setMovable(False)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIconSize(QSize(24, 24))
        for action in actions:
            self.addAction(action)
        for button in self.buttons:
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setMinimumWidth(_BUTTON_WIDTH)

    @property
    def buttons(self) -> list[QWidget]:
        """The buttons, from top to bottom."""
        return [self.widgetForAction(action) for action in self.actions()]
