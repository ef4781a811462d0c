"""Every command of the window in one table: its words, shortcut, icon and whether it is a switch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import qtawesome
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from mem3d_viewer.base.theme import Theme


@dataclass(frozen=True)
class Command:
    """One row of the table."""

    name: str
    text: str
    tip: str
    shortcut: str = ""
    icon: str = ""
    short: str = ""
    """Words on a tool bar button."""
    group: str = ""
    """Commands of one group are alternatives: exactly one is checked."""
    checkable: bool = False
    page: str = ""
    """The page it belongs to; elsewhere it rests, so that its key can be typed."""


COMMANDS = (
    Command(
        "page_reconstruct",
        "&Reconstruct",
        "A picture, its reconstruction and the shape priors behind it",
        "Ctrl+1",
        "mdi6.cube-scan",
        "Reconstruct",
        group="page",
    ),
    Command(
        "page_train",
        "&Train",
        "Train a network and watch it learn",
        "Ctrl+2",
        "mdi6.school-outline",
        "Train",
        group="page",
    ),
    Command(
        "page_data",
        "&Data",
        "Browse data sets, and make one of your own meshes",
        "Ctrl+3",
        "mdi6.database-outline",
        "Data",
        group="page",
    ),
    Command(
        "page_evaluate",
        "&Evaluate",
        "Measure a checkpoint on a data set",
        "Ctrl+4",
        "mdi6.chart-bar",
        "Evaluate",
        group="page",
    ),
    Command(
        "page_memory",
        "&Memory",
        "Browse what the model remembers, and edit it",
        "Ctrl+5",
        "mdi6.memory",
        "Memory",
        group="page",
    ),
    Command("open", "&Open Image…", "Open a picture and reconstruct it", "Ctrl+O", "mdi6.folder-open-outline", "Open"),
    Command(
        "open_folder",
        "Open &Folder of Pictures…",
        "Open the pictures of a folder together; A and D go through them",
        "Ctrl+U",
    ),
    Command(
        "paste", "&Paste Image", "Reconstruct the picture on the clipboard", "Ctrl+V", "mdi6.content-paste", "Paste"
    ),
    Command("open_session", "Open S&ession…", "Open a picture with all that was done to it", "Ctrl+Alt+O"),
    Command(
        "save_session",
        "Save Sessi&on…",
        "Save the picture with all that was done to it, as one file that opens elsewhere, too",
        "Ctrl+Alt+S",
        page="reconstruct",
    ),
    Command("close", "&Close Image", "Close the picture", "Ctrl+W", page="reconstruct"),
    Command(
        "export",
        "E&xport…",
        "Export the result as a shape, a picture, a turntable or a contact sheet",
        "Ctrl+Shift+E",
        "mdi6.export-variant",
        "Export",
        page="reconstruct",
    ),
    Command(
        "save_voxels",
        "Save &Voxels…",
        "Save the voxel grid (binvox, npz)",
        "Ctrl+S",
        "mdi6.content-save-outline",
        "Voxels",
        page="reconstruct",
    ),
    Command(
        "save_mesh",
        "Save &Mesh…",
        "Save what is shown as a mesh: blocks or smooth surface (obj, stl, ply, glb)",
        "Ctrl+Shift+S",
        "mdi6.vector-polygon",
        "Mesh",
        page="reconstruct",
    ),
    Command(
        "save_picture",
        "Save &Picture…",
        "Save the 3D view as a PNG picture",
        "Ctrl+Shift+P",
        "mdi6.camera-outline",
        "Picture",
        page="reconstruct",
    ),
    Command("quit", "&Quit", "Close the window", "Ctrl+Q"),
    Command(
        "edit_foreground",
        "Edit &Foreground…",
        "Cut the object out of its photo, or cover parts of it",
        "Ctrl+E",
        "mdi6.content-cut",
        "Foreground",
        checkable=True,
        page="reconstruct",
    ),
    Command(
        "undo", "&Undo", "Take the last edit of the foreground back", "Ctrl+Z", "mdi6.undo", "Undo", page="reconstruct"
    ),
    Command("redo", "&Redo", "Take an undo back", "Ctrl+Shift+Z", "mdi6.redo", "Redo", page="reconstruct"),
    Command(
        "save_cut_out",
        "Save C&ut-Out…",
        "Save the picture as the foreground editor left it, as a PNG with transparency",
        page="reconstruct",
    ),
    Command("copy_picture", "&Copy 3D Picture", "Copy the 3D view to the clipboard", "Ctrl+C", page="reconstruct"),
    Command(
        "copy_command",
        "Copy as Command &Line",
        "Copy the mem3d command that gives this result",
        "Ctrl+Shift+C",
        page="reconstruct",
    ),
    Command("cancel", "C&ancel", "Give up what is being done; what is shown stays", "Esc"),
    Command(
        "blocks",
        "&Blocks",
        "Draw voxels as blocks",
        "B",
        "mdi6.cube-outline",
        "Blocks",
        group="surface",
        page="reconstruct",
    ),
    Command(
        "smooth",
        "&Smooth Surface",
        "Draw the smooth surface at the threshold",
        "S",
        "mdi6.blur",
        "Smooth",
        group="surface",
        page="reconstruct",
    ),
    Command("plain", "&Plain", "One material colour", group="colouring", page="reconstruct"),
    Command("height", "By &Height", "Colours tell the height", group="colouring", page="reconstruct"),
    Command(
        "occupancy", "By &Occupancy", "Colours tell how sure the network is", group="colouring", page="reconstruct"
    ),
    Command(
        "parts",
        "By &Part",
        "Colours tell the pieces that do not hang together",
        group="colouring",
        page="reconstruct",
    ),
    Command(
        "errors",
        "&Errors",
        "Colours tell correct, missing and extra voxels, where the ground truth is known",
        group="colouring",
        page="reconstruct",
    ),
    Command("edges", "Block &Edges", "Draw the edges of blocks", "E", checkable=True, page="reconstruct"),
    Command(
        "axes",
        "&Axes and Floor",
        "Draw the axes and the floor",
        "G",
        "mdi6.axis-arrow",
        "Axes",
        checkable=True,
        page="reconstruct",
    ),
    Command(
        "xray",
        "&X-Ray",
        "Let voxels below the threshold shine through, the fainter the less the network believes in them",
        "Shift+X",
        short="X-ray",
        checkable=True,
        page="reconstruct",
    ),
    Command(
        "slice",
        "&Next Plane",
        "Cut the shapes open from the front, the top or the side in turn, and make them whole again",
        "L",
        short="Slice",
        checkable=True,
        page="reconstruct",
    ),
    Command("slice_off", "&Whole", "Cut nothing away", group="slice", page="reconstruct"),
    Command("slice_x", "From the &Front (x)", "Cut the front away", group="slice", page="reconstruct"),
    Command("slice_y", "From the &Top (y)", "Cut the top away", group="slice", page="reconstruct"),
    Command("slice_z", "From the &Side (z)", "Cut the side away", group="slice", page="reconstruct"),
    Command("slice_less", "&Deeper", "Cut one layer of voxels more away", ",", page="reconstruct"),
    Command("slice_more", "&Back", "Cut one layer of voxels less away", ".", page="reconstruct"),
    Command("swap", "S&wap", "Swap what stands left and right in the 3D view", "X", short="⇄", page="reconstruct"),
    Command(
        "blink",
        "B&link",
        "Show in the left place what stands right, and back; in the 3D view the space bar does it",
        short="Blink",
        page="reconstruct",
    ),
    Command(
        "difference",
        "Show &Difference",
        "Colour what is only left and only right, in the left place",
        "C",
        short="Diff",
        checkable=True,
        page="reconstruct",
    ),
    Command(
        "reset_view",
        "&Reset View",
        "Bring the whole shape into sight",
        "R",
        "mdi6.fit-to-page-outline",
        "Reset",
        page="reconstruct",
    ),
    Command(
        "isometric",
        "&Isometric View",
        "Look from the front, the side and above",
        "V",
        "mdi6.rotate-3d",
        "Isometric",
        page="reconstruct",
    ),
    Command(
        "previous",
        "Pre&vious",
        "The picture before this one in its folder or data set",
        "A",
        "mdi6.chevron-left",
        page="reconstruct",
    ),
    Command(
        "next",
        "&Next",
        "The picture after this one in its folder or data set",
        "D",
        "mdi6.chevron-right",
        page="reconstruct",
    ),
    Command("light", "&Light", "Light appearance", group="theme"),
    Command("dark", "&Dark", "Dark appearance", group="theme"),
    Command("reset_layout", "Reset &Layout", "Put the panels back where they were at first", page="reconstruct"),
    Command("full_screen", "&Full Screen", "Fill the screen with the window", "F11", checkable=True),
    Command(
        "sweep",
        "S&weep…",
        "What the result becomes while β, threshold, number of priors or an occluder goes from one end to the other",
        "Ctrl+K",
        page="reconstruct",
    ),
    Command("open_checkpoint", "&Open Checkpoint…", "Use another trained model", "Ctrl+Shift+O", "mdi6.brain"),
    Command("builtin_model", "&Built-in Model", "Use the model that comes with the program"),
    Command(
        "use_memory",
        "Use &Memory",
        "Let the LSTM read the shape priors; off: decode the picture alone",
        "M",
        "mdi6.memory",
        "Memory",
        checkable=True,
        page="reconstruct",
    ),
    Command("train_start", "&Start", "Begin the training that is set up", "Ctrl+Return", page="train"),
    Command("train_pause", "&Pause or Resume", "Hold after the running step, or go on", "Ctrl+P", page="train"),
    Command("train_stop", "S&top and Save", "Save a checkpoint and end; it can be resumed", "Ctrl+.", page="train"),
    Command("train_on", "Train &On…", "Do more steps than planned", page="train"),
    Command("train_estimate", "&Estimate", "Measure a few steps: memory, time, and whether it fits", page="train"),
    Command("train_load", "&Load Configuration…", "Show a configuration file in the form", page="train"),
    Command("train_save", "S&ave Configuration…", "Write the file that mem3d train --config takes", page="train"),
    Command("train_copy", "&Copy as Command Line", "Copy the mem3d command that does this training", page="train"),
    Command(
        "check_data",
        "&Check Data Set",
        "Read every file of the data set and list what is missing, unreadable or inconsistent",
        icon="mdi6.check-all",
        short="Check",
        page="data",
    ),
    Command(
        "import_meshes",
        "&Import Meshes…",
        "Make a data set of your own meshes, with a preview of each beside its voxel grid",
        "Ctrl+I",
        "mdi6.import",
        "Import Meshes",
    ),
    Command("evaluate_start", "&Start Evaluation", "Measure what the form says", "F5", page="evaluate"),
    Command("evaluate_cancel", "&Cancel Evaluation", "Give it up; the last result stays", page="evaluate"),
    Command("evaluate_load", "&Load Result…", "Show a result that was saved as JSON", page="evaluate"),
    Command("evaluate_json", "Save as &JSON…", "Save everything, to be loaded again", page="evaluate"),
    Command("evaluate_csv", "Save as CS&V…", "Save one line a category", page="evaluate"),
    Command("evaluate_samples", "Save Sa&mples as CSV…", "Save one line a sample", page="evaluate"),
    Command("evaluate_tex", "Save as La&TeX…", "Save the tables for a paper (booktabs)", page="evaluate"),
    Command("evaluate_md", "Save as Mark&down…", "Save the tables for a web page", page="evaluate"),
    Command("evaluate_png", "Save &Plot as Picture…", "Save the plot that is shown", page="evaluate"),
    Command("evaluate_copy", "Copy as Command &Line", "Copy the mem3d command that measures the same", page="evaluate"),
    Command(
        "memory_add",
        "&Add Shapes…",
        "Put meshes or voxel grids into the memory, without training",
        "Ctrl+Shift+A",
        "mdi6.plus",
        "Add",
        page="memory",
    ),
    Command(
        "memory_add_folder",
        "Add &Folder or Data Set…",
        "Put a folder of meshes or a data set into the memory, without training",
        page="memory",
    ),
    Command(
        "memory_remove",
        "&Remove Selected",
        "Empty the selected slots; it can be undone",
        "Del",
        "mdi6.delete-outline",
        "Remove",
        page="memory",
    ),
    Command("memory_undo", "&Undo", "Take the last edit of the memory back", "Ctrl+Z", page="memory"),
    Command("memory_redo", "&Redo", "Take an undo back", "Ctrl+Shift+Z", page="memory"),
    Command(
        "memory_save",
        "&Save as New Checkpoint…",
        "Write the memory as it is into a new checkpoint; the one it came from stays",
        "Ctrl+S",
        "mdi6.content-save-outline",
        "Save as…",
        page="memory",
    ),
    Command("memory_twice", "Show &Near-Duplicates", "Show slots that say what another one says", page="memory"),
    Command("memory_table", "Grid or &Table", "Show the slots as a table, or as a grid", "T", page="memory"),
    Command("teach", "&How the Memory Learns…", "Step through writes to a small memory, with your own pictures"),
    Command("guide", "&User Guide", "What everything is for and how it is done, with pictures", "F1"),
    Command("shortcuts", "&Keyboard Shortcuts", "List the keyboard shortcuts, page by page", "Shift+F1"),
    Command("report", "&Report", "What the embedded model's memory adds, measured part by part"),
    Command("open_log", "Open &Log File", "Open the log file"),
    Command("about", "&About Mem3D Viewer", "What this program is, and whom to cite"),
)


class Actions:
    """The table as QActions of ``window``; ``actions["open"]`` is the one called open."""

    def __init__(self, window: QWidget) -> None:
        self._actions: dict[str, QAction] = {}
        self._groups: dict[str, QActionGroup] = {}
        self._possible: dict[str, bool] = {}
        self._page = ""
        self._pages = {command.name: command.page for command in COMMANDS}
        for command in COMMANDS:
            action = QAction(command.text, window)
            action.setObjectName(command.name)
            if command.short:
                action.setIconText(command.short)
            action.setCheckable(command.checkable or bool(command.group))
            if command.shortcut:
                action.setShortcut(QKeySequence(command.shortcut))
            hint = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{command.tip} ({hint})" if hint else command.tip)
            action.setStatusTip(command.tip)
            if command.group:
                if command.group not in self._groups:
                    self._groups[command.group] = QActionGroup(window)
                self._groups[command.group].addAction(action)
            window.addAction(action)
            self._actions[command.name] = action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def check(self, name: str, on: bool = True) -> None:
        """Show a switch as on or off without triggering it."""
        self._actions[name].setChecked(on)

    def enable(self, name: str, on: bool) -> None:
        """Whether a command makes sense now; on another page than its own it rests all the same."""
        self._possible[name] = on
        self._update(name)

    def connect(self, handlers: Mapping[str, Callable[[], object]]) -> None:
        """Run a handler whenever its command is given, by menu, button or key."""
        for name, handler in handlers.items():
            self._actions[name].triggered.connect(lambda _=False, handler=handler: handler())

    def set_page(self, page: str) -> None:
        """Let the commands of other pages rest."""
        self._page = page
        for command in COMMANDS:
            if command.page:
                self._update(command.name)

    def _update(self, name: str) -> None:
        on_page = self._pages[name] in ("", self._page)
        self._actions[name].setEnabled(on_page and self._possible.get(name, True))

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the theme's colours."""
        for command in COMMANDS:
            if command.icon:
                icon = qtawesome.icon(command.icon, color=theme.text, color_disabled=theme.border)
                self._actions[command.name].setIcon(icon)
