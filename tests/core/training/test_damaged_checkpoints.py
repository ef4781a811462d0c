"""A damaged newest checkpoint, or training state: it is said, and the run goes on from the newest whole one."""

import dataclasses

import pytest

from core.checkpoint import load_checkpoint
from core.errors import CheckpointError
from core.training.run_folder import RunFolder
from core.training.trainer import Trainer


@pytest.fixture
def config(tiny_config):
    training = dataclasses.replace(tiny_config.training, log_every=1, evaluate_every=2, checkpoint_every=2)
    return dataclasses.replace(tiny_config, training=training)


@pytest.fixture
def run(tmp_path, boxes, config):
    """Checkpoints of the steps 0, 2, 4 and 6."""
    list(Trainer.start(config, boxes, tmp_path / "run", device="cpu", steps=6).run())
    return tmp_path / "run"


def cut_short(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def spoilt(path):
    content = bytearray(path.read_bytes())
    content[8:40] = b"x" * 32  # the header, which says what is where
    path.write_bytes(content)


def emptied(path):
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("kind", "damage"), [("checkpoint", cut_short), ("checkpoint", emptied), ("state", cut_short), ("state", spoilt)]
)
def test_it_goes_on_from_the_newest_whole_one(tmp_path, boxes, config, run, kind, damage):
    folder = RunFolder(run)
    damage(getattr(folder, kind)(6))
    trainer = Trainer.resume(run, boxes, device="cpu", steps=4)
    assert trainer.step == 4
    started, *_ = trainer.run()
    assert getattr(folder, kind)(6).name in started.note
    assert "going on from step 4" in started.note
    assert folder.steps()[-1] == 8
    aside = getattr(folder, kind)(6)
    assert aside.with_name(aside.name + ".damaged").exists()
    list(Trainer.start(config, boxes, tmp_path / "whole", device="cpu", steps=8).run())
    assert load_checkpoint(folder.best).step == load_checkpoint(RunFolder(tmp_path / "whole").best).step
    one, other = (load_checkpoint(RunFolder(path).checkpoint(8)) for path in (run, tmp_path / "whole"))
    assert all(one.tensors[name].equal(value) for name, value in other.tensors.items())


def test_several_are_passed_over(run, boxes):
    folder = RunFolder(run)
    cut_short(folder.checkpoint(6))
    emptied(folder.state(4))
    trainer = Trainer.resume(run, boxes, device="cpu", steps=1)
    assert trainer.step == 2
    assert folder.steps() == [0, 2]
    load_checkpoint(folder.best)


def test_where_none_is_whole_nothing_is_changed(run, boxes):
    folder = RunFolder(run)
    for step in folder.steps():
        cut_short(folder.state(step))
    before = sorted(path.name for path in folder.checkpoints.iterdir())
    with pytest.raises(CheckpointError, match=r"step_00000006\.state"):
        Trainer.resume(run, boxes, device="cpu", steps=1)
    assert sorted(path.name for path in folder.checkpoints.iterdir()) == before


def test_what_may_not_be_read_is_not_taken_for_damaged(run, boxes, monkeypatch):
    def refused(path):
        raise CheckpointError(f"{path}: cannot be read") from PermissionError(13, "Permission denied")

    monkeypatch.setattr("core.training.trainer.load_checkpoint", refused)
    with pytest.raises(CheckpointError, match="cannot be read"):
        Trainer.resume(run, boxes, device="cpu", steps=1)
    assert RunFolder(run).steps()[-1] == 6
