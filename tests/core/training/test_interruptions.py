"""Everything that can end a training before its time: what was saved last is whole, and the run goes on from it."""

import builtins
import dataclasses
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import core.checkpoint
from core.checkpoint import load_checkpoint, load_tensors
from core.data.opening import open_dataset
from core.data.packed import PackedWriter, encode_picture
from core.errors import DatasetError, Mem3DError, OutputError, TrainingError
from core.training.events import (
    CheckpointSaved,
    MemoryReported,
    ProbesReconstructed,
    StepDone,
    TrainingFinished,
    Validated,
    read_events,
)
from core.training.run_folder import RunFolder
from core.training.runs import summarise
from core.training.trainer import Trainer

TIMES = {"seconds", "images_per_second", "device_memory"}


def change(config, **training):
    return dataclasses.replace(config, training=dataclasses.replace(config.training, **training))


def curve(run):
    """What the events of a run say, but for how long it took and which parts it had."""
    told = StepDone, Validated, MemoryReported, ProbesReconstructed
    return [
        (type(event), {name: value for name, value in vars(event).items() if name not in TIMES | {"path"}})
        for event in read_events(run / "events.jsonl")
        if isinstance(event, told)
    ]


def require_equal_runs(one, other, step):
    """Weights, memory, optimiser, curves, TensorBoard's curves and probes, all to the bit."""
    checkpoints = [load_checkpoint(RunFolder(run).checkpoint(step)) for run in (one, other)]
    assert checkpoints[0].sources == checkpoints[1].sources
    tensors = [checkpoint.tensors for checkpoint in checkpoints]
    states = [load_tensors(RunFolder(run).state(step), "mem3d-training-state")[0] for run in (one, other)]
    for first, second in (tensors, states):
        assert first.keys() == second.keys()
        for name, value in first.items():
            assert torch.equal(second[name], value), name
    assert load_checkpoint(RunFolder(one).best).step == load_checkpoint(RunFolder(other).best).step
    assert curve(one) == curve(other)
    scalars = [tensorboard(run) for run in (one, other)]
    assert scalars[0] == scalars[1]
    names = [sorted(path.name for path in (run / "probes").iterdir()) for run in (one, other)]
    assert names[0] == names[1]
    for name in names[0]:
        with np.load(one / "probes" / name) as first, np.load(other / "probes" / name) as second:
            for array in first.files:
                np.testing.assert_array_equal(first[array], second[array])


def tensorboard(run):
    """(step, value) of every curve that TensorBoard shows, but for times."""
    accumulator = EventAccumulator(str(run / "tensorboard"))
    accumulator.Reload()
    return {
        tag: [(event.step, event.value) for event in accumulator.Scalars(tag)]
        for tag in accumulator.Tags()["scalars"]
        if tag not in TIMES
    }


@pytest.fixture
def packed(tmp_path, boxes):
    folder = tmp_path / "packed"
    folder.mkdir()
    with PackedWriter(folder, "boxes", 0) as writer:
        for index, record in enumerate(boxes.objects):
            pictures = [encode_picture(boxes.image(index, view)) for view in range(record.views)]
            writer.add(record, boxes.voxels(index), pictures)
        writer.finish()
    return folder


@pytest.mark.skipif(not hasattr(os, "fork"), reason="starts its processes by fork")
def test_killed_again_and_again_it_ends_as_if_never_killed(tmp_path, packed, tiny_config):
    config = change(tiny_config, epochs=3, log_every=3, evaluate_every=5, checkpoint_every=2, keep_checkpoints=2)
    config = dataclasses.replace(config, data=dataclasses.replace(config.data, dataset=f"packed:{packed}"))
    (tmp_path / "tiny.json").write_text(config.to_json())
    script = Path(__file__).parents[2] / "support" / "killed_training.py"
    done = subprocess.run(
        [sys.executable, script, tmp_path / "tiny.json", packed, tmp_path, "7"],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(core.checkpoint.__file__).parents[1]), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    reached = json.loads(done.stdout)
    assert len(reached) >= 6
    assert len({step for step in reached if step > 0}) >= 2  # some came while it trained, at different places
    require_equal_runs(tmp_path / "whole", tmp_path / "killed", 27)
    whole, killed = ({p.relative_to(run) for p in run.rglob("*")} for run in (tmp_path / "whole", tmp_path / "killed"))
    assert {path for path in whole ^ killed if path.parent.name != "tensorboard"} == set()


