"""One step: parts of a batch give the whole batch's gradients and memory; bfloat16 keeps the memory's precision."""

import dataclasses
from contextlib import closing

import pytest
import torch
from training_support import freeze_batch_norm

from core.errors import ConfigError, Mem3DError
from core.network.building import build_network
from core.network.shape_memory import ShapeMemory
from core.training.batches import TrainingBatches
from core.training.events import CheckpointSaved, TrainingFailed, read_events
from core.training.ranks import Ranks
from core.training.stepping import TrainingStep, adam
from core.training.trainer import Trainer


def change(config, **training):
    return dataclasses.replace(config, training=dataclasses.replace(config.training, **training))


def made(config, boxes, *, dtype=torch.float32):
    """A step of a network whose batch norm is frozen, and batches for it."""
    torch.manual_seed(1)
    model = build_network(config.model).to(dtype)
    freeze_batch_norm(model)
    batches = TrainingBatches.of(boxes, config, Ranks())
    return TrainingStep(config, model, adam(model, config), torch.device("cpu"), batches)


def steps(step, count):
    with closing(step.batches.from_step(0)) as source:
        return [step(next(source), number) for number in range(count)]


@pytest.mark.parametrize("memory", [True, False])
def test_a_batch_in_parts_has_the_gradients_and_leaves_the_memory_of_the_whole(tiny_config, boxes, monkeypatch, memory):
    monkeypatch.setattr("core.training.stepping.network_images", lambda pixels: pixels.permute(0, 3, 1, 2) / 255.0)
    torch.set_default_dtype(torch.float64)  # what a division of whole numbers gives
    try:
        config = change(tiny_config, batch_size=8, use_memory=memory, learning_rate=1e-4)
        whole, parts = (made(change(config, accumulation=n), boxes, dtype=torch.float64) for n in (1, 4))
        done = [steps(step, 3) for step in (whole, parts)]
    finally:
        torch.set_default_dtype(torch.float32)
    assert done[0][2].losses[2] > 0 or not memory  # the triplet loss had something to say
    for one, other in zip(*done, strict=True):
        torch.testing.assert_close(one.losses, other.losses)
        assert one.written == other.written
        assert one.images == other.images == 8
    for (name, one), other in zip(whole.model.named_parameters(), parts.model.parameters(), strict=True):
        assert (one.grad is None) == (other.grad is None), name
        if one.grad is not None:
            torch.testing.assert_close(other.grad, one.grad, rtol=1e-6, atol=1e-12, msg=name)
    memories = whole.model.memory, parts.model.memory
    torch.testing.assert_close(memories[1].keys, memories[0].keys)
    for name in ("packed", "ages", "occupied"):
        assert torch.equal(getattr(memories[0], name), getattr(memories[1], name)), name
    assert memories[0].sources == memories[1].sources


def test_batch_norm_sees_one_part_at_a_time(tiny_config, boxes):
    step = made(change(tiny_config, batch_size=8, accumulation=4), boxes)
    seen = []
    step.model.image_encoder.register_forward_hook(lambda module, inputs, features: seen.append(len(features)))
    steps(step, 1)
    assert seen == [2, 2, 2, 2]


def test_read_triplet_loss_and_write_share_one_product_of_key_similarities(tiny_config, boxes, monkeypatch):
    counted = []
    similarities = ShapeMemory.similarities
    monkeypatch.setattr(
        ShapeMemory, "similarities", lambda self, features: counted.append(1) or similarities(self, features)
    )
    steps(made(tiny_config, boxes), 3)
    assert len(counted) == 3


def test_bfloat16_halves_the_encoders_bits_and_leaves_losses_and_memory_in_float32(tiny_config, boxes):
    full, half = (made(change(tiny_config, precision=name), boxes) for name in ("float32", "bfloat16"))
    inside = []
    half.model.image_encoder.head.register_forward_hook(lambda module, inputs, features: inside.append(features.dtype))
    results = [steps(step, 3) for step in (full, half)]
    assert set(inside) == {torch.bfloat16}
    assert half.model.memory.keys.dtype == results[1][0].losses.dtype == torch.float32
    lengths = torch.linalg.vector_norm(half.model.memory.keys[half.model.memory.occupied], dim=1)
    torch.testing.assert_close(lengths, torch.ones_like(lengths))  # not so in bfloat16, which knows three digits
    torch.testing.assert_close(results[1][0].losses, results[0][0].losses, rtol=0.02, atol=0.0)
    assert not torch.equal(results[1][0].losses, results[0][0].losses)


def test_similarities_keep_the_keys_precision_under_autocast():
    memory = ShapeMemory(3, 64)
    features = torch.rand(3, 64)
    memory.write(features, torch.rand(3, 32, 32, 32) < torch.tensor([0.1, 0.5, 0.9])[:, None, None, None])
    expected = memory.similarities(features)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(memory.similarities(features), expected)


