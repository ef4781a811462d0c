"""The slicing plane: cuts what stands left and right, so that one sees inside."""

from functools import partial

from PySide6.QtCore import QObject, QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QWidget

from mem3d_viewer.actions import Actions
from mem3d_viewer.reconstruct.session import SLICE_AXES, Session, SliceAxis
from mem3d_viewer.scene.voxel_mesh import GRID

_COMMANDS: dict[SliceAxis, str] = {"": "slice_off", "x": "slice_x", "y": "slice_y", "z": "slice_z"}
_WORDS: dict[SliceAxis, str] = {"x": "Front (x)", "y": "Top (y)", "z": "Side (z)"}


class SliceRow(QWidget):
    """Which axis the plane lies across, and where; there only while something is cut."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("S&lice")
        self.axis = QComboBox()
        self.axis.setAccessibleName("Axis of the slicing plane")
        self.axis.setToolTip("From where the shapes are cut away: the front, the top or the side (L, for the next one)")
        for axis, words in _WORDS.items():
            self.axis.addItem(words, axis)
        title.setBuddy(self.axis)
        self.layers = QSlider(Qt.Orientation.Horizontal)
        self.layers.setRange(1, GRID)
        self.layers.setPageStep(4)
        self.layers.setMinimumWidth(80)
        self.layers.setAccessibleName("Place of the slicing plane")
        self.layers.setToolTip("How many layers of voxels are left (comma and full stop)")
        self.count = QLabel()
        self.count.setMinimumWidth(94)
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(title)
        layout.addWidget(self.axis)
        layout.addWidget(self.layers, 1)
        layout.addWidget(self.count)

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What the keyboard reaches, in order."""
        return self.axis, self.layers


class SliceController(QObject):
    """Takes commands, keys and the row; the session's display says what is cut."""

    def __init__(self, session: Session, actions: Actions, row: SliceRow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._actions, self._row = session, actions, row
        actions.connect({command: partial(self._cut_across, axis) for axis, command in _COMMANDS.items()})
        actions.connect(
            {"slice": self.next_axis, "slice_less": partial(self._move, -1), "slice_more": partial(self._move, 1)}
        )
        actions["xray"].triggered.connect(lambda on: session.set_display(xray=on))
        row.axis.activated.connect(lambda _: self._cut_across(row.axis.currentData()))
        row.layers.valueChanged.connect(lambda layers: session.set_display(slice_layers=layers))
        session.display_changed.connect(self._show)
        self._show()

    def next_axis(self) -> None:
        """From no plane to one across x, y, z, and back."""
        now = SLICE_AXES.index(self._session.display.slice_axis)
        self._cut_across(SLICE_AXES[(now + 1) % len(SLICE_AXES)])

    def _cut_across(self, axis: SliceAxis) -> None:
        self._session.set_display(slice_axis=axis)
        self._show()  # a command that changes nothing has changed its own tick

    def _move(self, by: int) -> None:
        layers = self._session.display.slice_layers + by
        self._session.set_display(slice_layers=min(max(layers, 1), GRID))

    def _show(self) -> None:
        display, row = self._session.display, self._row
        self._actions.check(_COMMANDS[display.slice_axis])
        self._actions.check("slice", bool(display.slice_axis))
        self._actions.check("xray", display.xray)
        for name in ("slice_less", "slice_more"):
            self._actions.enable(name, bool(display.slice_axis))
        row.setVisible(bool(display.slice_axis))
        with QSignalBlocker(row.axis), QSignalBlocker(row.layers):
            if display.slice_axis:
                row.axis.setCurrentIndex(row.axis.findData(display.slice_axis))
            row.layers.setValue(display.slice_layers)
        row.count.setText(f"{display.slice_layers} of {GRID} layers")
