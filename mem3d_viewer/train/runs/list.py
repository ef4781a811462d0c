"""The runs: choose which to compare, open, resume, rename, delete."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.training.runs import RunSummary

_COLUMNS = {
    "Run": "Name of the run, and whether its curves are shown",
    "Status": "Whether it goes on, came to its end, or was stopped",
    "Step": "Step it has come to",
    "Best IoU": "Best mean IoU on the validation views",
}
"""Headings and their tips."""
_PATH = Qt.ItemDataRole.UserRole


class RunList(QWidget):
    """A table of runs, newest first; the boxes choose whose curves are compared."""

    compared = Signal(list)
    """Paths of the runs whose boxes are ticked."""
    chosen = Signal(str, object)
    """A command (one of ``COMMANDS``) and the path of the selected run."""
    selected_changed = Signal(object)
    """Path of the run that is now selected; None: there is none."""
    refresh = Signal()
    """The user wants the list to be read again."""

    COMMANDS = (
        ("open_best", "Open &Best", "Reconstruct with the run's best checkpoint", "Return"),
        ("open_last", "Open &Last", "Reconstruct with the run's newest checkpoint", ""),
        ("resume", "Res&ume", "Go on with the run from its newest checkpoint", ""),
        ("train_on", "Train &On…", "Go on with the run for more steps", ""),
        ("rename", "Re&name…", "Give the run another name", "F2"),
        ("delete", "&Delete…", "Remove the run with all its checkpoints", "Del"),
        ("folder", "Open &Folder", "Show the run's folder", ""),
        ("copy_resume", "&Copy as Command Line", "Copy the mem3d command that goes on with the run", ""),
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs: list[RunSummary] = []
        """The runs shown, newest first."""
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels(list(_COLUMNS))
        for column, tip in enumerate(_COLUMNS.values()):
            self.tree.headerItem().setToolTip(column, tip)
        self.tree.setRootIsDecorated(False)
        self.tree.setAllColumnsShowFocus(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.tree.setAccessibleName("Runs")
        self.tree.setToolTip("Tick a run to see its curves; several to compare them")
        header = self.tree.header()
        header.setAccessibleName("Columns of the runs")
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.itemChanged.connect(self._ticked)
        self.tree.currentItemChanged.connect(lambda *_: self._select())
        self.tree.itemDoubleClicked.connect(lambda *_: self._choose("open_best"))
        self._details = QLabel()
        self._details.setWordWrap(True)
        self._details.setProperty("kind", "muted")
        self._details.setAccessibleName("About the selected run")
        self._details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.commands: dict[str, QAction] = {}
        for name, text, tip, key in self.COMMANDS:
            action = self.commands[name] = QAction(text, self.tree)
            action.setToolTip(tip)
            action.setStatusTip(tip)
            if key:
                action.setShortcut(QKeySequence(key))
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _=False, name=name: self._choose(name))
            self.tree.addAction(action)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self._details)
        for names in (("open_best", "open_last"), ("resume", "train_on"), ("rename", "delete", "folder")):
            line = QHBoxLayout()
            for name in names:
                line.addWidget(self._button(name))
            layout.addLayout(line)
        again = QPushButton("Refresh")
        again.setToolTip("Read the list of runs again (F5)")
        again.setShortcut("F5")
        again.clicked.connect(lambda: self.refresh.emit())
        layout.addWidget(again)
        self.set_runs([])

    def _button(self, name: str) -> QPushButton:
        action = self.commands[name]
        button = QPushButton(action.text().replace("&", ""))
        button.setToolTip(action.toolTip())
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        return button

    @property
    def ticked(self) -> list[Path]:
        """Paths of the runs whose boxes are ticked, in the order shown."""
        return [item.data(0, _PATH) for item in self._items() if item.checkState(0) == Qt.CheckState.Checked]

    @property
    def selected(self) -> RunSummary | None:
        """The selected run."""
        item = self.tree.currentItem()
        path = None if item is None else item.data(0, _PATH)
        return next((run for run in self.runs if run.path == path), None)

    def set_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show these runs; ticks and the selection stay."""
        ticked, selected = self.ticked, self.selected
        self.runs = sorted(runs, key=lambda run: run.modified, reverse=True)
        with QSignalBlocker(self.tree):
            while self.tree.topLevelItemCount() > len(self.runs):
                self.tree.takeTopLevelItem(self.tree.topLevelItemCount() - 1)
            while self.tree.topLevelItemCount() < len(self.runs):
                self.tree.addTopLevelItem(QTreeWidgetItem())
            for item, run in zip(self._items(), self.runs, strict=True):
                best = "" if run.best_iou is None or run.best_iou < 0 else f"{run.best_iou:.3f}"
                for column, text in enumerate((run.name, run.status, f"{run.step}", best)):
                    item.setText(column, text)
                    if column > 1:
                        item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                item.setData(0, _PATH, run.path)
                item.setCheckState(0, Qt.CheckState.Checked if run.path in ticked else Qt.CheckState.Unchecked)
                item.setToolTip(0, str(run.path))
                if selected is not None and run.path == selected.path:
                    self.tree.setCurrentItem(item)
        self._show_details()
        if self.ticked != ticked:
            self.compared.emit(self.ticked)

    def tick(self, path: Path, on: bool = True) -> None:
        """Choose a run to be compared, or not."""
        for item in self._items():
            if item.data(0, _PATH) == path:
                item.setCheckState(0, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def select(self, path: Path) -> None:
        """Select a run."""
        for item in self._items():
            if item.data(0, _PATH) == path:
                self.tree.setCurrentItem(item)

    def _items(self) -> list[QTreeWidgetItem]:
        rows = (self.tree.topLevelItem(row) for row in range(self.tree.topLevelItemCount()))
        return [item for item in rows if item is not None]

    def _ticked(self, item: QTreeWidgetItem, column: int) -> None:
        if column == 0:
            self.compared.emit(self.ticked)

    def _choose(self, name: str) -> None:
        run = self.selected
        if run is not None and self.commands[name].isEnabled():
            self.chosen.emit(name, run.path)

    def _select(self) -> None:
        self._show_details()
        run = self.selected
        self.selected_changed.emit(None if run is None else run.path)

    def _show_details(self) -> None:
        run = self.selected
        running = run is not None and run.status == "running"
        usable = run is not None and run.status not in ("empty", "damaged")
        for name, action in self.commands.items():
            if name in ("resume", "train_on", "rename", "delete"):
                action.setEnabled(run is not None and not running and (usable or name in ("rename", "delete")))
            else:
                action.setEnabled(run is not None and (usable or name == "folder"))
        self._details.setText("" if run is None else _about(run))
        self._details.setVisible(run is not None)


def _about(run: RunSummary) -> str:
    when = datetime.fromtimestamp(run.modified).strftime("%Y-%m-%d %H:%M")
    return f"{run.preset}, {run.dataset}\n{_size(run.size)}, last changed {when}"


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
