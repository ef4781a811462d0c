"""The trainer on a small real data set: it learns, stops, resumes exactly, and leaves whole files."""

import dataclasses
import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors import safe_open

from core.checkpoint import load_checkpoint, save_tensors
from core.errors import DatasetError, TrainingError
from core.training.events import CheckpointSaved, StepDone, TrainingFinished, TrainingStarted, Validated, read_events
from core.training.trainer import Trainer
from core.training.validation import Validation


def change(config, **training):
    return dataclasses.replace(config, training=dataclasses.replace(config.training, **training))


def of(events, kind):
    return [event for event in events if isinstance(event, kind)]


def test_a_run_tells_its_story_and_fills_its_folder(tmp_path, boxes, tiny_config):
    run = tmp_path / "run"
    trainer = Trainer.start(tiny_config, boxes, run, device="cpu", steps=6)
    events = list(trainer.run())
    assert isinstance(events[0], TrainingStarted)
    assert (events[0].step, events[0].last_step, events[0].steps_per_epoch) == (0, 6, 9)  # 12 objects x 3 views / 4
    assert [event.step for event in of(events, StepDone)] == [2, 4, 6]
    assert [event.step for event in of(events, Validated)] == [4, 6]
    assert of(events, CheckpointSaved)[0].step == 0
    assert events[-1] == TrainingFinished(6, False, str(run / "checkpoints" / "step_00000006.safetensors"))
    assert list(read_events(run / "events.jsonl")) == events
    assert json.loads((run / "config.json").read_text())["model"]["memory_slots"] == 8
    for step in of(events, StepDone):
        assert step.new_writes + step.updated_writes == 8  # two steps of four
        assert 0 < step.occupied_slots <= 8
    checkpoint = load_checkpoint(run / "checkpoints" / "step_00000006.safetensors")
    assert checkpoint.step == 6
    expected = np.mean([boxes.voxels(i) for i, record in enumerate(boxes.objects) if record.split == "train"], axis=0)
    np.testing.assert_allclose(checkpoint.mean_shape, expected, atol=1e-6)
    assert {source.dataset for source in checkpoint.sources if source} == {"boxes"}
    assert all(source.object_id.split("/")[1].startswith("train") for source in checkpoint.sources if source)


def test_it_learns(tmp_path, boxes, tiny_config):
    config = change(tiny_config, learning_rate=0.01, log_every=20, evaluate_every=60, checkpoint_every=60)
    events = list(Trainer.start(config, boxes, tmp_path / "run", device="cpu", steps=60).run())
    # Who knows only how full space is on average, not where, gets this loss with every picture; it starts there.
    full = np.mean([boxes.voxels(i) for i, record in enumerate(boxes.objects) if record.split == "train"])
    blind = -(full * math.log(full) + (1 - full) * math.log(1 - full))
    assert of(events, StepDone)[-1].reconstruction_loss < 0.8 * blind
    assert of(events, Validated)[-1].validation_iou > 0.1


@pytest.mark.parametrize("memory", [True, False])
def test_stop_and_resume_is_the_uninterrupted_run_to_the_bit(tmp_path, boxes, tiny_config, memory):
    config = change(tiny_config, use_memory=memory, warmup_steps=3, halve_after_epochs=(0.5,))
    whole = Trainer.start(config, boxes, tmp_path / "whole", device="cpu", steps=10)
    whole_events = list(whole.run())

    first = Trainer.start(config, boxes, tmp_path / "parts", device="cpu", steps=10)
    first_events = list(first.run(stop=lambda: first.step >= 6))
    assert first_events[-1].stopped
    second = Trainer.resume(tmp_path / "parts", boxes, device="cpu", steps=4)
    second_events = list(second.run())

    for name, value in whole.model.state_dict().items():
        assert torch.equal(second.model.state_dict()[name], value), name
    assert second.model.memory.sources == whole.model.memory.sources
    moments = [t.optimizer.state_dict()["state"] for t in (whole, second)]
    for index, state in moments[0].items():
        for name, value in state.items():
            assert torch.equal(moments[1][index][name], value), (index, name)
    curve = [(e.step, e.loss, e.learning_rate, e.new_writes) for e in of(whole_events, StepDone)]
    parts = [(e.step, e.loss, e.learning_rate, e.new_writes) for e in of(first_events + second_events, StepDone)]
    assert parts == curve


