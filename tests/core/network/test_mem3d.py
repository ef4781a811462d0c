"""The network as a whole: sizes, the LSTM against torch's, kept projections, and losses by hand."""

import dataclasses
import itertools

import pytest
import torch

from core.config import ModelConfig, preset
from core.network.building import build_image_encoder, build_network, build_shape_decoder
from core.network.losses import dice_loss, reconstruction_loss, triplet_loss
from core.network.shape_decoder import DepthToSpace
from core.network.shape_encoder import ShapeEncoder
from core.network.shape_memory import ShapeSource, pack_voxels


def parameters(module):
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.fixture
def model(tiny_config):
    torch.manual_seed(0)
    model = build_network(tiny_config.model).eval()
    volumes = torch.rand(8, 32, 32, 32) < torch.linspace(0.05, 0.6, 8)[:, None, None, None]
    with torch.no_grad():
        features = model.image_encoder(torch.rand(8, 3, 32, 32))
    model.memory.write(features, volumes, [ShapeSource("boxes", str(i), 0, "lamp") for i in range(8)])
    return model


def test_the_paper_preset_has_the_published_sizes():
    with torch.device("meta"):
        model = build_network(preset("paper").model)
    assert model.config.key_size == 12544
    assert model.memory.keys.shape == (4000, 12544)
    assert round(parameters(model) / 1e6) == 355
    assert round(parameters(model.shape_encoder) / 1e6) == 285
    assert model.shape_encoder.weights[0].shape == (4 * 2048, 32768)
    assert model.shape_decoder.layers[1].weight.shape[:2] == (1824, 512)
    assert [layer.kernel_size for layer in model.shape_decoder.layers[1::3]] == [(4, 4, 4)] * 4


def test_the_paper_encoder_is_torchvisions_resnet50_through_layer2():
    encoder = build_image_encoder(ModelConfig()).eval()
    with torch.no_grad():
        middle = encoder.backbone(torch.zeros(1, 3, 224, 224))
        assert middle.shape == (1, 512, 28, 28)
        assert encoder.head(middle).shape == (1, 256, 7, 7)


@pytest.mark.parametrize("size", [32, 64])
def test_encoder_and_decoder_close(tiny_config, size):
    config = dataclasses.replace(tiny_config.model, image_size=size)
    features = build_image_encoder(config).eval()(torch.rand(2, 3, size, size))
    assert features.shape == (2, config.key_size)
    assert build_shape_decoder(config)(features, torch.zeros(2, 16)).shape == (2, 1, 32, 32, 32)


def test_the_decoder_starts_at_the_mean_occupancy(tiny_config):
    decoder = build_shape_decoder(tiny_config.model)
    decoder.start_at(0.08)
    with torch.no_grad():
        decoder.output.weight.zero_()
        occupancy = decoder(torch.rand(2, 16), torch.rand(2, 16)).sigmoid()
    torch.testing.assert_close(occupancy, torch.full_like(occupancy, 0.08))


def test_depth_becomes_space_voxel_by_voxel():
    output = DepthToSpace(1, 2)
    with torch.no_grad():
        output.weight.zero_()
        output.bias.copy_(torch.arange(16.0))
        fine = output(torch.rand(1, 1, 3, 3, 3))
    assert fine.shape == (1, 2, 6, 6, 6)
    for x, y, z in itertools.product(range(6), repeat=3):
        place = 4 * (x % 2) + 2 * (y % 2) + z % 2
        assert fine[0, :, x, y, z].tolist() == [place, 8 + place]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_one_sample_alone_has_the_answer_it_has_among_others(dtype):
    output = DepthToSpace(3, 2).to(dtype).to(memory_format=torch.channels_last_3d)
    maps = torch.rand(4, 3, 5, 5, 5, dtype=dtype, requires_grad=True)
    together, alone = output(maps), torch.cat([output(maps[place : place + 1]) for place in range(4)])
    torch.testing.assert_close(alone, together)
    (gradient,) = torch.autograd.grad(together.square().sum(), maps)
    torch.testing.assert_close(torch.autograd.grad(alone.square().sum(), maps)[0], gradient)


