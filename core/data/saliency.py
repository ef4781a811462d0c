"""What stands out before a background: geodesic saliency over regions of like colour.

After Wei, Wen, Zhu, Sun: "Geodesic Saliency Using Background Priors", ECCV 2012: background is what can be reached from
known background without crossing an edge. It follows shadows and gradients, which a colour model alone does not.
"""

import cv2
import numpy as np
import scipy
import skimage
from numpy.typing import NDArray

_REGIONS = 300
_SMALLEST_REGION = 16
"""Pixels a region has at least on average, for small pictures."""
_COMPACTNESS = 15.0
_BACKGROUND_SHARE = 0.05
"""Share of known background from which a region counts as reached."""
_TEXTURE = 1.5
"""Edges up to this times the median region's weakest one are texture, and cost nothing."""
_COLOURS = 12
"""Colours the background is summarised by."""


class Regions:
    """A picture divided into some hundred regions of like colour.

    Args:
        pixels: (H, W, 3) uint8 RGB; meant to be small, some hundred pixels a side.
    """

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        self._lab = np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
        count = max(2, min(_REGIONS, pixels.shape[0] * pixels.shape[1] // _SMALLEST_REGION))
        self._labels: NDArray[np.int64] = skimage.segmentation.slic(
            pixels, n_segments=count, compactness=_COMPACTNESS, start_label=0
        )
        self._count = int(self._labels.max()) + 1
        self._sizes = np.bincount(self._labels.ravel(), minlength=self._count)
        self._graph = self._edges()

    def distance(self, background: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Colour contrast to be crossed on the easiest way from the background: (H, W) float32, 0 or more.

        Args:
            background: (H, W) bool, where background is known; somewhere at least.
        """
        share = np.bincount(self._labels.ravel(), background.ravel(), self._count) / self._sizes
        reached = np.flatnonzero(share > min(_BACKGROUND_SHARE, float(share.max()) / 2))
        ways = scipy.sparse.csgraph.dijkstra(self._graph, directed=False, indices=reached, min_only=True)
        return np.asarray(ways[self._labels], np.float32)

    def unlike(self, background: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Difference of each pixel's colour to the nearest of the background's: (H, W) float32, CIE76 Delta E."""
        samples = self._lab[background]
        colours = samples
        if len(samples) > _COLOURS:
            none = np.empty(0, np.int32)  # no labels to start from
            stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
            cv2.setRNGSeed(0)
            colours = np.asarray(cv2.kmeans(samples, _COLOURS, none, stop, 1, cv2.KMEANS_PP_CENTERS)[2], np.float32)
        nearest = np.full(self._lab.shape[:2], np.inf, np.float32)
        for colour in colours:
            np.minimum(nearest, np.linalg.norm(self._lab - colour, axis=2), out=nearest)
        return nearest

    def _edges(self) -> "scipy.sparse.coo_matrix":
        labels = self._labels
        touching = np.concatenate(
            [
                np.stack([labels[:, :-1].ravel(), labels[:, 1:].ravel()], axis=1),
                np.stack([labels[:-1].ravel(), labels[1:].ravel()], axis=1),
            ]
        )
        one, other = np.unique(np.sort(touching[touching[:, 0] != touching[:, 1]], axis=1), axis=0).T
        sums = [np.bincount(labels.ravel(), self._lab[..., c].ravel(), self._count) for c in range(3)]
        means = np.stack(sums, axis=1) / self._sizes[:, None]
        contrast = np.linalg.norm(means[one] - means[other], axis=1)
        weakest = np.full(self._count, np.inf)
        np.minimum.at(weakest, one, contrast)
        np.minimum.at(weakest, other, contrast)
        texture = _TEXTURE * float(np.median(weakest)) if len(one) else 0.0
        # A way costs a little even without edges: a weight of zero would be no edge to SciPy.
        weights = np.maximum(contrast - texture, 0.0) + 1e-3
        return scipy.sparse.coo_matrix((weights, (one, other)), (self._count, self._count)).tocsr()
