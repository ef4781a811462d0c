"""Telling the object of a photo from its background, and covering parts of it: edits in, picture with alpha out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from core.data.images import ALPHA_THRESHOLD, GREY, WHITE, Box, Colour, Picture, load_picture, object_box
from core.data.matting import matte
from core.data.saliency import Regions
from core.errors import ImageError

WORKING_SIDE = 384
"""Longest side in pixels of the copy that is cut out; the mask is brought back to the picture's own size."""
NOTHING_FOUND = "No object was found: draw a box around it, or mark it with Keep. The picture is used uncut meanwhile."

_MARGIN = 2
"""Pixels of the copy that count as background at the border where there is no box."""
_ITERATIONS = 3
_SURE = 0.6
"""How far above the threshold of what stands out, on its way to the most there is, an object is beyond doubt."""
_BEYOND_DOUBT = 0.95
"""How likely a pixel must be the object in the eyes of the finder for GrabCut to leave it so."""
_LIKE_BACKGROUND = 5.0
"""Delta E up to which a colour counts as the background's own, as in a hole the background shows through."""
_SMALLEST_PART = 0.1
"""Area of the smallest part kept, relative to the largest; smaller ones are clutter, unless marked with Keep."""
_AROUND = 0.05
"""How far left and right of the largest part its own other parts may lie, relative to its width."""
_FEWEST = 10
"""Pixels that each of GrabCut's two colour models needs, of 5 Gaussians each."""


Brush = Literal["keep", "remove", "cover", "uncover"]
"""Object, background, an opaque cover over the picture, or a cover taken off again."""


Finder = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Pixels (H, W, 3) uint8 RGB to how likely each shows an object: (H, W) float32, 0 … 1."""


@dataclass(frozen=True)
class Stroke:
    """One stroke of a round brush."""

    tool: Brush
    """What it does."""
    points: tuple[tuple[float, float], ...]
    """Its way, (x, y) in pixels of the picture; one point is a dab."""
    radius: float
    """The brush's radius in pixels of the picture."""
    colour: Colour = GREY
    """The cover's colour."""


@dataclass(frozen=True)
class Edits:
    """Everything done to a picture; immutable, so that undo is to take an earlier one."""

    steps: tuple[Box | Stroke, ...] = ()
    """Boxes around the object (the last one counts) and strokes, in the order they were made."""
    background: Colour = WHITE
    """What the object is put on."""
    cut_out: bool = True
    """False leaves the picture's own background in; covers are painted all the same."""

    def with_step(self, step: Box | Stroke) -> "Edits":
        """These edits and one more."""
        return replace(self, steps=(*self.steps, step))

    @property
    def box(self) -> Box | None:
        """The box that counts."""
        return next((step for step in reversed(self.steps) if isinstance(step, tuple)), None)

    def strokes(self, *tools: str) -> tuple[Stroke, ...]:
        """The strokes made with ``tools``, in order."""
        return tuple(step for step in self.steps if isinstance(step, Stroke) and step.tool in tools)


