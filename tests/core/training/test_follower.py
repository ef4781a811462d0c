"""Two real processes train as one does; they end together whatever happens."""

import dataclasses
import json
import os
import subprocess
import sys

import pytest
import torch
from training_support import freeze_batch_norm, train_in_processes

from core.checkpoint import load_checkpoint
from core.data.packed import PackedWriter, encode_picture
from core.errors import ConfigError
from core.training.batches import TrainingBatches
from core.training.events import StepDone, read_events
from core.training.ranks import Ranks
from core.training.trainer import Trainer


def change(config, **training):
    return dataclasses.replace(config, training=dataclasses.replace(config.training, **training))


@pytest.fixture
def config(tiny_config):
    # A small rate keeps features, and so the order of similarities, from drifting apart by rounding.
    return change(tiny_config, batch_size=8, learning_rate=1e-4, log_every=1, evaluate_every=100, checkpoint_every=100)


def alone(boxes, config, run, *, steps):
    """What one process makes of it."""
    if config is None:
        trainer = Trainer.resume(run, boxes, device="cpu", steps=steps)
    else:
        trainer = Trainer.start(config, boxes, run, device="cpu", steps=steps)
    freeze_batch_norm(trainer.model)
    return [event for event in trainer.run() if isinstance(event, StepDone)]


def same(run, other, step):
    """The memory is the same, and keys and weights are but for rounding."""
    one, two = (load_checkpoint(folder / "checkpoints" / f"step_{step:08d}.safetensors") for folder in (run, other))
    assert one.sources == two.sources
    assert any(one.sources)
    for name, value in one.tensors.items():
        if value.is_floating_point():
            torch.testing.assert_close(
                two.tensors[name], value, rtol=1e-3, atol=1e-5, msg=lambda told, name=name: f"{name}: {told}"
            )
        else:
            assert torch.equal(two.tensors[name], value), name


@pytest.mark.parametrize("accumulation", [1, 2])
def test_two_processes_train_and_remember_what_one_does(tmp_path, boxes, config, accumulation):
    config = change(config, accumulation=accumulation)
    expected = alone(boxes, config, tmp_path / "one", steps=5)
    assert train_in_processes(boxes, config, tmp_path / "two", steps=5) == [None, None]
    same(tmp_path / "one", tmp_path / "two", 5)
    told = [event for event in read_events(tmp_path / "two" / "events.jsonl") if isinstance(event, StepDone)]
    assert any(event.triplet_loss > 0 for event in told)
    assert any(event.mean_above_beta > 0 for event in told)
    for event, step in zip(told, expected, strict=True):
        for name in ("loss", "reconstruction_loss", "triplet_loss"):
            assert getattr(event, name) == pytest.approx(getattr(step, name), rel=1e-3, abs=1e-6), name
        for name in ("occupied_slots", "new_writes", "updated_writes", "mean_above_beta"):
            assert getattr(event, name) == getattr(step, name), name
    # The other process wrote no file of the run, and holds the very same network and memory.
    first = load_checkpoint(tmp_path / "two" / "checkpoints" / "step_00000005.safetensors")
    for name, value in torch.load(tmp_path / "two" / "process1.pt").items():
        assert torch.equal(value, first.tensors[name]), name


def test_a_run_goes_on_with_another_number_of_processes(tmp_path, boxes, config):
    for name in ("one", "two"):
        alone(boxes, config, tmp_path / name, steps=3)
    alone(boxes, None, tmp_path / "one", steps=3)
    assert train_in_processes(boxes, None, tmp_path / "two", steps=3) == [None, None]
    same(tmp_path / "one", tmp_path / "two", 6)


def test_all_processes_stop_when_the_first_is_told_to(tmp_path, boxes, config):
    assert train_in_processes(boxes, config, tmp_path / "run", steps=50, stop=2) == [None, None]
    assert load_checkpoint(tmp_path / "run" / "checkpoints" / "step_00000002.safetensors").step == 2
    assert (tmp_path / "run" / "process1.pt").exists()


def test_what_one_process_cannot_read_ends_all_with_a_clear_word(tmp_path, boxes, config):
    config = change(config, checkpoint_every=1)
    first, second = train_in_processes(boxes, config, tmp_path / "run", steps=50, unreadable=2)
    assert second == "DatasetError: boxes: cannot be read"
    assert first.startswith("TrainingError: another process has failed")
    assert load_checkpoint(tmp_path / "run" / "checkpoints" / "step_00000002.safetensors").step == 2


def test_a_process_that_dies_ends_the_others_with_a_clear_word(tmp_path, boxes, config):
    config = change(config, checkpoint_every=1)
    first, second = train_in_processes(boxes, config, tmp_path / "run", steps=50, dies=2)
    assert second == "exit code 9"
    assert first.startswith("TrainingError: another process has ended in the middle of the training")
    assert load_checkpoint(tmp_path / "run" / "checkpoints" / "step_00000002.safetensors").step == 2


def test_a_training_that_cannot_begin_ends_the_others_too(tmp_path, boxes, config):
    alone(boxes, config, tmp_path / "run", steps=1)
    first, second = train_in_processes(boxes, config, tmp_path / "run", steps=1)
    assert "holds a run already" in first
    assert second.startswith("TrainingError: the first process could not begin")


def test_shares_are_every_other_sample_of_the_one_batch(boxes, config):
    def batch(ranks):
        batches = TrainingBatches.of(boxes, config, ranks).from_step(1)
        found = next(batches)
        batches.close()
        return found

    whole, *shares = (batch(ranks) for ranks in (Ranks(), Ranks(0, 2), Ranks(1, 2)))
    for rank, share in enumerate(shares):
        assert torch.equal(share.images, whole.images[rank::2])
        assert torch.equal(share.volumes, whole.volumes[rank::2])
        assert share.sources == whole.sources[rank::2]
        assert share.all_sources == whole.sources == whole.all_sources


@pytest.mark.parametrize(("count", "accumulation"), [(3, 1), (8, 1), (4, 2)])
def test_a_batch_that_cannot_be_shared_is_refused(config, count, accumulation):
    with pytest.raises(ConfigError, match=f"shared by {count} processes"):
        Ranks(0, count).require_shares(change(config, accumulation=accumulation))


def test_several_processes_do_not_share_one_gpu():
    assert Ranks(1, 2, 1).device("cpu") == "cpu"
    with pytest.raises(ConfigError, match="give auto, cuda or cpu"):
        Ranks(1, 2, 1).device("cuda:0")


def test_torchrun_starts_them_from_the_command_line(tmp_path, boxes, config):
    (tmp_path / "boxes").mkdir()
    with PackedWriter(tmp_path / "boxes", "boxes", seed=0) as writer:
        for index, record in enumerate(boxes.objects):
            pictures = [encode_picture(boxes.image(index, view)) for view in range(record.views)]
            writer.add(record, boxes.voxels(index), pictures)
        writer.finish()
    (tmp_path / "config.json").write_text(config.to_json())
    run = tmp_path / "run"
    command = ["train", "--config", "config.json", "--dataset", "packed:boxes", "--steps", "2", "--out", str(run)]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "torch.distributed.run",
            "--standalone",
            "--nproc-per-node",
            "2",
            "-m",
            "core",
            *command,
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"finished at step 2: {run / 'checkpoints' / 'step_00000002.safetensors'}"
    assert "Warning" not in done.stderr
    assert load_checkpoint(run / "checkpoints" / "step_00000002.safetensors").step == 2
    assert json.loads((run / "config.json").read_text())["training"]["batch_size"] == 8
