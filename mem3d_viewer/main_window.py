"""The window: where everything is, and who listens to whom."""

from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, QTimer, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.assets import DEFAULT_CHECKPOINT, asset, sample_images
from core.data.images import Picture
from core.errors import Mem3DError
from core.reconstruction import available_devices
from mem3d_viewer import help_dialogs, incoming
from mem3d_viewer.actions import Actions
from mem3d_viewer.background import Lane
from mem3d_viewer.display_controller import DisplayController
from mem3d_viewer.error_dialog import ErrorReporter
from mem3d_viewer.export_controller import ExportController
from mem3d_viewer.menus import Menus, make_tool_bar
from mem3d_viewer.pipeline import Request
from mem3d_viewer.reconstruction_controller import ReconstructionController
from mem3d_viewer.scene.voxel_scene import COLOURINGS
from mem3d_viewer.session import DEFAULT_THRESHOLD, SURFACES, Display, Session
from mem3d_viewer.settings import Settings
from mem3d_viewer.theme import THEMES, apply_theme, system_theme
from mem3d_viewer.widgets.image_panel import ImagePanel
from mem3d_viewer.widgets.number_slider import NumberSlider
from mem3d_viewer.widgets.prior_list import PriorList
from mem3d_viewer.widgets.similarity_plot import SimilarityPlot
from mem3d_viewer.widgets.status import StatusBar
from mem3d_viewer.widgets.voxel_view import VoxelView
from mem3d_viewer.widgets.welcome import Welcome

_LAYOUT_VERSION = 1
_PICTURE_FILTER = "Pictures (*.png *.jpg *.jpeg *.webp *.bmp *.gif *.tif *.tiff);;All files (*)"


