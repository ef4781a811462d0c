import numpy as np
import pytest
import viewer_support

from core.data.dataset import ObjectRecord
from mem3d_viewer.base.theme import LIGHT
from mem3d_viewer.data.details import ObjectDetails

pytestmark = pytest.mark.gui


@pytest.fixture
def details(qtbot):
    widget = ObjectDetails()
    qtbot.addWidget(widget)
    widget.set_theme(LIGHT)
    return widget


def test_an_object_is_told_in_words_and_its_view_asked_for(details):
    wanted = []
    details.wanted.connect(wanted.append)
    assert not details.reconstruct.isEnabled()
    pictures = [np.full((48, 48, 4), shade, np.uint8) for shade in (60, 120)]
    details.show_object(ObjectRecord("chair/7", "chair", "val", 2), pictures, viewer_support.block(3))
    assert "chair · val · 2 views" in details.about.text()
    assert not details.shape.pixmap().isNull()
    details.views.select(1)
    details.reconstruct.click()
    assert wanted == [1]
    details.clear()
    assert "Choose an object" in details.about.text()
    assert not details.reconstruct.isEnabled()
    assert details.views.keys == []


def test_one_view_is_one_view(details):
    picture = np.zeros((48, 48, 4), np.uint8)
    details.show_object(ObjectRecord("chair/7", "chair", "val", 1), [picture], viewer_support.block(3))
    assert "1 view<br>" in details.about.text()
