"""The window: where everything is, and who listens to whom."""

from itertools import pairwise
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QStackedWidget, QToolBar, QWidget

from core.assets import DEFAULT_CHECKPOINT, asset, sample_images
from core.data.dataset import ShapeDataset
from core.data.images import Picture
from core.data.meshes.files import MESH_ENDINGS
from core.errors import Mem3DError
from core.reconstruction import available_devices
from mem3d_viewer import help, incoming
from mem3d_viewer.actions import Actions
from mem3d_viewer.base.background import Lane
from mem3d_viewer.base.error_dialog import ErrorReporter
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.base.theme import THEMES, Theme, apply_theme, system_theme
from mem3d_viewer.data.page import DataPage
from mem3d_viewer.evaluate.page import EvaluatePage
from mem3d_viewer.menus import Menus
from mem3d_viewer.reconstruct.controller import PICTURE_ENDINGS, ReconstructionController
from mem3d_viewer.reconstruct.display import DisplayController
from mem3d_viewer.reconstruct.export import ExportController
from mem3d_viewer.reconstruct.foreground.controller import ForegroundController
from mem3d_viewer.reconstruct.page import ReconstructPage
from mem3d_viewer.reconstruct.pipeline import DatasetSample, Request
from mem3d_viewer.reconstruct.session import SURFACES, Session, remembered_display
from mem3d_viewer.scene.voxel_scene import COLOURINGS
from mem3d_viewer.train.page import TrainPage
from mem3d_viewer.widgets.status import StatusBar

_NEED_A_RESULT = (
    "save_voxels", "save_mesh", "save_picture", "copy_picture", "copy_command", "close", "previous", "next",
)  # fmt: skip
_SWITCH_WIDTH = 74
_PICTURE_FILTER = f"Pictures ({' '.join('*' + ending for ending in PICTURE_ENDINGS)});;All files (*)"