@pytest.mark.parametrize("widths", [(8, 4, 4, 4, 1), (8, 4, 4, 1)])
def test_the_gate_is_one_half_at_first(tiny_config, widths):
    config = dataclasses.replace(tiny_config.model, decoder_channels=widths, prior_path="blend")
    decoder = build_shape_decoder(config)
    decoder.start_at(0.08)
    outputs = decoder(torch.rand(2, 16), torch.rand(2, 16))
    assert outputs.shape == (2, 2, 32, 32, 32)
    torch.testing.assert_close(outputs[:, 1], torch.full((2, 32, 32, 32), 0.5))
    assert outputs[:, 0].std() > 0


def test_the_shape_encoder_is_torchs_lstm(tiny_config):
    config = dataclasses.replace(tiny_config.model, shape_encoder_resolution=32)
    encoder = ShapeEncoder(config)
    volumes = torch.rand(2, 3, 32, 32, 32) < 0.2
    projected = encoder.project(pack_voxels(volumes).flatten(0, 1)).unflatten(0, (2, 3))
    prior = encoder(projected, torch.tensor([3, 2]))
    for sample, count in enumerate((3, 2)):
        _, (hidden, _) = encoder.lstm(volumes[sample, :count].flatten(1).float())
        torch.testing.assert_close(prior[sample], hidden[0], rtol=1e-4, atol=1e-5)


def test_pooling_before_the_lstm_is_the_mean_over_blocks(tiny_config):
    encoder = ShapeEncoder(tiny_config.model)
    volume = torch.rand(32, 32, 32) < 0.3
    blocks = volume.float().reshape(8, 4, 8, 4, 8, 4).mean(dim=(1, 3, 5)).flatten()
    weight, _, bias_a, bias_b = encoder.weights
    torch.testing.assert_close(encoder.project(pack_voxels(volume)[None])[0], weight @ blocks + bias_a + bias_b)


def test_without_priors_the_prior_is_zero_and_gradients_flow(model):
    features = torch.rand(2, 16, requires_grad=True)
    assert torch.equal(model.prior(features, None), torch.zeros(2, 16))
    nothing = model.memory.read(-features.detach().abs() - 1, beta=0.99)
    assert torch.equal(model.prior(features, nothing), torch.zeros(2, 16))


def test_kept_projections_give_the_same_numbers_and_follow_every_change(model, monkeypatch):
    images = torch.rand(4, 3, 32, 32)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)

    def both():
        plain = model(images, beta=-1.0).logits  # with gradients the projections are computed anew
        with torch.no_grad():
            kept = model(images, beta=-1.0).logits
        return plain.detach(), kept

    plain, kept = both()
    torch.testing.assert_close(kept, plain)
    with monkeypatch.context() as patched, torch.inference_mode():
        patched.setattr(model.shape_encoder, "project", lambda packed: pytest.fail("projected again"))
        torch.testing.assert_close(model(images, beta=-1.0).logits, plain)

    model(images, beta=-1.0).logits.square().mean().backward()
    optimizer.step()  # new weights
    after_weights, kept = both()
    torch.testing.assert_close(kept, after_weights)
    assert not torch.allclose(after_weights, plain)

    model.memory.write(-torch.ones(1, 16), torch.ones(1, 32, 32, 32, dtype=torch.bool))  # a new slot value
    after_slots, kept = both()
    torch.testing.assert_close(kept, after_slots)

    model.load_state_dict({name: value * 0.5 for name, value in model.state_dict().items()} | {
        "memory.packed": model.memory.packed, "memory.ages": model.memory.ages, "memory.occupied": model.memory.occupied
    })  # fmt: skip
    after_loading, kept = both()
    torch.testing.assert_close(kept, after_loading)


