"""The window of a sweep: which setting, its curves, and the table as a file."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from core.sweeping import SETTINGS, Setting
from mem3d_viewer.reconstruct.sweep.plot import SweepPlot

_TITLES: dict[Setting, str] = {
    "beta": "β: how similar a slot must be",
    "threshold": "Threshold: from which occupancy on a voxel is drawn",
    "priors": "Number of priors that are read",
    "occluder": "Occluder: how much of the object is covered",
}


class SweepDialog(QDialog):
    """Stays open beside the page; what it shows is the controller's."""

    setting_changed = Signal()
    """Another setting is to be swept."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Sweep")
        self._setting = QComboBox()
        self._setting.setAccessibleName("Setting to sweep")
        self._setting.setToolTip("Which setting goes from one end to the other")
        for setting in SETTINGS:
            self._setting.addItem(_TITLES[setting], setting)
        self.plot = SweepPlot()
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setProperty("kind", "muted")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(6)
        self.export = QPushButton("Save as &CSV…")
        self.export.setEnabled(False)
        self.export.setToolTip("Save the curves as a table")
        close = QPushButton("Close")
        close.clicked.connect(self.close)
        close.setToolTip("Close the sweep (Esc)")
        heading = QLabel("&Sweep")
        heading.setBuddy(self._setting)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        top.addWidget(heading)
        top.addWidget(self._setting, 1)
        bottom.addWidget(self._words, 1)
        bottom.addWidget(self.export)
        bottom.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.addLayout(top)
        layout.addWidget(self._progress)
        layout.addWidget(self.plot, 1)
        layout.addLayout(bottom)
        self.resize(560, 620)
        self._setting.currentIndexChanged.connect(self.setting_changed)

    @property
    def setting(self) -> Setting:
        """What is swept."""
        chosen: Setting = self._setting.currentData()
        return chosen

    def choose(self, setting: Setting) -> None:
        """Sweep another setting."""
        self._setting.setCurrentIndex(SETTINGS.index(setting))

    def show_progress(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` values are known; all of them: nothing is going on."""
        with QSignalBlocker(self._progress):
            self._progress.setRange(0, max(total, 1))
            self._progress.setValue(done if done < total else 0)

    def say(self, words: str) -> None:
        """Show a line below the curves."""
        self._words.setText(words)
