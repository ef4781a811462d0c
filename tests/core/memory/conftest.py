"""Small memories whose slots are known by hand, and a small genuine checkpoint."""

import numpy as np
import pytest
import torch

from core.checkpoint import load_checkpoint, save_checkpoint
from core.data.bit_packing import pack
from core.memory.slots import MemorySlots
from core.network.building import build_network
from core.network.shape_memory import ShapeSource


@pytest.fixture(scope="session")
def make_slots():
    """The function that makes a memory of (key, grid, category) entries, None for an empty slot."""

    def make(*entries):
        size = next(len(entry[0]) for entry in entries if entry is not None)
        keys, packed = np.zeros((len(entries), size), np.float32), np.zeros((len(entries), 4096), np.uint8)
        sources = []
        for slot, entry in enumerate(entries):
            if entry is None:
                sources.append(None)
                continue
            key, grid, category = entry
            keys[slot] = np.asarray(key, np.float32) / np.linalg.norm(key)
            packed[slot] = pack(grid)
            sources.append(ShapeSource("boxes", f"{category}/{slot}", slot % 3, category))
        occupied = np.array([entry is not None for entry in entries])
        ages = np.where(occupied, np.arange(len(entries)), 0).astype(np.int64)
        return MemorySlots(keys, packed, ages, occupied, tuple(sources))

    return make


@pytest.fixture(scope="session")
def cube():
    """The function that makes a grid with one solid cube in a corner."""

    def make(side):
        grid = np.zeros((32, 32, 32), bool)
        grid[:side, :side, :side] = True
        return grid

    return make


@pytest.fixture
def checkpoint(tmp_path, tiny_config):
    """A network with random weights and 3 of 8 slots filled."""
    torch.manual_seed(1)
    model = build_network(tiny_config.model).eval()
    model.memory.write(
        torch.eye(16)[:3],
        torch.rand(3, 32, 32, 32) < 0.3,
        [ShapeSource("boxes", f"lamp/{i}", i, "lamp") for i in range(3)],
    )
    path = tmp_path / "model.safetensors"
    save_checkpoint(path, model, tiny_config, step=12, metrics={"validation_iou": 0.5})
    return load_checkpoint(path)
