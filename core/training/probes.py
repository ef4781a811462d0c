"""Probes: a few fixed validation views, reconstructed again and again, so that one can see the network learn.

``RUN/probes/inputs.npz`` holds the views and the truth, ``RUN/probes/step_NNNNNNNN.npz`` what a step made of them.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.config import DEFAULT_THRESHOLD
from core.data.augmentation import evaluation_picture
from core.data.bit_packing import PACKED_BYTES, VOXEL_RESOLUTION, pack, unpack
from core.data.dataset import ShapeDataset, naming_the_sample
from core.errors import TrainingError
from core.files import replacing, told_when_not_written
from core.metrics import voxel_iou
from core.network.mem3d import Mem3D
from core.network.pixels import network_images
from core.network.shape_memory import EMPTY
from core.npy_files import Kind, read_npz

_STEP_NAME = re.compile(r"step_([0-9]{8})\.npz")


@dataclass(frozen=True)
class ProbeStep:
    """What the network made of P probes at one step."""

    occupancy: NDArray[np.float16]
    """(P, 32, 32, 32) occupancy probabilities."""
    above_beta: NDArray[np.int64]
    """(P,) slots above beta."""
    top_slot: NDArray[np.int64]
    """(P,) the slot with the most similar key; -1 where the memory is empty."""
    top_similarity: NDArray[np.float32]
    """(P,) that slot's key similarity; 0 where there is none."""
    top_value: NDArray[np.uint8]
    """(P, 4096) the shape in that slot, bit-packed (``core.data.bit_packing.unpack``); zeros where there is none."""
    iou: NDArray[np.float32]
    """(P,) IoU of occupancy > ``DEFAULT_THRESHOLD`` with the truth."""


@dataclass(frozen=True)
class Probes:
    """The probes of a run, and what was made of them."""

    folder: Path
    """``RUN/probes``."""
    images: NDArray[np.uint8]
    """(P, S, S, 3) exactly what the network sees."""
    truth: NDArray[np.uint8]
    """(P, 4096) true grids, bit-packed (``core.data.bit_packing.unpack``)."""
    names: tuple[str, ...]
    """``category object_id view`` of each."""

    def steps(self) -> list[int]:
        """The steps there are reconstructions of, oldest first."""
        names = (_STEP_NAME.fullmatch(path.name) for path in self.folder.glob("step_*.npz"))
        return sorted(int(match[1]) for match in names if match)

    def at(self, step: int) -> ProbeStep:
        """The reconstructions of one of ``steps()``.

        Raises:
            TrainingError: if the file is missing or damaged.
        """
        count = len(self.images)
        grids = Kind(("f2",), (count, *(VOXEL_RESOLUTION,) * 3))
        whole, real = Kind(("i8",), (count,)), Kind(("f4",), (count,))
        packed = Kind(("u1",), (count, PACKED_BYTES))
        kinds = {
            "occupancy": grids, "above_beta": whole, "top_slot": whole, "top_similarity": real, "top_value": packed,
            "iou": real,
        }  # fmt: skip
        return ProbeStep(**_load(self._file(step), kinds))

    def reconstruct(self, model: Mem3D, step: int, *, use_memory: bool) -> Path:
        """Reconstruct the probes with a network in evaluation mode and write ``step_NNNNNNNN.npz``, atomically.

        Raises:
            OutputError: if it cannot be written.
        """
        memory = model.memory
        with torch.inference_mode():
            images = network_images(torch.from_numpy(self.images).to(memory.keys.device))
            output = model(images, use_memory=use_memory)
            similar = memory.similarities(output.features).masked_fill(~memory.occupied, -torch.inf)
            similarity, slot = similar.max(dim=1)
            empty = similarity == -torch.inf
            packed = memory.packed[slot].masked_fill(empty[:, None], 0)
        occupancy = output.logits.sigmoid().float().cpu().numpy()
        truth = np.stack([unpack(grid) for grid in self.truth])
        path = self._file(step)
        with replacing(path) as temporary, open(temporary, "wb") as file:
            np.savez_compressed(
                file,
                occupancy=occupancy.astype(np.float16),
                above_beta=(similar > model.config.beta).sum(dim=1).cpu().numpy(),
                top_slot=slot.masked_fill(empty, EMPTY).cpu().numpy(),
                top_similarity=similarity.masked_fill(empty, 0.0).float().cpu().numpy(),
                top_value=packed.cpu().numpy(),
                iou=voxel_iou(occupancy > DEFAULT_THRESHOLD, truth).astype(np.float32),
            )
        return path

    def forget_after(self, step: int) -> None:
        """Remove the reconstructions of later steps.

        Raises:
            OutputError: if they cannot be removed.
        """
        with told_when_not_written(self.folder):
            for later in self.steps():
                if later > step:
                    self._file(later).unlink()

    def _file(self, step: int) -> Path:
        return self.folder / f"step_{step:08d}.npz"


