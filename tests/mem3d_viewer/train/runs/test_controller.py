"""The runs of a folder: listed, read, renamed and deleted in the background."""

import pytest
import viewer_support

from core.errors import TrainingError
from core.training.events import StepDone, TrainingStarted, event_to_json
from mem3d_viewer.train.runs import controller as module
from mem3d_viewer.train.runs.controller import RunsController

pytestmark = pytest.mark.gui
NAN = float("nan")


def write_run(folder, losses):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text("{}")
    events = [TrainingStarted(str(folder), 0, 9, 3, "cpu", "random weights")]
    events += [
        StepDone(step, step / 3, loss, loss, 0.0, 1e-3, NAN, 0, 0, 0, NAN, 0, float(step))
        for step, loss in enumerate(losses, start=1)
    ]
    (folder / "events.jsonl").write_text("".join(event_to_json(event) + "\n" for event in events))


@pytest.fixture
def runs(qapp, tmp_path):
    controller = RunsController(tmp_path)
    yield controller
    controller.close()
    viewer_support.dispose(controller)


def test_runs_are_listed(runs, tmp_path, qtbot):
    write_run(tmp_path / "one", [0.5])
    with qtbot.waitSignal(runs.listed) as told:
        runs.refresh()
    assert [(run.name, run.status) for run in told.args[0]] == [("one", "empty")]


def test_curves_are_read_once_until_they_change(runs, tmp_path, qtbot, monkeypatch):
    write_run(tmp_path / "one", [0.5, 0.25])
    read = []
    original = module.read_events
    monkeypatch.setattr(module, "read_events", lambda path: read.append(path) or original(path))
    for _ in range(2):
        with qtbot.waitSignal(runs.curves_read):
            runs.read([tmp_path / "one"])
    assert len(read) == 1
    assert runs.curves[tmp_path / "one"].curve("loss").values.tolist() == [0.5, 0.25]
    write_run(tmp_path / "one", [0.5, 0.25, 0.125])
    with qtbot.waitSignal(runs.curves_read):
        runs.read([tmp_path / "one"])
    assert runs.curves[tmp_path / "one"].curve("loss").steps.tolist() == [1, 2, 3]


def test_a_run_is_renamed_and_deleted_and_the_list_follows(runs, tmp_path, qtbot):
    write_run(tmp_path / "one", [0.5])
    with qtbot.waitSignals([runs.renamed, runs.listed]):
        runs.rename(tmp_path / "one", "two")
    assert (tmp_path / "two").is_dir()
    with qtbot.waitSignal(runs.listed) as told:
        runs.delete(tmp_path / "two")
    assert told.args == [[]]
    assert not (tmp_path / "two").exists()


def test_what_cannot_be_done_is_told(runs, tmp_path, qtbot):
    with qtbot.waitSignal(runs.failed) as told:
        runs.delete(tmp_path / "nowhere")
    assert isinstance(told.args[0], TrainingError)
