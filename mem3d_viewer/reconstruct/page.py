"""The page that shows a picture, its reconstruction and the shape priors: panels around the 3D view."""

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mem3d_viewer.actions import Actions
from mem3d_viewer.base.background import Lane
from mem3d_viewer.base.error_dialog import ErrorReporter
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.menus import Menus, make_tool_bar
from mem3d_viewer.reconstruct.batch import BatchList
from mem3d_viewer.reconstruct.compare.bar import CompareBar
from mem3d_viewer.reconstruct.compare.controller import CompareController
from mem3d_viewer.reconstruct.controller import ReconstructionController
from mem3d_viewer.reconstruct.display import DisplayController
from mem3d_viewer.reconstruct.dock_widths import DockWidths
from mem3d_viewer.reconstruct.export import ExportController
from mem3d_viewer.reconstruct.foreground.controller import ForegroundController
from mem3d_viewer.reconstruct.foreground.editor import PictureEditor
from mem3d_viewer.reconstruct.history import EditHistory
from mem3d_viewer.reconstruct.opening import OpeningController, sample_pictures
from mem3d_viewer.reconstruct.pipeline import Request
from mem3d_viewer.reconstruct.priors.controller import PriorsController
from mem3d_viewer.reconstruct.priors.influence import InfluenceController
from mem3d_viewer.reconstruct.priors.panel import PriorsPanel, SimilarityPanel
from mem3d_viewer.reconstruct.saved.controller import SavedSessionController
from mem3d_viewer.reconstruct.session import Session, remembered_display
from mem3d_viewer.reconstruct.slicing import SliceController, SliceRow
from mem3d_viewer.reconstruct.sweep.controller import SweepController
from mem3d_viewer.reconstruct.trust import TrustLine
from mem3d_viewer.reconstruct.welcome import Welcome
from mem3d_viewer.widgets.image_panel import ImagePanel, PixelView
from mem3d_viewer.widgets.number_slider import NumberSlider
from mem3d_viewer.widgets.voxel_view import VoxelView

_LAYOUT_VERSION = 1
_NARROW = 1080
"""Width in pixels below which there is no room for beta and priors beside the editor."""
_BESIDE_EDITOR, _LOW = 250, 300
"""Width in pixels of the panels beside the editor, and the height of the lower one."""


