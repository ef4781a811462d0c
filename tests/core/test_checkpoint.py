"""Checkpoints: whole, atomic, and one clear error for every wrong file."""

import json

import numpy as np
import pytest
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from core.checkpoint import load_checkpoint, save_checkpoint, save_tensors
from core.config import preset
from core.errors import CheckpointError, OutputError
from core.network.building import build_network
from core.network.shape_memory import ShapeSource


@pytest.fixture
def model(tiny_config):
    torch.manual_seed(1)
    model = build_network(tiny_config.model).eval()
    model.memory.write(
        torch.rand(3, 16),
        torch.rand(3, 32, 32, 32) < 0.3,
        [ShapeSource("boxes", f"lamp/{i}", i, "lamp") for i in range(3)],
    )
    return model


@pytest.fixture
def saved(tmp_path, model, tiny_config):
    path = tmp_path / "model.safetensors"
    mean = np.random.default_rng(0).random((32, 32, 32), dtype=np.float32)
    save_checkpoint(path, model, tiny_config, step=12, metrics={"validation_iou": 0.5}, mean_shape=mean)
    return path


def test_everything_comes_back(saved, model, tiny_config):
    checkpoint = load_checkpoint(saved)
    assert (checkpoint.step, checkpoint.metrics, checkpoint.config) == (12, {"validation_iou": 0.5}, tiny_config)
    assert checkpoint.mean_shape.shape == (32, 32, 32)
    again = checkpoint.build()
    for name, value in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], value), name
    assert again.memory.sources == model.memory.sources
    images = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(again(images, beta=-1.0).logits, model(images, beta=-1.0).logits)
    own = again.memory.read(torch.ones(1, 16), -1.0, exclude=[ShapeSource("boxes", "lamp/1", 9, "lamp")])
    assert sorted(own.slots[0].tolist()) == [0, 2]


def test_the_metadata_is_readable_without_this_program(saved):
    with safe_open(saved, framework="np") as file:
        metadata = file.metadata()
    assert metadata["format"] == "mem3d-checkpoint"
    assert metadata["preset"] == "compact"
    assert json.loads(metadata["config"])["model"]["memory_slots"] == 8
    assert json.loads(metadata["sources"])[0] == ["boxes", "lamp/0", 0, "lamp"]


def test_a_compact_checkpoint_is_under_60_mb_and_half_keys_make_it_smaller(tmp_path):
    config = preset("compact")
    model = build_network(config.model)
    sizes = []
    for half in (False, True):
        save_checkpoint(tmp_path / "c.safetensors", model, config, half_keys=half)
        sizes.append((tmp_path / "c.safetensors").stat().st_size)
    assert sizes[0] < 60e6
    assert sizes[0] - sizes[1] == pytest.approx(2 * model.memory.keys.numel(), abs=64)


def test_half_keys_are_the_keys_to_three_digits(tmp_path, tiny_config):
    model = build_network(tiny_config.model)
    model.memory.write(torch.rand(4, 16), torch.rand(4, 32, 32, 32) < 0.3, [None] * 4)
    save_checkpoint(tmp_path / "c.safetensors", model, tiny_config, half_keys=True)
    loaded = load_checkpoint(tmp_path / "c.safetensors").build()
    assert loaded.memory.keys.dtype == torch.float32
    torch.testing.assert_close(loaded.memory.keys, model.memory.keys, rtol=1e-3, atol=1e-4)


def test_half_weights_are_the_weights_to_three_digits_and_all_else_stays(tmp_path, tiny_config):
    torch.manual_seed(0)
    model = build_network(tiny_config.model)
    model.memory.write(torch.rand(4, 16), torch.rand(4, 32, 32, 32) < 0.3, [None] * 4)
    save_checkpoint(tmp_path / "c.safetensors", model, tiny_config, half_weights=True)
    checkpoint = load_checkpoint(tmp_path / "c.safetensors")
    assert checkpoint.half_weights
    assert not checkpoint.half_keys
    loaded = checkpoint.build().state_dict()
    for name, value in model.state_dict().items():
        assert loaded[name].dtype == value.dtype, name
        if name.startswith("memory.") or value.dim() < 2:
            assert torch.equal(loaded[name], value), name
        else:
            torch.testing.assert_close(loaded[name], value, rtol=1e-3, atol=1e-6)
    save_checkpoint(tmp_path / "whole.safetensors", model, tiny_config, half_keys=True)
    assert not load_checkpoint(tmp_path / "whole.safetensors").half_weights
    ratio = (tmp_path / "c.safetensors").stat().st_size / (tmp_path / "whole.safetensors").stat().st_size
    assert ratio < 0.9


