"""Reading pictures, and the one preprocessing that training and inference share."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Picture:
    """A decoded picture, upright, 8 bits a channel."""

    pixels: NDArray[np.uint8]
    """(H, W, 3) RGB or (H, W, 4) RGBA, uint8."""
    path: Path | None = None
    """The file it came from; None for a pasted picture."""
    notes: tuple[str, ...] = ()
    """What the user should know, such as that only the first frame of an animation is used."""

    @property
    def has_alpha(self) -> bool:
        """Whether an alpha channel tells the object from the background."""
        return self.pixels.shape[2] == 4


def load_picture(path: Path) -> Picture:
    """Read a picture file, honouring its EXIF orientation.

    Raises:
        ImageError: if it is missing, no picture, truncated, too small or too large.
    """
    raise NotImplementedError


def preprocess(
    pixels: NDArray[np.uint8], size: int, background: tuple[int, int, int] = (255, 255, 255)
) -> NDArray[np.uint8]:
    """The network's input: (size, size, 3) uint8 RGB."""
    raise NotImplementedError
