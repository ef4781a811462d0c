"""From a mask of a reduced copy to alpha of the picture's own size, whose edge follows the picture's.

The guided filter (He, Sun, Tang, ECCV 2010) in its fast form (He, Sun, 2015): near the mask's edge alpha is a linear
function of the colour, fitted on the copy and applied to the picture.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

_RADIUS = 2
"""Half the side of the window of a fit, and half the width of the band around the edge, in pixels of the copy."""
_SMOOTHNESS = 1e-4
_GUIDE_SIDE = 1600
"""Longest side in pixels at which alpha is computed; beyond it is enlarged: photos are hardly sharper than that."""
_STEEPNESS = 1.5


def matte(mask: NDArray[np.bool_], copy: NDArray[np.uint8], pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Alpha of ``pixels``: (H, W) uint8, equal to the mask but near its edge.

    Args:
        mask: (h, w) bool.
        copy: (h, w, 3) uint8 RGB, the picture reduced.
        pixels: (H, W, 3) uint8 RGB, the picture.
    """
    height, width = pixels.shape[:2]
    scale = min(1.0, _GUIDE_SIDE / max(height, width))
    size = max(mask.shape[1], round(width * scale)), max(mask.shape[0], round(height * scale))
    band = _band(mask)
    slopes, offset = _fit(mask, copy, band)
    guide = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    fitted = (cv2.resize(slopes, size) * guide).sum(axis=2) + cv2.resize(offset, size)
    fitted = np.clip((fitted - 0.5) * _STEEPNESS + 0.5, 0.0, 1.0)
    plain = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    near = cv2.resize(band.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    alpha = np.rint(255 * np.where(near, fitted, plain)).astype(np.uint8)
    return np.asarray(cv2.resize(alpha, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _band(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    window = np.ones((2 * _RADIUS + 1, 2 * _RADIUS + 1), np.uint8)
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, window) > 0, bool)


def _fit(
    mask: NDArray[np.bool_], copy: NDArray[np.uint8], band: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Slopes (h, w, 3) and offset (h, w) of alpha = slopes . colour + offset; beyond the band alpha is the mask's."""
    alpha, colour = mask.astype(np.float32), copy.astype(np.float32) / 255
    mean, mean_alpha = _mean(colour), _mean(alpha)
    covariance = (_mean(colour * alpha[..., None]) - mean * mean_alpha[..., None])[band]
    products = _mean((colour[..., :, None] * colour[..., None, :]).reshape(*mask.shape, 9))[band].reshape(-1, 3, 3)
    spread = products - mean[band][:, :, None] * mean[band][:, None, :] + _SMOOTHNESS * np.eye(3, dtype=np.float32)
    slopes, offset = np.zeros_like(colour), alpha.copy()
    slopes[band] = np.linalg.solve(spread, covariance[..., None])[..., 0]
    offset[band] = mean_alpha[band] - (slopes[band] * mean[band]).sum(axis=1)
    return _mean(slopes), _mean(offset)


def _mean(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Mean over the window, channel by channel."""
    side = 2 * _RADIUS + 1
    if values.ndim == 2 or values.shape[2] <= 4:
        return np.asarray(cv2.blur(values, (side, side)), np.float32)
    return np.dstack([_mean(np.ascontiguousarray(values[..., c])) for c in range(values.shape[2])])
