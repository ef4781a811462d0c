"""The page that shows a picture, its reconstruction and the shape priors: panels around the 3D view."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
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
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.menus import make_tool_bar
from mem3d_viewer.reconstruct.foreground.editor import PictureEditor
from mem3d_viewer.reconstruct.prior_list import PriorList
from mem3d_viewer.reconstruct.similarity_plot import SimilarityPlot
from mem3d_viewer.reconstruct.welcome import Welcome
from mem3d_viewer.widgets.image_panel import ImagePanel, PixelView
from mem3d_viewer.widgets.number_slider import NumberSlider
from mem3d_viewer.widgets.voxel_view import VoxelView

_LAYOUT_VERSION = 1
_NARROW = 1300
"""Width in pixels below which there is no room for the priors beside the editor."""


class ReconstructPage(QMainWindow):
    """A main window inside the main window, because only those have panels that can be moved.

    Args:
        actions: the window's commands.
        samples: sample pictures, (name, file).
        multi_samples: samples a pixel of the 3D view.
    """

    def __init__(self, actions: Actions, samples: Sequence[tuple[str, Path]], multi_samples: int) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setAcceptDrops(False)  # the window takes what is dropped
        self._first_layout: QByteArray | None = None
        self._remembered: QByteArray | None = None
        self._laid_out = False
        self._before_editing: QByteArray | None = None
        self.images = ImagePanel()
        preview = PixelView("Network input of the edited picture")
        self.editor = PictureEditor(preview, actions["undo"], actions["redo"], actions["save_cut_out"])
        self.view = VoxelView(multi_samples)
        self.welcome = Welcome([actions["open"], actions["paste"]], samples)
        self.priors = PriorList()
        self.plot = SimilarityPlot()
        # Features come out of a ReLU, so that no key similarity is negative.
        self.beta = NumberSlider(
            "&β", "Beta", 0.0, 1.0, "Key similarity a memory slot must exceed to be called up as a shape prior"
        )
        self.threshold = NumberSlider(
            "&Threshold", "Occupancy threshold", 0.0, 1.0, "Voxels whose occupancy exceeds it are drawn and saved"
        )
        self.summary = QLabel()
        self.summary.setProperty("kind", "muted")
        self.summary.setWordWrap(True)
        self.count = QLabel()
        self.count.setMinimumWidth(110)
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.count.setAccessibleName("Number of voxels above the threshold")
        self.tool_bar = make_tool_bar(self, actions)
        self.addToolBar(self.tool_bar)
        self._make_centre()
        self._make_docks()

    def _make_centre(self) -> None:
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

    @property
    def controls(self) -> list[QWidget]:
        """What the keyboard reaches, in order: tool bar, the middle from top to bottom, then the panels."""
        buttons = [self.tool_bar.widgetForAction(action) for action in self.tool_bar.actions()]
        order = [button for button in buttons if button.focusPolicy() != Qt.FocusPolicy.NoFocus]
        order += [*self.editor.controls]
        order += [*self.welcome.controls, *self.view.controls, *self.threshold.controls]
        return [*order, self.images.edit, *self.beta.controls, self.priors.view]

    def show_shape(self, on: bool) -> None:
        """Show the 3D view, or the invitation to open a picture."""
        self._centre.setCurrentIndex(1 if on else 0)

    def show_editor(self, on: bool) -> None:
        """Show the foreground editor beside the 3D view, in place of the panels it makes room for; or put them back."""
        if on == (self._before_editing is not None):
            return
        if on:
            self._before_editing = self.saveState(_LAYOUT_VERSION)
            image, similarity, priors = self.docks
            for dock in (image, similarity, priors) if self.width() < _NARROW else (image, similarity):
                dock.hide()
            self.editor.show()
            wide = self._split.width()
            self._split.setSizes([round(0.52 * wide), round(0.48 * wide)])
            self.editor.canvas.setFocus()
        else:
            self.editor.hide()
            self._split.refresh()
            self.layout().activate()  # else the panels come back before the editor's room is free: the window grows
            self.restoreState(self._before_editing, _LAYOUT_VERSION)
            self._before_editing = None

    def remember_layout(self, layout: QByteArray | None) -> None:
        """Put the panels where ``layout`` (of ``layout``) has them, or where they belong at first."""
        self._first_layout = self.saveState(_LAYOUT_VERSION)
        self._remembered = layout

    def layout_state(self) -> QByteArray:
        """Where the panels are, for ``remember_layout``."""
        return self._before_editing or self.saveState(_LAYOUT_VERSION)

    def reset_layout(self) -> None:
        """Put the panels back where they were at first."""
        if self._first_layout is not None:
            self.restoreState(self._first_layout, _LAYOUT_VERSION)
        image, similarity, priors = self.docks
        side = max(240, min(self.width() // 4, 420))
        self.resizeDocks([image, priors], [side, min(side, 340)], Qt.Orientation.Horizontal)
        height = image.height() + similarity.height()
        upper = side // 2 + 150  # two squares side by side, and the words around them
        self.resizeDocks([image, similarity], [upper, height - upper], Qt.Orientation.Vertical)

    def showEvent(self, event: QShowEvent) -> None:
        """Lay the panels out, which have their sizes only once the page is shown."""
        super().showEvent(event)
        if not self._laid_out:
            self._laid_out = True
            if self._remembered is None or not self.restoreState(self._remembered, _LAYOUT_VERSION):
                self.reset_layout()

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours in everything that paints itself."""
        self.view.scene.set_colours(theme.scene)
        self.view.render()
        self.priors.set_prior_colour(theme.prior)
        self.editor.set_icon_colours(theme.text, theme.border)
        self.plot.set_colours(theme.base, theme.muted, theme.scene.grid, theme.prior, theme.accent)

    def may_close(self) -> bool:
        """Nothing here is lost by closing."""
        return True

    def release(self) -> None:
        """Give the graphics back."""
        self.view.release()


def _column(*widgets: QWidget) -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(10, 8, 10, 10)
    layout.setSpacing(8)
    for widget in widgets:
        layout.addWidget(widget)
    return column
