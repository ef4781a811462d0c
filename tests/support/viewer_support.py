"""What tests of the window share: a small genuine checkpoint, pictures, and ways to wait."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from core.checkpoint import save_checkpoint
from core.config import Mem3DConfig, ModelConfig
from core.data.dataset import SPLITS, ObjectRecord
from core.data.images import load_picture, preprocess
from core.data.packed import PackedWriter, encode_picture
from core.network.building import build_network
from core.network.shape_memory import ShapeSource

SLOTS = 40
MAX_PRIORS = 5
BETA = 0.5
SIMILARITIES = np.linspace(0.97, 0.19, SLOTS)
"""Key similarity of each slot to the picture that ``make_picture`` writes."""
ABOVE_BETA = int((SIMILARITIES > BETA).sum())
_CATEGORIES = ("chair", "table", "lamp", "car")


def dispose(owner: QObject) -> None:
    """Let what is queued for a closed controller, or widget, arrive, and delete it here and not at some later time."""
    QCoreApplication.processEvents()
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def make_picture(path: Path, *, alpha: bool = True, size: tuple[int, int] = (60, 80), shade: int = 0) -> Path:
    """A brown block before nothing, or before grey; (width, height) = ``size``."""
    width, height = size
    pixels = np.zeros((height, width, 4 if alpha else 3), np.uint8)
    if not alpha:
        pixels[:] = 180
    top, left = height // 5, width // 4
    pixels[top:-top, left:-left, :3] = (150 - shade, 90 + shade, 40 + shade)
    if alpha:
        pixels[top:-top, left:-left, 3] = 255
    Image.fromarray(pixels).save(path)
    return path


def make_checkpoint(path: Path, picture: Path, *, beta: float = BETA, seed: int = 0) -> Path:
    """A network with random weights, whose slots have exactly ``SIMILARITIES`` to ``picture``."""
    config = Mem3DConfig(
        preset="compact",
        model=ModelConfig(
            image_size=32,
            backbone="resnet18",
            backbone_width=8,
            encoder_channels=(8, 8, 16),
            memory_slots=SLOTS + 8,
            value_similarity="iou",
            delta=1.0,
            beta=beta,
            max_priors=MAX_PRIORS,
            shape_encoder_resolution=8,
            lstm_hidden=64,
            decoder_channels=(8, 4, 4, 4, 1),
        ),
    )
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = build_network(config.model).eval()
    pixels = torch.from_numpy(preprocess(load_picture(picture).pixels, 32).copy())
    with torch.inference_mode():
        feature = model.image_encoder(pixels.permute(2, 0, 1)[None].float() / 255)[0].numpy()
    feature /= np.linalg.norm(feature)
    other = rng.normal(size=(SLOTS, len(feature)))
    other -= np.outer(other @ feature, feature)
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    keys = SIMILARITIES[:, None] * feature + np.sqrt(1 - SIMILARITIES**2)[:, None] * other
    order = rng.permutation(SLOTS)  # the most similar slot is not simply the first
    sources = [ShapeSource("boxes", f"{_CATEGORIES[i % 4]}/{i:03d}", i % 3, _CATEGORIES[i % 4]) for i in range(SLOTS)]
    volumes = torch.from_numpy(np.stack([block(i) for i in range(SLOTS)]).astype(np.float32))
    model.memory.write(torch.from_numpy(keys[order].astype(np.float32)), volumes, sources)
    save_checkpoint(path, model, config, step=7)
    return path


def block(number: int) -> np.ndarray:
    """A solid block whose three sides tell its number."""
    grid = np.zeros((32, 32, 32), bool)
    grid[4 : 8 + number % 4, 4 : 8 + number // 4 % 4, 4 : 8 + number // 16] = True
    return grid


def make_packed(folder: Path, per_split: tuple[int, int, int] = (6, 2, 2), views: int = 3) -> Path:
    """A packed data set of blocks, chairs and tables in turn."""
    folder.mkdir(parents=True)
    with PackedWriter(folder, "blocks", seed=0) as writer:
        splits = [split for split, count in zip(SPLITS, per_split, strict=True) for _ in range(count)]
        for number, split in enumerate(splits):
            category = ("chair", "table")[number % 2]
            pictures = []
            for view in range(views):
                pixels = np.zeros((48, 48, 4), np.uint8)
                pixels[8 + number : 40, 8 + 2 * view : 40] = (60 + 10 * number, 90, 40 + 20 * view, 255)
                pictures.append(encode_picture(pixels))
            writer.add(ObjectRecord(f"{category}/{number:03d}", category, split, views), block(number), pictures)
        writer.finish()
    return folder
