"""Keeps pictures and 3D view in step with the session, and takes how the shape is to be drawn."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel

from core.metrics import voxel_iou
from core.reconstruction_result import Reconstruction
from mem3d_viewer.actions import Actions
from mem3d_viewer.reconstruct.compare.choices import Compared
from mem3d_viewer.reconstruct.compare.controller import CompareController
from mem3d_viewer.reconstruct.pipeline import Answer
from mem3d_viewer.reconstruct.session import SURFACES, Session
from mem3d_viewer.scene.voxel_mesh import (
    FAINTEST,
    GRID,
    below_plane,
    block_surface,
    difference_surface,
    faint_blocks,
    part_surface,
    smooth_surface,
)
from mem3d_viewer.scene.voxel_scene import COLOURINGS, PLACES, Colouring
from mem3d_viewer.widgets.image_panel import ImagePanel
from mem3d_viewer.widgets.number_slider import NumberSlider
from mem3d_viewer.widgets.voxel_view import VoxelView

_NO_ALPHA = "The picture has no transparency: its background is left in, and the network sees it too."


class _Made(NamedTuple):
    how: tuple[object, ...]
    occupancy: NDArray[np.float32]
    surface: pv.PolyData


class DisplayController(QObject):
    """Shows the picture and its shape; threshold, surface and colours change how it is drawn, never what."""

    def __init__(
        self,
        session: Session,
        actions: Actions,
        images: ImagePanel,
        view: VoxelView,
        threshold: NumberSlider,
        count: QLabel,
        compare: CompareController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._actions = session, actions
        self._images, self._view, self._count, self._compare = images, view, count, compare
        self._shown: Answer | None = None
        self._changed_from: NDArray[np.float32] | None = None
        self._kept: NDArray[np.bool_] | None = None
        self._made = deque[_Made](maxlen=2 * len(PLACES))
        self._connect_commands()
        threshold.set_value(session.display.threshold)
        threshold.changed.connect(lambda value: session.set_display(threshold=value))
        session.display_changed.connect(lambda: threshold.set_value(session.display.threshold))
        view.prior_closed.connect(compare.close_right)
        compare.changed.connect(self._show_comparison)
        session.answer_changed.connect(self._show_answer)
        session.selection_changed.connect(self._show_display)
        session.display_changed.connect(self._show_display)
        self._show_answer()

    def _connect_commands(self) -> None:
        actions, session, scene = self._actions, self._session, self._view.scene
        actions.connect(
            {
                "reset_view": lambda: self._move_camera(scene.reset_view),
                "isometric": lambda: self._move_camera(scene.view_isometric),
                **{name: partial(session.set_display, surface=name) for name in SURFACES},
                **{name: partial(self._set_colouring, name) for name in COLOURINGS},
            }
        )
        actions["edges"].triggered.connect(lambda on: session.set_display(edges=on))
        actions["axes"].triggered.connect(lambda on: session.set_display(axes=on))

    def _set_colouring(self, colouring: Colouring) -> None:
        self.forget_changes()
        self._session.set_display(colouring=colouring)

    def forget_changes(self) -> bool:
        """Colour the shape as it was before something changed; whether changes were shown."""
        shown = self._changed_from is not None
        if shown:
            self._changed_from = None
            self._show_display()
        return shown

    def _show_comparison(self) -> None:
        self._show_display()
        self._view.scene.refit()

    def _move_camera(self, move: Callable[[], None]) -> None:
        move()
        self._view.redraw()

    def _show_answer(self) -> None:
        answer = self._session.answer
        before, self._shown = self._shown, answer
        reconstruction = None if answer is None else answer.reconstruction
        if answer is None or reconstruction is None or answer.picture is None:
            self._images.clear()
        elif before is None or before.picture is not answer.picture or before.model is not answer.model:
            self._show_picture(answer, reconstruction)
        self._changed_from = _changed_from(before, answer)
        self._show_display()
        if reconstruction is not None and (before is None or before.reconstruction is None):
            self._move_camera(self._view.scene.view_isometric)
            self._move_camera(self._view.scene.reset_view)

    def _show_picture(self, answer: Answer, reconstruction: Reconstruction) -> None:
        picture, source = answer.picture, answer.request.picture
        if picture is None or source is None:
            return
        height, width = picture.pixels.shape[:2]
        notes = picture.notes if picture.has_alpha or source.sample is not None else (_NO_ALPHA, *picture.notes)
        about = f"{source.name} · {width} × {height} pixels"
        self._images.show_picture(picture.pixels, reconstruction.network_input, about, notes)

    def _show_display(self) -> None:
        display, answer = self._session.display, self._session.answer
        truth = None if answer is None else answer.truth
        for name in (display.surface, display.colouring):
            self._actions.check(name)
        self._actions.check("edges", display.edges)
        self._actions.check("axes", display.axes)
        self._actions.enable("errors", truth is not None)
        reconstruction = None if answer is None else answer.reconstruction
        if reconstruction is not None:
            self._count.setText(f"{int(reconstruction.voxels(display.threshold).sum()):,} voxels")
        colouring = self._colouring(truth is not None)
        self._view.scene.set_style(colouring=colouring, edges=display.edges, axes=display.axes)
        self._show_plane()
        self._explain(colouring)
        left = self._compare.left
        if left is not None:
            self._show_left(left, colouring, truth)
        self._show_beside()

    def _show_plane(self) -> None:
        display = self._session.display
        if display.slice_axis:
            axis = "xyz".index(display.slice_axis)
            self._kept = below_plane(axis, display.slice_layers)
            self._view.scene.show_plane(axis, display.slice_layers / GRID - 0.5)
        else:
            self._kept = None
            self._view.scene.show_plane(None)

    def _explain(self, colouring: Colouring) -> None:
        """The legend."""
        left, right = self._compare.left, self._compare.right
        kinds: tuple[str, ...] = ()
        if self._compare.difference is not None and left is not None and right is not None:
            kinds = (
                "both",
                f"only {right.name.lower()}: {int((right.voxels & ~left.voxels).sum()):,}",
                f"only {left.name.lower()}: {int((left.voxels & ~right.voxels).sum()):,}",
            )
        threshold = self._session.display.threshold
        faint = f"see-through: occupancy {FAINTEST:g} to {threshold:.2f}" if self._session.display.xray else ""
        self._view.explain(colouring, threshold, kinds, faint)

    def _colouring(self, truth_known: bool) -> Colouring:
        """What the colours of the left shape tell."""
        left, colouring = self._compare.left, self._session.display.colouring
        if self._compare.difference == 0:
            return "difference"
        if self._changed_from is not None and left is not None and left.is_result:
            return "changes"
        return "plain" if colouring == "errors" and not truth_known else colouring

    def _show_left(self, left: Compared, colouring: Colouring, truth: NDArray[np.bool_] | None) -> None:
        """Draw what stands left, by default the reconstruction."""
        voxels, words, right = left.voxels, left.words, self._compare.right
        if truth is not None and left.material != "truth":
            words += f" · IoU {float(voxel_iou(voxels, truth)):.3f}"
        if left.is_result and not voxels.any():
            words += f" · no voxel above {left.threshold:.2f}: lower the threshold"
        faint = None
        if colouring == "difference" and right is not None:
            words = _describe_difference(left, right)
            surface = self._difference(voxels, right.voxels)
        elif colouring == "changes" and self._changed_from is not None:
            earlier = self._changed_from > left.threshold
            words += _describe_changes(voxels, earlier)
            surface = self._difference(voxels, earlier)
        elif colouring == "errors" and truth is not None:
            surface = self._difference(voxels, truth)
        elif colouring == "parts":
            surface, faint = part_surface(voxels, self._kept), self._faint(left)
        else:
            surface, faint = self._surface(left), self._faint(left)
        self._view.show_reconstruction(surface, words, left.material, faint)

    def _show_beside(self) -> None:
        """Beside the reconstruction: what it is compared with."""
        left, right = self._compare.left, self._compare.right
        if right is None:
            self._view.show_beside(None)
        elif self._compare.difference == 1 and left is not None:
            surface = self._difference(left.voxels, right.voxels)
            self._view.show_beside(surface, _describe_difference(left, right), right.material)
        else:
            self._view.show_beside(self._surface(right), right.words, right.material, self._faint(right))
        self._view.redraw()

    def _surface(self, shape: Compared) -> pv.PolyData:
        """The surface of a shape; one that was made lately is given again, so that only what changed is drawn anew."""
        display = self._session.display
        how = (display.surface, shape.threshold, display.slice_axis, display.slice_layers)
        for made in self._made:
            if made.how == how and np.array_equal(made.occupancy, shape.occupancy):
                return made.surface
        make = block_surface if display.surface == "blocks" else smooth_surface
        surface = make(self._cut(shape.occupancy), shape.threshold)
        self._made.append(_Made(how, shape.occupancy, surface))
        return surface

    def _faint(self, shape: Compared) -> pv.PolyData | None:
        """What shines through around a reconstruction; nothing around a shape that is certain."""
        if not self._session.display.xray or shape.material != "reconstruction":
            return None
        return faint_blocks(self._cut(shape.occupancy), shape.threshold)

    def _difference(self, voxels: NDArray[np.bool_], other: NDArray[np.bool_]) -> pv.PolyData:
        if self._kept is None:
            return difference_surface(voxels, other)
        return difference_surface(voxels & self._kept, other & self._kept)

    def _cut(self, occupancy: NDArray[np.float32]) -> NDArray[np.float32]:
        return occupancy if self._kept is None else np.where(self._kept, occupancy, np.float32(0))


def _describe_difference(left: Compared, right: Compared) -> str:
    return f"<b>Difference</b> · {int((left.voxels ^ right.voxels).sum()):,} voxels"


def _changed_from(before: Answer | None, now: Answer | None) -> NDArray[np.float32] | None:
    """The occupancy before the user changed which priors are read; None where ``now`` came about in another way."""
    if before is None or now is None or before.reconstruction is None or now.reconstruction is None:
        return None
    one, other = before.request, now.request
    if one.edits == other.edits or replace(one, edits=other.edits) != other:
        return None
    return before.reconstruction.occupancy


def _describe_changes(voxels: NDArray[np.bool_], earlier: NDArray[np.bool_]) -> str:
    came, went = int((voxels & ~earlier).sum()), int((earlier & ~voxels).sum())
    return f" · +{came:,} −{went:,} voxels" if came or went else " · no voxel changed"