def read_probes(run: Path) -> Probes:
    """The probes of a run.

    Raises:
        TrainingError: if it has none, or they are damaged.
    """
    folder = Path(run) / "probes"
    file = folder / "inputs.npz"
    kinds = {
        "images": Kind(("u1",), (None, None, None, 3)),
        "truth": Kind(("u1",), (None, PACKED_BYTES)),
        "names": Kind(("U",), (None,)),
    }
    arrays = _load(file, kinds)
    images, truth, names = (arrays[name] for name in kinds)
    if not 0 < len(images) == len(truth) == len(names) or images.shape[1] != images.shape[2] or not images.size:
        raise TrainingError(f"{file}: damaged (pictures, shapes and names of different probes); remove it")
    return Probes(folder, images, truth, tuple(map(str, names)))


def create_probes(run: Path, dataset: ShapeDataset, *, count: int, image_size: int, seed: int) -> Probes | None:
    """Choose the probes of a run and write ``inputs.npz``, atomically; None where there is no validation view.

    Args:
        run: the run folder.
        dataset: whose validation views they are.
        count: how many, of as many different categories as there are.
        image_size: S in pixels.
        seed: of the choice and of the backgrounds.

    Raises:
        OutputError: if it cannot be written.
        DatasetError: if a view cannot be used.
    """
    rng = np.random.default_rng([seed, 5])
    images, truth, names = [], [], []
    for index, view in _choose(dataset, count, rng):
        record = dataset.objects[index]
        with naming_the_sample(dataset, index, view):
            images.append(evaluation_picture(dataset.image(index, view), image_size, rng))
        truth.append(pack(dataset.voxels(index)))
        names.append(f"{record.category} {record.object_id} {view}")
    if not images:
        return None
    folder = Path(run) / "probes"
    with told_when_not_written(folder):
        folder.mkdir(exist_ok=True)
    probes = Probes(folder, np.stack(images), np.stack(truth), tuple(names))
    with replacing(folder / "inputs.npz") as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, images=probes.images, truth=probes.truth, names=np.array(names))
    return probes


def _choose(dataset: ShapeDataset, count: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """(object, view) of ``count`` validation views; no category comes again before every other one has come."""
    objects = [index for index, record in enumerate(dataset.objects) if record.split == "val" and record.views > 0]
    objects = [objects[place] for place in rng.permutation(len(objects))]
    used: Counter[str] = Counter()
    chosen: list[tuple[int, int]] = []
    while objects and len(chosen) < count:
        index = min(objects, key=lambda index: used[dataset.objects[index].category])
        objects.remove(index)
        used[dataset.objects[index].category] += 1
        chosen.append((index, int(rng.integers(dataset.objects[index].views))))
    return chosen


def _load(path: Path, kinds: Mapping[str, Kind]) -> dict[str, NDArray[Any]]:
    try:
        return read_npz(path, kinds)
    except FileNotFoundError as error:
        raise TrainingError(f"{path}: no such file; a run with probes in its config.json writes it") from error
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path}: damaged ({error}); look at another step") from error
