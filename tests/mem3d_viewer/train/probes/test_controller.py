"""The recorded probes of a run, read in the background."""

import probe_support
import pytest
import viewer_support

from mem3d_viewer.train.probes import controller as module
from mem3d_viewer.train.probes.controller import ProbesController

pytestmark = pytest.mark.gui


@pytest.fixture
def run(tmp_path):
    probe_support.write_probes(tmp_path / "run")
    return tmp_path / "run"


@pytest.fixture
def probes(qapp):
    controller = ProbesController()
    yield controller
    controller.close()
    viewer_support.dispose(controller)


def opened(probes, run, qtbot):
    probes.set_run(run)
    qtbot.waitUntil(lambda: probes.read)


def frame(probes, step, qtbot):
    """The frame of a step, which was not known before."""
    with qtbot.waitSignal(probes.frame_read) as told:
        assert probes.frame(step) is None
    assert told.args == [step]
    return probes.frame(step)


def test_a_frame_is_read_in_the_background_once(probes, run, qtbot, monkeypatch):
    opened(probes, run, qtbot)
    assert list(probes.iou) == [0, 500, 1000]
    first = frame(probes, 500, qtbot)
    assert first.occupancy.shape == (2, 32, 32, 32)
    assert probes.frame(500) is first


def test_of_steps_scrubbed_past_only_the_last_is_read(probes, run, qtbot):
    opened(probes, run, qtbot)
    told = []
    probes.frame_read.connect(told.append)
    for step in (0, 500, 1000):
        probes.frame(step)
    qtbot.waitUntil(lambda: 1000 in told)
    assert told == [0, 1000]


def test_only_frames_looked_at_lately_are_kept(probes, run, qtbot, monkeypatch):
    monkeypatch.setattr(module, "_KEPT_FRAMES", 2)
    opened(probes, run, qtbot)
    for step in (0, 500, 1000):
        frame(probes, step, qtbot)
    assert probes.frame(500) is not None
    frame(probes, 0, qtbot)
    assert probes.frame(500) is not None
    assert probes.frame(1000) is None


def test_a_frame_that_vanished_counts_as_damaged(probes, run, qtbot):
    opened(probes, run, qtbot)
    (run / "probes" / "step_00000500.npz").unlink()
    assert frame(probes, 500, qtbot) is None
    assert probes.damaged == {500}
