"""``mem3d export``: a picture's reconstruction, or a saved grid, as shapes, pictures, films and a contact sheet."""

import argparse
from pathlib import Path
from typing import Any

from core.cli.options import colour, number, refuse_inputs, whole
from core.cli.prior_options import prior_edits
from core.cli.reconstruct import add_picture_options, opened
from core.config import DEFAULT_THRESHOLD
from core.errors import OutputError

_GRIDS = (".npz", ".binvox")


def add_command(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    command = commands.add_parser("export", help="a reconstruction as mesh, voxels, picture, turntable, contact sheet")
    command.add_argument(
        "source", type=Path, metavar="SOURCE", help="a picture, or a grid that was saved: .npz, .binvox"
    )
    command.add_argument(
        "--output", type=Path, action="append", default=[], metavar="FILE",
        help="shape: .binvox .npz .vox .obj .stl .ply .glb; drawing: .png; turntable: .gif .mp4; may be repeated",
    )  # fmt: skip
    command.add_argument(
        "--sheet",
        type=Path,
        metavar="FILE",
        help="contact sheet (of a picture): input, result from four sides, priors; .png .pdf",
    )
    shape = command.add_argument_group("shapes")
    shape.add_argument("--smooth", action="store_true", help="meshes: the smooth surface instead of blocks")
    shape.add_argument(
        "--largest-part", action="store_true", help="leave out what does not hang together with the largest part"
    )
    shape.add_argument(
        "--colours", choices=("plain", "occupancy"), default="plain", help="what colours show (default: plain)"
    )
    shape.add_argument(
        "--size-mm", type=number(1e-3, 1e6), metavar="MM",
        help="longest side in millimetres (default: 100 for .stl, else the grid is 1 unit wide; .glb is in metres)",
    )  # fmt: skip
    shape.add_argument("--up", choices=("y", "z"), help="axis that points up (default: z for .stl, else y)")
    drawing = command.add_argument_group("drawings and turntables")
    drawing.add_argument("--pixels", type=_pixels, default=(1024, 1024), metavar="WxH", help="size (default 1024x1024)")
    drawing.add_argument(
        "--paper",
        type=_paper,
        default="#ffffff",
        metavar="COLOUR",
        help="behind the shape: a colour or transparent (default white)",
    )
    drawing.add_argument("--no-floor", action="store_true", help="leave out the floor")
    drawing.add_argument(
        "--azimuth", type=number(-360, 360), metavar="DEG", help="from the front towards +z (default 35)"
    )
    drawing.add_argument("--elevation", type=number(-89, 89), metavar="DEG", help="above the floor (default 29)")
    drawing.add_argument("--frames", type=whole(2), default=48, help="pictures of a turn (default 48)")
    drawing.add_argument("--seconds", type=number(0.1, 600), default=4.0, help="time of a turn (default 4)")
    add_picture_options(command)
    command.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> int:
    from core.export.contact_sheet import save_contact_sheet
    from core.export.drawing import (
        ISOMETRIC,
        PICTURE_ENDINGS,
        TURNTABLE_ENDINGS,
        DrawingOptions,
        save_picture,
        save_turntable,
    )  # fmt: skip
    from core.export.shape_files import ShapeOptions, require_known_ending, save_voxels
    from core.parts import largest_part

    if not options.output and options.sheet is None:
        raise OutputError(f"{options.source}: nothing to write: name a file with --output or --sheet")
    coloured = options.colours == "occupancy"
    shape = ShapeOptions(
        smooth=options.smooth,
        largest_part=options.largest_part,
        coloured=coloured,
        millimetres=options.size_mm,
        up=options.up,
    )
    width, height = options.pixels
    drawing = DrawingOptions(
        width=width, height=height, background=options.paper, floor=not options.no_floor, coloured=coloured,
        azimuth=ISOMETRIC[0] if options.azimuth is None else options.azimuth,
        elevation=ISOMETRIC[1] if options.elevation is None else options.elevation,
    )  # fmt: skip
    for path in options.output:
        if path.suffix.lower() not in PICTURE_ENDINGS + TURNTABLE_ENDINGS:
            require_known_ending(path, shape)
    for path in [*options.output, *([options.sheet] if options.sheet else [])]:
        if not path.parent.is_dir():
            raise OutputError(f"{path}: there is no folder {path.parent}; make it first")
        refuse_inputs([path], options.source, options.mask, options.checkpoint)
    occupancy, threshold, sheet = _source(options)
    voxels = occupancy > threshold
    drawn = largest_part(voxels) if options.largest_part else voxels
    for path in options.output:
        ending = path.suffix.lower()
        if ending in PICTURE_ENDINGS:
            save_picture(path, occupancy, drawn, drawing)
        elif ending in TURNTABLE_ENDINGS:
            save_turntable(path, occupancy, drawn, drawing, frames=options.frames, seconds=options.seconds)
        else:
            save_voxels(path, occupancy, threshold, shape)
        print(path)
    if options.sheet is not None:
        save_contact_sheet(options.sheet, sheet(drawn), coloured=coloured)
        print(options.sheet)
    return 0


def _source(options: argparse.Namespace) -> tuple[Any, float, Any]:
    """Occupancy (32, 32, 32), the threshold in force, and what makes the contact sheet of the voxels that are drawn."""
    from core.export.contact_sheet import sheet_of
    from core.export.saved_grid import load_occupancy

    if options.source.suffix.lower() in _GRIDS:
        if options.sheet is not None:
            raise OutputError(f"{options.sheet}: a contact sheet needs a picture, and {options.source} is a grid")
        return load_occupancy(options.source), _in_force(options, DEFAULT_THRESHOLD), None
    from core.cli.options import checkpoint_path
    from core.data.images import load_picture
    from core.reconstruction import Reconstructor

    edits = prior_edits(options)
    load_picture(options.source)  # a bad one is refused before the network is loaded
    reconstructor = Reconstructor(checkpoint_path(options), options.device)
    picture = opened(options.source, options, reconstructor)
    result = reconstructor.reconstruct(picture, beta=options.beta, use_memory=not options.no_memory, edits=edits)
    title, name = options.source.name, reconstructor.path.name
    threshold = _in_force(options, reconstructor.config.model.threshold)
    return result.occupancy, threshold, lambda voxels: sheet_of(title, name, picture, result, threshold, voxels)


def _in_force(options: argparse.Namespace, otherwise: float) -> float:
    """The threshold that was asked for, or else ``otherwise``."""
    return otherwise if options.threshold is None else float(options.threshold)


def _pixels(text: str) -> tuple[int, int]:
    """An argument type: ``1024`` or ``1920x1080``."""
    words = text.lower().replace("×", "x").split("x")
    if len(words) not in (1, 2) or not all(word.isdecimal() and len(word) < 6 for word in words):
        raise argparse.ArgumentTypeError(f"{text!r} is no size: write 1024 or 1920x1080")
    return int(words[0]), int(words[-1])


def _paper(text: str) -> str | None:
    """An argument type: a colour, or ``transparent``."""
    return None if text == "transparent" else "#{:02x}{:02x}{:02x}".format(*colour(text))
