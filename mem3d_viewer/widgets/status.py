"""The status bar: device, model, beta, seconds; and whether something is going on."""

from collections.abc import Mapping

from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QWidget


class StatusBar(QStatusBar):
    """Words about the running work on the left, facts about what is shown on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setMaximumWidth(90)
        self._busy.setMaximumHeight(10)
        self._busy.setTextVisible(False)
        self._busy.setAccessibleName("Working")
        self.activity = QLabel()
        self.activity.setAccessibleName("Activity")
        self._working, self._running = "", dict[str, str]()
        self.device, self.model, self.beta, self.seconds = QLabel(), QLabel(), QLabel(), QLabel()
        self.addWidget(self._busy)
        self.addWidget(self.activity)
        facts = (
            (self.device, "Device", "Device that computes"),
            (self.model, "Model", "Checkpoint in use"),
            (self.beta, "Beta", "Key similarity a slot must exceed"),
            (self.seconds, "Seconds", ""),
        )
        for label, name, tip in facts:
            label.setAccessibleName(name)
            label.setToolTip(tip)
            self.addPermanentWidget(label)
        self.set_busy("")

    def set_busy(self, text: str) -> None:
        """Say what is being done for the picture that is shown; empty: nothing is."""
        self._working = text
        self._show_activity()

    def set_running(self, page: str, words: str) -> None:
        """Say what goes on for long on a page, which may be another one than is shown; empty: nothing does."""
        self._running[page] = words
        self._show_activity()

    def _show_activity(self) -> None:
        words = " · ".join(text for text in (self._working, *self._running.values()) if text)
        self.activity.setText(words or "Ready")
        self._busy.setVisible(bool(words))

    def show_model(self, device: str, model: str, beta: float | None, seconds: Mapping[str, float] | None) -> None:
        """Show the facts.

        Args:
            device: device name; empty before a model is loaded.
            model: checkpoint name.
            beta: the beta in force; None where the memory is off.
            seconds: seconds per stage of the last reconstruction.
        """
        self.device.setText(device)
        self.model.setText(model)
        self.beta.setText("" if not device else "memory off" if beta is None else f"β {beta:.2f}")
        self.seconds.setText("" if seconds is None else f"{sum(seconds.values()):.2f} s")
        stages = "\n".join(f"{stage.replace('_', ' ')}: {took:.3f} s" for stage, took in (seconds or {}).items())
        self.seconds.setToolTip(f"Seconds from picture to shape\n{stages}")
