"""The list of runs: what became of each, renaming, deleting; nothing damaged keeps the others from being listed."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

import core
from core.errors import OutputError, TrainingError
from core.training.events import TrainingFailed, TrainingStarted, event_to_json, read_events
from core.training.run_lock import RunLock, is_locked
from core.training.runs import default_runs_folder, delete_run, list_runs, rename_run
from core.training.trainer import Trainer


@pytest.fixture
def run(tmp_path, boxes, tiny_config):
    """A training that was stopped after five of eight steps."""
    trainer = Trainer.start(tiny_config, boxes, tmp_path / "runs" / "first", device="cpu", steps=8)
    list(trainer.run(stop=lambda: trainer.step >= 5))
    return tmp_path / "runs" / "first"


def only(root):
    (summary,) = list_runs(root)
    return summary


def record(run, event):
    with open(run / "events.jsonl", "a") as file:
        file.write(event_to_json(event) + "\n")


def test_a_run_at_a_glance(run):
    summary = only(run.parent)
    assert (summary.path, summary.name, summary.preset, summary.dataset) == (run, "first", "compact", "boxes")
    assert (summary.step, summary.status, summary.reason) == (5, "stopped", "")
    events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    assert summary.best_iou == max(event["validation_iou"] for event in events if event["event"] == "Validated")
    files = {path.stat().st_ino: path.stat() for path in run.rglob("*") if path.is_file()}
    assert summary.size == sum(facts.st_size for facts in files.values())  # best.safetensors is a link: counted once
    assert summary.modified == pytest.approx(max(facts.st_mtime for facts in files.values()), abs=1)


def test_the_status_follows_from_events_and_lock(run, boxes):
    record(run, TrainingStarted(str(run), 5, 8, 4, "cpu", "random weights"))
    assert only(run.parent).status == "interrupted"
    record(run, TrainingFailed(6, "the disk is full"))
    assert (only(run.parent).status, only(run.parent).reason) == ("interrupted", "the disk is full")
    trainer = Trainer.resume(run, boxes, device="cpu", steps=1)
    assert only(run.parent).status == "running"
    list(trainer.run())
    assert only(run.parent).status == "finished"
    for path in (run / "checkpoints").iterdir():
        path.unlink()
    (run / "events.jsonl").unlink()
    assert only(run.parent).status == "empty"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"model": {"beta": 7}}', None])
def test_a_damaged_run_is_listed_as_such_among_the_others(tmp_path, content):
    for name in ("whole", "broken"):
        (tmp_path / name / "checkpoints").mkdir(parents=True)
    (tmp_path / "whole" / "config.json").write_text("{}")
    if content is not None:
        (tmp_path / "broken" / "config.json").write_bytes(content)
    (tmp_path / "broken" / "events.jsonl").write_bytes(b'\xff\n[1]\n{"validation_iou": "high"}\n')
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes.txt").touch()
    runs = {summary.name: summary for summary in list_runs(tmp_path)}
    assert runs.keys() == {"whole", "broken"}
    assert runs["whole"].status == "empty"
    assert runs["broken"].status == "damaged"
    assert "config.json" in runs["broken"].reason


def test_the_last_changed_run_comes_first(tmp_path):
    for name, age in (("older", 2000), ("newest", 0), ("old", 1000)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "config.json").write_text("{}")
        for path in (folder / "config.json", folder):
            os.utime(path, (2e9 - age, 2e9 - age))
    assert [summary.name for summary in list_runs(tmp_path)] == ["newest", "old", "older"]


def test_of_a_run_that_has_not_changed_nothing_is_read_again(run, boxes, monkeypatch):
    known = list_runs(run.parent)
    monkeypatch.setattr("core.training.runs.event_from_json", lambda line: pytest.fail("it was read again"))
    assert list_runs(run.parent, known)[0] is known[0]
    monkeypatch.undo()
    trainer = Trainer.resume(run, boxes, device="cpu", steps=1)
    (running,) = list_runs(run.parent, known)
    assert running.status == "running"
    list(trainer.run())
    assert list_runs(run.parent, [running])[0].status == "finished"


def test_no_folder_has_no_runs_and_a_file_is_none(tmp_path):
    assert list_runs(tmp_path / "nowhere") == []
    (tmp_path / "file").touch()
    with pytest.raises(TrainingError, match="choose another folder"):
        list_runs(tmp_path / "file")


def test_the_default_folder_can_be_moved(tmp_path, monkeypatch):
    monkeypatch.delenv("MEM3D_RUNS", raising=False)
    assert default_runs_folder().parts[-2:] == ("mem3d", "runs")
    monkeypatch.setenv("MEM3D_RUNS", str(tmp_path))
    assert default_runs_folder() == tmp_path


def test_a_renamed_run_goes_on(run, boxes):
    renamed = rename_run(run, " second ")
    assert renamed == run.parent / "second"
    assert rename_run(renamed, "second") == renamed
    list(Trainer.resume(renamed, boxes, device="cpu", steps=1).run())
    assert (only(run.parent).name, only(run.parent).step) == ("second", 6)


@pytest.mark.parametrize("name", ["", " ", ".", "..", "a/b", "a\\b", "a:b", "a\nb"])
def test_a_name_that_cannot_be_one_is_refused(tmp_path, name):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(TrainingError, match="cannot be a run's name"):
        rename_run(tmp_path, name)


def test_a_taken_name_is_refused(run):
    (run.parent / "second").mkdir()
    with pytest.raises(TrainingError, match="exists already"):
        rename_run(run, "second")


def test_only_a_run_is_deleted_and_wholly(run):
    with pytest.raises(TrainingError, match="no run here"):
        delete_run(run.parent)
    delete_run(run)
    assert list(run.parent.iterdir()) == []
    with pytest.raises(TrainingError, match="no run here"):
        delete_run(run)


def test_what_cannot_be_deleted_is_named(run, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("core.training.runs.shutil.rmtree", refuse)
    with pytest.raises(OutputError, match="first"):
        delete_run(run)


def test_a_run_in_training_is_left_alone(run, boxes):
    trainer = Trainer.resume(run, boxes, device="cpu", steps=1)
    for forbidden in (
        lambda: Trainer.resume(run, boxes, device="cpu", steps=1),
        lambda: rename_run(run, "second"),
        lambda: delete_run(run),
    ):
        with pytest.raises(TrainingError, match="being trained"):
            forbidden()
    del trainer
    assert not is_locked(run)


def test_the_lock_is_another_process_s_until_that_ends(tmp_path):
    code = "import sys, core.training.run_lock as r; lock = r.RunLock(sys.argv[1]); print(flush=True); input()"
    root = str(Path(core.__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
    ) as other:
        assert other.stdout.readline() == b"\n"
        assert is_locked(tmp_path)
        with pytest.raises(TrainingError, match="is being trained by another process"):
            RunLock(tmp_path)
        other.kill()
    assert not is_locked(tmp_path)
    lock = RunLock(tmp_path)
    assert is_locked(tmp_path)
    lock.release()
    lock.release()
    assert not is_locked(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="locks by another call")
def test_a_file_system_without_locks_keeps_nobody_from_training(tmp_path, monkeypatch):
    def refuse(_file, _kind):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("core.locks.fcntl.flock", refuse)
    RunLock(tmp_path)
    assert not is_locked(tmp_path)


HOSTILE_LINES = {
    "nested": b"[" * 100_000,
    "digits": b'{"event": "Validated", "step": ' + b"7" * 5000 + b', "validation_iou": 0.5}',
    "infinite": b'{"event": "Validated", "step": 3, "validation_iou": Infinity}',
    "no number": b'{"event": "Validated", "step": 3, "validation_iou": "high"}',
    "negative": b'{"event": "Validated", "step": -3, "validation_iou": 0.9}',
    "no name": b'{"step": 3, "validation_iou": 0.9}',
    "list": b"[1, 2]",
    "bytes": b"\xff\xfe\x00",
    "reason": b'{"event": "TrainingFailed", "step": 3, "reason": ["' + b"x" * 1000 + b'"]}',
    "memory": b'{"event": "MemoryReported", "step": 3, "slots": 5, "categories": [1]}',
}


@pytest.mark.parametrize("line", HOSTILE_LINES.values(), ids=list(HOSTILE_LINES))
def test_a_hostile_line_of_events_is_passed_over(run, line):
    known = only(run.parent).best_iou
    events = list(read_events(run / "events.jsonl"))
    with (run / "events.jsonl").open("ab") as file:
        file.write(line + b"\n")
    assert only(run.parent).best_iou == known
    # Infinity is a number, if no IoU; all other lines are no event.
    told = [event for event in read_events(run / "events.jsonl") if getattr(event, "validation_iou", 0) != math.inf]
    assert told == events


@pytest.mark.parametrize("text", ["[" * 100_000, '{"training": {"seed": ' + "7" * 5000 + "}}", "null", "\0"])
def test_a_hostile_configuration_makes_a_damaged_run_and_hides_none(run, text):
    other = run.parent / "other"
    other.mkdir()
    (other / "config.json").write_text(text)
    found = {one.name: one for one in list_runs(run.parent)}
    assert found["other"].status == "damaged"
    assert "config.json" in found["other"].reason
    assert len(found["other"].reason) <= 300
    assert found[run.name].status != "damaged"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_pipes_in_a_run_are_not_waited_for(run):
    for name in ("config.json", "events.jsonl"):
        (run / name).unlink()
        os.mkfifo(run / name)
    assert only(run.parent).status == "damaged"
    with pytest.raises(TrainingError, match="ordinary file"):
        list(read_events(run / "events.jsonl"))


def test_a_failure_is_told_on_one_line(run):
    reason = "first\nsecond " + "x" * 5000
    record(run, TrainingFailed(5, reason))
    told = only(run.parent).reason
    assert told.startswith("first second ")
    assert len(told) <= 300
