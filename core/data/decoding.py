"""Picture files, decoded without a word on the terminal: by Pillow, and what it does not know by others.

Whatever a file does to a decoder, the outcome is a picture or one ``ImageError``.
"""

import logging
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from threading import Lock
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from core.errors import ImageError

MAX_PIXELS = 80_000_000
"""Largest picture in pixels; below Pillow's own limit, so that Pillow never speaks first."""


class UnknownPictureError(ImageError):
    """A file that Pillow knows no decoder for."""


_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
logging.getLogger("PIL").setLevel(logging.CRITICAL)  # it reports damage of TIFF files, which the error says better


@contextmanager
def decoding(file: BinaryIO, name: str) -> Iterator[Image.Image]:
    """The picture in an open file: its header is read and its size bounded, its pixels come with ``load``.

    Args:
        file: at its beginning; whoever opened it closes it.
        name: of the file, for the error.

    Raises:
        ImageError: if it is no picture or too large, or the block fails to decode it.
    """
    with telling(name):
        beginning = file.read(12)
        file.seek(0)
        if beginning[4:8] == b"ftyp":
            _require_heif(beginning[8:12], name)
        with ExitStack() as stack:
            if beginning[:4] in _TIFF:
                stack.enter_context(QUIET_STDERR)
            image = stack.enter_context(Image.open(file))
            if image.format == "EPS":  # decoding it would run another program, Ghostscript
                raise UnidentifiedImageError
            refuse_too_large(image.width, image.height, name)  # from the header, before decoding
            yield image


@contextmanager
def telling(name: str) -> Iterator[None]:
    """Turn whatever a decoder raises into one clear line.

    Raises:
        ImageError: in place of anything else.
    """
    try:
        with _QUIET_WARNINGS:
            yield
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        raise UnknownPictureError(f"{name}: is not a picture: use a PNG, JPEG or WebP file") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name) from error
    except MemoryError as error:
        raise ImageError(f"{name}: not enough memory to decode it: resize the picture") from error
    except Exception as error:  # the many decoders raise nearly anything: struct.error, KeyError, SyntaxError, ...
        reason = str(error) or type(error).__name__
        raise ImageError(
            f"{name}: the picture is cut short or damaged ({reason}): save or download it again"
        ) from error


def refuse_too_large(width: int, height: int, name: str) -> None:
    """Refuse a picture that would take too much memory.

    Raises:
        ImageError: if it has more than ``MAX_PIXELS``.
    """
    if width * height > MAX_PIXELS:
        raise _too_large(name)


def _too_large(name: str) -> ImageError:
    return ImageError(
        f"{name}: the picture is too large, more than {MAX_PIXELS // 1_000_000} million pixels: "
        "resize it below 8000 x 8000"
    )


@cache
def _heif_is_read() -> bool:
    try:
        from pi_heif import register_heif_opener
    except ImportError:  # a platform without a wheel
        return False
    register_heif_opener(thumbnails=False)
    return True


def _require_heif(brand: bytes, name: str) -> None:
    """Refuse what a phone has written in a format that this installation has no decoder for.

    Raises:
        ImageError: if there is none.
    """
    from PIL import features

    if brand.startswith(b"avi") and not features.check("avif"):
        raise ImageError(f"{name}: this installation decodes no AVIF: save the picture as PNG or JPEG")
    if not _heif_is_read() and not brand.startswith(b"avi"):
        raise ImageError(f"{name}: this installation decodes no HEIC: install pi-heif, or save it as PNG or JPEG")


class _Together:
    """A context for the whole process that several threads are in at once: begun by the first, ended by the last."""

    def __init__(self, make: Callable[[], AbstractContextManager[None]]) -> None:
        self._make, self._lock = make, Lock()
        self._inside, self._stack = 0, ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._stack.enter_context(self._make())
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._stack.close()


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Pillow warns about odd metadata, which changes nothing here; only a picture that is too large is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


@contextmanager
def _without_stderr() -> Iterator[None]:
    """What libtiff says goes to the standard error past Python."""
    try:
        kept = os.dup(2)
    except OSError:  # a program without a terminal
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)


_QUIET_WARNINGS = _Together(_without_warnings)
QUIET_STDERR = _Together(_without_stderr)
"""Nothing reaches the standard error of the process in this context, from Python or from a library in C."""
