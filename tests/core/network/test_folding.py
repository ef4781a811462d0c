"""Batch norms folded away: the answer stays, whatever the network is made of."""

import copy

import pytest
import torch
from torch import nn

from core.config import ModelConfig
from core.network.building import build_network
from core.network.folding import without_batch_norms

SMALL = {
    "image_size": 64,
    "memory_slots": 3,
    "lstm_hidden": 16,
    "shape_encoder_resolution": 8,
    "decoder_channels": (8, 4, 4, 4, 1),
}
MODELS = {
    "torchvision's": ModelConfig(**SMALL, backbone="resnet18", encoder_channels=(16, 16, 8)),
    "torchvision's, narrow": ModelConfig(**SMALL, backbone="resnet18", backbone_width=8, encoder_channels=(16, 16, 8)),
    "the embedded model's": ModelConfig(
        **{**SMALL, "decoder_channels": (8, 4, 4, 1)}, backbone="tf_efficientnet_lite0", encoder_channels=(8,),
        prior_path="blend",
    ),
    "timm's": ModelConfig(**SMALL, backbone="mobilenetv3_small_050", encoder_channels=(8,)),
}  # fmt: skip


def _seen(model):
    """A network whose batch norms have statistics of their own, as after a training."""
    torch.manual_seed(3)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d | nn.BatchNorm3d):
            module.running_mean.normal_(0.0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0.0, 0.1)
    return model.eval()


@pytest.mark.parametrize("name", MODELS)
def test_the_answer_is_the_same_but_for_rounding(name):
    model = _seen(build_network(MODELS[name]))
    folded = without_batch_norms(copy.deepcopy(model))
    images, priors = torch.rand(2, 3, 64, 64), torch.randn(2, 16)
    with torch.inference_mode():
        features = model.image_encoder(images)
        torch.testing.assert_close(folded.image_encoder(images), features, rtol=1e-3, atol=1e-4)
        hoped = model.shape_decoder(features, priors)
        torch.testing.assert_close(folded.shape_decoder(features, priors), hoped, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_left_of_them_but_in_networks_of_others(name):
    model = without_batch_norms(build_network(MODELS[name]).eval())
    left = [path for path, module in model.named_modules() if isinstance(module, nn.BatchNorm2d | nn.BatchNorm3d)]
    assert all(path.startswith("image_encoder.backbone.net") for path in left)
    assert bool(left) == (name == "timm's")
