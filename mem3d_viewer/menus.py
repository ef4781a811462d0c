"""Menus and tool bar: where each command is found."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QWidget

from mem3d_viewer.actions import Actions

_SEPARATOR = ""


class Menus:
    """The window's menus; the ones whose entries change are filled when they open."""

    def __init__(self, window: QMainWindow, actions: Actions) -> None:
        self._window = window
        self._actions = actions
        self.recent = QMenu("Open &Recent", window)
        self.samples = QMenu("&Samples", window)
        self.panels = QMenu("&Panels", window)
        self.device = QMenu("&Device", window)
        colouring = self._filled("&Colours", "plain", "height", "occupancy", "parts", "errors")
        slicing = self._filled(
            "S&lice", "slice_off", "slice_x", "slice_y", "slice_z", _SEPARATOR, "slice", "slice_less", "slice_more"
        )
        theme = self._filled("&Theme", "light", "dark")
        bar = window.menuBar()
        bar.addMenu(
            self._filled(
                "&File", "open", "open_folder", self.recent, self.samples, _SEPARATOR, "open_session", "save_session",
                _SEPARATOR, "export", "save_voxels", "save_mesh", "save_picture", "save_cut_out", _SEPARATOR, "close",
                "quit",
            )
        )  # fmt: skip
        bar.addMenu(
            self._filled(
                "&Edit",
                "undo",
                "redo",
                _SEPARATOR,
                "paste",
                "edit_foreground",
                _SEPARATOR,
                "copy_picture",
                "copy_command",
                _SEPARATOR,
                "cancel",
            )
        )
        bar.addMenu(
            self._filled(
                "&View", "blocks", "smooth", colouring, "edges", "axes", "xray", slicing, _SEPARATOR, "swap", "blink",
                "difference", _SEPARATOR, "reset_view", "isometric",
                _SEPARATOR, "previous", "next", _SEPARATOR, theme, self.panels, "reset_layout", _SEPARATOR,
                "full_screen",
            )
        )  # fmt: skip
        bar.addMenu(
            self._filled(
                "&Model", "open_checkpoint", "builtin_model", _SEPARATOR, self.device, _SEPARATOR, "use_memory", "sweep"
            )
        )
        bar.addMenu(
            self._filled(
                "Mem&ory", "memory_add", "memory_add_folder", "memory_remove", _SEPARATOR, "memory_undo", "memory_redo",
                _SEPARATOR, "memory_save", _SEPARATOR, "memory_twice", "memory_table", _SEPARATOR, "teach",
            )
        )  # fmt: skip
        bar.addMenu(
            self._filled(
                "&Training", "train_start", "train_pause", "train_stop", "train_on", _SEPARATOR, "train_estimate",
                _SEPARATOR, "train_load", "train_save", "train_copy",
            )
        )  # fmt: skip
        bar.addMenu(self._filled("&Data", "check_data", "import_meshes"))
        bar.addMenu(
            self._filled(
                "E&valuation", "evaluate_start", "evaluate_cancel", _SEPARATOR, "evaluate_load", _SEPARATOR,
                "evaluate_json", "evaluate_csv", "evaluate_samples", "evaluate_tex", "evaluate_md", "evaluate_png",
                _SEPARATOR, "evaluate_copy",
            )
        )  # fmt: skip
        bar.addMenu(
            self._filled("&Window", "page_reconstruct", "page_train", "page_data", "page_evaluate", "page_memory")
        )
        bar.addMenu(self._filled("&Help", "guide", "shortcuts", "report", _SEPARATOR, "open_log", _SEPARATOR, "about"))

    def set_samples(self, samples: Sequence[tuple[str, Path]], chosen: Callable[[Path], None]) -> None:
        """List the sample pictures by their names."""
        _fill(self.samples, samples, chosen)

    def set_recent(self, recent: Sequence[Path], chosen: Callable[[Path], None], clear: Callable[[], None]) -> None:
        """List the pictures opened last."""
        _fill(self.recent, [(path.name, path) for path in recent], chosen)
        self.recent.addSeparator()
        self.recent.addAction("&Clear List").triggered.connect(lambda: clear())

    def set_devices(self, devices: Sequence[str], current: str, chosen: Callable[[str], None]) -> None:
        """List the devices, ``current`` checked."""
        self.device.clear()
        group = QActionGroup(self.device)
        for device in devices:
            action = self.device.addAction(device)
            action.setCheckable(True)
            action.setChecked(device == current)
            group.addAction(action)
            action.triggered.connect(lambda _=False, name=device: chosen(name))

    def _filled(self, title: str, *entries: str | QMenu) -> QMenu:
        menu = QMenu(title, self._window)
        menu.setToolTipsVisible(True)
        for entry in entries:
            if isinstance(entry, QMenu):
                menu.addMenu(entry)
            elif entry == _SEPARATOR:
                menu.addSeparator()
            else:
                menu.addAction(self._actions[entry])
        return menu


def make_tool_bar(window: QWidget, actions: Actions) -> QToolBar:
    """The tool bar with the commands of every day."""
    bar = QToolBar("Tool bar", window)
    bar.setObjectName("tool_bar")
    bar.setMovable(False)
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    groups = (
        ("open", "export"),
        ("blocks", "smooth"),
        ("axes", "reset_view", "isometric"),
        ("use_memory",),
    )
    for names in groups:
        for name in names:
            bar.addAction(actions[name])
            bar.widgetForAction(actions[name]).setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if names is not groups[-1]:
            bar.addSeparator()
    return bar


def _fill(menu: QMenu, entries: Sequence[tuple[str, Path]], chosen: Callable[[Path], None]) -> None:
    menu.clear()
    menu.setToolTipsVisible(True)
    for number, (name, path) in enumerate(entries, start=1):
        access = f"&{number} " if number < 10 else f"{number} "
        action: QAction = menu.addAction(access + name.replace("&", "&&"))
        action.setToolTip(str(path))
        action.setStatusTip(f"Open {path}")
        action.triggered.connect(lambda _=False, path=path: chosen(path))
    if not entries:
        menu.addAction("(none)").setEnabled(False)
