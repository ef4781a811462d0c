"""The training controller alone: what it does, what it tells, and in which order."""

import sys

import pytest
import tiny_training
import viewer_support

from core.errors import TrainingError
from core.training.events import StepDone, TrainingFinished, TrainingStarted
from mem3d_viewer.train.controller import TrainingController

pytestmark = pytest.mark.gui


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    packed = tiny_training.make_packed(tmp_path_factory.mktemp("data") / "boxes")
    return tiny_training.tiny_config(f"packed:{packed}", evaluate_every=50, checkpoint_every=50)


@pytest.fixture
def training(qapp):
    controller = TrainingController()
    yield controller
    controller.close()
    viewer_support.dispose(controller)


@pytest.fixture
def told(training):
    events = []
    training.told.connect(events.extend)
    return events


@pytest.fixture
def wait(qtbot):
    return lambda reached: qtbot.waitUntil(reached, timeout=120_000)


def test_a_run_tells_typed_events_and_ends_idle(training, told, config, tmp_path, wait):
    ended = []
    training.ended.connect(ended.append)
    training.start(config, tmp_path / "run", device="cpu", steps=3)
    assert training.active
    wait(lambda: not training.active)
    assert isinstance(told[0], TrainingStarted)
    assert [event.step for event in told if isinstance(event, StepDone)] == [1, 2, 3]
    assert isinstance(told[-1], TrainingFinished)
    assert (training.state, training.step, training.curves.curve("loss").steps.tolist()) == ("idle", 3, [1, 2, 3])
    assert ended == [tmp_path / "run"]


def test_a_resumed_run_goes_on_to_where_it_was_to_end(training, told, config, tmp_path, wait):
    training.start(config, tmp_path / "run", device="cpu", steps=40)
    wait(lambda: training.step > 0)
    training.pause()
    wait(lambda: training.state == "paused")
    training.stop()
    wait(lambda: not training.active)
    stopped = training.step
    assert 0 < stopped < 40
    told.clear()
    training.resume(tmp_path / "run", device="cpu")
    wait(lambda: not training.active)
    assert [event.step for event in told if isinstance(event, StepDone)] == list(range(stopped + 1, 41))
    assert training.curves.curve("loss").steps.tolist() == list(range(1, 41))


def test_a_folder_in_use_is_refused_before_anything_begins(training, config, tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(TrainingError, match="holds a run already"):
        training.start(config, tmp_path, device="cpu", steps=1)
    assert not training.active
    with pytest.raises(TrainingError, match="no run here"):
        training.resume(tmp_path / "nowhere", device="cpu")


def test_a_failure_arrives_once_and_the_next_training_is_possible(training, config, tmp_path, wait, monkeypatch):
    failures = []
    training.failed.connect(failures.append)
    with monkeypatch.context() as patch:
        patch.setattr("mem3d_viewer.train.controller.open_configured", lambda *_: 1 / 0)
        training.start(config, tmp_path / "run", device="cpu", steps=1)
        wait(lambda: not training.active)
    assert [type(error) for error in failures] == [ZeroDivisionError]
    training.start(config, tmp_path / "run", device="cpu", steps=1)
    wait(lambda: not training.active)
    assert training.step == 1


def test_making_one_changes_nothing_for_the_process(qapp):
    before = sys.getswitchinterval()
    TrainingController().close()
    assert sys.getswitchinterval() == before
