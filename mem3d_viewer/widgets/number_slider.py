"""A labelled slider with its number beside it."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QSlider, QWidget

_STEP = 0.01


class NumberSlider(QWidget):
    """Chooses a number in steps of 0.01 by slider or by typing.

    Args:
        title: the label, with ``&`` before its access key.
        name: the accessible name.
        low: smallest value.
        high: largest value.
        tip: tooltip.
    """

    changed = Signal(float)
    """The user chose another value."""

    def __init__(self, title: str, name: str, low: float, high: float, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QLabel(title)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(round(low / _STEP), round(high / _STEP))
        self._slider.setPageStep(5)
        self._slider.setMinimumWidth(80)
        self._box = QDoubleSpinBox()
        self._box.setRange(low, high)
        self._box.setDecimals(2)
        self._box.setSingleStep(_STEP)
        self._box.setKeyboardTracking(False)
        self._label.setBuddy(self._box)
        for control, kind in ((self._slider, "slider"), (self._box, "value")):
            control.setAccessibleName(f"{name} {kind}")
            control.setAccessibleDescription(tip)
            control.setToolTip(tip)
        self._label.setToolTip(tip)

        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._label)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._box)
        self._slider.valueChanged.connect(self._slid)
        self._box.valueChanged.connect(self._typed)

    @property
    def controls(self) -> tuple[QWidget, QWidget]:
        """Slider and number, in tab order."""
        return self._slider, self._box

    @property
    def value(self) -> float:
        """The value shown."""
        return self._box.value()

    def set_value(self, value: float) -> None:
        """Show ``value`` without telling anyone."""
        with QSignalBlocker(self._slider), QSignalBlocker(self._box):
            self._slider.setValue(round(value / _STEP))
            self._box.setValue(value)

    def _slid(self, position: int) -> None:
        with QSignalBlocker(self._box):
            self._box.setValue(position * _STEP)
        self.changed.emit(self.value)

    def _typed(self, value: float) -> None:
        with QSignalBlocker(self._slider):
            self._slider.setValue(round(value / _STEP))
        self.changed.emit(value)
