"""What the training is doing, how long it still takes, and the buttons that steer it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from mem3d_viewer.base.duration import duration
from mem3d_viewer.base.remaining import Remaining

_WORDS = {
    "idle": "",
    "preparing": "Preparing the data set…",
    "estimating": "Measuring a few steps…",
    "training": "Training",
    "pausing": "Pausing…",
    "paused": "Paused",
    "stopping": "Stopping…",
}


class TrainingStrip(QWidget):
    """One line of words, a progress bar, and Pause, Stop and Train On."""

    pause = Signal()
    """Hold after the running step."""
    go_on = Signal()
    """Train again after a pause."""
    stop = Signal()
    """Save and end, or give up what is being prepared."""
    train_on = Signal()
    """Do more steps than planned."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = "idle"
        self._remaining = Remaining()
        self.activity = QLabel()
        self.activity.setProperty("kind", "heading")
        self.activity.setAccessibleName("What the training is doing")
        self.detail = QLabel()
        self.detail.setProperty("kind", "muted")
        self.detail.setAccessibleName("Progress in words")
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Progress of the training")
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(10)
        self.pause_button = QPushButton("Pause")
        self.pause_button.setToolTip("Hold after the running step; Resume goes on exactly there")
        self.pause_button.clicked.connect(lambda: (self.pause if self._state == "training" else self.go_on).emit())
        self.stop_button = QPushButton("Stop")
        self.stop_button.setToolTip("Save a checkpoint after the running step, and end; the run can be resumed later")
        self.stop_button.clicked.connect(lambda: self.stop.emit())
        self.on_button = QPushButton("Train On…")
        self.on_button.setToolTip("Do more steps than planned")
        self.on_button.clicked.connect(lambda: self.train_on.emit())
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.activity)
        head.addWidget(self.detail, 1)
        for button in (self.pause_button, self.stop_button, self.on_button):
            head.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 4)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.bar)

    @property
    def state(self) -> str:
        """The controller's state that is shown."""
        return self._state

    @property
    def words(self) -> str:
        """What is going on, in one line; empty: nothing is."""
        return "" if self._state == "idle" else f"{self.activity.text()} {self.detail.text()}".strip()

    def show_state(
        self,
        state: str,
        run: str,
        *,
        step: int = 0,
        last_step: int = 0,
        seconds_left: float | None = None,
        preparation: tuple[int, int, str] = (0, 0, ""),
        preparing: str = "",
        can_train_on: bool = False,
    ) -> None:
        """Show what is going on.

        Args:
            state: one of the controller's states.
            run: name of the run it is about; empty: there was none yet.
            step: the last step done.
            last_step: the step it will end with.
            seconds_left: time to that step; None: not known.
            preparation: objects done, objects in all, and what is being done.
            preparing: what that is for; empty: nothing is said of it.
            can_train_on: whether there is a run that can do more steps.
        """
        if state != self._state:
            self._remaining = Remaining()
        self._state = state
        counting = state in ("training", "pausing", "paused", "stopping") and last_step > 0
        done, total, what = preparation
        self.activity.setText(_WORDS[state] if state != "idle" else run or "No training yet")
        if counting:
            left = "" if seconds_left is None or state in ("stopping", "paused") else f", {duration(seconds_left)} left"
            self.detail.setText(f"{run}: step {step:,} of {last_step:,}{left}")
        elif state == "preparing" and total:
            self.detail.setText(f"{what}: {done:,} of {total:,}{self._remaining.words(done, total)}")
            if preparing:
                self.activity.setText("Making the built-in data set, once; Cancel keeps what is done")
        elif state == "idle" and run:
            self.detail.setText(f"ended at step {step:,}" if step else "")
        else:
            self.detail.setText("" if state != "idle" else "Choose the settings on the left, then Start")
        done, total = (step, last_step) if counting else (done, total) if state == "preparing" else (0, 0)
        self.activity.setToolTip(preparing)
        self.detail.setToolTip(preparing)
        self.bar.setRange(0, total if state != "idle" else 1)
        self.bar.setValue(done)
        self.pause_button.setText("Pause" if state not in ("pausing", "paused") else "Resume")
        self.pause_button.setEnabled(state in ("training", "pausing", "paused"))
        self.stop_button.setText("Cancel" if state in ("preparing", "estimating") else "Stop")
        self.stop_button.setEnabled(state not in ("idle", "stopping"))
        self.on_button.setEnabled(can_train_on and state in ("idle", "training", "pausing", "paused"))
