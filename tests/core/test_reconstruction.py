"""The reconstructor: beta and memory act from the read on, stages are timed, arrays are read-only."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.assets import DEFAULT_CHECKPOINT, asset, sample_images
from core.checkpoint import load_checkpoint, save_checkpoint
from core.data.images import Picture, load_picture
from core.devices import available_devices, resolve_device
from core.errors import CheckpointError, ConfigError
from core.metrics import voxel_iou
from core.network.building import build_network
from core.network.pixels import network_images
from core.network.shape_memory import ShapeSource
from core.prior_edits import PriorEdits
from core.reconstruction import Reconstructor


@pytest.fixture
def picture():
    pixels = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    return Picture(pixels)


@pytest.fixture
def path(tmp_path, tiny_config, picture):
    """A checkpoint that knows the picture: its five slots are 1.0, 0.9, … similar to it."""
    torch.manual_seed(0)
    path = tmp_path / "model.safetensors"
    model = build_network(tiny_config.model).eval()
    save_checkpoint(path, model, tiny_config)
    feature = Reconstructor(path, "cpu").encode(picture).features[0]
    feature = feature / feature.norm()
    other = torch.linalg.qr(torch.stack([feature, torch.rand(16)], dim=1)).Q[:, 1]
    keys = [s * feature + (1 - s * s) ** 0.5 * other for s in (1.0, 0.9, 0.8, 0.7, 0.6)]
    volumes = torch.rand(5, 32, 32, 32) < torch.tensor([0.1, 0.3, 0.5, 0.7, 0.9])[:, None, None, None]
    sources = [ShapeSource("boxes", f"lamp/{i}", i, "lamp") for i in range(5)]
    model.memory.write(torch.stack(keys), volumes, sources)
    save_checkpoint(path, model, tiny_config, step=3)
    return path


def test_priors_above_beta_and_those_given_to_the_lstm(path, picture):
    reconstructor = Reconstructor(path, "cpu")
    result = reconstructor.reconstruct(picture, beta=0.65)
    assert [prior.slot for prior in result.priors] == [0, 1, 2, 3]
    assert [prior.given_to_lstm for prior in result.priors] == [True, True, True, False]  # max_priors is 3
    assert [prior.similarity for prior in result.priors] == pytest.approx([1, 0.9, 0.8, 0.7], abs=1e-5)
    assert (result.above_beta, reconstructor.occupied_slots, reconstructor.step) == (4, 5, 3)
    first = result.priors[1]
    assert (first.category, first.dataset, first.object_id, first.view, first.age) == (
        "lamp",
        "boxes",
        "lamp/1",
        1,
        3,
    )
    assert first.voxels.shape == (32, 32, 32)
    assert first.voxels.mean() == pytest.approx(0.3, abs=0.02)
    assert result.similarities == pytest.approx([1, 0.9, 0.8, 0.7, 0.6], abs=1e-5)


def test_decode_is_what_the_network_computes(path, picture, tiny_config):
    from core.checkpoint import load_checkpoint

    reconstructor = Reconstructor(path, "cpu")
    encoded = reconstructor.encode(picture)
    model = load_checkpoint(path).build()
    images = torch.from_numpy(encoded.network_input.copy()).permute(2, 0, 1)[None].float() / 255
    for beta in (0.65, 0.85, 2.0):
        with torch.no_grad():
            expected = model(images, beta=beta).logits.sigmoid()[0].numpy()
        np.testing.assert_allclose(reconstructor.decode(encoded, beta=beta).occupancy, expected, atol=1e-5)


def test_beta_and_memory_change_the_answer_without_encoding_again(path, picture, monkeypatch):
    reconstructor = Reconstructor(path, "cpu")
    encoded = reconstructor.encode(picture)
    monkeypatch.setattr(reconstructor._model.image_encoder, "forward", lambda *_: pytest.fail("encoded again"))
    recalled = reconstructor.decode(encoded, beta=0.5)
    nothing = reconstructor.decode(encoded, beta=1.0)
    without = reconstructor.decode(encoded, use_memory=False)
    assert nothing.priors == without.priors == ()
    assert nothing.memory_used
    assert not without.memory_used
    np.testing.assert_array_equal(nothing.occupancy, without.occupancy)  # the zero prior, both
    assert not np.array_equal(recalled.occupancy, without.occupancy)
    assert reconstructor.decode(encoded).beta == 0.85


def test_results_are_read_only_and_timed(path, picture):
    result = Reconstructor(path, "cpu").reconstruct(picture)
    assert set(result.seconds) == {"encode", "read", "shape_encoder", "decode"}
    assert all(seconds >= 0 for seconds in result.seconds.values())
    assert result.network_input.shape == (32, 32, 3)
    assert result.occupancy.dtype == np.float32
    for array in (result.occupancy, result.network_input, result.similarities, result.priors[0].packed):
        assert not array.flags.writeable
    assert result.voxels(0.0).all()


def test_several_pictures_at_once_are_answered_as_each_alone(path, picture):
    reconstructor = Reconstructor(path, "cpu")
    others = [replace(picture, pixels=np.roll(picture.pixels, turn, axis=1)) for turn in (0, 7, 19)]
    alone = [reconstructor.reconstruct(one, beta=0.0) for one in others]
    together = reconstructor.decode_all(
        reconstructor.encode_all([reconstructor.network_input(one) for one in others]), beta=0.0
    )
    assert len({one.occupancy.tobytes() for one in together}) == 3
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_array_equal(one.network_input, other.network_input)
        np.testing.assert_allclose(one.occupancy, other.occupancy, atol=1e-5)
        np.testing.assert_allclose(one.similarities, other.similarities, atol=1e-5)
        assert [prior.slot for prior in one.priors] == [prior.slot for prior in other.priors]
        assert one.seconds.keys() == other.seconds.keys()


def test_a_wrong_file_and_a_missing_device_are_refused(tmp_path, path):
    (tmp_path / "x.safetensors").write_text("x")
    with pytest.raises(CheckpointError):
        Reconstructor(tmp_path / "x.safetensors")
    with pytest.raises(ConfigError, match="cuda:7"):
        Reconstructor(path, "cuda:7")


def test_devices():
    assert available_devices()[-1] == "cpu"
    assert resolve_device("auto") == available_devices()[0]
    assert resolve_device("cpu") == "cpu"


def decoded_from(path, encoded, slots):
    """Occupancy that the network gives when its shape encoder reads exactly these slots, by its own parts."""
    model = load_checkpoint(path).build().eval()
    with torch.inference_mode():
        if slots:
            projected = model.shape_encoder.project(model.memory.packed[list(slots)])[None]
            prior = model.shape_encoder(projected, torch.tensor([len(slots)]))
        else:
            prior = torch.zeros(1, model.config.lstm_hidden)
        return model.shape_decoder(encoded.features, prior)[0, 0].sigmoid().numpy()


@pytest.mark.parametrize(
    ("edits", "slots"),
    [
        (PriorEdits(), [0, 1, 2]),
        (PriorEdits(muted=frozenset({0})), [1, 2, 3]),
        (PriorEdits(pinned=frozenset({4})), [0, 1, 4]),  # below beta
        (PriorEdits(order=(3, 1)), [3, 1, 0]),
        (PriorEdits(least_first=True), [2, 1, 0]),
        (PriorEdits(limit=1), [0]),
        (PriorEdits(limit=0), []),
        (PriorEdits(pinned=frozenset({9999})), [0, 1, 2]),  # no such slot
    ],
)
def test_edited_priors_are_what_is_read_in_this_order(path, picture, edits, slots):
    reconstructor = Reconstructor(path, "cpu")
    encoded = reconstructor.encode(picture)
    result = reconstructor.decode(encoded, beta=0.65, edits=edits)
    assert [prior.slot for prior in result.read] == slots
    np.testing.assert_allclose(result.occupancy, decoded_from(path, encoded, slots), atol=1e-6)
    assert result.above_beta == 4


def test_rows_tell_what_was_done_to_them(path, picture):
    edits = PriorEdits(muted=frozenset({1}), pinned=frozenset({4}), limit=2)
    result = Reconstructor(path, "cpu").reconstruct(picture, beta=0.65, edits=edits)
    rows = [(prior.slot, prior.given_to_lstm, prior.above_beta, prior.muted, prior.pinned) for prior in result.priors]
    assert rows == [
        (0, True, True, False, False),
        (1, False, True, True, False),
        (2, False, True, False, False),
        (3, False, True, False, False),
        (4, True, False, False, True),
    ]
    assert result.max_priors == 2


def test_influence_is_what_muting_each_changes(path, picture):
    reconstructor = Reconstructor(path, "cpu")
    encoded = reconstructor.encode(picture)
    influence = reconstructor.influence(encoded, beta=0.65)
    assert influence.slots == (0, 1, 2)
    for slot, without in zip(influence.slots, influence.without, strict=True):
        rest = [other for other in (0, 1, 2, 3) if other != slot]  # the fourth is above beta and comes up
        np.testing.assert_allclose(without, decoded_from(path, encoded, rest), atol=1e-6)
    np.testing.assert_allclose(influence.without_any, decoded_from(path, encoded, []), atol=1e-6)
    occupancy = reconstructor.decode(encoded, beta=0.65).occupancy
    threshold = float(np.median(occupancy))
    changed = influence.changed_voxels(occupancy, threshold)
    expected = (decoded_from(path, encoded, [0, 2, 3]) > threshold) != (occupancy > threshold)
    assert changed[1] == int(expected.sum())
    assert influence.changed_by_all(occupancy, threshold) > 0


def test_influence_of_one_and_of_none(path, picture):
    reconstructor = Reconstructor(path, "cpu")
    encoded = reconstructor.encode(picture)
    one = reconstructor.influence(encoded, beta=0.95)
    assert one.slots == (0,)
    np.testing.assert_array_equal(one.without[0], one.without_any)
    none = reconstructor.influence(encoded, beta=1.0, edits=PriorEdits(limit=0))
    assert none.changed_voxels(none.without_any, 0.5) == {}
    assert none.changed_by_all(none.without_any, 0.5) == 0


@pytest.mark.parametrize(
    "metrics",
    [{}, {"usual_similarity": 0.5}, {"usual_similarity": 0.5, "usual_strength": "much"},
     {"usual_similarity": float("inf"), "usual_strength": 2.0}, {"usual_similarity": True, "usual_strength": 2.0}],
)  # fmt: skip
def test_a_checkpoint_that_does_not_say_what_is_usual_has_no_likeness(tmp_path, path, picture, tiny_config, metrics):
    model = load_checkpoint(path).build()
    save_checkpoint(tmp_path / "other.safetensors", model, tiny_config, metrics=metrics)
    assert Reconstructor(tmp_path / "other.safetensors", "cpu").reconstruct(picture).likeness is None


def test_likeness_is_that_of_the_most_similar_slot_and_of_the_feature(tmp_path, path, picture, tiny_config):
    model = load_checkpoint(path).build()
    usual = {"usual_similarity": 0.25, "usual_strength": 1e9}
    save_checkpoint(tmp_path / "other.safetensors", model, tiny_config, metrics=usual)
    reconstructor = Reconstructor(tmp_path / "other.safetensors", "cpu")
    encoded = reconstructor.encode(picture)
    likeness = reconstructor.decode(encoded).likeness
    assert likeness.similarity == pytest.approx(reconstructor.decode(encoded).similarities.max())
    assert likeness.strength == pytest.approx(float(encoded.features.norm()))
    assert not likeness.usual


def test_the_embedded_model_answers_as_its_plain_network_does():
    """Folded batch norms, kept projections and a convolution of its own change no voxel that counts."""
    reconstructor = Reconstructor(asset(DEFAULT_CHECKPOINT), "cpu")
    plain = load_checkpoint(asset(DEFAULT_CHECKPOINT)).build()
    for path in sample_images():
        picture = load_picture(path)
        result = reconstructor.reconstruct(picture)
        with torch.no_grad():
            images = network_images(torch.from_numpy(result.network_input.copy())[None])
            hoped = plain(torch.cat([images, images])).logits[0].sigmoid().numpy()
        threshold = plain.config.threshold
        assert voxel_iou(result.occupancy[None] > threshold, hoped[None] > threshold)[0] > 0.99
        np.testing.assert_allclose(result.occupancy, hoped, atol=1e-3)
