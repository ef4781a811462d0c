"""The file of a session: a ZIP archive of the picture, the true shape where one is known, and ``session.json``.

Nothing in it is executed, and nothing is read that is larger than it may be.
"""

import dataclasses
import json
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.config import DEFAULT_THRESHOLD
from core.data.binvox import save_binvox
from core.data.foreground import Brush, Edits, Stroke
from core.data.images import Colour, Picture
from core.errors import Mem3DError
from core.files import replacing, told_when_not_written
from core.json_files import parse_json
from core.prior_edits import PriorEdits
from mem3d_viewer.reconstruct.compare.choices import Choice, Comparison

ENDING = ".mem3d"
"""Of a session's file name."""
BUILT_IN = "built-in"
"""Stands for the checkpoint that comes with the program, wherever that is."""

_FORMAT, _VERSION = "mem3d-session", 1
_MEMBERS = {"session.json": 8_000_000, "picture.png": 500_000_000, "truth.binvox": 200_000}
"""What the archive may hold, with the most bytes of each."""


class SessionFileError(Mem3DError):
    """A session that cannot be opened: missing, damaged, or of another program."""


@dataclass(frozen=True)
class SavedSession:
    """What a session's file says, beside the picture and the true shape."""

    picture: str
    """Name of the picture."""
    checkpoint: str
    """Path of the checkpoint, or ``BUILT_IN``."""
    foreground: Edits = field(default_factory=Edits)
    """What was done to the picture."""
    edited: bool = False
    """Whether the edits of the picture were in force."""
    priors: PriorEdits = field(default_factory=PriorEdits)
    """What was changed about the retrieved shapes."""
    beta: float | None = None
    """Key similarity a slot must exceed; None: the checkpoint's own."""
    use_memory: bool = True
    """Whether the memory is read."""
    threshold: float = DEFAULT_THRESHOLD
    """t."""
    surface: str = "blocks"
    """How it is drawn."""
    colouring: str = "plain"
    """What its colours mean."""
    xray: bool = False
    """Whether voxels below the threshold shine through."""
    slice_axis: str = ""
    """Across which axis a slicing plane lies; empty: none."""
    slice_layers: int = 16
    """How many layers of voxels it leaves."""
    comparison: Comparison = field(default_factory=Comparison)
    """What stands left and right."""
    selected: int | None = None
    """The slot that is shown beside the result."""
    camera: tuple[float, ...] = ()
    """Position, focal point and up vector, nine numbers; empty: the isometric view."""


def save_session(path: Path, saved: SavedSession, picture: Picture, truth: NDArray[np.bool_] | None) -> None:
    """Write a session; the file appears whole or not at all.

    Args:
        path: file to write; one that is there is replaced.
        saved: what to remember.
        picture: the picture before any edit.
        truth: (32, 32, 32) bool, the true shape where it is known.

    Raises:
        OutputError: if it cannot be written.
    """
    document = {"format": _FORMAT, "version": _VERSION, "background": picture.background, **_plain(saved)}
    pixels = BytesIO()
    Image.fromarray(picture.pixels).save(pixels, "PNG")
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.json", json.dumps(document, indent=1))
        archive.writestr("picture.png", pixels.getvalue(), zipfile.ZIP_STORED)
        if truth is not None:
            shape = temporary.with_name(temporary.name + ".binvox")
            try:
                save_binvox(shape, truth)
                archive.write(shape, "truth.binvox")
            finally:
                shape.unlink(missing_ok=True)


