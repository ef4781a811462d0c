"""What the display controller has drawn, with a view that keeps what it is told."""

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel
from viewer_support import block

from core.data.dataset import ObjectRecord
from core.prior_edits import NO_EDITS
from mem3d_viewer.reconstruct.compare.bar import CompareBar
from mem3d_viewer.reconstruct.compare.controller import CompareController
from mem3d_viewer.reconstruct.display import DisplayController
from mem3d_viewer.widgets.image_panel import ImagePanel
from mem3d_viewer.widgets.number_slider import NumberSlider


class View(QObject):
    prior_closed = Signal()

    def __init__(self):
        super().__init__()
        self.drawn, self.beside, self.style, self.legend, self.moves = None, None, {}, "", []
        self.beside_surface, self.faint, self.kinds, self.plane = None, None, (), None
        self.scene = SimpleNamespace(
            set_style=lambda **style: self.style.update(style),
            view_isometric=lambda: self.moves.append("isometric"),
            reset_view=lambda: self.moves.append("reset"),
            refit=lambda: None,
            show_plane=lambda *plane: setattr(self, "plane", plane),
        )

    def show_reconstruction(self, surface, words, material="reconstruction", faint=None):
        self.drawn, self.faint = (surface, words), faint

    def show_beside(self, surface, words="", material="prior", faint=None):
        self.beside = None if surface is None else (words, material)
        self.beside_surface = surface

    def explain(self, colouring, threshold, kinds=(), note=""):
        self.legend, self.kinds = colouring, kinds

    def redraw(self):
        pass


@pytest.fixture
def shown(session, controller, actions, lane, host, qtbot):
    """The widgets that a display controller fills."""
    parts = SimpleNamespace(images=ImagePanel(), view=View(), count=QLabel())
    parts.threshold = NumberSlider("&Threshold", "Occupancy threshold", 0.0, 1.0, "")
    for widget in (parts.images, parts.count, parts.threshold):
        qtbot.addWidget(widget)
    bar = CompareBar(actions["swap"], actions["blink"], actions["difference"])
    qtbot.addWidget(bar)
    parts.compare = CompareController(session, lane, actions, bar, host)
    parts.controller = DisplayController(
        session, actions, parts.images, parts.view, parts.threshold, parts.count, parts.compare, host
    )
    return parts


class Blocks:
    """One object, one view."""

    name, objects = "blocks", [ObjectRecord("chair/0", "chair", "test", 1)]

    def image(self, index, view):
        return np.full((32, 32, 3), 90, np.uint8)

    def voxels(self, index):
        return block(7)


def test_the_threshold_decides_what_is_drawn_and_counted(session, shown):
    occupancy = session.answer.reconstruction.occupancy
    for threshold in (0.3, float(np.median(occupancy))):
        shown.threshold.changed.emit(threshold)
        assert shown.count.text() == f"{int((occupancy > threshold).sum()):,} voxels"
    session.set_display(threshold=1.0)
    assert "lower the threshold" in shown.view.drawn[1]
    assert shown.view.drawn[0].n_cells == 0


def test_the_camera_moves_for_the_first_picture_only(session, controller, shown, wait):
    assert shown.view.moves == ["isometric", "reset"]
    controller.set_beta(0.8)
    wait(controller)
    assert shown.view.moves == ["isometric", "reset"]


def test_commands_change_the_display_and_show_it(session, shown, actions):
    actions["smooth"].trigger()
    actions["height"].trigger()
    actions["edges"].trigger()
    display = session.display
    assert (display.surface, display.colouring, display.edges) == ("smooth", "height", False)
    assert shown.view.style == {"colouring": "height", "edges": False, "axes": True}
    assert shown.view.legend == "height"
    session.set_display(surface="blocks", colouring="plain", edges=True)
    assert actions["blocks"].isChecked()
    assert actions["plain"].isChecked()
    assert actions["edges"].isChecked()
    actions["reset_view"].trigger()
    assert shown.view.moves[-1] == "reset"


def test_errors_and_iou_need_a_ground_truth(session, controller, shown, actions, wait):
    session.set_display(colouring="errors")
    assert shown.view.style["colouring"] == "plain"
    assert not actions["errors"].isEnabled()
    controller.open_sample(Blocks(), 0, 0)
    wait(controller)
    assert actions["errors"].isEnabled()
    assert shown.view.style["colouring"] == "errors"
    voxels = session.answer.reconstruction.occupancy > session.display.threshold
    truth = block(7)
    iou = (voxels & truth).sum() / (voxels | truth).sum()
    assert f"IoU {iou:.3f}" in shown.view.drawn[1]
    assert shown.view.beside == (f"<b>Ground truth</b> · {truth.sum()} voxels", "truth")


