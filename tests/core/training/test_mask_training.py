"""The mask head: it learns where the object is, nothing else in the network changes, and the program uses it."""

import dataclasses

import numpy as np
import pytest
import torch

from core.checkpoint import save_checkpoint
from core.cli import main
from core.config import DataConfig
from core.data.augmentation import composite
from core.errors import DatasetError
from core.network.building import build_network
from core.reconstruction import Reconstructor
from core.training.mask_training import mask_loss, train_mask_head


@pytest.fixture
def model(tiny_config):
    torch.manual_seed(0)
    return build_network(dataclasses.replace(tiny_config.model, mask_head=True)).eval()


def test_a_composite_has_the_object_where_its_mask_says():
    pixels = np.zeros((32, 32, 4), np.uint8)
    pixels[8:24, 4:28] = (200, 30, 30, 255)
    plain = DataConfig(colour_jitter=0.0, noise=0.0)
    areas = set()
    for seed in range(8):
        picture, mask = composite(pixels, 64, plain, np.random.default_rng(seed))
        assert picture.shape == (64, 64, 3)
        assert mask.shape == (64, 64)
        assert (np.abs(picture[mask == 255].astype(int) - (200, 30, 30)) <= 1).all()
        areas.add(int((mask > 127).sum()))
    assert len(areas) > 4  # of another size each time
    assert min(areas) < 0.5 * max(areas)


def test_the_loss_is_cross_entropy_and_dice_by_hand():
    masks = torch.zeros(1, 4, 4)
    masks[0, :2] = 1.0
    masks[0, 2, :2] = 1.0  # averaged to 2 x 2: 1, 1, 1/2, 0
    logits = torch.zeros(1, 2, 2)
    expected = np.log(2.0) + 1 - 2 * (0.5 * 2.5) / (4 * 0.5 + 2.5)
    assert mask_loss(logits, masks).item() == pytest.approx(expected)


def test_it_learns_and_leaves_all_else_as_it_was(model, boxes):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    losses = []
    train_mask_head(model, DataConfig(), boxes, 30, progress=lambda _, loss: losses.append(loss))
    assert len(losses) == 30
    assert np.mean(losses[-5:]) < 0.8 * losses[0]
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name]) != name.startswith("mask_head."), name


def test_views_without_alpha_teach_nothing(model, boxes, monkeypatch):
    monkeypatch.setattr(type(boxes), "image", lambda *_: np.zeros((32, 32, 3), np.uint8))
    with pytest.raises(DatasetError, match="no alpha"):
        train_mask_head(model, DataConfig(), boxes, 1)


def test_the_command_adds_the_head_and_the_program_has_a_finder(tmp_path, tiny_config, write_r2n2, capsys):
    write_r2n2(tmp_path / "data")
    torch.manual_seed(0)
    plain = build_network(tiny_config.model)
    save_checkpoint(tmp_path / "plain.safetensors", plain, tiny_config, step=7, half_keys=True)
    assert Reconstructor(tmp_path / "plain.safetensors", "cpu").object_finder is None
    words = ["train-mask", str(tmp_path / "plain.safetensors"), str(tmp_path / "with.safetensors")]
    assert main([*words, "--dataset", f"shapenet:{tmp_path / 'data'}", "--steps", "2", "--device", "cpu"]) == 0
    assert "trained for 2 steps" in capsys.readouterr().out
    with_head = Reconstructor(tmp_path / "with.safetensors", "cpu")
    assert with_head.step == 7
    pixels = np.random.default_rng(0).integers(0, 256, (50, 90, 3), np.uint8)
    found = with_head.object_finder(pixels)
    assert found.shape == (50, 90)
    assert found.dtype == np.float32
    assert 0 <= found.min() < found.max() <= 1