def test_resuming_forgets_what_came_after_the_checkpoint(tmp_path, boxes, tiny_config):
    run = tmp_path / "run"
    trainer = Trainer.start(tiny_config, boxes, run, device="cpu", steps=8)
    for event in trainer.run():
        if isinstance(event, StepDone) and event.step == 6:
            break  # as a crash would: the last checkpoint is of step 4
    events = list(Trainer.resume(run, boxes, device="cpu", steps=4).run())
    assert events[0].step == 4
    steps = [event.step for event in read_events(run / "events.jsonl") if isinstance(event, StepDone)]
    assert steps == [2, 4, 6, 8]


def test_a_damaged_record_loses_only_its_damaged_lines(tmp_path, boxes, tiny_config):
    run = tmp_path / "run"
    list(Trainer.start(tiny_config, boxes, run, device="cpu", steps=2).run())
    whole = (run / "events.jsonl").read_bytes().splitlines(keepends=True)
    damaged = [whole[0], b"\xff\x00\n", b"[1]\n", b"{}\n", *whole[1:], b'{"event": "Ste']
    (run / "events.jsonl").write_bytes(b"".join(damaged))
    Trainer.resume(run, boxes, device="cpu", steps=1)
    assert (run / "events.jsonl").read_bytes() == b"".join(whole)


@pytest.mark.parametrize(
    ("tensors", "metadata"),
    [
        ({}, {"best_iou": "high", "initial_weights": ""}),
        ({}, {"best_iou": "0.5"}),
        ({"first.exp_avg": torch.zeros(1)}, {"best_iou": "0.5", "initial_weights": ""}),
    ],
)
def test_a_damaged_training_state_is_named_and_passed_over(tmp_path, boxes, tiny_config, tensors, metadata):
    list(Trainer.start(tiny_config, boxes, tmp_path / "run", device="cpu", steps=1).run())
    state = tmp_path / "run" / "checkpoints" / "step_00000001.state.safetensors"
    save_tensors(state, tensors, {"format": "mem3d-training-state", "format_version": "1", **metadata})
    started = next(iter(Trainer.resume(tmp_path / "run", boxes, device="cpu").run()))
    assert started.note.startswith("going on from step 0, the newest whole checkpoint")
    assert state.name in started.note


@pytest.mark.parametrize(
    ("tensors", "metadata"),
    [
        ({"0.exp_avg": torch.zeros(1)}, {}),
        ({"0.exp_avg": None}, {}),
        ({"0.exp_avg_sq": float("nan")}, {}),
        ({"0.step": torch.zeros(2)}, {}),
        ({"0.more": torch.zeros(())}, {}),
        ({"999.step": torch.zeros(())}, {}),
        ({"totals.losses": torch.zeros(4, 2)}, {}),
        ({"totals.losses": torch.zeros(())}, {}),
        ({"totals.above_beta": torch.zeros(2, dtype=torch.int32)}, {}),
        ({}, {"totals": "[" * 100_000}),
        ({}, {"totals": "[1, 2, 3]"}),
        ({}, {"totals": '["1", 2, 3, 0.0]'}),
        ({}, {"totals": "[-1, 2, 3, 0.0]"}),
        ({}, {"overwritten": "[1, 2]"}),
        ({}, {"overwritten": '{"0": ["too", "short"]}'}),
        ({}, {"best_step": "7" * 5000}),
        ({}, {"best_iou": "nan"}),
        ({}, {"seconds": "nan"}),
    ],
)
def test_a_training_state_of_wrong_shapes_is_named_and_passed_over(tmp_path, boxes, tiny_config, tensors, metadata):
    """Torch takes any moments, and fails in the next step."""
    list(Trainer.start(tiny_config, boxes, tmp_path / "run", device="cpu", steps=1).run())
    state = tmp_path / "run" / "checkpoints" / "step_00000001.state.safetensors"
    with safe_open(state, framework="pt") as file:
        whole = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        known = file.metadata()
    for name, value in tensors.items():
        if value is None:
            del whole[name]
        else:
            whole[name] = value if isinstance(value, torch.Tensor) else torch.full_like(whole[name], value)
    save_tensors(state, whole, known | metadata)
    started = next(iter(Trainer.resume(tmp_path / "run", boxes, device="cpu").run()))
    assert started.note.startswith("going on from step 0, the newest whole checkpoint")
    assert state.name in started.note


