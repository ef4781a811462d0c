"""Retrieved shapes in the logits, against the formula by hand."""

import dataclasses

import pytest
import torch

from core.network.building import build_network
from core.network.prior_blend import PriorBlend
from core.network.shape_memory import EMPTY, MemoryRead, ShapeMemory, pack_voxels


def read_of(memory, slots, similarities):
    slots = torch.tensor(slots)
    counts = (slots != EMPTY).sum(dim=1)
    return MemoryRead(slots, torch.tensor(similarities), counts, memory.packed[slots.clamp(min=0)])


def filled_memory():
    memory = ShapeMemory(4, 2)
    grids = torch.zeros(4, 32, 32, 32, dtype=torch.bool)
    for slot in range(4):
        grids[slot, : 8 * (slot + 1)] = True  # 1/4, 1/2, 3/4 and all of space
    memory.packed.copy_(pack_voxels(grids))
    return memory, grids.float()


def test_the_blend_is_the_formula():
    memory, grids = filled_memory()
    read = read_of(memory, [[2, 0, EMPTY], [1, EMPTY, EMPTY]], [[0.9, 0.8, 0.0], [0.7, 0.0, 0.0]])
    logits, gate = torch.randn(2, 32, 32, 32), torch.rand(2, 32, 32, 32)
    blend = PriorBlend()
    with torch.no_grad():
        blend.log_scales.copy_(torch.tensor([3.0, 2.0]).log())
        found = blend(logits, gate, read, memory.packed, read.similarities)

    def agreement(slot):
        made = torch.nn.functional.avg_pool3d(logits[:1].sigmoid(), 4).flatten()
        shape = torch.nn.functional.avg_pool3d(grids[slot][None], 4).flatten()
        return made @ shape / (made @ made + shape @ shape - made @ shape)

    weights = torch.stack([3 * 0.9 + 2 * agreement(2), 3 * 0.8 + 2 * agreement(0)]).softmax(dim=0)
    mean = weights[0] * grids[2] + weights[1] * grids[0]
    torch.testing.assert_close(found[0], logits[0] + gate[0] * (2 * mean - 1))
    torch.testing.assert_close(found[1], logits[1] + gate[1] * (2 * grids[1] - 1))  # one shape: all of the weight


def test_where_nothing_was_retrieved_nothing_is_added():
    memory, _ = filled_memory()
    read = read_of(memory, [[0], [EMPTY]], [[0.9], [0.0]])
    logits, gate = torch.randn(2, 32, 32, 32), torch.ones(2, 32, 32, 32)
    similarities = read.similarities.clone().requires_grad_()
    found = PriorBlend()(logits, gate, read, memory.packed, similarities)
    assert torch.equal(found[1], logits[1])
    assert not torch.equal(found[0], logits[0])
    found.sum().backward()
    assert similarities.grad.isfinite().all()


def test_a_shape_that_fits_what_was_decoded_counts_more():
    memory, grids = filled_memory()
    read = read_of(memory, [[0, 3]], [[0.5, 0.5]])
    logits = 20.0 * grids[0][None] - 10.0
    found = PriorBlend()(logits, torch.ones_like(logits), read, memory.packed, read.similarities) - logits
    of_first, of_last = found[0, 0], found[0, -1]  # in both shapes; in the last one alone
    torch.testing.assert_close(of_first, torch.ones_like(of_first))
    assert (of_last < -0.9).all()


@pytest.fixture
def model(tiny_config):
    torch.manual_seed(0)
    model = build_network(dataclasses.replace(tiny_config.model, prior_path="blend"))
    with torch.no_grad():
        features = model.eval().image_encoder(torch.rand(8, 3, 32, 32))
    model.memory.write(features, torch.rand(8, 32, 32, 32) < 0.3, [None] * 8)
    return model


def test_a_batch_answers_as_each_picture_alone_and_without_memory_the_decoder_does(model):
    images = torch.rand(3, 3, 32, 32)
    with torch.no_grad():
        together = model(images, beta=-1.0).logits
        alone = torch.cat([model(image[None], beta=-1.0).logits for image in images])
        off = model(images, use_memory=False)
        outputs = model.shape_decoder(off.features, torch.zeros(3, 16))
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(off.logits, outputs[:, 0])
    assert not torch.allclose(together, off.logits)


def test_the_feature_learns_which_shapes_to_read(model):
    features = model.image_encoder(torch.rand(2, 3, 32, 32)).detach().requires_grad_()
    similarities = model.memory.similarities(features)
    read = model.memory.read(features, -1.0, max_priors=3, similarities=similarities)
    with torch.no_grad():
        prior = model.prior(features, read)
    logits = model.decode(features.detach(), prior, read, similarities)
    logits.square().mean().backward()
    assert features.grad.abs().sum() > 0
