import pytest
from PySide6.QtGui import QFontMetrics, QGuiApplication

from mem3d_viewer.widgets.captions import breakable, caption_height


def test_long_names_may_be_broken_and_stay_the_same_words():
    name = "1a6f615e8b1b5ae4dbbc9440457e303e view 12"
    assert breakable(name).replace("\u200b", "") == name
    assert max(map(len, breakable(name).replace("\u200b", " ").split())) == 10
    assert breakable("chair 7 view 2") == "chair 7 view 2"


@pytest.mark.gui
def test_there_is_room_for_the_longest_caption(qapp):
    metrics = QFontMetrics(QGuiApplication.font())
    line = metrics.lineSpacing()
    width = metrics.horizontalAdvance("m" * 10)
    assert caption_height(["m", "mm"], width, metrics) == line
    assert caption_height(["m", "m" * 20], width, metrics) == 3 * line
    assert caption_height(["m" * 500], width, metrics) == 4 * line
    assert caption_height([], width, metrics) == line