@pytest.mark.parametrize("stop_at", [4, 5])
def test_a_stop_leaves_no_trace_in_the_record(tmp_path, boxes, tiny_config, stop_at):
    config = change(tiny_config, log_every=3, evaluate_every=4, checkpoint_every=4)
    list(Trainer.start(config, boxes, tmp_path / "whole", device="cpu", steps=9).run())
    first = Trainer.start(config, boxes, tmp_path / "parts", device="cpu", steps=9)
    list(first.run(stop=lambda: first.step >= stop_at))
    list(Trainer.resume(tmp_path / "parts", boxes, device="cpu", steps=9 - stop_at).run())
    require_equal_runs(tmp_path / "whole", tmp_path / "parts", 9)
    steps = [event for event in read_events(tmp_path / "parts" / "events.jsonl") if isinstance(event, StepDone)]
    assert [step.step for step in steps] == [3, 6, 9]
    assert sorted(step.seconds for step in steps) == [step.seconds for step in steps]


def test_what_came_after_the_last_checkpoint_is_forgotten_everywhere(tmp_path, boxes, tiny_config):
    config = change(tiny_config, log_every=1, evaluate_every=3, checkpoint_every=4)
    list(Trainer.start(config, boxes, tmp_path / "whole", device="cpu", steps=8).run())
    broken = Trainer.start(config, boxes, tmp_path / "broken", device="cpu", steps=8)
    for event in broken.run():
        if isinstance(event, ProbesReconstructed) and event.step == 6:
            break  # as a crash would, after the validation of step 6 and before any checkpoint of it
    newest = broken.folder.newest_step()
    assert newest == 4
    list(Trainer.resume(tmp_path / "broken", boxes, device="cpu", steps=8 - newest).run())
    require_equal_runs(tmp_path / "whole", tmp_path / "broken", 8)


def test_a_run_killed_before_its_first_checkpoint_begins_again(tmp_path, boxes, tiny_config):
    list(Trainer.start(tiny_config, boxes, tmp_path / "whole", device="cpu", steps=4).run())
    next(Trainer.start(tiny_config, boxes, tmp_path / "killed", device="cpu", steps=4).run())
    assert RunFolder(tmp_path / "killed").steps() == []
    assert summarise(tmp_path / "killed").status == "empty"
    list(Trainer.resume(tmp_path / "killed", boxes, device="cpu", steps=4).run())
    require_equal_runs(tmp_path / "whole", tmp_path / "killed", 4)


def test_a_run_that_has_lost_its_checkpoints_does_not_begin_again(tmp_path, boxes, tiny_config):
    trainer = Trainer.start(tiny_config, boxes, tmp_path / "run", device="cpu", steps=4)
    list(trainer.run())
    for path in trainer.folder.checkpoints.iterdir():
        path.unlink()
    with pytest.raises(TrainingError, match="cannot go on"):
        Trainer.resume(tmp_path / "run", boxes, device="cpu")


