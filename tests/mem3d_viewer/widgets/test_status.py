import pytest

from mem3d_viewer.widgets.status import StatusBar

pytestmark = pytest.mark.gui


@pytest.fixture
def status(qtbot):
    bar = StatusBar()
    qtbot.addWidget(bar)
    return bar


def test_work_of_every_page_is_told(status):
    assert status.activity.text() == "Ready"
    status.set_running("train", "Training first: step 3 of 9, 2 min left")
    assert status.activity.text() == "Training first: step 3 of 9, 2 min left"
    status.set_busy("Reconstructing…")
    assert status.activity.text() == "Reconstructing… · Training first: step 3 of 9, 2 min left"
    status.set_busy("")
    status.set_running("train", "")
    assert status.activity.text() == "Ready"
