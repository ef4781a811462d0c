"""From what the user writes after ``--dataset`` to a data set."""

import logging
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from core.config import CropBy, Damaged, DataConfig, Subset
from core.data import pix3d, shapenet
from core.data.cache import cache_folder, copy_place, make_copy, pack_folder, read_copy
from core.data.dataset import Problem, ShapeDataset
from core.data.folder_dataset import FolderDataset, Progress, usable
from core.data.joined import JOIN, JoinedDataset
from core.data.new_folder import new_folder
from core.data.packed import FORMAT_VERSION, INDEX, PackedDataset
from core.data.pix3d import Pix3DDataset
from core.data.shapenet import ShapeNetDataset
from core.errors import DatasetError

PACKED_FROM = 500
"""Pictures from which a folder is read from a packed copy in the user's cache."""
_BUILTIN_SEED = 0
_WEIGHTED = re.compile(r"([1-9][0-9]?)\s*\*\s*(.+)")
_VALID = "builtin, packed:DIR, shapenet:DIR, pix3d:DIR, or a folder that is one of these"

_log = logging.getLogger(__name__)


def open_dataset(
    spec: str,
    progress: Progress | None = None,
    *,
    subset: Subset = "all",
    crop_by: CropBy = "mask",
    damaged: Damaged = "refuse",
) -> ShapeDataset:
    """Open the data set that ``spec`` names.

    The built-in one is built into the user's cache on first use. Of a folder of more than ``PACKED_FROM`` pictures a
    packed copy is made there, and made again when the folder has changed; where it cannot be written, the folder itself
    is read. The objects, their order and every pixel are the same either way.

    Args:
        spec: ``builtin``, ``packed:DIR``, ``shapenet:DIR``, ``pix3d:DIR``, or a folder, which is recognised; or several
            of these, joined by `` + ``, each with or without a weight before it, such as ``builtin + 2 * meshes/``.
        progress: called with objects done, objects in all and what is being done while a set is built or read.
        subset: which pictures of Pix3D.
        crop_by: how pictures of Pix3D are cropped.
        damaged: ``refuse`` a folder with missing or unreadable files, or ``skip`` them: a picture, or with its voxel
            grid or last picture the object.

    Raises:
        DatasetError: if the spec is unknown, or the data set is missing, damaged or cannot be built.
    """
    several = _joined_specs(spec)
    if several:
        options = {"subset": subset, "crop_by": crop_by, "damaged": damaged}
        parts = [open_dataset(part, progress, **options) for _, part in several]  # type: ignore[arg-type]  # checked by each
        return JoinedDataset(parts, [weight for weight, _ in several])
    kind, folder = _checked(spec, subset, crop_by, damaged)
    if kind == "builtin":
        return _builtin(progress)
    if kind == "packed":
        return PackedDataset(folder)
    names = {"shapenet": shapenet.SOURCES, "pix3d": pix3d.SOURCES}[kind]
    place = copy_place(folder, names, f"{kind} {subset} {crop_by}")
    copy = read_copy(place.path)
    if copy is None:
        whole = open_folder(kind, folder, subset, crop_by)
        if sum(record.views for record in whole.objects) <= PACKED_FROM:
            return _accepted(*usable(whole, progress), damaged)
        try:
            copy = make_copy(place, whole, f"{kind}:{folder}, {subset}, {crop_by}", progress)
        except DatasetError as error:
            _log.warning("no packed copy (%s); reading the folder itself, which is slower", error)
            return _accepted(*usable(whole, progress), damaged)
    return _accepted(copy.dataset, copy.problems, damaged)


def open_configured(config: DataConfig, progress: Progress | None = None) -> ShapeDataset:
    """Open the data set of a configuration, as ``open_dataset`` does."""
    return open_dataset(config.dataset, progress, subset=config.subset, crop_by=config.crop_by, damaged=config.damaged)


def pack_dataset(
    spec: str,
    out: Path,
    progress: Progress | None = None,
    *,
    subset: Subset = "all",
    crop_by: CropBy = "mask",
    damaged: Damaged = "refuse",
) -> tuple[PackedDataset, list[Problem]]:
    """Copy a folder's data set into a packed one.

    Args:
        spec: ``shapenet:DIR``, ``pix3d:DIR``, or a folder that is one of these.
        out: a folder that does not exist yet or is empty.
        progress: told after every object.
        subset: which pictures of Pix3D.
        crop_by: how pictures of Pix3D are cropped.
        damaged: what to do about files that cannot be used; ``refuse`` leaves no folder behind.

    Returns:
        The packed data set, and what was left out.

    Raises:
        DatasetError: if it cannot be read, or ``out`` is in use or cannot be written.
    """
    kind, folder = _checked(spec, subset, crop_by, damaged)
    if kind in ("builtin", "packed"):
        raise DatasetError(f"{spec}: is packed already; open it as it is")
    with new_folder(out) as partial:
        problems = pack_folder(open_folder(kind, folder, subset, crop_by), partial, progress)
        if damaged == "refuse":
            refuse(problems)
    return PackedDataset(out), problems