def test_a_selected_prior_stands_beside_until_it_is_closed(session, shown):
    prior = session.answer.reconstruction.priors[2]
    session.select(prior.slot)
    assert shown.view.beside == (f"<b>Shape prior</b> · {prior.category} · {prior.similarity:.3f}", "prior")
    shown.view.prior_closed.emit()
    assert session.selected is None
    assert shown.view.beside is None


def test_no_picture_no_image(session, controller, shown, wait):
    assert not shown.images.picture_view.image.isNull()
    controller.close_picture()
    wait(controller)
    assert shown.images.picture_view.image.isNull()


def test_what_came_and_went_is_coloured_until_the_next_change(session, controller, shown, wait):
    earlier = session.answer.reconstruction.occupancy
    session.set_display(threshold=float(np.median(earlier)))
    slot = session.answer.reconstruction.priors[0].slot
    controller.set_edits(NO_EDITS.mute([slot]))
    wait(controller)
    threshold = session.display.threshold
    now, before = session.answer.reconstruction.occupancy > threshold, earlier > threshold
    came, went = int((now & ~before).sum()), int((before & ~now).sum())
    assert came + went > 0
    assert f"+{came:,} −{went:,} voxels" in shown.view.drawn[1]
    assert shown.view.style["colouring"] == shown.view.legend == "changes"
    values = np.unique(np.round(shown.view.drawn[0]["difference"], 1))
    assert set(values) <= {0.0, 0.5, 1.0}
    assert (0.5 in values) == (went > 0)
    session.set_display(edges=False)
    assert shown.view.style["colouring"] == "changes"
    assert shown.controller.forget_changes()
    assert shown.view.style["colouring"] == "plain"
    assert not shown.controller.forget_changes()
    controller.set_edits(NO_EDITS)
    wait(controller)
    assert shown.view.style["colouring"] == "changes"
    controller.set_beta(0.6)
    wait(controller)
    assert shown.view.style["colouring"] == "plain"
    assert "−" not in shown.view.drawn[1]


def test_a_slicing_plane_cuts_what_is_drawn_and_counts_the_whole(session, shown):
    occupancy = session.answer.reconstruction.occupancy
    threshold = float(np.median(occupancy))
    session.set_display(threshold=threshold)
    whole = shown.count.text()
    for axis, name in enumerate("xyz"):
        session.set_display(slice_axis=name, slice_layers=20)
        assert shown.view.plane == (axis, 20 / 32 - 0.5)
        centres = shown.view.drawn[0].points.reshape(-1, 4, 3).mean(axis=1)
        assert centres[:, axis].max() == pytest.approx(20 / 32 - 0.5)
        cells = {tuple(cell) for cell in np.argwhere(np.moveaxis(occupancy, axis, 0)[19] > threshold)}
        on_the_plane = np.abs(centres[:, axis] - (20 / 32 - 0.5)) < 1e-6
        assert on_the_plane.sum() == len(cells)
    assert shown.count.text() == whole
    session.set_display(slice_axis="")
    assert shown.view.plane == (None,)


def test_an_x_ray_shows_what_the_threshold_hides_of_reconstructions_alone(session, shown):
    assert shown.view.faint is None
    occupancy = session.answer.reconstruction.occupancy
    session.set_display(xray=True, threshold=float(np.quantile(occupancy, 0.9)))
    assert shown.view.faint["occupancy"].max() <= session.display.threshold
    session.set_display(xray=False)
    assert shown.view.faint is None


@pytest.mark.parametrize("side", [0, 1])
def test_the_difference_stands_on_the_side_it_was_chosen_for(session, shown, side):
    prior = session.answer.reconstruction.priors[0]
    session.select(prior.slot)
    session.set_display(threshold=float(np.median(session.answer.reconstruction.occupancy)))
    voxels = session.answer.reconstruction.voxels(session.display.threshold)
    shown.compare.show_difference(side)
    surfaces = (shown.view.drawn[0], shown.view.beside_surface)
    assert ["difference" in surface.point_data for surface in surfaces] == [side == 0, side == 1]
    missing, more = int((prior.voxels & ~voxels).sum()), int((voxels & ~prior.voxels).sum())
    assert shown.view.kinds == ("both", f"only shape prior: {missing:,}", f"only reconstruction: {more:,}")
    words = (shown.view.drawn[1], shown.view.beside[0])[side]
    assert words == f"<b>Difference</b> · {missing + more:,} voxels"
