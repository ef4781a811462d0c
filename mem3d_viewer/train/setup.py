"""What a new training is to be: configuration, device, length, name; and its estimate before it starts."""

from itertools import count
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.config import Mem3DConfig
from core.devices import available_devices
from core.training.estimate import Estimate
from mem3d_viewer.base.duration import duration
from mem3d_viewer.train.config_form import ConfigForm
from mem3d_viewer.widgets.dataset_choice import DatasetChoice

_MOST_STEPS = 100_000_000


class TrainingSetup(QWidget):
    """The form, with Estimate and Start below it.

    Args:
        folder: where runs are kept at first.
    """

    start = Signal()
    """The user wants to train."""
    estimate = Signal()
    """The user wants to know what it will take."""
    changed = Signal()
    """Something was changed."""

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._busy = False
        self._suggested = ""
        self.dataset = DatasetChoice()
        self.form = ConfigForm(self.dataset)
        self._steps = QSpinBox()
        self._steps.setRange(0, _MOST_STEPS)
        self._steps.setSpecialValueText("all epochs")
        self._steps.setGroupSeparatorShown(True)
        self._device = QComboBox()
        self._device.addItems(["auto", *available_devices()])
        self._name = QLineEdit()
        self._folder = QLineEdit(str(folder))
        self.name_problem = QLabel()
        self.name_problem.setProperty("kind", "note")
        self.name_problem.setWordWrap(True)
        self.form.add_row("Stop after steps", self._steps, "End earlier than after all epochs; more can be done later")
        self.form.add_row("Device", self._device, "Where to compute; auto takes the best there is")
        self.form.add_row("Run name", self._name, "The run's folder has this name")
        self.form.add_row("Kept in", self._with_browse(), "The folder that runs are kept in")
        self._problem_row = self.form.add_row("", self.name_problem, "")
        self.said, self.warned = QLabel(), QLabel()
        self.warned.setProperty("kind", "note")
        for label in (self.said, self.warned):
            label.setWordWrap(True)
            label.setAccessibleName("Estimate")
            label.hide()
        self._estimate = QPushButton("Estimate")
        self._estimate.setToolTip("Do a few real steps, without a run, to measure memory and time")
        self._estimate.clicked.connect(lambda: self.estimate.emit())
        self._start = QPushButton("Start")
        self._start.setToolTip("Begin the training")
        self._start.setProperty("kind", "primary")
        self._start.clicked.connect(lambda: self.start.emit())
        self._lay_out()
        for signal in (self.form.changed, self._steps.valueChanged, self._device.currentIndexChanged):
            signal.connect(self._something_changed)
        self._name.textChanged.connect(self._check)
        self._folder.textChanged.connect(self.suggest_name)
        self.suggest_name()

    def _with_browse(self) -> QWidget:
        browse = QToolButton()
        browse.setText("…")
        browse.setAccessibleName("Choose the folder for runs")
        browse.setToolTip("Choose the folder for runs")
        browse.clicked.connect(self._browse)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._folder, 1)
        line.addWidget(browse)
        row.setFocusProxy(self._folder)
        self._folder.setAccessibleName("Folder for runs")
        self._folder.setToolTip("The folder that runs are kept in")
        return row

    def _lay_out(self) -> None:
        inside = QWidget()
        within = QVBoxLayout(inside)
        within.setContentsMargins(10, 8, 10, 8)
        within.addWidget(self.form)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        buttons = QHBoxLayout()
        buttons.addWidget(self._estimate)
        buttons.addWidget(self._start, 1)
        below = QVBoxLayout()
        below.setContentsMargins(10, 4, 10, 10)
        below.addWidget(self.said)
        below.addWidget(self.warned)
        below.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll, 1)
        layout.addLayout(below)

    # -- what was chosen

    @property
    def config(self) -> Mem3DConfig | None:
        """The configuration; None where it cannot work."""
        return self.form.config

    @property
    def device(self) -> str:
        """Where to compute."""
        return self._device.currentText()

    @property
    def steps(self) -> int | None:
        """Steps to do; None: all epochs."""
        return self._steps.value() or None

    @property
    def folder(self) -> Path:
        """The folder that runs are kept in."""
        return Path(self._folder.text().strip()).expanduser()

    @property
    def run(self) -> Path:
        """The folder of the new run."""
        return self.folder / self._name.text().strip()

    def set_folder(self, folder: Path) -> None:
        """Choose the folder that runs are kept in."""
        self._folder.setText(str(folder))

    def set_device(self, device: str) -> None:
        """Choose a device, where there is such a one."""
        self._device.setCurrentText(device)

    def set_steps(self, steps: int | None) -> None:
        """Choose the number of steps."""
        self._steps.setValue(steps or 0)

    def set_name(self, name: str) -> None:
        """Choose the run's name."""
        self._name.setText(name)

    def suggest_name(self) -> None:
        """Propose a name that is free, unless the user has typed one that is."""
        typed = self._name.text().strip()
        if not typed or typed == self._suggested or self.run.exists():
            preset = self.config.preset if self.config else "run"
            self._suggested = next(
                name for number in count(1) if not (self.folder / (name := f"{preset}-{number}")).exists()
            )
            self._name.setText(self._suggested)
        self._check()

    # -- what is said

    def set_busy(self, busy: bool) -> None:
        """While something goes on nothing else can be started."""
        if busy != self._busy:
            self._busy = busy
            self._check()

    def show_estimate(self, estimate: Estimate) -> None:
        """Show what was measured."""
        used, free = (f"{count / 1e9:.2f} GB" for count in (estimate.peak_bytes, estimate.available_bytes))
        said = (
            f"<b>{estimate.advice[:1].upper()}{estimate.advice[1:]}.</b><br>"
            f"{estimate.parameters / 1e6:.1f} M parameters, {used} of {free} free on {estimate.device}"
        )
        if estimate.seconds_per_step == estimate.seconds_per_step:  # not a number before a step could be done
            steps = self.steps or estimate.total_steps
            said += (
                f"<br>{estimate.seconds_per_step:.2f} s a step, {estimate.images_per_second:.0f} images/s: "
                f"{duration(steps * estimate.seconds_per_step)} for {steps:,} steps"
            )
        self._say(said, warn=not estimate.fits)

    def _say(self, text: str, *, warn: bool = False) -> None:
        for label in (self.said, self.warned):
            label.setText(text if label is (self.warned if warn else self.said) else "")
            label.setVisible(bool(label.text()))

    def _something_changed(self) -> None:
        self._say("")  # an estimate of something else
        self.suggest_name()
        self.changed.emit()

    def _check(self) -> None:
        problem = self._problem()
        self.name_problem.setText(problem)
        self._problem_row.setVisible(bool(problem))
        ready = self.config is not None and not self._busy
        self._estimate.setEnabled(ready)
        self._start.setEnabled(ready and not problem)
        self.changed.emit()

    @property
    def can_start(self) -> bool:
        """Whether a training can be started as things stand."""
        return self._start.isEnabled()

    @property
    def can_estimate(self) -> bool:
        """Whether an estimate can be made as things stand."""
        return self._estimate.isEnabled()

    def _problem(self) -> str:
        name = self._name.text().strip()
        if not name or Path(name).name != name or name in (".", ".."):
            return "give the run a name without a slash"
        if not self._folder.text().strip():
            return "choose a folder for runs"
        if self.run.exists():
            return f"there is a run {name} already: choose another name"
        return ""

    def _browse(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Folder for Runs", str(self.folder))
        if name:
            self._folder.setText(name)