def test_the_twin_without_memory_never_touches_it(tmp_path, boxes, tiny_config):
    trainer = Trainer.start(change(tiny_config, use_memory=False), boxes, tmp_path / "run", device="cpu", steps=4)
    steps = of(list(trainer.run()), StepDone)
    assert trainer.model.memory.occupied_slots == 0
    assert all(step.triplet_loss == 0 and step.mean_above_beta == 0 and step.updated_writes == 0 for step in steps)


def test_the_first_the_best_and_the_newest_checkpoints_are_kept(tmp_path, boxes, tiny_config):
    config = change(tiny_config, keep_checkpoints=2, checkpoint_every=1, evaluate_every=3)
    events = list(Trainer.start(config, boxes, tmp_path / "run", device="cpu", steps=8).run())
    names = {path.name for path in (tmp_path / "run" / "checkpoints").iterdir()}
    steps = ("00000000", "00000007", "00000008")
    assert names == {f"step_{s}{end}" for s in steps for end in (".safetensors", ".state.safetensors")} | {
        "best.safetensors"
    }
    best = max(of(events, Validated), key=lambda event: event.validation_iou)
    assert load_checkpoint(tmp_path / "run" / "checkpoints" / "best.safetensors").step == best.step


def test_the_learning_rate_warms_up_and_is_halved(tmp_path, boxes, tiny_config):
    config = change(tiny_config, warmup_steps=4, halve_after_epochs=(1, 1.2), log_every=1)
    events = list(Trainer.start(config, boxes, tmp_path / "run", device="cpu", steps=12).run())
    rates = [event.learning_rate / 1e-3 for event in of(events, StepDone)]
    assert rates == pytest.approx([0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.25])


def test_a_loss_that_is_no_number_ends_the_run_and_keeps_the_last_checkpoint(tmp_path, boxes, tiny_config):
    trainer = Trainer.start(tiny_config, boxes, tmp_path / "run", device="cpu", steps=8)
    events = trainer.run()
    while not (isinstance(event := next(events), CheckpointSaved) and event.step == 4):
        pass
    with torch.no_grad():
        trainer.model.shape_decoder.output.bias.fill_(math.nan)
    with pytest.raises(TrainingError, match="learning_rate"):
        next(events)
    assert load_checkpoint(trainer.folder.checkpoint(4)).step == 4


@pytest.mark.parametrize("due", [{"checkpoint_every": 2}, {"evaluate_every": 2}, {}])
def test_no_checkpoint_is_made_of_losses_that_are_no_numbers(tmp_path, boxes, tiny_config, due):
    config = change(tiny_config, **{"log_every": 100, "checkpoint_every": 100, "evaluate_every": 100, **due})
    trainer = Trainer.start(config, boxes, tmp_path / "run", device="cpu", steps=50)
    events = trainer.run(stop=lambda: trainer.step >= 3)
    while not isinstance(next(events), CheckpointSaved):
        pass
    with torch.no_grad():
        trainer.model.shape_decoder.output.bias.fill_(math.nan)
    with pytest.raises(TrainingError, match="learning_rate"):
        next(events)
    assert trainer.folder.steps() == [0]


