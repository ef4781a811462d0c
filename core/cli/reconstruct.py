"""``mem3d reconstruct``: pictures to voxel grids."""

import argparse
import json
import os
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.ahead import in_threads
from core.cli.options import ProgressBar, add_model_options, checkpoint_path, colour, number, refuse_inputs
from core.cli.prior_options import add_prior_options, prior_edits
from core.data.images import PICTURE_ENDINGS, WHITE, Picture, load_picture
from core.errors import ImageError, OutputError, one_line
from core.prior_edits import PriorEdits

if TYPE_CHECKING:
    from core.reconstruction import Reconstructor
    from core.reconstruction_result import Reconstruction

SKIPPED = 1
"""Exit code where some of several pictures could not be used."""

_BATCH = 16
"""Pictures that the network answers at once, and as many are opened ahead."""


def add_command(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    command = commands.add_parser(
        "reconstruct",
        help="pictures to voxel grids",
        description="Turn pictures into voxel grids. Exit code 1: of several pictures some could not be used.",
    )
    command.add_argument(
        "images", nargs="+", type=Path, metavar="IMAGE", help="PNG, JPG, WebP, HEIC …, or a folder of pictures"
    )
    add_picture_options(command)
    command.add_argument(
        "--output",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help=".binvox, .npz, .vox, .obj, .stl, .ply or .glb; may be repeated; a folder gets an .npz for each "
        "image, and with several images it must be one",
    )
    command.add_argument("--json", action="store_true", help="print a JSON list, one entry an image")
    command.set_defaults(run=_reconstruct)


def add_picture_options(command: argparse.ArgumentParser) -> None:
    """Add what says how a picture is read and reconstructed; see ``opened``."""
    add_model_options(command)
    command.add_argument("--beta", type=number(-1, 1), help="key similarity a slot must exceed (default: the model's)")
    command.add_argument("--threshold", type=number(0, 1), help="occupancy threshold t (default: the model's)")
    add_prior_options(command)
    foreground = command.add_mutually_exclusive_group()
    foreground.add_argument(
        "--mask", type=Path, metavar="FILE", help="picture of the same size, white on the object (one image only)"
    )
    foreground.add_argument(
        "--cut-out", action="store_true", help="cut the object out where there is no transparency, as the window does"
    )
    command.add_argument(
        "--background",
        type=colour,
        default=WHITE,
        metavar="COLOUR",
        help="behind an object with transparency or cut out: white, grey, black or #rrggbb (default white)",
    )


def _reconstruct(options: argparse.Namespace) -> int:
    from core.export.shape_files import require_known_ending, save_voxels
    from core.reconstruction import Reconstructor

    images = pictures_named(options.images)
    several = images != options.images or len(images) > 1
    outputs = [_outputs(options, name, several) for name in _file_names(images)]
    for path in (path for paths in outputs for path in paths):
        require_known_ending(path)
        if not path.parent.is_dir():
            raise OutputError(f"{path}: there is no folder {path.parent}; make it first")
        refuse_inputs([path], *images, options.mask, options.checkpoint)
    if options.mask is not None and several:
        raise ImageError(f"{options.mask}: a mask belongs to one picture: name one image, or use --cut-out")
    edits = prior_edits(options)
    reconstructor = Reconstructor(checkpoint_path(options), options.device)
    threshold = reconstructor.config.model.threshold if options.threshold is None else options.threshold
    entries: list[dict[str, Any]] = []
    unusable = 0
    with ProgressBar() as bar, closing(_answers(images, options, edits, reconstructor)) as answers:
        for image, paths, answer in zip(images, outputs, answers, strict=True):
            if isinstance(answer, ImageError):
                if not several:
                    raise answer
                unusable += 1
                entries.append({"image": str(image), "error": str(answer)})
                print(f"mem3d: {answer}", file=sys.stderr)
                continue
            for path in paths:
                save_voxels(path, answer.result.occupancy, threshold)
            entries.append(_entry(image, answer, threshold, paths, reconstructor))
            if not options.json:
                _tell(image, answer, threshold, paths)
            elif several:
                bar(len(entries), len(images), "pictures")
    if options.json:
        print(json.dumps(entries, indent=2))
    if unusable:
        print(f"mem3d: {unusable} of {len(images)} pictures could not be used", file=sys.stderr)
    return SKIPPED if unusable else 0


@dataclass(frozen=True)
class _Answer:
    """The result of one picture."""

    notes: Sequence[str]
    """What a user should know about the file."""
    loading: float
    """Seconds that opening it took, the cut-out included."""
    result: "Reconstruction"


def _answers(
    images: Sequence[Path], options: argparse.Namespace, edits: PriorEdits, reconstructor: "Reconstructor"
) -> Generator[_Answer | ImageError, None, None]:
    """The result of every picture, or why it cannot be used; opened ahead in threads, computed in batches."""

    def prepared(image: Path) -> tuple[Sequence[str], float, Any] | ImageError:
        began = time.perf_counter()
        try:
            picture = opened(image, options, reconstructor)
        except ImageError as error:
            return error
        # What the network sees is small: a folder of photos is never in memory as a whole.
        return picture.notes, time.perf_counter() - began, reconstructor.network_input(picture)

    threads = min(8, os.cpu_count() or 2)
    with closing(in_threads(prepared, images, threads=threads, ahead=_BATCH, name="pictures")) as coming:
        while batch := list(islice(coming, _BATCH)):
            usable = [one for one in batch if not isinstance(one, ImageError)]
            encoded = reconstructor.encode_all([network_input for _, _, network_input in usable]) if usable else ()
            use_memory = not options.no_memory
            results = iter(
                reconstructor.decode_all(encoded, beta=options.beta, use_memory=use_memory, edits=edits)
                if encoded
                else ()
            )
            for one in batch:
                yield one if isinstance(one, ImageError) else _Answer(one[0], one[1], next(results))


def _entry(
    image: Path, answer: _Answer, threshold: float, paths: Sequence[Path], reconstructor: "Reconstructor"
) -> dict[str, Any]:
    """All about one picture, for ``--json``."""
    result = answer.result
    seconds = {"load": answer.loading, **result.seconds}
    return {
        "image": str(image),
        "checkpoint": str(reconstructor.path),
        "device": result.device,
        "memory": result.memory_used,
        "beta": result.beta,
        "threshold": threshold,
        "occupied_voxels": int(result.voxels(threshold).sum()),
        "above_beta": result.above_beta,
        "priors": [
            {
                "slot": prior.slot,
                "similarity": prior.similarity,
                "category": prior.category,
                "source": {"dataset": prior.dataset, "object": prior.object_id, "view": prior.view},
                "age": prior.age,
            }
            for prior in result.read
        ],
        "seconds": {**seconds, "total": sum(seconds.values())},
        "outputs": [str(path) for path in paths],
        "notes": list(answer.notes),
    }


def _tell(image: Path, answer: _Answer, threshold: float, paths: Sequence[Path]) -> None:
    """One picture's result in a line, and what there is to say about its file."""
    result = answer.result
    best = max(result.priors, key=lambda prior: prior.similarity, default=None)
    prior = f"closest {best.category} {best.similarity:.3f}" if best else "no prior above beta"
    if not result.memory_used:
        prior = "memory off"
    print(
        f"{one_line(str(image))}: {int(result.voxels(threshold).sum())} voxels, {result.above_beta} slots above beta "
        f"{result.beta:g}, {prior}, {answer.loading + sum(result.seconds.values()):.2f} s"
        + "".join(f"\n  {path}" for path in paths)
    )
    for note in answer.notes:
        print(f"  note: {note}")


def pictures_named(named: Sequence[Path]) -> list[Path]:
    """The files that are named, and the pictures in the folders that are, in the order of their names.

    Raises:
        ImageError: if there is no picture in a folder.
    """
    found: list[Path] = []
    for path in named:
        if not os.path.isdir(path):
            found.append(path)
            continue
        inside = [file for file in sorted(path.iterdir()) if file.suffix.lower() in PICTURE_ENDINGS]
        inside = [file for file in inside if not file.name.startswith(".")]
        if not inside:
            raise ImageError(f"{path}: holds no picture ({', '.join(PICTURE_ENDINGS[:4])} …): name a folder that does")
        found += inside
    return found


def opened(image: Path, options: argparse.Namespace, reconstructor: "Reconstructor") -> Picture:
    """The picture with its mask and background, as ``add_picture_options`` has them; the network helps to cut out."""
    from core.data.foreground import Edits, Foreground, load_mask, with_alpha

    picture = replace(load_picture(image), background=options.background)
    if options.mask is not None:
        return with_alpha(picture, load_mask(options.mask, picture))
    if not options.cut_out:
        return picture
    return Foreground(picture, reconstructor.object_finder).edited(Edits(background=options.background))


def _file_names(images: Sequence[Path]) -> list[str]:
    """A name for each image's result: its stem, the whole name where stems are equal, a number where both are."""
    stems = [image.stem for image in images]
    names: list[str] = []
    for image in images:
        name = plain = image.stem if stems.count(image.stem) == 1 else image.name
        number = 1
        while name in names:
            number += 1
            name = f"{plain}-{number}"
        names.append(name)
    return names


def _outputs(options: argparse.Namespace, name: str, several: bool) -> list[Path]:
    if not several:
        return [path / f"{name}.npz" if path.is_dir() else path for path in options.output]
    paths = []
    for folder in options.output:
        if folder.suffix and not folder.is_dir():
            raise OutputError(f"{folder}: several images need a folder as --output, not a file")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder}: cannot be made ({error.strerror}); choose another folder") from error
        paths.append(folder / f"{name}.npz")
    return paths
