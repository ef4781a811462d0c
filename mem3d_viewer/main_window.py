"""The window: the frame around the pages, and where what is opened goes."""

from functools import partial
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from core.data.images import Picture
from core.errors import Mem3DError
from core.memory.shape_files import SHAPE_ENDINGS
from mem3d_viewer import help, incoming
from mem3d_viewer.actions import Actions
from mem3d_viewer.base.error_dialog import ErrorReporter
from mem3d_viewer.base.rest import Rest
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.base.theme import THEMES, apply_theme, system_theme
from mem3d_viewer.data.page import DataPage
from mem3d_viewer.evaluate.page import EvaluatePage
from mem3d_viewer.memory.page import MemoryPage
from mem3d_viewer.menus import Menus
from mem3d_viewer.pages import Page, PageBar
from mem3d_viewer.reconstruct.page import ReconstructPage
from mem3d_viewer.reconstruct.pipeline import Request
from mem3d_viewer.reconstruct.saved.file import ENDING as SESSION_ENDING
from mem3d_viewer.train.page import TrainPage
from mem3d_viewer.widgets.status import StatusBar


class MainWindow(QMainWindow):
    """The main window. Each page owns its controllers and connects its own commands.

    Args:
        settings: what was remembered.
        request: what to show first.
        theme: name of the appearance; None: the remembered one.
        multi_samples: samples a pixel of the 3D view.
        log_file: named in error reports.
    """

    lost = Signal(object)
    """The exception of edits that could not be kept when the program was asked to end."""

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
        self._asking = True
        self.errors = ErrorReporter(self, log_file)
        self.actions_ = Actions(self)
        self.menus = Menus(self, self.actions_)
        self.status = StatusBar()
        self.setStatusBar(self.status)
        self.reconstruct = ReconstructPage(settings, request, self.errors, self.actions_, self.menus, multi_samples)
        self.rest = Rest(self.reconstruct.lane, self)
        self.train = TrainPage(settings, self.errors, self.actions_, multi_samples)
        self.data = DataPage(settings, self.errors, self.actions_, multi_samples)
        self.evaluate = EvaluatePage(settings, self.errors, self.actions_)
        self.memory = MemoryPage(settings, self.errors, self.actions_, multi_samples)
        self.pages: dict[str, Page] = {
            "reconstruct": self.reconstruct, "train": self.train, "data": self.data, "evaluate": self.evaluate,
            "memory": self.memory,
        }  # fmt: skip
        self._stack = QStackedWidget()
        for page in (self.reconstruct, self.train, self.data, self.evaluate, self.memory):  # in the order of ``pages``
            self._stack.addWidget(page)
        self.setCentralWidget(self._stack)
        for child in self._stack.findChildren(QWidget):  # what is dropped anywhere is the window's
            child.setAcceptDrops(bool(child.property("takes_drops")))  # except rows of a list, on it
        self._page_bar = PageBar([self.actions_[f"page_{name}"] for name in self.pages], self)
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self._page_bar)
        self._connect_commands()
        self._connect_pages()
        self._set_tab_order()
        self.set_theme(theme or settings.text("theme", system_theme(_application()), tuple(THEMES)))
        self.resize(1280, 800)
        geometry = settings.data("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        self.show_page("reconstruct")

    # -- the pages

    def show_page(self, name: str) -> None:
        """Show the page called ``name``; commands of the others rest meanwhile."""
        self._stack.setCurrentIndex(list(self.pages).index(name))
        self.actions_.set_page(name)
        self.actions_.check(f"page_{name}")

    @property
    def page(self) -> str:
        """Name of the page that is shown."""
        return list(self.pages)[self._stack.currentIndex()]

    def _set_tab_order(self) -> None:
        """The bar of pages, then the page."""
        for before, after in pairwise([*self._page_bar.buttons, *self.reconstruct.controls]):
            self.setTabOrder(before, after)

    # -- who listens to whom

    def _connect_commands(self) -> None:
        self.actions_.connect(
            {
                "paste": lambda: self.receive(QGuiApplication.clipboard().mimeData()),
                "import_meshes": self._import_meshes,
                "cancel": self._cancel,
                "quit": self.close,
                "guide": lambda: help.show_guide(self),
                "shortcuts": lambda: help.show_shortcuts(self),
                "report": lambda: help.show_report(self),
                "open_log": lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_file))),
                "about": lambda: help.show_about(self),
                **{name: partial(self.set_theme, name) for name in THEMES},
                **{f"page_{name}": partial(self.show_page, name) for name in self.pages},
            }
        )
        self.actions_["full_screen"].triggered.connect(lambda on: self.showFullScreen() if on else self.showNormal())
        self.actions_["open_log"].setEnabled(self._log_file is not None)

    def _connect_pages(self) -> None:
        """One page opens what another shows; title and status bar follow what is shown."""
        controller, session = self.reconstruct.controller, self.reconstruct.session
        self.train.open_checkpoint.connect(controller.open_checkpoint)
        self.data.open_sample.connect(controller.open_sample)
        self.evaluate.open_sample.connect(controller.open_sample)
        controller.asked.connect(lambda: self.show_page("reconstruct"))
        session.busy_changed.connect(lambda: self.status.set_busy(session.busy))
        for changed in (session.answer_changed, session.request_changed):
            changed.connect(self._show_state)
        self.train.running.connect(partial(self.status.set_running, "train"))
        self.evaluate.running.connect(partial(self.status.set_running, "evaluate"))
        session.answer_changed.connect(self._tell_memory)
        for disturbed in (session.answer_changed, session.busy_changed, self.train.running, self.evaluate.running):
            disturbed.connect(self.rest.disturb)
        self.memory.saved.connect(self._use_saved_memory)
        self.memory.kept.restored.connect(self._use_restored_memory)
        self.memory.told.connect(lambda words: self.status.showMessage(words, 8000))
        for page in (self.reconstruct, self.evaluate, self.memory):
            page.saved.connect(lambda path: self.status.showMessage(f"Saved {path}", 8000))
        self._show_state()

    def _tell_memory(self) -> None:
        """The page Memory follows the checkpoint in use, and what its memory gave for the present picture."""
        answer = self.reconstruct.session.answer
        if answer is None:
            return
        path, source = answer.model.path, answer.request.picture
        self.memory.use_checkpoint(path)
        self.memory.show_answer(path, "" if source is None else source.name, answer.feature, answer.slots_read)

    def _use_saved_memory(self, path: Path) -> None:
        """Reconstruct with the memory that was just saved, and stay where the user is."""
        page = self.page
        self.reconstruct.controller.open_checkpoint(path)
        self.show_page(page)

    def _use_restored_memory(self, path: Path) -> None:
        """Show edits that a run of the program left behind, to be saved under a name."""
        self.reconstruct.controller.open_checkpoint(path)
        self.show_page("memory")

    # -- what the user does

    def receive(self, mime: QMimeData) -> None:
        """Open what was dropped or pasted, on the page it belongs to."""
        if self.page == "memory" and self.memory.receive(incoming.files(mime)):
            return
        try:
            found = incoming.content(mime)
        except Mem3DError as error:
            self.errors.report(error)
            return
        if isinstance(found, Picture):
            self.reconstruct.controller.open_pasted(found)
            return
        first = found[0]
        ending = first.suffix.lower()
        if ending == SESSION_ENDING:
            self.reconstruct.sessions.open(first)
        elif ending == incoming.CHECKPOINT_ENDING:
            self.reconstruct.controller.open_checkpoint(first)
        elif first.is_dir():
            self._open_data(first)
        elif ending in SHAPE_ENDINGS:
            self._receive_shapes(found)
        else:
            self.reconstruct.controller.open_pictures(found)

    def _receive_shapes(self, files: tuple[Path, ...]) -> None:
        """A voxel grid or a mesh may be the truth of the picture, something to remember, or part of a data set: ask."""
        shape, answer = files[0], self.reconstruct.session.answer
        use = incoming.ask_use_of_shape(
            self, shape, with_picture=answer is not None and answer.reconstruction is not None
        )
        if use == "truth":
            self.show_page("reconstruct")
            self.reconstruct.controller.set_truth(shape)
        elif use == "memory":
            self.show_page("memory")
            self.memory.receive(files)
        elif use == "data":
            self._open_data(shape)

    def _open_data(self, path: Path) -> None:
        self.show_page("data")
        self.data.receive(path)

    def set_theme(self, name: str) -> None:
        """Light or dark."""
        theme = THEMES[name]
        apply_theme(_application(), theme)
        self.actions_.set_theme(theme)
        self.actions_.check(name)
        for page in self.pages.values():
            page.set_theme(theme)
        self._settings.set("theme", name)

    def _import_meshes(self) -> None:
        self.show_page("data")
        self.data.import_meshes()

    def _cancel(self) -> None:
        """Esc: the page gives up what it does or shows; where there is nothing, leave full screen."""
        if not self.pages[self.page].give_up() and self.isFullScreen():
            self.actions_["full_screen"].trigger()

    # -- what the window shows by itself

    def _show_state(self) -> None:
        """Title and status bar, and which checkpoint may be measured."""
        session = self.reconstruct.session
        answer = session.answer
        threshold = None if answer is None else answer.model.config.model.threshold
        self.evaluate.setup.set_current_checkpoint(session.request.model.checkpoint, threshold)
        source = None if answer is None else answer.request.picture
        self.setWindowTitle("Mem3D Viewer" if source is None else f"{source.name} — Mem3D Viewer")
        if answer is None:
            self.status.show_model("", "", None, None)
        else:
            beta = answer.beta if answer.request.use_memory else None
            seconds = None if answer.reconstruction is None else dict(answer.reconstruction.seconds)
            self.status.show_model(answer.model.device, answer.model.path.name, beta, seconds)

    def start(self) -> None:
        """Begin with what was asked for, or with what a run left behind that did not end by itself."""
        self.reconstruct.start()
        self.memory.kept.offer()

    def end(self) -> None:
        """Close without a question.

        A training is stopped and saved, edits of a memory are kept for the next start, whatever else goes on is given
        up.
        """
        if not self._asking:  # asked before
            return
        self._asking = False
        try:
            self.memory.kept.leave()
        except Mem3DError as error:
            self.lost.emit(error)
        while dialog := QApplication.activeModalWidget():  # a question that waits for its answer
            dialog.close()
            if dialog.isVisible():
                break
        if self.train.training.active:
            self.train.training.ended.connect(self.close)
            self.train.training.stop()
        else:
            self.close()

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
        """Ask where something is going on; then remember, and let the pages end what they have running."""
        if self._asking and not all(page.may_close() for page in self.pages.values()):
            event.ignore()
            return
        self._settings.set("geometry", self.saveGeometry())
        self.rest.stop()
        for page in self.pages.values():
            page.release()
        self._settings.sync()
        super().closeEvent(event)


def _application() -> QApplication:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("a window needs a QApplication")
    return app
