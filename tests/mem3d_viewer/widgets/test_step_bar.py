import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mem3d_viewer.widgets.step_bar import StepBar

pytestmark = pytest.mark.gui


@pytest.fixture
def bar(qtbot):
    widget = StepBar("the probe images")
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def chosen(bar):
    seen = []
    bar.chosen.connect(seen.append)
    return seen


def test_nothing_to_choose(bar):
    assert bar.step is None
    assert bar.words.text() == "no steps yet"
    assert not bar.slider.isEnabled()
    assert not bar.play.isEnabled()


def test_new_steps_are_followed_silently_until_the_user_goes_elsewhere(bar, chosen):
    bar.set_steps((0, 500))
    assert bar.step == 500
    bar.set_steps((0, 500, 1000))
    assert bar.step == 1000
    assert chosen == []
    bar.set_step(500)
    assert chosen == [500]
    assert not bar.follow.isChecked()
    bar.set_steps((0, 500, 1000, 1500))
    assert bar.step == 500
    assert bar.words.text() == "step 500 · 2 of 4"


def test_being_at_the_newest_means_following_it(bar, chosen):
    bar.set_steps((0, 500, 1000))
    bar.set_step(0)
    bar.follow.click()
    assert bar.step == 1000
    bar.set_step(0)
    bar.set_step(1000)
    bar.set_steps((0, 500, 1000, 1500))
    assert bar.step == 1500
    assert chosen == [0, 1000, 0, 1000]


def test_switched_off_at_the_newest_it_stays_there(bar):
    bar.set_steps((0, 500))
    bar.follow.click()
    bar.set_steps((0, 500, 1000))
    assert bar.step == 500


def test_keys_go_through_the_steps(bar, chosen):
    bar.set_steps((0, 10, 20, 30))
    bar.slider.setFocus()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Left):
        QTest.keyClick(bar.slider, key)
    assert chosen == [0, 10, 30, 20]


def test_a_step_that_is_gone_gives_way_to_the_next(bar):
    bar.set_steps((0, 10, 20, 30))
    bar.set_step(10)
    bar.set_steps((0, 20, 30))
    assert bar.step == 20
    bar.set_step(0)
    bar.set_steps((5,))
    assert bar.step == 5


def test_it_plays_to_the_end_and_from_the_end_begins_anew(bar, chosen, qtbot):
    bar.set_steps((0, 10, 20))
    bar.play.click()
    assert bar.step == 0
    assert bar.playing
    qtbot.waitUntil(lambda: not bar.playing)
    assert chosen == [0, 10, 20]
    assert bar.follow.isChecked()


def test_space_on_the_slider_plays_and_pauses(bar, qtbot):
    bar.set_steps(tuple(range(0, 1000, 10)))
    bar.activateWindow()
    bar.slider.setFocus()
    qtbot.waitUntil(bar.slider.hasFocus)
    QTest.keyClick(bar.slider, Qt.Key.Key_Space)
    assert bar.playing
    QTest.keyClick(bar.slider, Qt.Key.Key_Space)
    assert not bar.playing


def test_nothing_plays_that_nobody_sees(bar):
    bar.set_steps(tuple(range(100)))
    bar.play.click()
    bar.hide()
    assert not bar.playing


def test_another_run_begins_with_its_newest(bar):
    bar.set_steps((0, 10, 20))
    bar.set_step(0)
    bar.clear()
    assert bar.step is None
    bar.set_steps((0, 5))
    assert bar.step == 5
    assert bar.follow.isChecked()
