"""The editor: the photo to draw on, tools, brush, background, and what the network sees of it all."""

from dataclasses import dataclass

import qtawesome
from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QColorDialog,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.data.foreground import Edits
from core.data.images import COLOURS, GREY, Colour
from mem3d_viewer.reconstruct.foreground.canvas import CanvasTool, EditCanvas
from mem3d_viewer.widgets.image_panel import PixelView


@dataclass(frozen=True)
class Tool:
    """One way to draw: its words, key and icon."""

    name: CanvasTool
    text: str
    key: str
    icon: str
    hint: str


TOOLS = (
    Tool("box", "Box", "B", "mdi6.selection-drag", "Drag a box around the object; drag its edges to move them."),
    Tool("keep", "Keep", "K", "mdi6.plus-circle-outline", "Paint over parts that belong to the object."),
    Tool("remove", "Remove", "R", "mdi6.minus-circle-outline", "Paint over parts that are background."),
    Tool(
        "cover",
        "Cover",
        "C",
        "mdi6.brush",
        "Cover parts of the object and watch what the memory restores; outside its box a cover does not count.",
    ),
    Tool("uncover", "Uncover", "U", "mdi6.eraser", "Take covers off again."),
)
_ICON = QSize(20, 20)
_PHOTO, _OTHER = "photo", "other"
_BRUSHES = 60
"""Positions of the brush slider."""
_FINEST, _COARSEST = 0.004, 0.15
"""The brush's radius as a share of the picture's longest side."""