def parse_spec(spec: str) -> tuple[str, Path]:
    """The kind of data set that ``spec`` names, and its folder (which ``builtin`` has none of: an empty path).

    Raises:
        DatasetError: if it names none.
    """
    kind, colon, folder = spec.partition(":")
    if spec == "builtin":
        return spec, Path()
    if colon and folder and kind in ("packed", "shapenet", "pix3d"):
        return kind, Path(folder).expanduser()
    if spec and (path := Path(spec).expanduser()).is_dir():
        return _recognised(path), path
    raise DatasetError(f"unknown data set {spec!r}: give {_VALID}")


def open_folder(kind: str, folder: Path, subset: Subset = "all", crop_by: CropBy = "mask") -> FolderDataset:
    """The data set of a folder of small files (kind ``shapenet`` or ``pix3d``), whatever is wrong with single files.

    Raises:
        DatasetError: if it is no such folder.
    """
    return ShapeNetDataset(folder) if kind == "shapenet" else Pix3DDataset(folder, subset, crop_by)


def refuse(problems: Sequence[Problem]) -> None:
    """Say what keeps a data set from being used.

    Raises:
        DatasetError: naming the first of ``problems`` and how many there are, if there are any.
    """
    if problems:
        more = f" (the first of {len(problems)} problems)" if len(problems) > 1 else ""
        raise DatasetError(f"{problems[0]}{more}; repair it, or leave such files out with --damaged skip")


def absolute_spec(spec: str) -> str:
    """The same data set from whatever folder the program is started; what names none is given back as it is."""
    if several := _joined_specs(spec):
        parts = [(weight, absolute_spec(part)) for weight, part in several]
        return JOIN.join(part if weight == 1 else f"{weight} * {part}" for weight, part in parts)
    try:
        kind, folder = parse_spec(spec)
    except DatasetError:
        return spec
    return spec if kind == "builtin" else f"{kind}:{folder.absolute()}"


def parts_of(spec: str) -> tuple[str, ...]:
    """The specs of the data sets that a spec joins, without their weights; the spec itself where it is a single one."""
    return tuple(part for _, part in _joined_specs(spec)) or (spec,)


def builtin_folder() -> Path:
    """Where the built-in set is kept: its name holds everything that its content depends on."""
    from core.data.builtin import DEFAULT_PER_CATEGORY, SHAPES_VERSION

    name = f"builtin-shapes{SHAPES_VERSION}-seed{_BUILTIN_SEED}-size{DEFAULT_PER_CATEGORY}-format{FORMAT_VERSION}"
    return cache_folder() / name


def _joined_specs(spec: str) -> list[tuple[int, str]]:
    """Weight and spec of each of several data sets; empty where ``spec`` is a single one."""
    parts = spec.split(JOIN)
    weighted = [_WEIGHTED.fullmatch(part.strip()) for part in parts]
    if (len(parts) == 1 and weighted[0] is None) or Path(spec).expanduser().is_dir():
        return []
    return [
        (1, part.strip()) if match is None else (int(match[1]), match[2])
        for part, match in zip(parts, weighted, strict=True)
    ]


def _checked(spec: str, subset: Subset, crop_by: CropBy, damaged: Damaged) -> tuple[str, Path]:
    """The kind and folder of a spec, if its options are possible."""
    for name, value, allowed in (
        ("subset", subset, Subset),
        ("crop_by", crop_by, CropBy),
        ("damaged", damaged, Damaged),
    ):
        if value not in get_args(allowed):
            raise DatasetError(f"{name} must be one of {', '.join(get_args(allowed))}, not {value!r}")
    kind, folder = parse_spec(spec)
    if kind != "pix3d" and (subset, crop_by) != ("all", "mask"):
        raise DatasetError(f"{spec}: only Pix3D's own folder has subsets and crops; leave --subset and --crop-by out")
    return kind, folder


def _recognised(folder: Path) -> str:
    if (folder / INDEX).is_file():
        return "packed"
    if (folder / pix3d.INDEX).is_file():
        return "pix3d"
    if all((folder / name).is_dir() for name in shapenet.FOLDERS):
        return "shapenet"
    raise DatasetError(
        f"{folder}: no data set here; looked for {INDEX} (packed), {pix3d.INDEX} (Pix3D) and the folders "
        f"{' and '.join(shapenet.FOLDERS)} (R2N2)"
    )


def _accepted(dataset: ShapeDataset, problems: tuple[Problem, ...], damaged: Damaged) -> ShapeDataset:
    if damaged == "refuse":
        refuse(problems)
    elif problems:
        _log.warning(
            "%s: %d missing or damaged files left out; the first: %s", dataset.name, len(problems), problems[0]
        )
    return dataset


def _builtin(progress: Progress | None) -> PackedDataset:
    # Imported here, so that nothing that makes shapes is loaded where only a packed set is read.
    from core.data.builtin import build

    folder = builtin_folder()
    if folder.exists():
        try:
            return _verified(folder)
        except DatasetError as error:
            _log.info("%s; building it again", error)
            if progress:
                progress(0, 1, "the stored data set is damaged: building it again")
            shutil.rmtree(folder, ignore_errors=True)
    try:
        build(folder, seed=_BUILTIN_SEED, progress=progress)
    except DatasetError:
        # Another process may have built the same set meanwhile; then it is there and whole.
        if not folder.exists():
            raise
    return _verified(folder)


def _verified(folder: Path) -> PackedDataset:
    dataset = PackedDataset(folder)
    dataset.verify()
    return dataset