class MainWindow(QMainWindow):
    """The main window.

    Args:
        settings: what was remembered.
        request: what to show first.
        theme: name of the appearance; None: the remembered one.
        multi_samples: samples a pixel of the 3D view.
        log_file: named in error reports.
    """

    def __init__(
        self,
        settings: Settings,
        request: Request,
        *,
        theme: str | None = None,
        multi_samples: int = 1,
        log_file: Path | None = None,
    ) -> None:
        super().__init__()
        self.setWindowTitle("Mem3D Viewer")
        self.setAcceptDrops(True)
        self._settings = settings
        self._log_file = log_file
        self.session = Session(request, _remembered_display(settings), self)
        self.lane = Lane("mem3d-network", self)
        self.errors = ErrorReporter(self, log_file)
        self.actions_ = Actions(self)

        self._make_panels(multi_samples)
        self._make_docks()
        self.menus = Menus(self, self.actions_)
        self._tool_bar = make_tool_bar(self, self.actions_)
        self.addToolBar(self._tool_bar)
        self.status = StatusBar()
        self.setStatusBar(self.status)

        self.reconstruction = ReconstructionController(self.session, self.lane, self)
        self.export = ExportController(self.session, self.lane, self.view, self)
        self.display = DisplayController(
            self.session, self.images, self.view, self.priors, self.plot, self.beta, self.summary, self.count, self
        )
        self._connect_commands()
        self._connect_session()
        self._set_tab_order()
        self.set_theme(theme or settings.text("theme", system_theme(QApplication.instance()), tuple(THEMES)))
        self._remember_layout()
        self._show_state()

    # -- what the window is made of

    def _make_panels(self, multi_samples: int) -> None:
        samples = _samples()
        self.images = ImagePanel()
        self.view = VoxelView(multi_samples)
        self.welcome = Welcome([self.actions_["open"], self.actions_["paste"]], samples)
        self.priors = PriorList()
        self.plot = SimilarityPlot()
        # Features come out of a ReLU, so that no key similarity is negative.
        self.beta = NumberSlider(
            "&β", "Beta", 0.0, 1.0, "Key similarity a memory slot must exceed to be called up as a shape prior"
        )
        self.threshold = NumberSlider(
            "&Threshold", "Occupancy threshold", 0.0, 1.0, "Voxels whose occupancy exceeds it are drawn and saved"
        )
        self.threshold.set_value(self.session.display.threshold)
        self.summary = QLabel()
        self.summary.setProperty("kind", "muted")
        self.summary.setWordWrap(True)
        self.count = QLabel()
        self.count.setMinimumWidth(110)
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.count.setAccessibleName("Number of voxels above the threshold")

        threshold_row = QHBoxLayout()
        threshold_row.setContentsMargins(12, 8, 12, 8)
        threshold_row.addWidget(self.threshold, 1)
        threshold_row.addWidget(self.count)
        shape = QWidget()
        shape_layout = QVBoxLayout(shape)
        shape_layout.setContentsMargins(0, 0, 0, 0)
        shape_layout.setSpacing(0)
        shape_layout.addWidget(self.view, 1)
        shape_layout.addLayout(threshold_row)
        self._centre = QStackedWidget()
        self._centre.addWidget(self.welcome)
        self._centre.addWidget(shape)
        self.setCentralWidget(self._centre)

    def _make_docks(self) -> None:
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self._docks = (
            self._dock("Image", left, self.images),
            self._dock("Key similarity", left, _column(self.beta, self.plot)),
            self._dock("Shape priors", right, _column(self.summary, self.priors)),
        )
        self.setCorner(Qt.Corner.BottomLeftCorner, left)
        self.setCorner(Qt.Corner.BottomRightCorner, right)

    def _dock(self, title: str, area: Qt.DockWidgetArea, content: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(title.lower().replace(" ", "_"))
        dock.setWidget(content)
        self.addDockWidget(area, dock)
        return dock

    def _set_tab_order(self) -> None:
        """Tool bar, the middle from top to bottom, then the panels."""
        buttons = [self._tool_bar.widgetForAction(action) for action in self._tool_bar.actions()]
        order = [button for button in buttons if button.focusPolicy() != Qt.FocusPolicy.NoFocus]
        order += [*self.welcome.controls, *self.view.controls, *self.threshold.controls]
        order += [*self.beta.controls, self.priors.view]
        for before, after in pairwise(order):
            self.setTabOrder(before, after)

    # -- who listens to whom

    def _connect_commands(self) -> None:
        actions, session = self.actions_, self.session
        handlers = {
            "open": self._ask_picture,
            "paste": lambda: self.receive(QGuiApplication.clipboard().mimeData()),
            "close": self.reconstruction.close_picture,
            "save_voxels": self.export.save_voxels,
            "save_mesh": self.export.save_mesh,
            "save_picture": self.export.save_picture,
            "quit": self.close,
            "copy_picture": self.export.copy_picture,
            "copy_command": self.export.copy_command,
            "cancel": self._cancel,
            "reset_view": lambda: self._move_camera(self.view.scene.reset_view),
            "isometric": lambda: self._move_camera(self.view.scene.view_isometric),
            "reset_layout": self.reset_layout,
            "open_checkpoint": self._ask_checkpoint,
            "builtin_model": self._use_builtin_model,
            "shortcuts": lambda: help_dialogs.show_shortcuts(self),
            "open_log": lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_file))),
            "about": lambda: help_dialogs.show_about(self),
            **{name: lambda name=name: session.set_display(surface=name) for name in SURFACES},
            **{name: lambda name=name: session.set_display(colouring=name) for name in COLOURINGS},
            **{name: lambda name=name: self.set_theme(name) for name in THEMES},
        }
        for name, handler in handlers.items():
            actions[name].triggered.connect(lambda _=False, handler=handler: handler())
        actions["edges"].triggered.connect(lambda on: session.set_display(edges=on))
        actions["axes"].triggered.connect(lambda on: session.set_display(axes=on))
        actions["full_screen"].triggered.connect(lambda on: self.showFullScreen() if on else self.showNormal())
        actions["use_memory"].triggered.connect(self.reconstruction.set_use_memory)
        actions["open_log"].setEnabled(self._log_file is not None)
        self.menus.set_samples(_samples(), self.reconstruction.open_picture)
        self.menus.recent.aboutToShow.connect(self._list_recent)
        self.menus.device.aboutToShow.connect(self._list_devices)
        for dock in self._docks:
            self.menus.panels.addAction(dock.toggleViewAction())

    def _connect_session(self) -> None:
        session = self.session
        session.answer_changed.connect(self._show_state)
        session.display_changed.connect(self._show_state)
        session.request_changed.connect(self._show_state)
        session.busy_changed.connect(lambda: self.status.set_busy(session.busy))
        self.priors.selected.connect(session.select)
        self.view.prior_closed.connect(lambda: session.select(None))
        self.beta.changed.connect(self.reconstruction.set_beta)
        self.plot.beta_dragged.connect(self.reconstruction.set_beta)
        self.threshold.changed.connect(lambda value: session.set_display(threshold=value))
        self.welcome.sample_chosen.connect(self.reconstruction.open_picture)
        self.reconstruction.failed.connect(self.errors.report)
        self.reconstruction.picture_opened.connect(self._settings.add_recent_picture)
        self.export.failed.connect(self.errors.report)
        self.export.saved.connect(lambda path: self.status.showMessage(f"Saved {path}", 8000))

    # -- what the user does

    def receive(self, mime: object) -> None:
        """Open what was dropped or pasted."""
        try:
            found = incoming.content(mime)
        except Mem3DError as error:
            self.errors.report(error)
            return
        if isinstance(found, Picture):
            self.reconstruction.open_pasted(found)
        elif found.suffix.lower() == incoming.CHECKPOINT_ENDING:
            self.reconstruction.open_checkpoint(found)
        else:
            self.reconstruction.open_picture(found)

    def set_theme(self, name: str) -> None:
        """Light or dark."""
        theme = THEMES[name]
        apply_theme(QApplication.instance(), theme)
        self.actions_.set_theme(theme)
        self.actions_.check(name)
        self.display.set_theme(theme)
        self._settings.set("theme", name)

    def reset_layout(self) -> None:
        """Put the panels back where they were at first."""
        self.restoreState(self._first_layout, _LAYOUT_VERSION)
        image, similarity, priors = self._docks
        side = max(240, min(self.width() // 4, 420))
        self.resizeDocks([image, priors], [side, min(side, 340)], Qt.Orientation.Horizontal)
        height = image.height() + similarity.height()
        upper = side // 2 + 150  # two squares side by side, and the words around them
        self.resizeDocks([image, similarity], [upper, height - upper], Qt.Orientation.Vertical)

    def _ask_picture(self) -> None:
        recent = self._settings.recent_pictures()
        folder = str(recent[0].parent) if recent else ""
        name, _ = QFileDialog.getOpenFileName(self, "Open Image", folder, _PICTURE_FILTER)
        if name:
            self.reconstruction.open_picture(Path(name))

    def _ask_checkpoint(self) -> None:
        folder = str(self.session.request.model.checkpoint.parent)
        kinds = f"Checkpoints (*{incoming.CHECKPOINT_ENDING});;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self, "Open Checkpoint", folder, kinds)
        if name:
            self.reconstruction.open_checkpoint(Path(name))

    def _use_builtin_model(self) -> None:
        try:
            self.reconstruction.open_checkpoint(asset(DEFAULT_CHECKPOINT))
        except Mem3DError as error:
            self.errors.report(error)

    def _cancel(self) -> None:
        """Esc: give up the running work, else hide the shape prior, else leave full screen."""
        if self.session.busy:
            self.reconstruction.cancel()
        elif self.session.selected is not None:
            self.session.select(None)
        elif self.isFullScreen():
            self.actions_["full_screen"].trigger()

    def _move_camera(self, move: object) -> None:
        move()  # type: ignore[operator]
        self.view.render()

    def _list_recent(self) -> None:
        settings = self._settings
        self.menus.set_recent(settings.recent_pictures(), self._open_recent, settings.clear_recent_pictures)

    def _open_recent(self, path: Path) -> None:
        if not path.exists():
            self._settings.remove_recent_picture(path)
        self.reconstruction.open_picture(path)

    def _list_devices(self) -> None:
        answer = self.session.answer
        current = self.session.request.model.device if answer is None else answer.model.device
        self.menus.set_devices(available_devices(), current, self.reconstruction.set_device)

    # -- what the window shows by itself

    def _show_state(self) -> None:
        """Which commands make sense, which switches are on, and the status bar."""
        session, actions = self.session, self.actions_
        answer, display = session.answer, session.display
        result = None if answer is None else answer.reconstruction
        for name in ("save_voxels", "save_mesh", "save_picture", "copy_picture", "copy_command", "close"):
            actions[name].setEnabled(result is not None)
        for name in (display.surface, display.colouring):
            actions.check(name)
        actions.check("edges", display.edges)
        actions.check("axes", display.axes)
        actions.check("use_memory", session.request.use_memory)
        self._centre.setCurrentIndex(0 if result is None else 1)
        source = None if answer is None else answer.request.picture
        self.setWindowTitle("Mem3D Viewer" if source is None else f"{source.name} — Mem3D Viewer")
        if answer is None:
            self.status.show_model("", "", None, None)
        else:
            beta = answer.beta if answer.request.use_memory else None
            seconds = None if result is None else dict(result.seconds)
            self.status.show_model(answer.model.device, answer.model.path.name, beta, seconds)

    # -- what is remembered

    def _remember_layout(self) -> None:
        self.resize(1280, 800)
        self._first_layout: QByteArray = self.saveState(_LAYOUT_VERSION)
        geometry, layout = self._settings.data("geometry"), self._settings.data("layout")
        if geometry is not None:
            self.restoreGeometry(geometry)
        if layout is None or not self.restoreState(layout, _LAYOUT_VERSION):
            # Panels have their sizes only once the window is laid out.
            QTimer.singleShot(0, self, self.reset_layout)

    def _remember(self) -> None:
        settings, display = self._settings, self.session.display
        settings.set("geometry", self.saveGeometry())
        settings.set("layout", self.saveState(_LAYOUT_VERSION))
        settings.set("device", self.session.request.model.device)
        for key in ("threshold", "surface", "colouring", "edges", "axes"):
            settings.set(f"display/{key}", getattr(display, key))
        settings.sync()

    # -- Qt's events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take pictures and files."""
        if incoming.accepts(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        event.acceptProposedAction()
        self.receive(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember, end the thread, give the graphics back: in this order."""
        self._remember()
        self.reconstruction.stop()
        self.lane.close()
        self.view.release()
        super().closeEvent(event)


def _column(*widgets: QWidget) -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(10, 8, 10, 10)
    layout.setSpacing(8)
    for widget in widgets:
        layout.addWidget(widget)
    return column


def _samples() -> list[tuple[str, Path]]:
    """Sample pictures with names for people: ``car-00007.png`` is "Car 7"."""
    try:
        paths = sample_images()
    except Mem3DError:
        return []
    parts = [path.stem.partition("-") for path in paths]
    names = [f"{kind.capitalize()} {number.lstrip('0') or '0'}" if number else kind for kind, _, number in parts]
    return list(zip(names, paths, strict=True))


def _remembered_display(settings: Settings) -> Display:
    return Display(
        threshold=settings.number("display/threshold", DEFAULT_THRESHOLD, 0.0, 1.0),
        surface=settings.text("display/surface", "blocks", SURFACES),  # type: ignore[arg-type]
        colouring=settings.text("display/colouring", "plain", COLOURINGS),  # type: ignore[arg-type]
        edges=settings.flag("display/edges", True),
        axes=settings.flag("display/axes", True),
    )
