"""Chooses one of the steps at which something was recorded: slider, play button, and whether to follow the newest."""

from bisect import bisect_left
from collections.abc import Sequence

import qtawesome
from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

_FRAME_MS = 250


class StepBar(QWidget):
    """The recorded steps as equally spaced places of a slider.

    The newest step is followed until another one is chosen; being at the newest means following it again.

    Args:
        name: what the steps are of, for the accessible names.
    """

    chosen = Signal(int)
    """The user, or playing, went to another step."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: tuple[int, ...] = ()
        self._icons = (qtawesome.icon("mdi6.play"), qtawesome.icon("mdi6.pause"))
        self.play = QToolButton()
        self.play.setCheckable(True)
        self.play.setAccessibleName(f"Play {name}")
        self.play.setToolTip("Play from here, or from the beginning when at the end (Space)")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setPageStep(5)
        self.slider.setMinimumWidth(100)
        self.slider.setAccessibleName(f"Step of {name}")
        self.slider.setToolTip("Left and Right go one step, Home and End to the first and the last")
        self.words = QLabel()
        self.words.setMinimumWidth(self.words.fontMetrics().horizontalAdvance("step 000,000 · 000 of 000"))
        self.follow = QCheckBox("Follow newest")
        self.follow.setAccessibleName(f"Follow newest step of {name}")
        self.follow.setChecked(True)
        self.follow.setToolTip("Go to every new step as it comes")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.play)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.words)
        layout.addWidget(self.follow)
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._advance)
        self.slider.valueChanged.connect(self._slid)
        self.play.toggled.connect(self._play)
        self.follow.toggled.connect(self._follow)
        space = QShortcut(QKeySequence(Qt.Key.Key_Space), self.slider)
        space.setContext(Qt.ShortcutContext.WidgetShortcut)
        space.activated.connect(self.play.toggle)
        self.set_steps(())

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What the keyboard reaches, in order."""
        return self.play, self.slider, self.follow

    @property
    def step(self) -> int | None:
        """The chosen step; None where there is none to choose."""
        return self._steps[self.slider.value()] if self._steps else None

    @property
    def playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._timer.isActive()

    def set_colours(self, text: str, disabled: str) -> None:
        """Draw the icons in these colours, as ``#rrggbb``."""
        names = ("mdi6.play", "mdi6.pause")
        self._icons = tuple(qtawesome.icon(name, color=text, color_disabled=disabled) for name in names)
        self._show()

    def set_steps(self, steps: Sequence[int]) -> None:
        """Offer these steps, in rising order, without telling anyone.

        The chosen step stays, or the next later one if it is gone; where the newest is followed it is chosen.
        """
        before, self._steps = self.step, tuple(steps)
        place = len(self._steps) - 1
        if before is not None and not self.follow.isChecked():
            place = min(bisect_left(self._steps, before), place)
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(len(self._steps) - 1, 0))
            self.slider.setValue(max(place, 0))
        if len(self._steps) < 2:
            self.stop()
        self._show()

    def clear(self) -> None:
        """Offer nothing, and follow the newest of what comes."""
        with QSignalBlocker(self.follow):
            self.follow.setChecked(True)
        self.set_steps(())

    def set_step(self, step: int) -> None:
        """Go to ``step``, one of those offered, as if the user had."""
        self.slider.setValue(self._steps.index(step))

    def stop(self) -> None:
        """Play no further."""
        self.play.setChecked(False)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing plays that nobody sees."""
        super().hideEvent(event)
        self.stop()

    def _slid(self, place: int) -> None:
        with QSignalBlocker(self.follow):
            self.follow.setChecked(place == len(self._steps) - 1)
        self._show()
        if self._steps:
            self.chosen.emit(self._steps[place])

    def _play(self, on: bool) -> None:
        if on:
            if self.slider.value() == self.slider.maximum():
                self.slider.setValue(0)
            self._timer.start()
        else:
            self._timer.stop()
        self._show()

    def _advance(self) -> None:
        self.slider.setValue(self.slider.value() + 1)
        if self.slider.value() == self.slider.maximum():
            self.stop()

    def _follow(self, on: bool) -> None:
        if on:
            self.stop()
            self.slider.setValue(self.slider.maximum())

    def _show(self) -> None:
        count = len(self._steps)
        self.play.setIcon(self._icons[self.playing])
        self.play.setEnabled(count > 1)
        self.slider.setEnabled(count > 1)
        place = self.slider.value()
        self.words.setText(f"step {self._steps[place]:,} · {place + 1} of {count}" if count else "no steps yet")