@pytest.mark.parametrize(
    ("training", "message"),
    [
        ({"batch_size": 8, "accumulation": 3}, "must divide batch_size"),
        ({"batch_size": 8, "accumulation": 8}, "parts of at least 2"),
        ({"accumulation": 0}, "must be positive"),
        ({"precision": "float16"}, "float32 or bfloat16"),
    ],
)
def test_impossible_parts_and_precisions_are_refused(tiny_config, training, message):
    with pytest.raises(ConfigError, match=message):
        change(tiny_config, **training)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] . DefaultCPUAllocator: can't allocate memory: you tried …"),
        MemoryError(),
    ],
)
def test_without_enough_memory_the_remedy_is_named_and_the_last_state_kept(tmp_path, boxes, tiny_config, error):
    trainer = Trainer.start(change(tiny_config, batch_size=8), boxes, tmp_path / "run", device="cpu", steps=8)
    events = trainer.run()
    while not (isinstance(event := next(events), CheckpointSaved) and event.step == 4):
        pass

    def no_room(*_):
        raise error

    trainer.model.shape_decoder.register_forward_pre_hook(no_room)
    with pytest.raises(Mem3DError, match=r"cpu is out of memory.* set accumulation to 2, or .*kept, resume .*run"):
        next(events)
    assert isinstance(list(read_events(trainer.folder.events_file))[-1], TrainingFailed)
    config = trainer.folder.config_file
    config.write_text(config.read_text().replace('"accumulation": 1', '"accumulation": 2'))
    again = Trainer.resume(tmp_path / "run", boxes, device="cpu", steps=1)
    assert again.step == 4
    assert list(again.run())[-1].step == 5


def test_other_errors_are_not_called_a_lack_of_memory(tmp_path, boxes, tiny_config):
    trainer = Trainer.start(tiny_config, boxes, tmp_path / "run", device="cpu", steps=1)

    def mistaken(*_):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    trainer.model.shape_decoder.register_forward_pre_hook(mistaken)
    with pytest.raises(RuntimeError, match="mat1"):
        list(trainer.run())


def test_the_cosine_ends_at_zero_after_all_epochs(tiny_config, boxes):
    config = change(tiny_config, schedule="cosine", epochs=2, learning_rate=0.1)
    step = made(config, boxes)
    last = 2 * step.batches.steps_per_epoch
    assert step.learning_rate(0) == pytest.approx(0.1)
    assert step.learning_rate(last // 2) == pytest.approx(0.05)
    assert step.learning_rate(last) == pytest.approx(0.0)
    assert step.learning_rate(last + 5) == pytest.approx(0.0)


def test_the_backbone_learns_at_its_own_rate_and_what_is_frozen_not_at_all(tiny_config, boxes):
    config = change(tiny_config, backbone_rate=0.5, learning_rate=0.1)
    torch.manual_seed(1)
    model = build_network(config.model)
    model.image_encoder.freeze(1)
    batches = TrainingBatches.of(boxes, config, Ranks())
    step = TrainingStep(config, model, adam(model, config), torch.device("cpu"), batches)
    before = {name: value.clone() for name, value in model.named_parameters()}
    steps(step, 1)
    # Adam's first step moves every weight by its rate, wherever the gradient is not tiny.
    moved = {name: float((value - before[name]).detach().abs().max()) for name, value in model.named_parameters()}
    assert moved["image_encoder.backbone.0.weight"] == 0.0
    assert moved["image_encoder.backbone.4.0.conv1.weight"] == pytest.approx(0.05, rel=0.01)
    assert moved["image_encoder.head.0.weight"] == pytest.approx(0.1, rel=0.01)


def test_the_own_object_is_seen_in_its_share_of_reads(tiny_config, boxes, monkeypatch):
    """What the reads leave out, over 25 steps of 8: half, the same for whoever takes part, in one piece or in two."""

    def left_out(**training):
        config = change(tiny_config, batch_size=8, **training)
        step = made(config, boxes)
        asked = []
        forward = step.model.forward
        monkeypatch.setattr(
            step.model, "forward", lambda images, **how: asked.extend(how["exclude"]) or forward(images, **how)
        )
        steps(step, 25)
        return asked

    assert None not in left_out()
    assert set(left_out(own_object_share=1.0)) == {None} == set(left_out(leave_out_own_object=False))
    half = left_out(own_object_share=0.5)
    assert half == left_out(own_object_share=0.5, accumulation=2)
    assert half != left_out(own_object_share=0.5, seed=1)
    assert 80 <= half.count(None) <= 120
    whole = left_out()
    assert all(mine in (None, full) for mine, full in zip(half, whole, strict=True))


def test_each_process_leaves_out_what_one_alone_would(tiny_config, boxes):
    config = change(tiny_config, batch_size=8, own_object_share=0.5)
    step = made(config, boxes)
    with closing(step.batches.from_step(0)) as source:
        batch = next(source)
    alone = step._left_out(batch, 7)
    shared = []
    for rank in range(2):
        step.ranks = Ranks(rank, 2)
        shared.append(step._left_out(batch, 7))
    assert alone[0::2] == shared[0]
    assert alone[1::2] == shared[1]


def test_a_memory_that_is_not_written_is_read_as_it_is(tiny_config, boxes):
    config = change(tiny_config, batch_size=8, write_memory=False, freeze_until=4, leave_out_own_object=False)
    step = made(config, boxes)
    step.model.image_encoder.freeze(4)
    step.optimizer = adam(step.model, config)
    images = torch.rand(4, 3, 32, 32)
    step.model.eval()
    features = step.model.image_encoder(images)
    step.model.memory.write(features, torch.rand(4, 32, 32, 32) < 0.3)
    memory = {name: value.clone() for name, value in step.model.memory.state_dict().items()}
    weights = [parameter.clone() for parameter in step.model.shape_encoder.parameters()]
    step.model.config = dataclasses.replace(step.model.config, beta=-1.0)
    results = steps(step, 3)
    assert all(result.written is None for result in results)
    assert all(result.above_beta == 4 for result in results)
    assert all(torch.equal(value, memory[name]) for name, value in step.model.memory.state_dict().items())
    assert not any(map(torch.equal, step.model.shape_encoder.parameters(), weights))
    assert torch.equal(step.model.eval().image_encoder(images), features)  # so that the keys still fit