@pytest.mark.parametrize("what", ["both", "weights", "memory"])
def test_weights_and_memory_can_be_taken_apart(tmp_path, tiny_config, what):
    torch.manual_seed(0)
    one, other = build_network(tiny_config.model), build_network(tiny_config.model)
    source = ShapeSource("boxes", "1", 0, "lamp")
    one.memory.write(torch.rand(1, 16), torch.rand(1, 32, 32, 32) < 0.3, [source])
    weights = other.shape_decoder.output.weight.detach().clone()
    save_checkpoint(tmp_path / "c.safetensors", one, tiny_config)
    load_checkpoint(tmp_path / "c.safetensors").load_into(other, what)
    assert other.memory.occupied_slots == (0 if what == "weights" else 1)
    assert other.memory.sources[0] == (None if what == "weights" else source)
    expected = weights if what == "memory" else one.shape_decoder.output.weight
    assert torch.equal(other.shape_decoder.output.weight, expected)


@pytest.mark.parametrize("keep", [0, 4, 100, 5000, -1])
def test_a_truncated_file_is_refused(saved, keep):
    saved.write_bytes(saved.read_bytes()[:keep])
    with pytest.raises(CheckpointError, match=r"model\.safetensors"):
        load_checkpoint(saved)


def _foreign(path):
    save_file({"w": torch.zeros(2)}, path, metadata={"format": "pt"})


def _pickle(path):
    torch.save({"w": torch.zeros(2)}, path)


def _text(path):
    path.write_text("hello")


def _newer(path):
    save_tensors(
        path, {"w": torch.zeros(2)}, {"format": "mem3d-checkpoint", "format_version": "2", "written_by": "x 9"}
    )


def _no_config(path):
    save_tensors(path, {"mean_shape": torch.zeros(1)}, {"format": "mem3d-checkpoint", "format_version": "1"})


def _odd_version(path):
    save_tensors(path, {"w": torch.zeros(2)}, {"format": "mem3d-checkpoint", "format_version": "\u00b2"})


BIAS = "network.shape_decoder.output.bias"


def _endless(path):
    metadata = {"format": "mem3d-checkpoint", "format_version": "1", "config": "[" * 100_000}
    save_tensors(path, {"mean_shape": torch.zeros(1)}, metadata)


def _folder(path):
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_foreign, "not a checkpoint of this program"),
        (_pickle, "not a checkpoint"),
        (_text, "not a checkpoint"),
        (_newer, "newer version"),
        (_no_config, "metadata is damaged"),
        (_odd_version, "version"),
        (_endless, "metadata is damaged"),
        (_folder, "is a folder"),
        (lambda path: None, "no such file"),
    ],
)
def test_a_wrong_file_is_one_clear_error(tmp_path, make, reason):
    path = tmp_path / "other.safetensors"
    make(path)
    with pytest.raises(CheckpointError, match=reason) as caught:
        load_checkpoint(path)
    assert "other.safetensors" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda tensors, config: tensors.update(mean_shape=torch.zeros(5)), "metadata is damaged"),
        (lambda tensors, config: config["model"].update(memory_slots=10**15), "another number of slots"),
        # 275 GB of weights: that they do not fit is found out without making them.
        (lambda tensors, config: config["model"].update(lstm_hidden=2**17), r"do not fit .* instead of"),
        (lambda tensors, config: config["model"].update(decoder_channels=[2**62, 2**62, 8, 8, 1]), "cannot be made"),
        (lambda tensors, config: tensors.update({BIAS: torch.full_like(tensors[BIAS], float("nan"))}), "no number"),
        (lambda tensors, config: tensors.update({BIAS: tensors[BIAS].to(torch.int32)}), "int32 instead of"),
        (lambda tensors, config: tensors.pop(BIAS), "is missing"),
        (lambda tensors, config: tensors.update({"network.more": torch.zeros(1)}), "is too many"),
    ],
)
def test_sizes_that_cannot_be_are_refused(saved, damage, reason):
    with safe_open(saved, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        metadata = file.metadata()
    config = json.loads(metadata["config"])
    damage(tensors, config)
    save_file(tensors, saved, metadata={**metadata, "config": json.dumps(config)})
    with pytest.raises(CheckpointError, match=reason):
        load_checkpoint(saved).build()


def test_tensors_that_do_not_fit_are_refused(tmp_path, saved):
    with safe_open(saved, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        metadata = file.metadata()
    tensors["network.shape_decoder.output.weight"] = torch.zeros(3)
    save_file(tensors, saved, metadata=metadata)
    with pytest.raises(CheckpointError, match="do not fit"):
        load_checkpoint(saved).build()


def test_a_failed_save_keeps_the_file_that_was_there(saved, model, tiny_config, monkeypatch):
    before = saved.read_bytes()

    def full(*_, **__):  # as the library says it
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr("core.checkpoint.save_file", full)
    with pytest.raises(OutputError, match=r"cannot be written \(No space left on device\); free some space"):
        save_checkpoint(saved, model, tiny_config)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


def test_a_missing_folder_is_named(tmp_path, model, tiny_config):
    with pytest.raises(OutputError, match="nowhere"):
        save_checkpoint(tmp_path / "nowhere" / "m.safetensors", model, tiny_config)
