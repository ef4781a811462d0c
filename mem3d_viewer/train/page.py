"""The page that trains: what to train on the left, how it goes on the right."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QInputDialog,
    QMessageBox,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.config import Mem3DConfig
from core.errors import Mem3DError, TrainingError
from core.json_files import parse_json
from core.training.events import CheckpointSaved, TrainingEvent, TrainingStarted
from core.training.runs import RunSummary, default_runs_folder
from mem3d_viewer.actions import Actions
from mem3d_viewer.base.error_dialog import ErrorReporter
from mem3d_viewer.base.remaining import BUILDING_BUILTIN
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.train.config_commands import ConfigCommands
from mem3d_viewer.train.controller import TrainingController
from mem3d_viewer.train.run_tabs import RunTabs
from mem3d_viewer.train.runs.commands import RunCommands
from mem3d_viewer.train.runs.controller import RunsController
from mem3d_viewer.train.runs.list import RunList
from mem3d_viewer.train.setup import TrainingSetup
from mem3d_viewer.train.strip import TrainingStrip

_REFRESH_MS = 5000


class TrainPage(QWidget):
    """Starts, follows and steers trainings, and keeps the list of runs.

    Args:
        settings: what was remembered.
        errors: where problems go.
        actions: the window's commands.
        multi_samples: samples a pixel of the 3D view.
    """

    open_checkpoint = Signal(Path)
    """Show this checkpoint in the viewer."""
    running = Signal(str)
    """What is going on, in words; empty: nothing is."""

    def __init__(
        self,
        settings: Settings,
        errors: ErrorReporter,
        actions: Actions,
        multi_samples: int = 1,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings, self._errors, self._actions = settings, errors, actions
        self._closing = False
        self.training = TrainingController(self)
        self.runs = RunsController(default_runs_folder(), self)
        self.setup = TrainingSetup(default_runs_folder())
        self.run_list = RunList()
        self.strip = TrainingStrip()
        self.config_commands = ConfigCommands(self.setup, self)
        self.run_commands = RunCommands(self.runs, self.run_list, lambda: self.setup.device, self)
        self.tabs = RunTabs(multi_samples)
        self.sides = QTabWidget()
        self.sides.addTab(self.setup, "New Training")
        self.sides.addTab(self.run_list, "Runs")
        self._lay_out()
        self._connect()
        self._recall()
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.runs.refresh)
        self._show_state()

    def _lay_out(self) -> None:
        right = QWidget()
        right.setMinimumWidth(560)  # less than the tabs ask for, so that the window fits small screens
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.strip)
        column.addWidget(self.tabs, 1)
        self._splitter = QSplitter()
        self._splitter.addWidget(self.sides)
        self._splitter.addWidget(right)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([400, 900])
        self._splitter.setChildrenCollapsible(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 0)
        layout.addWidget(self._splitter)

    def _connect(self) -> None:
        training, runs, strip = self.training, self.runs, self.strip
        self.setup.start.connect(self.start)
        self.setup.estimate.connect(self.estimate)
        self.setup.changed.connect(self._enable_commands)
        self._actions.connect(
            {
                "train_start": self.start,
                "train_pause": training.toggle,
                "train_stop": training.stop,
                "train_on": self.train_on,
                "train_estimate": self.estimate,
                "train_load": self.config_commands.load,
                "train_save": self.config_commands.save,
                "train_copy": self.config_commands.copy,
            }
        )
        strip.pause.connect(training.pause)
        strip.go_on.connect(training.go_on)
        strip.stop.connect(training.stop)
        strip.train_on.connect(self.train_on)
        training.changed.connect(self._show_state)
        training.began.connect(self._run_began)
        training.told.connect(self._follow)
        training.estimated.connect(self.setup.show_estimate)
        training.failed.connect(self._failed)
        training.ended.connect(self._run_ended)
        runs.listed.connect(self._list_runs)
        runs.curves_read.connect(self._show_runs)
        runs.renamed.connect(self._run_renamed)
        runs.failed.connect(self._errors.report)
        self.run_list.compared.connect(lambda _: self._read_runs())
        self.run_list.selected_changed.connect(self._run_selected)
        self.run_list.refresh.connect(runs.refresh)
        self.run_commands.open_checkpoint.connect(self.open_checkpoint)
        self.run_commands.resume.connect(self.resume)
        self.run_commands.train_on.connect(self.train_on)
        self.config_commands.failed.connect(self._errors.report)
        self.run_commands.failed.connect(self._errors.report)
        self.tabs.curves.failed.connect(self._errors.report)

    # -- what the user does

    def start(self) -> None:
        """Begin the training that is set up."""
        config = self.setup.config
        if config is None or not self.setup.can_start:
            return
        run, device, steps = self.setup.run, self.setup.device, self.setup.steps
        self._settings.set("train/config", config.to_json())
        self._settings.set("train/device", device)
        self._remember_dataset(config.data.dataset)
        self._told(lambda: self.training.start(config, run, device=device, steps=steps))

    def estimate(self) -> None:
        """Measure what the training that is set up would take."""
        config = self.setup.config
        if config is not None and not self.training.active:
            self.training.estimate(config, device=self.setup.device)

    def train_on(self, run: Path | None = None) -> None:
        """Ask for more steps, for ``run`` or for the one that is, or was last, trained."""
        run = run or self.training.run
        if run is None:
            return
        steps, wanted = QInputDialog.getInt(self, "Train On", f"More steps for {run.name}:", 500, 1, 100_000_000)
        if not wanted:
            return
        if self.training.active and run == self.training.run:
            self.training.train_on(steps)
        else:
            self.resume(run, steps)

    def resume(self, run: Path, steps: int | None = None) -> None:
        """Go on with a run, for ``steps`` steps or to where it was to end."""
        if self.training.active:
            self._errors.report(TrainingError(f"{self.training.run}: is being trained; stop it first"))
            return
        self._told(lambda: self.training.resume(run, device=self.setup.device, steps=steps))

    def _told(self, work: Callable[[], object]) -> None:
        """Do something that may fail in a way the user can mend."""
        try:
            work()
        except Mem3DError as error:
            self._errors.report(error)

    def _enable_commands(self) -> None:
        """Let the commands rest that make no sense now."""
        state = self.strip.state  # not the training's, whose thread may have changed it since
        fine = self.setup.config is not None
        possible = {
            "train_start": self.setup.can_start,
            "train_pause": state in ("training", "pausing", "paused"),
            "train_stop": state not in ("idle", "stopping"),
            "train_on": self.strip.on_button.isEnabled(),
            "train_estimate": self.setup.can_estimate,
            "train_save": fine,
            "train_copy": fine,
        }
        for name, on in possible.items():
            self._actions.enable(name, on)

    # -- what the page shows by itself

    @property
    def _can_train_on(self) -> bool:
        training = self.training
        return training.run is not None and (training.last_step > 0 or not training.active)

    def _show_state(self) -> None:
        training = self.training
        self.strip.show_state(
            training.state,
            training.run.name if training.run else "",
            step=training.step,
            last_step=training.last_step,
            seconds_left=training.seconds_left,
            preparation=training.preparation,
            preparing=BUILDING_BUILTIN if training.building_builtin else "",
            can_train_on=self._can_train_on,
        )
        self.running.emit(self.strip.words)
        self.setup.set_busy(training.active)
        self._enable_commands()

    def _run_began(self, run: Path) -> None:
        self.setup.suggest_name()
        self.runs.refresh()
        self.tabs.set_run(run)
        self._show_runs()

    def _follow(self, events: list[TrainingEvent]) -> None:
        self.tabs.follow(self.training.run, self.training.curves, events)
        if any(isinstance(event, CheckpointSaved) for event in events):
            self.runs.refresh()
        for event in events:
            if isinstance(event, TrainingStarted) and event.note:
                self._errors.report(TrainingError(event.note))

    def _failed(self, error: Exception) -> None:
        self._closing = False  # the window stays, so that the user learns that the last save failed
        self._errors.report(error)

    def _run_ended(self, run: Path | None) -> None:
        self.setup.suggest_name()
        self.runs.refresh()
        if self._closing:
            self.window().close()

    def _run_renamed(self, old: Path, new: Path) -> None:
        if self.training.run == old:
            self.training.run = new
        if self.tabs.run == old:
            self.tabs.set_run(new)

    def _list_runs(self, runs: Sequence[RunSummary]) -> None:
        self.run_list.set_runs(runs)
        selected = self.run_list.selected
        if self.tabs.run is not None and (selected is None or selected.path != self.tabs.run):
            self.run_list.select(self.tabs.run)  # such as the one that is trained now

    def _run_selected(self, run: Path | None) -> None:
        if run is not None and run != self.tabs.run:
            self.tabs.set_run(run)
            self._read_runs()

    def _read_runs(self) -> None:
        """Read what is known of the ticked runs and the shown one."""
        shown = [] if self.tabs.run is None else [self.tabs.run]
        self.runs.read(list(dict.fromkeys((*shown, *self.run_list.ticked))))

    def _show_runs(self) -> None:
        """Curves of the shown run, of the one that goes on, and of the ticked ones; the memory of the shown one."""
        training = self.training
        known = dict(self.runs.curves)
        if training.run is not None:
            known[training.run] = training.curves
        going_on = [training.run] if training.run is not None and training.active else []
        self.tabs.show_curves(known, [*going_on, *self.run_list.ticked])

    # -- what is remembered

    def _recall(self) -> None:
        kept = self._settings.text("train/config", "")
        if kept:
            with suppress(Mem3DError, ValueError):  # written by another version
                self.setup.form.set_config(Mem3DConfig.from_dict(parse_json(kept)))
        self.setup.set_device(self._settings.text("train/device", "auto"))
        self.setup.dataset.set_recent(self._settings.recent_datasets())

    def _remember_dataset(self, spec: str) -> None:
        self._settings.add_recent_dataset(spec)
        self.setup.dataset.set_recent(self._settings.recent_datasets())

    # -- as a page of the window

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours in everything that paints itself."""
        self.tabs.set_theme(theme)

    def give_up(self) -> bool:
        """A training is ended by its own command only."""
        return False

    def may_close(self) -> bool:
        """Ask while something is trained; if it is to be stopped, the window closes once that is saved."""
        if not self.training.active:
            return True
        if not self._closing and self._wants_to_stop():
            self._closing = True
            self.training.stop()
        return not self.training.active

    def _wants_to_stop(self) -> bool:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Training Goes On")
        box.setText(f"{self.training.run.name if self.training.run else 'A network'} is being trained.")
        box.setInformativeText("A stopped run can be resumed exactly where it was.")
        stop = box.addButton("Stop and Save, then Close", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton("Keep Training", QMessageBox.ButtonRole.RejectRole))
        box.exec()
        return box.clickedButton() is stop

    def release(self) -> None:
        """End all threads."""
        self._timer.stop()
        self.tabs.release()
        self.training.close()
        self.runs.close()

    def showEvent(self, event: QShowEvent) -> None:
        """Read the list of runs, now and then again."""
        super().showEvent(event)
        self.runs.refresh()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is read that nobody sees."""
        super().hideEvent(event)
        self._timer.stop()
