"""How a cut-out is shown over its photo: the object as it is, the rest faded into a checkerboard, a line between."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.data.images import Picture

SMALLEST_SIDE, LARGEST_SIDE = 700, 1400
"""Limits of the view's longest side in pixels: for a fine outline, and quick to draw."""
_FADE = 0.65
_TILE = 12
_LIGHT, _DARK = (255, 255, 255), (213, 217, 224)
_OUTLINE = (230, 30, 120)


class MaskView:
    """Draws what the editor shows of one picture.

    Args:
        original: the picture before any edit.
    """

    def __init__(self, original: Picture) -> None:
        height, width = original.pixels.shape[:2]
        longest = max(height, width)
        scale = min(max(longest, SMALLEST_SIDE), LARGEST_SIDE) / longest
        self._size = max(1, round(width * scale)), max(1, round(height * scale))
        columns, rows = np.ogrid[: self._size[0], : self._size[1]]
        light = (rows.T // _TILE + columns.T // _TILE) % 2 == 0
        around = np.where(light[..., None], np.array(_LIGHT, np.uint8), np.array(_DARK, np.uint8))
        if not original.has_alpha:
            around = cv2.addWeighted(around, _FADE, self._resized(original.pixels), 1 - _FADE, 0)
        self._around = around.astype(np.int32)

    def draw(self, edited: Picture) -> NDArray[np.uint8]:
        """The picture after edits: (h, w, 3) uint8 RGB, in its own proportions."""
        pixels = self._resized(edited.pixels)
        if not edited.has_alpha:
            return pixels
        alpha = pixels[..., 3:].astype(np.int32)
        view = ((pixels[..., :3] * alpha + self._around * (255 - alpha)) // 255).astype(np.uint8)
        inside = (pixels[..., 3] > 127).astype(np.uint8)
        view[cv2.morphologyEx(inside, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0] = _OUTLINE
        return view

    def _resized(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        shrinks = self._size[0] < pixels.shape[1]
        how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        return cv2.resize(pixels, self._size, interpolation=how).astype(np.uint8, copy=False)