def open_session(path: Path, folder: Path) -> tuple[SavedSession, Colour, Path, Path | None]:
    """Read a session and put its picture, and its true shape, into a folder.

    Args:
        path: the session's file.
        folder: where the picture is put, under its own name; made where it is missing.

    Returns:
        What was remembered, the colour behind a picture with alpha, the picture's file, and the true shape's file.

    Raises:
        SessionFileError: if it is missing, damaged, newer or something else.
        OutputError: if the picture cannot be put there.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = {name: _member(archive, name) for name in _MEMBERS if name in archive.namelist()}
        document = parse_json(members["session.json"])
        if document["format"] != _FORMAT:
            raise ValueError("another program's file")
        if document["version"] > _VERSION:
            raise SessionFileError(f"{path}: written by a newer version of this program: update it")
        saved = _saved(document)
        background = _colour(document["background"])
        picture = members["picture.png"]
    except SessionFileError:
        raise
    except (
        OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, NotImplementedError, RuntimeError,
        zipfile.BadZipFile, Mem3DError,
    ) as error:  # fmt: skip
        why = error.strerror if isinstance(error, OSError) and error.strerror else f"{type(error).__name__}"
        raise SessionFileError(f"{path}: is no session of this program, or damaged ({why})") from error
    with told_when_not_written(folder):
        folder.mkdir(parents=True, exist_ok=True)
    name = "".join(letter for letter in Path(saved.picture).stem if letter.isprintable() and letter not in '<>:"/\\|?*')
    files = [folder / f"{name[:80].strip() or 'picture'}.png", folder / "truth.binvox"]
    for file, content in zip(files, (picture, members.get("truth.binvox")), strict=True):
        if content is not None:
            with replacing(file) as temporary:
                temporary.write_bytes(content)
    return saved, background, files[0], files[1] if "truth.binvox" in members else None


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        content = member.read(_MEMBERS[name] + 1)
    if len(content) > _MEMBERS[name]:
        raise ValueError(f"{name} is too large")
    return content


def _plain(saved: SavedSession) -> dict[str, Any]:
    """The session as JSON holds it."""
    values = {entry.name: getattr(saved, entry.name) for entry in dataclasses.fields(saved)}
    foreground = saved.foreground
    values["foreground"] = {
        "steps": [
            {"box": step} if isinstance(step, tuple) else {"stroke": dataclasses.asdict(step)}
            for step in foreground.steps
        ],
        "background": foreground.background,
        "cut_out": foreground.cut_out,
    }
    priors = dataclasses.asdict(saved.priors)
    values["priors"] = {
        name: sorted(value) if isinstance(value, frozenset) else value for name, value in priors.items()
    }
    compared = saved.comparison
    values["comparison"] = {
        "left": compared.left.value,
        "right": compared.right.value,
        "difference": compared.difference,
        "beta": compared.beta,
        "checkpoint": None if compared.checkpoint is None else str(compared.checkpoint.absolute()),
    }
    return values


def _saved(document: dict[str, Any]) -> SavedSession:
    """The session that JSON holds; whatever is of a wrong kind is a ValueError, TypeError or KeyError."""
    document = {**_plain(SavedSession("", "")), **document}  # an older version's file knows fewer things
    values = {entry.name: document[entry.name] for entry in dataclasses.fields(SavedSession)}
    values["comparison"] = _comparison(document["comparison"])
    given = document["foreground"]
    steps = tuple(_box(step["box"]) if "box" in step else _stroke(step["stroke"]) for step in given["steps"])
    values["foreground"] = Edits(steps, _colour(given["background"]), _of(bool, given["cut_out"]))
    given = document["priors"]
    limit = given["limit"]
    values["priors"] = PriorEdits(
        muted=frozenset(_of(int, slot) for slot in given["muted"]),
        pinned=frozenset(_of(int, slot) for slot in given["pinned"]),
        order=tuple(_of(int, slot) for slot in given["order"]),
        least_first=_of(bool, given["least_first"]),
        limit=None if limit is None else _of(int, limit),
    )
    values["camera"] = tuple(_number(value, -1e6, 1e6) for value in document["camera"])
    if len(values["camera"]) not in (0, 9):
        raise ValueError("a camera of nine numbers")
    for name, kind in get_type_hints(SavedSession).items():
        if kind in (str, bool, int):
            _of(kind, values[name])
    values["threshold"] = _number(document["threshold"], 0, 1)
    values["beta"] = None if document["beta"] is None else _number(document["beta"], -1, 1)
    values["selected"] = None if document["selected"] is None else _of(int, document["selected"])
    return SavedSession(**values)


def _comparison(given: dict[str, Any]) -> Comparison:
    checkpoint, difference = given["checkpoint"], given["difference"]
    if difference not in (None, 0, 1):
        raise ValueError("a side")
    return Comparison(
        Choice(given["left"]),
        Choice(given["right"]),
        difference,
        _number(given["beta"], -1, 1),
        None if checkpoint is None else Path(_of(str, checkpoint)),
    )


def _stroke(given: dict[str, Any]) -> Stroke:
    if given["tool"] not in get_args(Brush):
        raise ValueError("a tool")
    points = tuple((_number(x, -1e6, 1e6), _number(y, -1e6, 1e6)) for x, y in given["points"])
    return Stroke(given["tool"], points, _number(given["radius"], 0, 1e6), _colour(given["colour"]))


def _box(given: list[Any]) -> tuple[int, int, int, int]:
    left, top, right, bottom = (_of(int, value) for value in given)
    return left, top, right, bottom


def _colour(given: list[Any]) -> Colour:
    red, green, blue = (int(_number(_of(int, value), 0, 255)) for value in given)
    return red, green, blue


def _number(value: Any, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"a number in {low:g} … {high:g}")
    return float(value)


def _of(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected")
    return value
