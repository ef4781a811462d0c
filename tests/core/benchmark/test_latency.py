import numpy as np
import pytest
import torch
from PIL import Image

from core.benchmark.growth import growth
from core.benchmark.latency import Latency, PlainMem3D
from core.benchmark.machine import Others, describe
from core.checkpoint import load_checkpoint, save_checkpoint
from core.network.building import build_network


@pytest.fixture
def path(tmp_path, tiny_config):
    torch.manual_seed(0)
    model = build_network(tiny_config.model).eval()
    with torch.no_grad():
        features = model.image_encoder(torch.rand(6, 3, 32, 32))
    model.memory.write(features + 0.3 * torch.randn_like(features), torch.rand(6, 32, 32, 32) < 0.2)
    save_checkpoint(tmp_path / "tiny.safetensors", model, tiny_config)
    return tmp_path / "tiny.safetensors"


@pytest.fixture
def picture(tmp_path):
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 40, 3), dtype=np.uint8)).save(tmp_path / "a.png")
    return tmp_path / "a.png"


@pytest.mark.parametrize("beta", [-1.0, 0.5])
def test_the_paper_done_plainly_gives_the_network_s_own_answer(path, beta):
    model = load_checkpoint(path).build()
    images = torch.rand(1, 3, 32, 32)
    with torch.inference_mode():
        hoped = model(images, beta=beta).logits.sigmoid()
    torch.testing.assert_close(PlainMem3D(model)(images, beta), hoped, rtol=1e-4, atol=1e-5)


def test_every_row_is_timed_and_compared_with_another(path, picture):
    latency = Latency(path, picture, "cpu", 1)
    assert latency.slots == load_checkpoint(path).build().memory.occupied_slots
    assert latency.priors == latency.config.model.max_priors
    for rows in (latency.one_picture(), latency.many_pictures(), latency.loading()):
        names = [row.name for row in rows]
        assert all(row.milliseconds > 0 for row in rows)
        assert [row.ratio is None for row in rows] == [True] + [False] * (len(rows) - 1)
        assert all(row.of in names for row in rows[1:])


def test_a_memory_grows_and_one_that_does_not_fit_is_said_to(monkeypatch):
    small, large = growth(8, [50, 400], "cpu", 1)
    assert (small.slots, large.slots) == (50, 400)
    assert small.read > 0 < large.write
    assert large.gigabytes == pytest.approx(400 * (8 * 4 + 4096) / 1e9)
    assert large.largest < 0.2  # a column of similarities, not a copy of the grids
    monkeypatch.setattr("core.benchmark.growth._free", lambda device: 1000)
    (none,) = growth(8, [50], "cpu", 1)
    assert (none.read, none.write, none.largest) == (None, None, None)


def test_the_machine_is_described_and_others_have_a_share():
    others = Others()
    machine = describe("cpu")
    assert machine.processor
    assert machine.cores >= 1
    assert machine.memory > 2**28
    assert machine.torch == torch.__version__
    assert 0.0 <= others.share() <= 1.0
