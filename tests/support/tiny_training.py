"""A data set and a network small enough to train inside a test of the window."""

from pathlib import Path

import numpy as np

from core.config import DataConfig, Mem3DConfig, ModelConfig, TrainingConfig
from core.data.dataset import ObjectRecord
from core.data.packed import PackedWriter, encode_picture

VIEWS = 4
MODEL = ModelConfig(
    image_size=32,
    backbone="resnet18",
    backbone_width=8,
    encoder_channels=(8, 8, 16),
    memory_slots=8,
    value_similarity="iou",
    delta=0.9,
    shape_encoder_resolution=8,
    lstm_hidden=16,
    decoder_channels=(8, 4, 4, 4, 1),
    max_priors=3,
)
"""A network whose steps take milliseconds."""


def make_packed(folder: Path, per_split: tuple[int, int, int] = (6, 2, 2)) -> Path:
    """A packed data set of boxes of several sizes, seen from the front in several shades."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    with PackedWriter(folder, "boxes", 0) as writer:
        for split, count in zip(("train", "val", "test"), per_split, strict=True):
            for number in range(count):
                category = ("table", "lamp")[number % 2]
                half = rng.integers(3, 14, size=3)
                grid = np.zeros((32, 32, 32), bool)
                grid[16 - half[0] : 16 + half[0], 16 - half[1] : 16 + half[1], 16 - half[2] : 16 + half[2]] = True
                pictures = [_picture(grid, view) for view in range(VIEWS)]
                writer.add(ObjectRecord(f"{category}/{split}{number}", category, split, VIEWS), grid, pictures)
        writer.finish()
    return folder


def tiny_config(dataset: str, **training: object) -> Mem3DConfig:
    """A configuration whose steps take milliseconds; ``training`` replaces fields of its training part."""
    few = {"epochs": 2, "batch_size": 4, "log_every": 1, "evaluate_every": 4, "checkpoint_every": 4}
    return Mem3DConfig(
        preset="compact",
        model=MODEL,
        data=DataConfig(dataset=dataset),
        training=TrainingConfig(**{**few, "evaluate_samples": 4, "imagenet_weights": False, **training}),
    )


def _picture(grid: np.ndarray, view: int) -> bytes:
    silhouette = grid.any(axis=0).T[::-1]  # looking along x: columns z, rows from the top down
    pixels = np.zeros((32, 32, 4), np.uint8)
    pixels[..., 0] = 40 + 20 * view
    pixels[..., 1] = 120
    pixels[..., 3] = 255 * silhouette
    return encode_picture(pixels)