class PictureEditor(QWidget):
    """Shows a picture and the edits made to it, and says what the user wants changed.

    Args:
        preview: shows the network's input; whoever made it fills it.
        undo: the command that takes back.
        redo: the command that takes back the taking back.
        save: the command that saves the cut-out.
    """

    background_chosen = Signal(object)
    """The object is to be put on this colour; None: the photo is to stay uncut."""
    reset = Signal()
    """All edits are to be dropped."""
    done = Signal()
    """The editor is to be closed."""

    def __init__(
        self, preview: PixelView, undo: QAction, redo: QAction, save: QAction, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.canvas = EditCanvas()
        self.preview = preview
        self._longest = 1
        self._edits = Edits()
        self._tools = QButtonGroup(self)
        self.note = QLabel()
        self.note.setProperty("kind", "note")
        self.note.setWordWrap(True)
        self.note.setAccessibleName("Notes about the cut-out")
        self._hint = QLabel()
        self._hint.setProperty("kind", "muted")
        self._hint.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 6, 10)
        layout.setSpacing(6)
        layout.addLayout(self._tool_row(undo, redo))
        layout.addLayout(self._brush_row())
        layout.addWidget(self._hint)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.note)
        layout.addLayout(self._bottom(save))
        self.set_tool("box")
        self._set_brush(_BRUSHES // 2)
        self._set_cover(GREY)
        self.show_edits(Edits())

    def _tool_row(self, undo: QAction, redo: QAction) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        for number, tool in enumerate(TOOLS):
            button = QToolButton()
            button.setText(tool.text)
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setIconSize(_ICON)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # fits a narrow window, too
            button.setMinimumWidth(58)
            button.setMaximumWidth(90)
            button.setToolTip(f"{tool.hint} ({tool.key})")
            button.setAccessibleName(f"{tool.text} tool")
            button.setAccessibleDescription(tool.hint)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, name=tool.name: self.set_tool(name))
            self._tools.addButton(button, number)
            row.addWidget(button, 1)
        row.addStretch(0)
        self._commands = []
        for action in (undo, redo):
            button = QToolButton()
            button.setDefaultAction(action)
            button.setIconSize(_ICON)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._commands.append(button)
            row.addWidget(button)
        return row

    def _brush_row(self) -> QHBoxLayout:
        self._brush = QSlider(Qt.Orientation.Horizontal)
        self._brush.setRange(0, _BRUSHES)
        self._brush.setPageStep(10)
        self._brush.setAccessibleName("Brush size")
        self._brush.setToolTip("Size of the brush ([ and ])")
        self._brush.valueChanged.connect(self._set_brush)
        label = QLabel("&Brush")
        label.setBuddy(self._brush)
        self._cover = QPushButton("Cover colour…")
        self._cover.setToolTip("Colour of what covers the object")
        self._cover.clicked.connect(self._choose_cover)
        policy = self._cover.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the photo does not jump when another tool is taken
        self._cover.setSizePolicy(policy)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self._brush, 1)
        row.addWidget(self._cover)
        return row

    def _bottom(self, save: QAction) -> QGridLayout:
        self.preview.setFixedSize(QSize(132, 132))
        caption = QLabel("Network input")
        caption.setProperty("kind", "muted")
        self.background = QComboBox()
        self.background.setAccessibleName("Background")
        self.background.view().setAccessibleName("Backgrounds")
        self.background.setToolTip("What the object is put on for the network")
        for name in COLOURS:
            self.background.addItem(name.capitalize(), name)
        self.background.addItem("Another colour…", _OTHER)
        self.background.addItem("Photo, not cut out", _PHOTO)
        self.background.activated.connect(self._choose_background)
        label = QLabel("Back&ground")
        label.setBuddy(self.background)
        self.reset_button = QPushButton("Reset")
        self.reset_button.setToolTip("Drop all edits (Undo brings them back)")
        self.reset_button.clicked.connect(self.reset)
        self._save = QPushButton("Save Cut-Out…")
        self._save.setToolTip(save.toolTip())
        self._save.clicked.connect(save.trigger)
        self._done = QPushButton("Done")
        self._done.setToolTip("Close the editor; the edits stay (Enter)")
        self._done.clicked.connect(self.done)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.addWidget(caption, 0, 0)
        grid.addWidget(self.preview, 1, 0, 4, 1)
        grid.addWidget(label, 1, 1)
        grid.addWidget(self.background, 1, 2)
        grid.addWidget(self.reset_button, 2, 1)
        grid.addWidget(self._save, 2, 2)
        grid.addWidget(self._done, 3, 1, 1, 2)
        grid.setRowStretch(4, 1)
        grid.setColumnStretch(2, 1)
        return grid

    # -- what is shown

    def begin(self, width: int, height: int) -> None:
        """Show a picture of this size from now on."""
        self._longest = max(width, height)
        self.canvas.set_picture(width, height)
        self._set_brush(self._brush.value())
        self.set_tool("box")
        self.canvas.setFocus()

    def show_edits(self, edits: Edits, notes: tuple[str, ...] = ()) -> None:
        """Show the choices that belong to ``edits``, and what the user should know."""
        self._edits = edits
        names = {colour: name for name, colour in COLOURS.items()}
        current = names.get(edits.background, _OTHER) if edits.cut_out else _PHOTO
        with QSignalBlocker(self.background):
            self.background.setCurrentIndex(self.background.findData(current))
        self.reset_button.setEnabled(edits != Edits())
        self.note.setText("\n".join(notes))
        self.note.setVisible(bool(notes))

    def set_icon_colours(self, text: str, faded: str) -> None:
        """Draw the icons in the theme's colours."""
        for button, tool in zip(self._tools.buttons(), TOOLS, strict=True):
            button.setIcon(qtawesome.icon(tool.icon, color=text, color_disabled=faded))

    @property
    def tool(self) -> CanvasTool:
        """Name of the tool in hand."""
        return self.canvas.tool

    def set_tool(self, name: CanvasTool) -> None:
        """Take a tool: box, keep, remove, cover or uncover."""
        number = [tool.name for tool in TOOLS].index(name)
        self._tools.button(number).setChecked(True)
        self.canvas.give_up()
        self.canvas.tool = name
        self.canvas.update()
        self._hint.setText(TOOLS[number].hint)
        self._cover.setVisible(name == "cover")

    @property
    def controls(self) -> list[QWidget]:
        """What the keyboard reaches, in order."""
        return [
            *self._tools.buttons(), *self._commands, self._brush, self._cover, self.canvas, self.background,
            self.reset_button, self._save, self._done,
        ]  # fmt: skip

    # -- what the user does

    def event(self, event: QEvent) -> bool:
        """Take the editor's own keys before the window's shortcuts get them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._knows(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tools by their letters, [ and ] for the brush, Enter and Esc."""
        key, text = event.key(), event.text().upper()
        if not self._knows(event):
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Escape:
            self.canvas.give_up()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.done.emit()
        elif text in ("[", "]"):
            self._brush.setValue(self._brush.value() + (3 if text == "]" else -3))
        else:
            self.set_tool(next(tool.name for tool in TOOLS if tool.key == text))

    def _knows(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            return self.canvas.is_drawing  # otherwise the window's: it closes the editor
        if event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier):
            return False
        keys = {tool.key for tool in TOOLS} | {"[", "]"}
        return event.text().upper() in keys or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)

    def _set_brush(self, position: int) -> None:
        share = _FINEST * (_COARSEST / _FINEST) ** (position / _BRUSHES)
        with QSignalBlocker(self._brush):
            self._brush.setValue(position)
        self.canvas.radius = share * self._longest
        self.canvas.update()

    def _choose_cover(self) -> None:
        colour = QColorDialog.getColor(QColor(*self.canvas.colour), self, "Colour of the Cover")
        if colour.isValid():
            self._set_cover(_rgb(colour))

    def _set_cover(self, colour: Colour) -> None:
        self.canvas.colour = colour
        swatch = QPixmap(16, 16)
        swatch.fill(QColor(*colour))
        self._cover.setIcon(QIcon(swatch))

    def _choose_background(self) -> None:
        chosen = self.background.currentData()
        if chosen == _PHOTO:
            self.background_chosen.emit(None)
        elif chosen in COLOURS:
            self.background_chosen.emit(COLOURS[chosen])
        else:
            colour = QColorDialog.getColor(QColor(*self._edits.background), self, "Colour of the Background")
            if colour.isValid():
                self.background_chosen.emit(_rgb(colour))
            else:
                self.show_edits(self._edits, tuple(self.note.text().splitlines()))


def _rgb(colour: QColor) -> Colour:
    return colour.red(), colour.green(), colour.blue()
