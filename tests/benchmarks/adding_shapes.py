"""Whether adding one's own meshes to the memory, without training, raises IoU on pictures of them.

    python tests/benchmarks/adding_shapes.py MESH… [--checkpoint C] [--views 24]

Every mesh is rendered from all around. The odd views go into the memory, the even ones are reconstructed, behind random
plain backgrounds, with the memory as it was and with the memory that was added to.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from core.assets import DEFAULT_CHECKPOINT, asset
from core.checkpoint import load_checkpoint
from core.data.augmentation import evaluation_picture
from core.memory.adding import PictureEncoder, add_shapes
from core.memory.editing import save_memory
from core.memory.shape_files import Shape, find_shapes, read_shapes
from core.memory.slots import slots_of
from core.metrics import voxel_iou
from core.network.pixels import network_images


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("meshes", nargs="*", help="mesh files that the checkpoint was not trained on")
    parser.add_argument("--checkpoint", type=Path, default=None, help="(default: the embedded model)")
    parser.add_argument("--views", type=int, default=24, help="renderings of each mesh (default: 24)")
    options = parser.parse_args()
    if not options.meshes:
        print("name some meshes to measure what adding them to the memory gives")
        return
    checkpoint = load_checkpoint(options.checkpoint or asset(DEFAULT_CHECKPOINT))
    shapes = list(read_shapes(find_shapes(options.meshes, views=options.views)))
    remembered = [Shape(s.dataset, s.object_id, s.category, s.voxels, s.pictures[1::2]) for s in shapes]
    added = add_shapes(slots_of(checkpoint), PictureEncoder(checkpoint), remembered)
    after = Path("added.safetensors")
    try:
        save_memory(checkpoint, added.slots, after)
        before, later = (_measured(path, shapes) for path in (checkpoint.path, after))
    finally:
        after.unlink(missing_ok=True)
    print(f"{len(shapes)} meshes, {len(added.places)} slots added to {int(slots_of(checkpoint).occupied.sum())}")
    threshold = checkpoint.config.model.threshold
    print(f"{'object':<32}{'before':>9}{'after':>9}   IoU of the result at t = {threshold:g}, the model's own")
    for shape, one, two in zip(shapes, before["result"], later["result"], strict=True):
        print(f"{shape.object_id:<32}{one.mean():9.3f}{two.mean():9.3f}")
    for name, words in (
        ("result", "IoU with memory"),
        ("alone", "IoU without memory"),
        ("top", "IoU of the top slot"),
        ("read", "pictures with a prior"),
        ("own", "top slot is of the object"),
    ):
        print(f"{words:<32}{np.mean(before[name]):9.3f}{np.mean(later[name]):9.3f}")
    gain = np.mean(later["result"], axis=1) - np.mean(before["result"], axis=1)
    print(f"better for {int((gain > 0).sum())} of {len(gain)} objects; gain {gain.mean():+.3f} +- {gain.std():.3f}")


def _measured(path: Path, shapes: list[Shape]) -> dict[str, np.ndarray]:
    """By object and even view, (objects, views)."""
    checkpoint = load_checkpoint(path)
    model = checkpoint.build()
    threshold = checkpoint.config.model.threshold
    found: dict[str, list[np.ndarray]] = {name: [] for name in ("result", "alone", "top", "read", "own")}
    for number, shape in enumerate(shapes):
        rng = np.random.default_rng([0, number])
        pictures = np.stack([evaluation_picture(p, model.config.image_size, rng) for p in shape.pictures[::2]])
        with torch.inference_mode():
            images = network_images(torch.from_numpy(pictures))
            with_memory = model(images)
            alone = model(images, use_memory=False)
        top = with_memory.similarities.masked_fill(~model.memory.occupied, -1).argmax(dim=1).tolist()
        values = np.unpackbits(model.memory.packed[top].numpy(), axis=1).reshape(-1, 32, 32, 32) > 0
        found["result"].append(voxel_iou(with_memory.logits.sigmoid().numpy() > threshold, shape.voxels))
        found["alone"].append(voxel_iou(alone.logits.sigmoid().numpy() > threshold, shape.voxels))
        found["top"].append(voxel_iou(values, shape.voxels))
        found["read"].append((with_memory.read.counts > 0).numpy())
        found["own"].append(np.array([checkpoint.sources[slot].object_id == shape.object_id for slot in top]))
    return {name: np.stack(values) for name, values in found.items()}


if __name__ == "__main__":
    main()
