"""Pictures that lie on meshes, decoded with Pillow, small enough for renderings of 137 pixels."""

import io
import warnings

import numpy as np
from PIL import Image

from core.data.decoding import QUIET_STDERR

_MOST_PIXELS = 1 << 26
_SIDE = 1024
_FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "TGA", "BMP", "TIFF", "GIF", "DDS", "PCX", "PPM", "SGI", "JPEG2000")


def decoded_picture(content: bytes, *, alpha: bool = True) -> Image.Image:
    """A picture as it is laid on a mesh: RGB, or RGBA where it lets something through; at most 1024 pixels a side.

    A picture that lets everything through would hide the object: its alpha means something else, and is dropped.

    Args:
        content: the picture's file.
        alpha: whether its alpha counts.

    Raises:
        ValueError: if it is damaged, too large, or of a format that is not read.
    """
    try:
        with QUIET_STDERR, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(content), formats=[name for name in _FORMATS if name in _known()])
            if image.width * image.height > _MOST_PIXELS:
                raise ValueError(f"a picture of {image.width} x {image.height} pixels is too large")
            return _eight_bits(image, alpha)
    except ValueError:
        raise
    except Exception as error:  # whatever Pillow finds wrong
        raise ValueError(f"the picture cannot be read ({type(error).__name__})") from error


def _known() -> set[str]:
    Image.init()
    return set(Image.OPEN)


def _eight_bits(image: Image.Image, alpha: bool) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        values = np.asarray(image, np.float64)
        top = 65535 if image.mode.startswith("I") else max(1.0, float(np.nanmax(values)))
        image = Image.fromarray(np.clip(np.nan_to_num(values) * (255 / top), 0, 255).astype(np.uint8))
    see_through = alpha and image.has_transparency_data
    picture = image.convert("RGBA" if see_through else "RGB")
    if see_through:
        low, high = picture.getchannel("A").getextrema()
        if low == 255 or high == 0:
            picture = picture.convert("RGB")
    picture.thumbnail((_SIDE, _SIDE))
    return picture