class Page(Protocol):
    """What the window asks of its pages, which are widgets."""

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours in everything that paints itself."""

    def may_close(self) -> bool:
        """Whether the window may close; asks the user where something would be lost."""

    def release(self) -> None:
        """End threads and give graphics back; called once, when the window closes."""


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
        self.session = Session(request, remembered_display(settings), self)
        self.lane = Lane("mem3d-network", self)
        self.errors = ErrorReporter(self, log_file)
        self.actions_ = Actions(self)

        self.menus = Menus(self, self.actions_)
        self.reconstruct = ReconstructPage(self.actions_, _samples(), multi_samples)
        self.reconstruct.threshold.set_value(self.session.display.threshold)
        self.train = TrainPage(settings, self.errors, self.actions_, multi_samples)
        self.data = DataPage(settings, self.errors, self.actions_, multi_samples)
        self.evaluate = EvaluatePage(settings, self.errors, self.actions_)
        self.pages: dict[str, Page] = {
            "reconstruct": self.reconstruct, "train": self.train, "data": self.data, "evaluate": self.evaluate,
        }  # fmt: skip
        self._stack = QStackedWidget()
        for page in self.pages.values():
            self._stack.addWidget(page)
        self.setCentralWidget(self._stack)
        for child in self._stack.findChildren(QWidget):  # what is dropped anywhere is the window's
            child.setAcceptDrops(False)
        self._switcher = self._make_switcher()
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self._switcher)
        self.status = StatusBar()
        self.setStatusBar(self.status)

        self.reconstruction = ReconstructionController(self.session, self.lane, self)
        self.foreground = ForegroundController(
            self.session, self.reconstruction, self.reconstruct.editor, self.lane, self
        )
        self.export = ExportController(self.session, self.lane, self.reconstruct.view, self)
        page = self.reconstruct
        self.display = DisplayController(
            self.session, page.images, page.view, page.priors, page.plot, page.beta, page.summary, page.count, self
        )
        self._connect_commands()
        self._connect_session()
        self._set_tab_order()
        self.set_theme(theme or settings.text("theme", system_theme(QApplication.instance()), tuple(THEMES)))
        self._remember_layout()
        self.show_page("reconstruct")
        self._show_state()
        self._show_editor()

    # -- what the window is made of

    def _make_switcher(self) -> QToolBar:
        """The bar at the left edge that chooses the page."""
        bar = QToolBar("Pages", self)
        bar.setObjectName("pages")
        bar.setMovable(False)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        bar.setIconSize(QSize(24, 24))
        for name in self.pages:
            action = self.actions_[f"page_{name}"]
            bar.addAction(action)
            button = bar.widgetForAction(action)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setMinimumWidth(_SWITCH_WIDTH)
        return bar

    def show_page(self, name: str) -> None:
        """Show the page called ``name``; commands of the others rest meanwhile."""
        self._stack.setCurrentWidget(self.pages[name])
        self.actions_.set_page(name)
        self.actions_.check(f"page_{name}")

    @property
    def page(self) -> str:
        """Name of the page that is shown."""
        return next(name for name, page in self.pages.items() if page is self._stack.currentWidget())

    def _set_tab_order(self) -> None:
        """The switcher, then the page."""
        buttons = [self._switcher.widgetForAction(action) for action in self._switcher.actions()]
        for before, after in pairwise([*buttons, *self.reconstruct.controls]):
            self.setTabOrder(before, after)

    # -- who listens to whom

    def _connect_commands(self) -> None:
        actions, session = self.actions_, self.session
        actions.connect(
            {
                "open": self._ask_picture,
                "paste": lambda: self.receive(QGuiApplication.clipboard().mimeData()),
                "close": self.reconstruction.close_picture,
                "save_voxels": self.export.save_voxels,
                "save_mesh": self.export.save_mesh,
                "save_picture": self.export.save_picture,
                "save_cut_out": self.export.save_cut_out,
                "quit": self.close,
                "undo": self.foreground.undo,
                "redo": self.foreground.redo,
                "copy_picture": self.export.copy_picture,
                "copy_command": self.export.copy_command,
                "cancel": self._cancel,
                "previous": lambda: self.reconstruction.step(-1),
                "next": lambda: self.reconstruction.step(1),
                "reset_view": lambda: self._move_camera(self.reconstruct.view.scene.reset_view),
                "isometric": lambda: self._move_camera(self.reconstruct.view.scene.view_isometric),
                "reset_layout": self.reconstruct.reset_layout,
                "open_checkpoint": self._ask_checkpoint,
                "builtin_model": self._use_builtin_model,
                "import_meshes": self._import_meshes,
                "shortcuts": lambda: help.show_shortcuts(self),
                "open_log": lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_file))),
                "about": lambda: help.show_about(self),
                **{name: lambda name=name: session.set_display(surface=name) for name in SURFACES},
                **{name: lambda name=name: session.set_display(colouring=name) for name in COLOURINGS},
                **{name: lambda name=name: self.set_theme(name) for name in THEMES},
                **{f"page_{name}": lambda name=name: self.show_page(name) for name in self.pages},
            }
        )
        actions["edges"].triggered.connect(lambda on: session.set_display(edges=on))
        actions["axes"].triggered.connect(lambda on: session.set_display(axes=on))
        actions["edit_foreground"].triggered.connect(lambda on: self._edit_foreground(on))
        actions["full_screen"].triggered.connect(lambda on: self.showFullScreen() if on else self.showNormal())
        actions["use_memory"].triggered.connect(self.reconstruction.set_use_memory)
        actions["open_log"].setEnabled(self._log_file is not None)
        self.menus.set_samples(_samples(), self.open_picture)
        self.menus.recent.aboutToShow.connect(self._list_recent)
        self.menus.device.aboutToShow.connect(self._list_devices)
        for dock in self.reconstruct.docks:
            self.menus.panels.addAction(dock.toggleViewAction())

    def _connect_session(self) -> None:
        session, page = self.session, self.reconstruct
        session.answer_changed.connect(self._show_state)
        session.display_changed.connect(self._show_state)
        session.request_changed.connect(self._show_state)
        session.busy_changed.connect(lambda: self.status.set_busy(session.busy))
        page.priors.selected.connect(session.select)
        page.view.prior_closed.connect(lambda: session.select(None))
        page.beta.changed.connect(self.reconstruction.set_beta)
        page.plot.beta_dragged.connect(self.reconstruction.set_beta)
        page.threshold.changed.connect(lambda value: session.set_display(threshold=value))
        page.images.edit.clicked.connect(lambda: self._edit_foreground(True))
        self.foreground.changed.connect(self._show_editor)
        self.foreground.failed.connect(self.errors.report)
        page.welcome.sample_chosen.connect(self.open_picture)
        self.reconstruction.failed.connect(self.errors.report)
        self.reconstruction.picture_opened.connect(self._settings.add_recent_picture)
        self.train.open_checkpoint.connect(self.open_checkpoint)
        self.data.open_sample.connect(self.open_sample)
        self.evaluate.open_sample.connect(self.open_sample)
        self.export.failed.connect(self.errors.report)
        for saver in (self.export, self.evaluate):
            saver.saved.connect(lambda path: self.status.showMessage(f"Saved {path}", 8000))

    # -- what the user does

    def receive(self, mime: object) -> None:
        """Open what was dropped or pasted."""
        try:
            found = incoming.content(mime)
        except Mem3DError as error:
            self.errors.report(error)
            return
        if isinstance(found, Picture):
            self.show_page("reconstruct")
            self.reconstruction.open_pasted(found)
        elif found.suffix.lower() == incoming.CHECKPOINT_ENDING:
            self.open_checkpoint(found)
        elif found.is_dir() or found.suffix.lower() in MESH_ENDINGS:
            self.show_page("data")
            self.data.receive(found)
        else:
            self.open_picture(found)

    def open_picture(self, path: Path) -> None:
        """Open a picture file and reconstruct it."""
        self.show_page("reconstruct")
        self.reconstruction.open_picture(path)

    def open_sample(self, dataset: ShapeDataset, index: int, view: int) -> None:
        """Reconstruct a rendering of a data set, with its ground truth beside."""
        self.show_page("reconstruct")
        self.reconstruction.open_sample(DatasetSample(dataset, index, view))

    def open_checkpoint(self, path: Path) -> None:
        """Use another checkpoint; the picture stays."""
        self.show_page("reconstruct")
        self.reconstruction.open_checkpoint(path)

    def set_theme(self, name: str) -> None:
        """Light or dark."""
        theme = THEMES[name]
        apply_theme(QApplication.instance(), theme)
        self.actions_.set_theme(theme)
        self.actions_.check(name)
        for page in self.pages.values():
            page.set_theme(theme)
        self._settings.set("theme", name)

    def _ask_picture(self) -> None:
        recent = self._settings.recent_pictures()
        folder = str(recent[0].parent) if recent else ""
        name, _ = QFileDialog.getOpenFileName(self, "Open Image", folder, _PICTURE_FILTER)
        if name:
            self.open_picture(Path(name))

    def _ask_checkpoint(self) -> None:
        folder = str(self.session.request.model.checkpoint.parent)
        kinds = f"Checkpoints (*{incoming.CHECKPOINT_ENDING});;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self, "Open Checkpoint", folder, kinds)
        if name:
            self.open_checkpoint(Path(name))

    def _use_builtin_model(self) -> None:
        try:
            self.open_checkpoint(asset(DEFAULT_CHECKPOINT))
        except Mem3DError as error:
            self.errors.report(error)

    def _import_meshes(self) -> None:
        self.show_page("data")
        self.data.import_meshes()

    def _cancel(self) -> None:
        """Esc: give up the running work, else hide the shape prior, close the editor, leave full screen."""
        if self.page == "evaluate" and self.evaluate.controller.running:
            self.evaluate.cancel()
        elif self.session.busy and not self.foreground.is_open:
            self.reconstruction.cancel()
        elif self.session.selected is not None:
            self.session.select(None)
        elif self.foreground.is_open:
            self.foreground.close()
        elif self.isFullScreen():
            self.actions_["full_screen"].trigger()

    def _edit_foreground(self, on: bool) -> None:
        if on:
            self.foreground.open()
        else:
            self.foreground.close()
        self._show_editor()

    def _show_editor(self) -> None:
        """Whether the foreground editor is shown, and what there is to undo."""
        self.reconstruct.show_editor(self.foreground.is_open)
        self.actions_.check("edit_foreground", self.foreground.is_open)
        self.actions_.enable("undo", self.foreground.can_undo)
        self.actions_.enable("redo", self.foreground.can_redo)

    def _move_camera(self, move: object) -> None:
        move()  # type: ignore[operator]
        self.reconstruct.view.render()

    def _list_recent(self) -> None:
        settings = self._settings
        self.menus.set_recent(settings.recent_pictures(), self._open_recent, settings.clear_recent_pictures)

    def _open_recent(self, path: Path) -> None:
        if not path.exists():
            self._settings.remove_recent_picture(path)
        self.open_picture(path)

    def _list_devices(self) -> None:
        answer = self.session.answer
        current = self.session.request.model.device if answer is None else answer.model.device
        self.menus.set_devices(available_devices(), current, self.reconstruction.set_device)

    # -- what the window shows by itself

    def _show_state(self) -> None:
        """Which commands make sense, which switches are on, and the status bar."""
        session, actions = self.session, self.actions_
        self.evaluate.setup.set_current_checkpoint(session.request.model.checkpoint)
        answer, display = session.answer, session.display
        result = None if answer is None else answer.reconstruction
        for name in _NEED_A_RESULT:
            actions.enable(name, result is not None)
        actions.enable("errors", answer is not None and answer.truth is not None)
        for name in (display.surface, display.colouring):
            actions.check(name)
        actions.check("edges", display.edges)
        actions.check("axes", display.axes)
        actions.check("use_memory", session.request.use_memory)
        self.reconstruct.show_shape(result is not None)
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
        geometry = self._settings.data("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        self.reconstruct.remember_layout(self._settings.data("panels"))

    def _remember(self) -> None:
        settings, display = self._settings, self.session.display
        settings.set("geometry", self.saveGeometry())
        settings.set("panels", self.reconstruct.layout_state())
        settings.set("device", self.session.request.model.device)
        for key, value in vars(display).items():
            settings.set(f"display/{key}", value)
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
        """Ask where something is going on; remember, end the threads, give the graphics back: in this order."""
        if not all(page.may_close() for page in self.pages.values()):
            event.ignore()
            return
        self._remember()
        self.reconstruction.stop()
        self.foreground.stop()
        self.lane.close()
        for page in self.pages.values():
            page.release()
        super().closeEvent(event)


def _samples() -> list[tuple[str, Path]]:
    """Sample pictures with names for people: ``car-00007.png`` is "Car 7"."""
    try:
        paths = sample_images()
    except Mem3DError:
        return []
    parts = [path.stem.partition("-") for path in paths]
    names = [f"{kind.capitalize()} {number.lstrip('0') or '0'}" if number else kind for kind, _, number in parts]
    return list(zip(names, paths, strict=True))