def test_only_training_counts_as_training_time(tmp_path, boxes, tiny_config, monkeypatch):
    config = change(tiny_config, log_every=3, evaluate_every=2, checkpoint_every=100)
    trainer = Trainer.start(config, boxes, tmp_path / "run", device="cpu", steps=9)
    clock = SimpleNamespace(now=0.0, perf_counter=lambda: clock.now)
    monkeypatch.setattr("core.training.trainer.time", clock)

    def taking(seconds, work):
        def timed(*arguments):
            clock.now += seconds
            return work(*arguments)

        return timed

    monkeypatch.setattr(trainer, "train_step", taking(1.0, trainer.train_step))
    monkeypatch.setattr(Validation, "measure", taking(100.0, Validation.measure))
    steps = []
    for event in trainer.run(stop=taking(1000.0, lambda: False)):  # a pause
        clock.now += 10000.0  # a slow listener
        steps += of([event], StepDone)
    assert [step.images_per_second for step in steps] == [4.0, 4.0, 4.0]
    assert [step.seconds for step in steps] == [3 + 100, 6 + 2 * 100, 9 + 4 * 100]  # validations after 2, 4, 6 and 8


def test_a_run_is_not_overwritten_and_a_missing_one_is_named(tmp_path, boxes, tiny_config):
    Trainer.start(tiny_config, boxes, tmp_path / "run", device="cpu", steps=1)
    with pytest.raises(TrainingError, match="--resume"):
        Trainer.start(tiny_config, boxes, tmp_path / "run", device="cpu", steps=1)
    (tmp_path / "run" / "config.json").unlink()
    Trainer.start(tiny_config, boxes, tmp_path / "run", device="cpu", steps=1)  # nothing but an empty folder was left
    (tmp_path / "run" / "config.json").unlink()
    (tmp_path / "run" / "events.jsonl").touch()
    with pytest.raises(TrainingError, match="--resume"):
        Trainer.start(tiny_config, boxes, tmp_path / "run", device="cpu", steps=1)
    with pytest.raises(TrainingError, match="no run here"):
        Trainer.resume(tmp_path / "nothing", boxes)


def test_a_run_whose_sizes_were_edited_is_not_called_damaged(tmp_path, boxes, tiny_config):
    list(Trainer.start(tiny_config, boxes, tmp_path / "run", device="cpu", steps=1).run())
    config = tmp_path / "run" / "config.json"
    config.write_text(config.read_text().replace('"lstm_hidden": 16', '"lstm_hidden": 24'))
    with pytest.raises(TrainingError, match=r"config\.json: its network has other sizes"):
        Trainer.resume(tmp_path / "run", boxes, device="cpu")


def test_too_few_views_for_a_batch_are_refused(tmp_path, boxes, tiny_config):
    with pytest.raises(DatasetError, match="too few"):
        Trainer.start(change(tiny_config, batch_size=64), boxes, tmp_path / "run", device="cpu")


def test_of_equally_good_checkpoints_the_first_stays_the_best_through_a_resume(
    tmp_path, boxes, tiny_config, monkeypatch
):
    monkeypatch.setattr(Validation, "measure", lambda _, step: Validated(step, 0.5, 0.0))
    run = tmp_path / "run"
    list(Trainer.start(tiny_config, boxes, run, device="cpu", steps=8).run())
    list(Trainer.resume(run, boxes, device="cpu", steps=1).run())
    assert load_checkpoint(run / "checkpoints" / "best.safetensors").step == 4


def test_a_kill_before_the_best_was_marked_is_made_good(tmp_path, boxes, tiny_config):
    run = tmp_path / "run"
    list(Trainer.start(tiny_config, boxes, run, device="cpu", steps=4).run())
    (run / "checkpoints" / "best.safetensors").unlink()
    Trainer.resume(run, boxes, device="cpu", steps=1)
    assert load_checkpoint(run / "checkpoints" / "best.safetensors").step == 4
