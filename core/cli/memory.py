"""``mem3d memory``: list the slots of a checkpoint, put one's own shapes into its memory, take slots out."""

import argparse
import json
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from core.assets import DEFAULT_CHECKPOINT, asset
from core.cli.options import ProgressBar, number, whole
from core.errors import ConfigError, OutputError

BUILT_IN = "built-in"
"""Stands for the embedded checkpoint."""
_AXES = ("+x", "-x", "+y", "-y", "+z", "-z")
_CHECKPOINT_HELP = f"a .safetensors file, or {BUILT_IN}"


def add_command(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    command = commands.add_parser("memory", help="list, add to or remove from a checkpoint's memory, without training")
    actions = command.add_subparsers(title="actions", required=True, metavar="ACTION")
    _add_list(actions)
    _add_add(actions)
    _add_remove(actions)


def _add_list(actions: Any) -> None:
    action = actions.add_parser("list", help="the slots: category, age and source of each, near-duplicates, what lacks")
    action.add_argument("checkpoint", metavar="CHECKPOINT", help=_CHECKPOINT_HELP)
    _add_filters(action)
    action.add_argument("--json", action="store_true", help="print JSON")
    action.set_defaults(run=_list)


def _add_add(actions: Any) -> None:
    action = actions.add_parser(
        "add",
        help="put meshes, voxel grids or a data set into the memory, without training",
        description="Every shape is seen from all around; the checkpoint's own image encoder makes a key of each view. "
        "Empty slots are filled first, then the memory grows. Nothing in it is changed, and CHECKPOINT stays as it is.",
    )
    action.add_argument("checkpoint", metavar="CHECKPOINT", help=_CHECKPOINT_HELP)
    action.add_argument(
        "files", nargs="+", metavar="FILE",
        help="a mesh (OBJ, OFF, PLY, STL, GLB, GLTF), a voxel grid (binvox, NPZ), a folder of meshes, or a data set",
    )  # fmt: skip
    action.add_argument("--out", type=Path, required=True, metavar="NEW", help="the checkpoint to write")
    action.add_argument("--category", metavar="NAME", help="of all shapes (default: that of the folder or data set)")
    action.add_argument("--views", type=whole(1), default=24, metavar="N", help="pictures of each shape (default 24)")
    for name, where, axis in (("--up", "up", "+y"), ("--front", "to the front", "+x")):
        action.add_argument(
            name, choices=_AXES, default=axis, metavar="AXIS",
            help=f"the mesh files' axis that points {where}, as {name}=-x (default {axis})",
        )  # fmt: skip
    action.add_argument("--json", action="store_true", help="print JSON")
    action.set_defaults(run=_add)


def _add_remove(actions: Any) -> None:
    action = actions.add_parser("remove", help="empty some slots; the others keep their numbers")
    action.add_argument("checkpoint", metavar="CHECKPOINT", help=_CHECKPOINT_HELP)
    _add_filters(action)
    action.add_argument("--out", type=Path, required=True, metavar="NEW", help="the checkpoint to write")
    action.add_argument("--json", action="store_true", help="print JSON")
    action.set_defaults(run=_remove)


def _add_filters(action: argparse.ArgumentParser) -> None:
    action.add_argument("--slots", type=_ranges, metavar="N[-M][,…]", help="only these, such as 3,10-19")
    action.add_argument("--category", action="append", metavar="NAME", help="only of this category; may be repeated")
    action.add_argument(
        "--source", metavar="PATTERN", help="only from this data set and object, such as 'mesh:*' or '*:chair/*'"
    )
    action.add_argument("--older", type=whole(0), metavar="AGE", help="only of at least this age")
    action.add_argument(
        "--duplicates", type=number(0, 1), nargs="?", const=0.95, metavar="S",
        help="only slots beside a near-duplicate whose key is this similar to theirs (default 0.95), all but the first",
    )  # fmt: skip


def _list(options: argparse.Namespace) -> int:
    from core.memory.analysis import category_counts

    _, slots = _opened(options)
    chosen = _chosen(options, slots)
    counts = category_counts(slots)
    entries = [
        {
            "slot": slot,
            "category": slots.category(slot),
            "age": int(slots.ages[slot]),
            "source": None if (source := slots.sources[slot]) is None else source._asdict(),
            "voxels": int(slots.voxels(slot).sum()),
        }
        for slot in chosen
    ]
    if options.json:
        print(json.dumps({"slots": len(slots), "occupied": len(slots.used), "categories": counts, "listed": entries}))
        return 0
    for slot in chosen:
        source = slots.sources[slot]
        where = "unknown" if source is None else f"{source.dataset}: {source.object_id}, view {source.view}"
        print(f"{slot:>6}  {slots.category(slot):<14} age {int(slots.ages[slot]):>6}  {where}")
    print(f"{len(chosen)} listed of {len(slots.used)} shapes in {len(slots)} slots")
    print("categories: " + ", ".join(f"{name} {count}" for name, count in counts.items() if count))
    if lacking := [name for name, count in counts.items() if not count]:
        print("not one slot of: " + ", ".join(lacking))
    return 0


def _add(options: argparse.Namespace) -> int:
    from core.data.meshes.examining import Orientation
    from core.memory.adding import PictureEncoder, add_shapes
    from core.memory.editing import save_memory
    from core.memory.shape_files import find_shapes, read_shapes

    _require_new(options.out)
    orientation = Orientation(options.up, options.front)
    checkpoint, slots = _opened(options)
    with ProgressBar() as bar:
        sources = find_shapes(
            options.files, category=options.category, orientation=orientation, views=options.views, progress=bar
        )
    with ProgressBar() as bar:
        added = add_shapes(
            slots, PictureEncoder(checkpoint), read_shapes(sources), lambda done: bar(done, sources.count, "shapes")
        )
    save_memory(checkpoint, added.slots, options.out)
    if options.json:
        facts = {
            "checkpoint": str(options.out), "shapes": added.shapes, "slots": added.places.tolist(),
            "skipped": list(added.skipped), "memory_slots": len(added.slots), "grown_by": added.grown,
        }  # fmt: skip
        print(json.dumps(facts))
        return 0
    shapes, slots_filled = added.shapes, len(added.places)
    print(f"{shapes} shape{'s' * (shapes != 1)} in {slots_filled} slot{'s' * (slots_filled != 1)}, {options.out}")
    for name in added.skipped:
        print(f"  {name}: is in the memory already, left out")
    if added.grown:
        print(f"  the memory has grown from {len(slots)} to {len(added.slots)} slots")
    return 0


def _remove(options: argparse.Namespace) -> int:
    from core.memory.editing import remove, save_memory

    _require_new(options.out)
    if all(getattr(options, name) is None for name in ("slots", "category", "source", "older", "duplicates")):
        raise ConfigError("say which slots to remove: --slots, --category, --source, --older or --duplicates")
    checkpoint, slots = _opened(options)
    chosen = _chosen(options, slots)
    if not chosen:
        raise ConfigError(f"{checkpoint.path}: no slot is like that; see `mem3d memory list {options.checkpoint}`")
    after = remove(slots, chosen)
    save_memory(checkpoint, after, options.out)
    if options.json:
        print(json.dumps({"checkpoint": str(options.out), "removed": chosen, "occupied": len(after.used)}))
    else:
        print(f"{len(chosen)} slots emptied, {len(after.used)} shapes left, {options.out}")
    return 0


def _opened(options: argparse.Namespace) -> Any:
    """The checkpoint and its slots."""
    from core.checkpoint import load_checkpoint
    from core.memory.slots import slots_of

    built_in = options.checkpoint == BUILT_IN
    checkpoint = load_checkpoint(asset(DEFAULT_CHECKPOINT) if built_in else Path(options.checkpoint))
    return checkpoint, slots_of(checkpoint)


def _chosen(options: argparse.Namespace, slots: Any) -> list[int]:
    """The occupied slots that every filter lets through."""
    from core.memory.analysis import near_duplicate_slots

    chosen: list[int] = slots.used.tolist()
    if options.slots is not None:
        wanted = set(options.slots)
        chosen = [slot for slot in chosen if slot in wanted]
    if options.category:
        chosen = [slot for slot in chosen if slots.category(slot) in options.category]
    if options.source is not None:
        chosen = [slot for slot in chosen if fnmatch(_source_name(slots, slot), options.source)]
    if options.older is not None:
        chosen = [slot for slot in chosen if slots.ages[slot] >= options.older]
    if options.duplicates is not None:
        extra = {slot for group in near_duplicate_slots(slots, options.duplicates) for slot in group[1:]}
        chosen = [slot for slot in chosen if slot in extra]
    return chosen


def _source_name(slots: Any, slot: int) -> str:
    source = slots.sources[slot]
    return "" if source is None else f"{source.dataset}:{source.object_id}"


def _require_new(out: Path) -> None:
    if out.exists():
        raise OutputError(f"{out}: exists already; give the new checkpoint another name")
    if not out.parent.is_dir():
        raise OutputError(f"{out}: there is no folder {out.parent}; make it first")


def _ranges(text: str) -> list[int]:
    """An argument type: whole numbers and ranges of them, with commas between."""
    found: list[int] = []
    for part in text.split(","):
        low, dash, high = part.partition("-")
        if not low.isdecimal() or (dash and not high.isdecimal()) or int(high or low) - int(low) > 10**7:
            raise argparse.ArgumentTypeError(f"{part!r} is no slot or range of slots, such as 3 or 10-19")
        found += range(int(low), int(high or low) + 1)
    return found
