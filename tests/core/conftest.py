"""A data set small enough to check by hand, and a network small enough to train in a test."""

import json
from dataclasses import dataclass, field

import numpy as np
import pytest
from PIL import Image
from tiny_training import MODEL

from core.config import DataConfig, Mem3DConfig, TrainingConfig
from core.data.binvox import save_binvox
from core.data.dataset import ObjectRecord


@dataclass
class BoxDataset:
    """Axis-aligned boxes and crosses, drawn as their front silhouette: learnable in a few steps."""

    objects: list[ObjectRecord]
    grids: list[np.ndarray] = field(default_factory=list)
    name: str = "boxes"
    version: str = ""

    def image(self, index, view):
        silhouette = self.grids[index].any(axis=0).T[::-1]  # looking along x: columns z, rows from the top down
        pixels = np.zeros((32, 32, 4), np.uint8)
        pixels[..., 0] = 40 + 20 * view
        pixels[..., 1] = 120
        pixels[..., 3] = 255 * silhouette
        return np.kron(pixels, np.ones((2, 2, 1), np.uint8))

    def voxels(self, index):
        return self.grids[index]


def make_boxes(per_split=(12, 4, 4), views=3, seed=0):
    rng = np.random.default_rng(seed)
    records, grids = [], []
    for split, count in zip(("train", "val", "test"), per_split, strict=True):
        for number in range(count):
            category = ("table", "lamp")[number % 2]
            half = rng.integers(3, 14, size=3)
            grid = np.zeros((32, 32, 32), bool)
            grid[16 - half[0] : 16 + half[0], 16 - half[1] : 16 + half[1], 16 - half[2] : 16 + half[2]] = True
            if category == "lamp":
                grid[16 - half[0] : 16 + half[0], :16, : 16 - half[2] // 2] = False
            records.append(ObjectRecord(f"{category}/{split}{number}", category, split, views))
            grids.append(grid)
    return BoxDataset(records, grids)


@pytest.fixture(scope="session")
def box_dataset():
    """The function that makes the data set, for fixtures of wider scope."""
    return make_boxes


@pytest.fixture(scope="session")
def write_r2n2():
    """The function that writes the data set into a folder in R2N2's own layout."""

    def write(root):
        boxes = make_boxes()
        splits = {}
        for index, record in enumerate(boxes.objects):
            synset = {"lamp": "03636649", "table": "04379243"}[record.category]
            model = record.object_id.split("/")[1]
            splits.setdefault(synset, {}).setdefault(record.split, []).append(model)
            rendering = root / "ShapeNetRendering" / synset / model / "rendering"
            rendering.mkdir(parents=True)
            for view in range(record.views):
                Image.fromarray(boxes.image(index, view)).save(rendering / f"{view:02d}.png")
            grid = root / "ShapeNetVox32" / synset / model / "model.binvox"
            grid.parent.mkdir(parents=True)
            save_binvox(grid, boxes.voxels(index))
        (root / "splits").mkdir()
        entries = [{"taxonomy_id": synset, "taxonomy_name": synset, **parts} for synset, parts in splits.items()]
        (root / "splits" / "ShapeNet.json").write_text(json.dumps(entries))

    return write


@pytest.fixture
def boxes():
    return make_boxes()


@pytest.fixture
def tiny_config():
    return Mem3DConfig(
        preset="compact",
        model=MODEL,
        data=DataConfig(dataset="boxes"),
        training=TrainingConfig(
            batch_size=4, log_every=2, evaluate_every=4, checkpoint_every=4, evaluate_samples=8, imagenet_weights=False
        ),
    )