def test_forward_is_pure_and_honours_memory_switch_and_exclusion(model):
    images = torch.rand(2, 3, 32, 32)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with torch.no_grad():
        plain = model(images, use_memory=False)
        recalled = model(images, beta=-1.0)
        without = model(images, beta=-1.0, exclude=[model.memory.sources[s] for s in recalled.read.slots[:, 0]])
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert plain.read is None
    assert recalled.read.slots.shape == (2, 3)  # max_priors
    assert recalled.read.above_beta.tolist() == [8, 8]
    assert without.read.above_beta.tolist() == [7, 7]
    assert not torch.equal(plain.logits, recalled.logits)
    for row in range(2):
        assert recalled.read.slots[row, 0] not in without.read.slots[row]


def test_reconstruction_loss_is_the_mean_cross_entropy():
    logits = torch.tensor([0.0, 2.0]).reshape(1, 1, 1, 2)
    truth = torch.tensor([True, False]).reshape(1, 1, 1, 2)
    expected = (torch.log(torch.tensor(2.0)) + torch.log1p(torch.tensor(2.0).exp())) / 2
    torch.testing.assert_close(reconstruction_loss(logits, truth), expected)


def test_dice_loss_by_hand():
    logits = torch.tensor([[4.0, -100.0, 100.0], [-100.0, -100.0, 0.0]]).reshape(2, 1, 1, 3)
    truth = torch.tensor([[True, True, False], [False, False, True]]).reshape(2, 1, 1, 3)
    made = torch.tensor(4.0).sigmoid()
    # sample 0: common made, sums made + 1 and 2; sample 1: common 1/2, sums 1/2 and 1
    expected = ((1 - 2 * made / (made + 3)) + (1 - 1 / 1.5)) / 2
    torch.testing.assert_close(dice_loss(logits, truth), expected)


def test_triplet_loss_by_hand():
    key = torch.tensor([[0.9, 0.8, 0.7, 0.99], [0.2, 0.6, 0.1, 0.99], [0.5, 0.4, 0.3, 0.2]], requires_grad=True)
    value = torch.tensor([[0.1, 0.95, 0.99, 1.0], [0.9, 0.5, 0.6, 1.0], [0.1, 0.1, 0.1, 0.1]])
    occupied = torch.tensor([True, True, True, False])
    # sample 0: negative .9, positive .8 -> .2; sample 1: negative .6, positive .2 -> .5; sample 2: no positive -> 0
    loss = triplet_loss(key, value, occupied, delta=0.9, alpha=0.1)
    torch.testing.assert_close(loss, torch.tensor((0.2 + 0.5) / 3))
    loss.backward()
    third = 1 / 3
    expected = [[third, -third, 0, 0], [-third, third, 0, 0], [0, 0, 0, 0]]
    torch.testing.assert_close(key.grad, torch.tensor(expected))


def test_triplet_loss_is_zero_beyond_the_margin_and_for_an_empty_memory():
    key, value = torch.tensor([[0.9, 0.5]]), torch.tensor([[1.0, 0.0]])
    assert triplet_loss(key, value, torch.tensor([True, True]), 0.9, 0.1) == 0
    assert triplet_loss(key, value, torch.tensor([False, False]), 0.9, 0.1) == 0


def test_a_slot_is_projected_when_it_is_first_read(model, monkeypatch):
    features = torch.rand(1, 16)
    asked = []
    project = model.shape_encoder.project
    monkeypatch.setattr(model.shape_encoder, "project", lambda packed: asked.append(len(packed)) or project(packed))
    with torch.inference_mode():
        one = model.memory.read(features, -1.0, max_priors=1)
        three = model.memory.read(features, -1.0, max_priors=3)
        for read in (one, three, three, one):
            model.prior(features, read)
    assert asked == [1, 2]