class Foreground:
    """Cuts the object out of one picture, as often as edits change. Not for several threads at once.

    A picture without alpha is cut out with GrabCut (Rother, Kolmogorov, Blake, SIGGRAPH 2004) on a reduced copy,
    started from what stands out before the border or the box (``saliency``): without any edit this is a proposal.
    A picture with alpha keeps it; a box then clears what lies outside, and strokes paint on it directly. The same
    edits always give the same picture.

    Args:
        picture: the picture, which is not changed.
        finder: tells how likely each pixel of (H, W, 3) uint8 RGB shows an object, (H, W) float32 of 0 … 1, as a
            trained network does; GrabCut then starts from that. None: it starts from what stands out.
    """

    def __init__(self, picture: Picture, finder: Finder | None = None) -> None:
        self.picture = picture
        self._finder = finder
        height, width = picture.pixels.shape[:2]
        self._scale = min(1.0, WORKING_SIDE / max(height, width))
        self._small: NDArray[np.uint8] | None = None
        self._regions: Regions | None = None
        self._likelihood: tuple[tuple[slice, slice], NDArray[np.float32]] | None = None
        self._last: tuple[object, NDArray[np.uint8]] | None = None

    def edited(self, edits: Edits) -> Picture:
        """The picture after ``edits``: RGBA where it is cut out, covers painted, ``background`` set.

        If nothing of the object would be left the picture stays uncut, and ``NOTHING_FOUND`` is among its notes.
        """
        picture = replace(self.picture, background=edits.background)
        if edits.cut_out:
            alpha = self.alpha(edits)
            if alpha.max() <= ALPHA_THRESHOLD:
                picture = replace(picture, notes=(*picture.notes, NOTHING_FOUND))
            else:
                picture = with_alpha(picture, alpha)
        covers = edits.strokes("cover", "uncover")
        return replace(picture, pixels=_covered(picture.pixels, covers)) if covers else picture

    def alpha(self, edits: Edits) -> NDArray[np.uint8]:
        """Alpha of the object after ``edits``: (H, W) uint8, the picture's size; 0 everywhere if nothing is found."""
        strokes = edits.strokes("keep", "remove")
        what = (edits.box, strokes)
        if self._last is None or self._last[0] != what:  # covers and backgrounds leave the mask as it is
            make = self._painted if self.picture.has_alpha else self._grab_cut
            self._last = (what, make(edits.box, strokes))
        return self._last[1]

    def _painted(self, box: Box | None, strokes: tuple[Stroke, ...]) -> NDArray[np.uint8]:
        alpha = self.picture.pixels[..., 3].copy()
        if box is not None:
            alpha[~_inside(box, 1.0, alpha.shape)] = 0
        for stroke in strokes:
            _paint(alpha, stroke, 1.0, 255 if stroke.tool == "keep" else 0)
        return alpha

    def _grab_cut(self, box: Box | None, strokes: tuple[Stroke, ...]) -> NDArray[np.uint8]:
        small = self._reduced()
        height, width = small.shape[:2]
        inside = _inside(box or (0, 0, 0, 0), self._scale, (height, width))
        proposed = box is None or bool(inside.all())
        if proposed:
            inside = np.zeros((height, width), bool)
            inside[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN] = True
        marks = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
        for stroke in strokes:
            _paint(marks, stroke, self._scale, cv2.GC_FGD if stroke.tool == "keep" else cv2.GC_BGD)
        kept, removed = marks == cv2.GC_FGD, marks == cv2.GC_BGD

        # Not from what Remove marks: a stroke on part of a plain object would make all of it background.
        likely, sure = self._first_guess(small, inside, proposed)
        labels = np.where(likely, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
        labels[sure & ~_connected(sure, removed)] = cv2.GC_FGD
        labels[~inside | removed] = cv2.GC_BGD
        labels[kept] = cv2.GC_FGD
        found = _without_clutter(_cut(small, labels), kept)
        if proposed:
            found = _one_object(found, kept)
            # What reaches the margin goes on to the picture's edge, which the object may well be cut by.
            found = np.pad(found[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN], _MARGIN, mode="edge")
        found[kept] = True
        found[removed] = False
        alpha = matte(found, small, self.picture.pixels)
        for stroke in strokes:
            _paint(alpha, stroke, 1.0, 255 if stroke.tool == "keep" else 0)
        return alpha

    def _first_guess(
        self, small: NDArray[np.uint8], inside: NDArray[np.bool_], proposed: bool
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """What is probably the object, and what surely is: (H, W) bool each."""
        if self._finder is not None and inside.any():
            likelihood = self._found(self._finder, small, inside)
            likely = inside & (likelihood > 0.5)
            if likely.sum() >= _FEWEST:
                # Where it sees nothing GrabCut may still find a part in the object's colours, such as a lamp's shade.
                return likely, inside & (likelihood > _BEYOND_DOUBT)
        if self._regions is None:
            self._regions = Regions(small)
        return _standing_out(self._regions, ~inside, proposed)

    def _found(self, finder: Finder, small: NDArray[np.uint8], inside: NDArray[np.bool_]) -> NDArray[np.float32]:
        """The finder's answer for what lies inside, shown to it with some of its surroundings."""
        area = _with_surroundings(inside)
        if self._likelihood is None or self._likelihood[0] != area:
            likelihood = np.zeros(inside.shape, np.float32)
            likelihood[area] = finder(np.ascontiguousarray(small[area]))
            self._likelihood = (area, likelihood)
        return self._likelihood[1]

    def _reduced(self) -> NDArray[np.uint8]:
        """The reduced copy, made on first use."""
        if self._small is None:
            pixels = np.ascontiguousarray(self.picture.pixels[..., :3])
            height, width = pixels.shape[:2]
            size = tuple(max(2 * _MARGIN + 4, round(side * self._scale)) for side in (width, height))
            self._small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        return self._small


def with_alpha(picture: Picture, alpha: NDArray[np.uint8]) -> Picture:
    """``picture`` with ``alpha``, (H, W) uint8, as its transparency; the same picture if that is its own already.

    Raises:
        ImageError: if alpha has another size, or is transparent everywhere.
    """
    name = str(picture.path or "pasted picture")
    height, width = picture.pixels.shape[:2]
    if alpha.shape != (height, width):
        raise ImageError(f"{name}: is {width} x {height} pixels, its mask {alpha.shape[1]} x {alpha.shape[0]}")
    if alpha.max() <= ALPHA_THRESHOLD:
        raise ImageError(f"{name}: the mask leaves nothing of the picture: use one that is white on the object")
    if picture.has_alpha and np.array_equal(picture.pixels[..., 3], alpha):
        return picture
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[..., :3], pixels[..., 3] = picture.pixels[..., :3], alpha
    return replace(picture, pixels=pixels)


def load_mask(path: Path, picture: Picture) -> NDArray[np.uint8]:
    """Read the mask of ``picture``: white or opaque on the object, black or transparent around it.

    Returns:
        (H, W) uint8 alpha, for ``with_alpha``.

    Raises:
        ImageError: if it cannot be read, has another size than the picture, or leaves nothing of it.
    """
    mask = load_picture(path)
    if mask.pixels.shape[:2] != picture.pixels.shape[:2]:
        (height, width), (own_height, own_width) = picture.pixels.shape[:2], mask.pixels.shape[:2]
        raise ImageError(
            f"{path}: the mask is {own_width} x {own_height} pixels, its picture {width} x {height}: use one as large"
        )
    alpha = mask.pixels[..., 3] if mask.has_alpha else mask.pixels.max(axis=2)
    if alpha.max() <= ALPHA_THRESHOLD:
        raise ImageError(f"{path}: the mask is black everywhere: paint the object white")
    return np.ascontiguousarray(alpha)


def _with_surroundings(inside: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Rows and columns of what is inside and a tenth of its sides around it."""
    spans = []
    for axis, length in enumerate(inside.shape):
        places = np.flatnonzero(inside.any(axis=1 - axis))
        first, last = int(places[0]), int(places[-1]) + 1
        around = (last - first) // 10
        spans.append(slice(max(0, first - around), min(length, last + around)))
    return spans[0], spans[1]


def _standing_out(
    regions: Regions, background: NDArray[np.bool_], proposed: bool
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """What is probably the object, and what surely is: (H, W) bool each."""
    free = ~background
    if not free.any() or not background.any():
        return free, np.zeros_like(free)
    distance = regions.distance(background)
    cap = float(np.percentile(distance[free], 95))
    levels = np.rint(255 * np.clip(distance / cap, 0, 1) if cap > 0 else 0 * distance).astype(np.uint8)
    threshold, _ = cv2.threshold(levels[free].reshape(-1, 1), 0, 255, cv2.THRESH_OTSU)
    # A box says where the object is: half the contrast is then enough, as on a grey car before gravel.
    enough = levels > threshold if proposed else levels >= max(1.0, threshold / 2)
    likely = np.asarray(enough & free & (regions.unlike(background) > _LIKE_BACKGROUND), bool)
    sure = likely & (levels > threshold + _SURE * (255 - threshold))
    # Without the rims of holes, which are half background.
    sure = cv2.erode(sure.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return likely if likely.any() or proposed else free, sure


def _cut(pixels: NDArray[np.uint8], labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """GrabCut from ``labels``: (H, W) bool; the labels themselves where a colour model has nothing to go by."""
    object_ = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))
    if min(int(object_.sum()), int((~object_).sum())) < _FEWEST:
        return object_
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(pixels, labels, (0, 0, 0, 0), models[0], models[1], _ITERATIONS, cv2.GC_INIT_WITH_MASK)
    return np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))


def _without_clutter(found: NDArray[np.bool_], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The parts of ``found`` that are large enough or touch ``kept``: (H, W) bool."""
    _, parts, statistics, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8), connectivity=8)
    areas = statistics[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    large = areas >= max(1.0, _SMALLEST_PART * areas.max())
    return np.asarray(large[parts], bool) | _connected(found, kept)


def _one_object(found: NDArray[np.bool_], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest part of ``found``, with those above and below it and those that touch ``kept``: (H, W) bool.

    A photo may show a second car, or somebody who walks by; the network knows single objects. What stands beside the
    largest part, more than half of it left or right of where that ends, is another thing; what a bad cut severs from an
    object, such as the legs of a chair, is below it.
    """
    count, parts, statistics, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8), connectivity=8)
    if count < 3:  # the background is one
        return found
    largest = statistics[1 + statistics[1:, cv2.CC_STAT_AREA].argmax()]
    left, width = int(largest[cv2.CC_STAT_LEFT]), int(largest[cv2.CC_STAT_WIDTH])
    more = round(width * _AROUND)
    inside = parts[:, max(0, left - more) : left + width + more]
    own = np.bincount(inside.ravel(), minlength=count) >= statistics[:, cv2.CC_STAT_AREA] / 2
    own[0] = False
    return np.asarray(own[parts], bool) | _connected(found, kept)


def _connected(parts: NDArray[np.bool_], seeds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The connected parts of ``parts`` that ``seeds`` touches: (H, W) bool."""
    count, labels = cv2.connectedComponents(parts.astype(np.uint8), connectivity=8)
    touched = np.zeros(count, bool)
    touched[np.unique(labels[seeds])] = True
    touched[0] = False
    return np.asarray(touched[labels], bool)


def _covered(pixels: NDArray[np.uint8], covers: tuple[Stroke, ...]) -> NDArray[np.uint8]:
    """``pixels`` under opaque covers, which stay within the object's box so that the crop does not move."""
    left, top, right, bottom = object_box(pixels)
    before = pixels[top:bottom, left:right]
    area = before.copy()
    for stroke in covers:
        if stroke.tool == "cover":
            _paint(area, stroke, 1.0, (*stroke.colour, 255)[: pixels.shape[2]], (left, top))
        else:
            uncovered = np.zeros(area.shape[:2], np.uint8)
            _paint(uncovered, stroke, 1.0, 1, (left, top))
            np.copyto(area, before, where=uncovered[..., None] > 0)
    covered = pixels.copy()
    covered[top:bottom, left:right] = area
    return covered


def _inside(box: Box, scale: float, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    left, top, right, bottom = (max(0, round(side * scale)) for side in box)
    inside = np.zeros(shape, bool)
    inside[top:bottom, left:right] = True
    return inside


def _paint(
    canvas: NDArray[np.uint8],
    stroke: Stroke,
    scale: float,
    value: int | tuple[int, ...],
    origin: tuple[int, int] = (0, 0),
) -> None:
    """Set ``canvas``, which shows the picture from ``origin`` on, to ``value`` along the stroke."""
    points = (np.array(stroke.points, np.float64).reshape(-1, 2) - origin) * scale
    points = np.rint(points - 0.5).astype(np.int32)
    colour = value if isinstance(value, tuple) else (value,)
    radius = max(0, round(stroke.radius * scale))
    if len(points) > 1:
        cv2.polylines(canvas, [points[:, None]], False, colour, max(1, 2 * radius))
    for x, y in (points[0], points[-1]) if len(points) else ():
        cv2.circle(canvas, (int(x), int(y)), radius, colour, -1)