class ReconstructPage(QMainWindow):
    """A main window inside the main window, because only those have panels that can be moved.

    Its parts know the session and the widgets they fill; here they are made and given to each other.

    Args:
        settings: what was remembered.
        request: what to show first, once ``start`` is called.
        errors: where problems go.
        actions: the window's commands.
        menus: the window's menus.
        multi_samples: samples a pixel of the 3D view.
    """

    saved = Signal(object)
    """Path of a file that was written."""

    def __init__(
        self,
        settings: Settings,
        request: Request,
        errors: ErrorReporter,
        actions: Actions,
        menus: Menus,
        multi_samples: int = 1,
    ) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setAcceptDrops(False)  # the window takes what is dropped
        self._settings = settings
        self._laid_out = False
        self._before_editing: QByteArray | None = None
        self.images = ImagePanel()
        preview = PixelView("Network input of the edited picture")
        self.editor = PictureEditor(preview, actions["undo"], actions["redo"], actions["save_cut_out"])
        self.view = VoxelView(multi_samples)
        self.compare_bar = CompareBar(*(actions[name] for name in ("swap", "blink", "slice", "xray")))
        self.welcome = Welcome([actions["open"], actions["paste"]], sample_pictures())
        self.batch = BatchList()
        self.similarity = SimilarityPanel()
        self.priors = PriorsPanel()
        self.threshold = NumberSlider(
            "&Threshold", "Occupancy threshold", 0.0, 1.0, "Voxels whose occupancy exceeds it are drawn and saved"
        )
        self.slice_row = SliceRow()
        self.count = QLabel()
        self.count.setMinimumWidth(94)
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.count.setAccessibleName("Number of voxels above the threshold")
        self.tool_bar = make_tool_bar(self, actions)
        self.addToolBar(self.tool_bar)
        self._make_centre()
        self._make_docks()
        self._first_layout = self.saveState(_LAYOUT_VERSION)
        for dock in self.docks:
            menus.panels.addAction(dock.toggleViewAction())
        actions.connect({"reset_layout": self.reset_layout})
        self._make_controllers(request, errors, actions, menus)

    def _make_controllers(self, request: Request, errors: ErrorReporter, actions: Actions, menus: Menus) -> None:
        self.session = session = Session(request, remembered_display(self._settings), self)
        self.lane = lane = Lane("mem3d-network", self)
        self.controller = ReconstructionController(session, lane, self)
        self.opening = OpeningController(session, self.controller, self._settings, actions, menus, self)
        self.compare = CompareController(session, lane, actions, self.compare_bar, self)
        self.view.blink.connect(actions["blink"].trigger)
        self._shape.addWidget(TrustLine(session))
        self.display = DisplayController(
            session, actions, self.images, self.view, self.threshold, self.count, self.compare, self
        )
        self.slicing = SliceController(session, actions, self.slice_row, self)
        self.history = history = EditHistory(session, actions, self)
        self.influence = InfluenceController(session, self.controller, lane, self)
        self.prior_control = PriorsController(
            session, self.controller, history, self.influence, actions, self.similarity, self.priors, self
        )
        self.foreground = ForegroundController(session, self.controller, self.editor, history, actions, lane, self)
        self.export = ExportController(session, lane, actions, self.view, self)
        self.sweep = SweepController(session, self.controller, history, lane, actions, self)
        self.sessions = SavedSessionController(
            session, self.controller, history, self.compare, lane, actions, self.view,
            self._settings.folder / "sessions", self,
        )  # fmt: skip
        parts = (self.controller, self.opening, self.influence, self.foreground, self.compare, self.export)
        for part in (*parts, self.sweep, self.sessions):
            part.failed.connect(errors.report)
        for saver in (self.export, self.sweep, self.sessions):
            saver.saved.connect(self.saved)
        self.images.edit.clicked.connect(self.foreground.open)
        self.sessions.foreground_edited.connect(self.foreground.carry_out)
        self.welcome.sample_chosen.connect(self.controller.open_picture)
        self.batch.chosen.connect(self.controller.open_picture)
        self.controller.batch_changed.connect(self._show_batch)
        self.foreground.changed.connect(lambda: self.show_editor(self.foreground.is_open))
        session.answer_changed.connect(self._show_state)

    def start(self) -> None:
        """Begin with the first request, or with what was shown when the program crashed."""
        self.controller.start()
        self.sessions.offer_last()

    def _make_centre(self) -> None:
        threshold_row = QHBoxLayout()
        threshold_row.setContentsMargins(12, 8, 12, 8)
        threshold_row.addWidget(self.threshold, 1)
        threshold_row.addWidget(self.count)
        shape = QWidget()
        self._shape = shape_layout = QVBoxLayout(shape)
        shape_layout.setContentsMargins(0, 0, 0, 0)
        shape_layout.setSpacing(0)
        shape_layout.addWidget(self.compare_bar)
        shape_layout.addWidget(self.view, 1)
        shape_layout.addLayout(threshold_row)
        shape_layout.addWidget(self.slice_row)
        self._centre = QStackedWidget()
        self._centre.addWidget(self.welcome)
        self._centre.addWidget(shape)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.editor)
        self._split.addWidget(self._centre)
        self.editor.hide()
        self.setCentralWidget(self._split)

    def _make_docks(self) -> None:
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self.docks = (
            self._dock("Image", left, self.images),
            self._dock("Key similarity", left, self.similarity),
            self._dock("Shape priors", right, self.priors),
        )
        self._widths = DockWidths(self, self.docks[::2])
        self.batch_dock = self._dock("Pictures", left, self.batch)
        self.batch_dock.hide()
        self.setCorner(Qt.Corner.BottomLeftCorner, left)
        self.setCorner(Qt.Corner.BottomRightCorner, right)

    def _dock(self, title: str, area: Qt.DockWidgetArea, content: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(title.lower().replace(" ", "_"))
        dock.setWidget(content)
        for tell in (dock.toggleViewAction().setToolTip, dock.toggleViewAction().setStatusTip):
            tell(f"Show or hide the panel {title}")
        self.addDockWidget(area, dock)
        return dock

    @property
    def controls(self) -> list[QWidget]:
        """What the keyboard reaches, in order: tool bar, the middle from top to bottom, then the panels."""
        buttons = [self.tool_bar.widgetForAction(action) for action in self.tool_bar.actions()]
        order = [button for button in buttons if button.focusPolicy() != Qt.FocusPolicy.NoFocus]
        order += [*self.editor.controls]
        order += [*self.welcome.controls, *self.compare_bar.controls, *self.view.controls, *self.threshold.controls]
        order += [*self.slice_row.controls]
        return [*order, self.images.edit, *self.similarity.controls, *self.priors.controls]

    def _show_batch(self) -> None:
        """List the pictures that are open together."""
        self.batch.show_pictures(self.controller.batch)
        self.batch_dock.setVisible(bool(self.controller.batch) and not self.foreground.is_open)

    def _show_state(self) -> None:
        """Show the 3D view, or the invitation to open a picture."""
        answer = self.session.answer
        self._centre.setCurrentIndex(1 if answer is not None and answer.reconstruction is not None else 0)
        source = None if answer is None else answer.request.picture
        self.batch.mark(None if source is None else source.path)

    def show_editor(self, on: bool) -> None:
        """Show the foreground editor beside the 3D view, in place of the panels it makes room for; or put them back."""
        before = self._before_editing
        if on == (before is not None):
            return
        if before is None:
            self._before_editing = self.saveState(_LAYOUT_VERSION)
            self._widths.resting = True
            image, similarity, priors = self.docks
            image.hide()
            if self.width() < _NARROW:
                similarity.hide()
                priors.hide()
            elif self.dockWidgetArea(similarity) != self.dockWidgetArea(priors):  # beta is to be watched, too
                self.splitDockWidget(priors, similarity, Qt.Orientation.Vertical)
                low = min(_LOW, self.height() // 2)
                self.resizeDocks([priors, similarity], [self.height() - low, low], Qt.Orientation.Vertical)
            self.editor.show()
            self.resizeDocks([priors], [_BESIDE_EDITOR], Qt.Orientation.Horizontal)
            wide = self._split.width()
            self._split.setSizes([round(0.52 * wide), round(0.48 * wide)])
            self.editor.canvas.setFocus()
        else:
            self.editor.hide()
            self._split.refresh()
            # Else the panels come back before the editor's room is free: the window grows.
            layout = self.layout()
            if layout is not None:
                layout.activate()
            self.restoreState(before, _LAYOUT_VERSION)
            self._before_editing = None
            self._widths.resting = False
            self._widths.apply()

    def reset_layout(self) -> None:
        """Put the panels back where they were at first."""
        self.restoreState(self._first_layout, _LAYOUT_VERSION)
        self._widths.forget()
        image, similarity, _ = self.docks
        side = max(240, min(self.width() // 4, 420))
        height = image.height() + similarity.height()
        upper = side // 2 + 150  # two squares side by side, and the words around them
        self.resizeDocks([image, similarity], [upper, height - upper], Qt.Orientation.Vertical)
        self._show_batch()

    def showEvent(self, event: QShowEvent) -> None:
        """Lay the panels out, which have their sizes only once the page is shown."""
        super().showEvent(event)
        if not self._laid_out:
            self._laid_out = True
            self._widths.resting = False
            remembered = self._settings.data("panels")
            if remembered is None or not self.restoreState(remembered, _LAYOUT_VERSION):
                self.reset_layout()
            else:
                QTimer.singleShot(0, self._widths, self._widths.keep)
            self._show_batch()

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours in everything that paints itself."""
        self.view.scene.set_colours(theme.scene)
        self.view.redraw()
        self.priors.list.set_prior_colour(theme.prior)
        self.editor.set_icon_colours(theme.text, theme.border)
        self.similarity.set_colours(theme.base, theme.muted, theme.scene.grid, theme.prior, theme.accent)
        self.sweep.set_theme(theme)

    def give_up(self) -> bool:
        """End the running work, else hide the shape prior or what changed, else close the editor: one of it, if any."""
        if self.session.busy and not self.foreground.is_open:
            self.controller.cancel()
        elif self.session.selected is not None:
            self.session.select(None)
        elif not self.display.forget_changes():
            if not self.foreground.is_open:
                return False
            self.foreground.close()
        return True

    def may_close(self) -> bool:
        """Nothing here is lost by closing."""
        return True

    def release(self) -> None:
        """Remember; end the thread, then give the graphics back."""
        self._remember()
        self.controller.stop()
        self.influence.stop()
        self.compare.stop()
        self.sweep.stop()
        self.sessions.stop()
        self.foreground.stop()
        self.lane.close()
        self.sessions.forget_last()
        self.view.release()

    def _remember(self) -> None:
        self._settings.set("panels", self._before_editing or self.saveState(_LAYOUT_VERSION))
        self._settings.set("device", self.session.request.model.device)
        for key, value in vars(self.session.display).items():
            self._settings.set(f"display/{key}", value)
