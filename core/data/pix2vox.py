"""The test pictures of Pix2Vox and of its successors, which published figures on R2N2 were measured on.

From github.com/hzxie/Pix2Vox (``utils/data_transforms.py`` and ``config.py``), which others took over: no random
background, but grey 240, and no crop of the object's own box.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

CROP = 128
"""Side, in pixels, of the square that is cut from the middle of a rendering of 137."""
BACKGROUND = 240
"""Grey value where a rendering is fully transparent."""


def pix2vox_picture(pixels: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """A test picture as Pix2Vox makes it: (size, size, 3) uint8 RGB.

    The middle square is resized with alpha, linearly and without premultiplying it; then what is fully transparent
    becomes grey, and everything else keeps its colour, as if it were opaque.

    Args:
        pixels: (H, W, 4) RGBA or (H, W, 3) RGB, uint8; without alpha there is no background to fill. Of a picture that
            is not larger than the square both ways, the whole is resized.
        size: side of the result in pixels.
    """
    height, width, channels = pixels.shape
    if height > CROP and width > CROP:
        top, left = (height - CROP) // 2, (width - CROP) // 2
        pixels = pixels[top : top + CROP, left : left + CROP]
    resized = cv2.resize(pixels.astype(np.float32), (size, size), interpolation=cv2.INTER_LINEAR)
    colours = np.where(resized[..., 3:] == 0, np.float32(BACKGROUND), resized[..., :3]) if channels == 4 else resized
    return np.rint(colours).astype(np.uint8)
