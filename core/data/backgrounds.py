"""Parts of photographs, to put behind objects and on what covers them."""

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data.images import load_picture
from core.errors import DatasetError

_ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
_LONGEST = 256
"""Photographs are kept in memory with this many pixels on their shorter side: backgrounds need no more."""


class Photographs:
    """The photographs of a folder, at any depth; read when they are first needed.

    Args:
        folder: where they are.

    Raises:
        DatasetError: if there are none.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder).expanduser()
        self._paths = sorted(path for path in self.folder.rglob("*") if path.suffix.lower() in _ENDINGS)
        if not self._paths:
            raise DatasetError(
                f"{self.folder}: no photographs ({', '.join(_ENDINGS)}) are there; name a folder of some"
            )

    def part(self, size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
        """A random square part of a random photograph, mirrored or not: (size, size, 3) uint8 RGB.

        Raises:
            ImageError: if the photograph cannot be read.
        """
        photograph = _read(self._paths[rng.integers(len(self._paths))])
        shorter = min(photograph.size)
        side = max(1, round(shorter * rng.uniform(0.4, 1.0)))
        left, top = (int(rng.integers(length - side + 1)) for length in photograph.size)
        box = (left, top, left + side, top + side)
        pixels = np.asarray(photograph.resize((size, size), Image.Resampling.BILINEAR, box))
        return pixels[:, ::-1] if rng.random() < 0.5 else pixels


@lru_cache(maxsize=1000)
def _read(path: Path) -> Image.Image:
    image = Image.fromarray(load_picture(path).pixels[..., :3])
    factor = _LONGEST / min(image.size)
    if factor >= 1.0:
        return image
    return image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.BILINEAR)
