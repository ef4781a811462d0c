import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mem3d_viewer.widgets.number_slider import NumberSlider

pytestmark = pytest.mark.gui


@pytest.fixture
def slider(qtbot):
    widget = NumberSlider("&Beta", "Beta", 0.0, 1.0, "what it does")
    qtbot.addWidget(widget)
    widget.seen = []
    widget.changed.connect(widget.seen.append)
    return widget


def test_slider_and_number_agree(slider):
    bar, box = slider.controls
    bar.setValue(37)
    assert box.value() == pytest.approx(0.37)
    box.setValue(0.52)
    assert bar.value() == 52
    assert slider.seen == pytest.approx([0.37, 0.52])


def test_the_program_sets_it_silently(slider):
    slider.set_value(0.81)
    assert slider.value == pytest.approx(0.81)
    assert slider.controls[0].value() == 81
    assert slider.seen == []


def test_by_keyboard(slider):
    QTest.keyClick(slider.controls[0], Qt.Key.Key_Right)
    QTest.keyClick(slider.controls[0], Qt.Key.Key_PageUp)
    assert slider.seen == pytest.approx([0.01, 0.06])


def test_both_have_accessible_names(slider):
    assert [control.accessibleName() for control in slider.controls] == ["Beta slider", "Beta value"]