class FullDisk:
    """Refuses every write to files whose path holds ``part``, half way through."""

    def __init__(self, monkeypatch, part):
        self.part, self.full, self._open = part, True, builtins.open
        save_file = core.checkpoint.save_file

        def save(tensors, path, metadata):
            save_file(tensors, path, metadata)
            if self.refuses(path):
                os.truncate(path, os.path.getsize(path) // 2)
                raise core.checkpoint.SafetensorError("I/O error: No space left on device (os error 28)")

        monkeypatch.setattr(core.checkpoint, "save_file", save)
        monkeypatch.setattr(builtins, "open", self.open)
        monkeypatch.setattr(io, "open", self.open)
        monkeypatch.setattr(os, "link", self.link)
        monkeypatch.setattr(shutil, "copyfile", lambda source, to: Path(to).write_bytes(Path(source).read_bytes()))

    def refuses(self, path):
        return self.full and self.part in str(path)

    def open(self, file, mode="r", *arguments, **options):
        opened = self._open(file, mode, *arguments, **options)
        if isinstance(file, str | os.PathLike) and self.refuses(file) and mode[0] in "wa":
            write = opened.write

            def half(content):
                write(content[: len(content) // 2])
                opened.flush()
                raise OSError(28, "No space left on device")

            opened.write = half
        return opened

    def link(self, source, target):
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    "part",
    [
        "dataset.json", "environment.json", "config.json", "events.jsonl", "tfevents", "inputs.npz",
        "probes/.step_00000004", "step_00000000.state", ".step_00000000.safe", "step_00000004.state",
        ".step_00000004.safe", "best",
    ],
)  # fmt: skip
def test_a_full_disk_is_one_clear_line_and_the_last_state_is_kept(tmp_path, boxes, tiny_config, monkeypatch, part):
    run = tmp_path / "run"
    disk = FullDisk(monkeypatch, part)
    with pytest.raises(OutputError, match="No space left on device") as caught:
        list(Trainer.start(tiny_config, boxes, run, device="cpu", steps=6).run())
    assert str(run) in str(caught.value)
    assert "\n" not in str(caught.value)
    disk.full = False
    assert not [path for path in run.rglob("*.part*") if path.is_file()]
    summary = summarise(run)
    assert summary.step == (4 if part == "best" else 0)
    if "00000004" in part or part == "best":
        assert summary.status == "interrupted"
        assert "No space left" in summary.reason
    if (run / "config.json").exists():
        trainer = Trainer.resume(run, boxes, device="cpu", steps=6 - (RunFolder(run).newest_step() or 0))
    else:  # it never became a run
        trainer = Trainer.start(tiny_config, boxes, run, device="cpu", steps=6)
    assert isinstance(list(trainer.run())[-1], TrainingFinished)
    assert [event.step for event in read_events(run / "events.jsonl") if isinstance(event, StepDone)] == [2, 4, 6]
    assert tensorboard(run)["losses/total"][-1][0] == 6
    validated = [event for event in read_events(run / "events.jsonl") if isinstance(event, Validated)]
    best = max(validated, key=lambda event: event.validation_iou)
    assert load_checkpoint(RunFolder(run).best).step == best.step


def test_a_folder_that_may_not_be_written_is_named(tmp_path, boxes, tiny_config, monkeypatch):
    def refuse(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    def refuse_writing(path, flags, *others, opened=os.open, **options):
        return refuse() if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) else opened(path, flags, *others, **options)

    list(Trainer.start(tiny_config, boxes, tmp_path / "run", device="cpu", steps=4).run())
    monkeypatch.setattr(os, "open", refuse_writing)
    with pytest.raises(OutputError, match=r"run: cannot be written \(Permission denied\)"):
        Trainer.resume(tmp_path / "run", boxes, device="cpu")
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutputError, match=r"new: cannot be written \(Permission denied\)"):
        Trainer.start(tiny_config, boxes, tmp_path / "new", device="cpu", steps=4)


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (DatasetError("x.png: cannot be read as a picture; fetch it again"), DatasetError, "x.png"),
        (MemoryError(), Mem3DError, "out of memory"),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), Mem3DError, "batch_size"),
        (RuntimeError("CUDA error: unspecified launch failure\nmore"), Mem3DError, "choose the device cpu"),
        (RuntimeError("broken\nin two lines"), RuntimeError, "broken in two lines"),
    ],
)
def test_what_ends_a_run_is_noted_in_it(tmp_path, boxes, tiny_config, monkeypatch, error, kind, told):
    trainer = Trainer.start(tiny_config, boxes, tmp_path / "run", device="cpu", steps=8)
    step = trainer.train_step

    def fail_at_six(batch, done):
        if done == 5:
            raise error
        return step(batch, done)

    monkeypatch.setattr(trainer, "train_step", fail_at_six)
    with pytest.raises(kind):
        list(trainer.run())
    summary = summarise(tmp_path / "run")
    assert (summary.status, summary.step) == ("interrupted", 4)
    assert told in summary.reason
    list(Trainer.resume(tmp_path / "run", boxes, device="cpu", steps=4).run())
    assert summarise(tmp_path / "run").status == "finished"


def test_a_data_set_that_vanishes_is_named_and_put_back(tmp_path, write_r2n2, tiny_config):
    folder = tmp_path / "r2n2"
    write_r2n2(folder)
    trainer = Trainer.start(tiny_config, open_dataset(str(folder)), tmp_path / "run", device="cpu", steps=30)
    events = trainer.run()
    while not (isinstance(event := next(events), CheckpointSaved) and event.step == 4):
        pass
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(DatasetError, match=str(folder)) as caught:
        list(events)
    assert "\n" not in str(caught.value)
    summary = summarise(tmp_path / "run")
    assert (summary.status, summary.step, summary.reason) == ("interrupted", 4, str(caught.value))
    (tmp_path / "elsewhere").rename(folder)
    list(Trainer.resume(tmp_path / "run", open_dataset(str(folder)), device="cpu", steps=2).run())
    assert summarise(tmp_path / "run").step == 6


@pytest.mark.skipif(os.name == "nt", reason="Windows removes no folder with open files in it")
def test_a_run_folder_that_is_removed_meanwhile_is_one_clear_line(tmp_path, boxes, tiny_config):
    trainer = Trainer.start(tiny_config, boxes, tmp_path / "run", device="cpu", steps=6)

    def train():
        for event in trainer.run():
            if isinstance(event, StepDone):
                shutil.rmtree(tmp_path / "run")

    with pytest.raises(
        OutputError, match=r"run.*cannot be written \(No such file or directory\); make the folder"
    ) as one:
        train()
    assert "\n" not in str(one.value)
