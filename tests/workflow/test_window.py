"""What the window remembers, how it is reached without a mouse, and how it ends."""

import gc
import re
import weakref

import pytest
import viewer_support
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QScrollBar,
    QTableView,
    QTextBrowser,
    QToolButton,
    QWidget,
)
from pyvistaqt import QtInteractor

from mem3d_viewer import help
from mem3d_viewer.actions import COMMANDS
from mem3d_viewer.reader import Reader

pytestmark = pytest.mark.gui


def test_layout_settings_and_recent_files_come_back(open_window, picture, wait_idle):
    first = open_window(picture, theme=None)
    first.set_theme("dark")
    first.reconstruct.docks[1].hide()
    first.reconstruct.session.set_display(threshold=0.42, surface="smooth", colouring="height", axes=False)
    first.close()
    second = open_window(theme=None)
    assert second.actions_["dark"].isChecked()
    assert not second.reconstruct.docks[1].isVisible()
    assert second.reconstruct.docks[0].isVisible()
    display = second.reconstruct.session.display
    assert (display.threshold, display.surface, display.colouring, display.axes) == (0.42, "smooth", "height", False)
    assert second.reconstruct.threshold.value == pytest.approx(0.42)
    assert second.actions_["smooth"].isChecked()
    second.menus.recent.aboutToShow.emit()
    assert "brown block.png" in second.menus.recent.actions()[0].text()
    second.actions_["reset_layout"].trigger()
    assert second.reconstruct.docks[1].isVisible()


def test_panels_are_as_wide_as_before_after_the_window_was_narrow(open_window, picture, qtbot):
    window = open_window(picture)
    image, _, priors = window.reconstruct.docks

    def widths(size):
        window.resize(size, 800)
        qtbot.wait(300)
        return image.width(), priors.width()

    before = widths(1500)
    narrow = widths(1000)
    assert narrow[0] < before[0]
    assert widths(1500) == before
    assert widths(1000) == narrow
    widths(1500)
    # The user makes the left panel wider, which ends with a mouse button that is let go over the edge.
    page = window.reconstruct
    page.resizeDocks([image], [before[0] + 80], Qt.Orientation.Horizontal)
    qtbot.wait(300)
    QTest.mouseRelease(page, Qt.MouseButton.LeftButton, pos=QPoint(image.geometry().right() + 2, page.height() // 2))
    qtbot.wait(50)
    wider = image.width(), priors.width()
    assert wider[0] > before[0] + 40
    widths(1000)
    assert widths(1500) == wider


def test_damaged_settings_do_not_keep_the_window_from_opening(open_window, settings_file):
    settings_file.parent.mkdir()
    settings_file.write_text("[display]\nthreshold=high\nsurface=7\naxes=perhaps\n[General]\ngeometry=3\ntheme=pink\n")
    window = open_window(theme=None)
    assert window.reconstruct.session.display.threshold == pytest.approx(0.3)
    assert window.reconstruct.session.display.surface == "blocks"


def test_every_control_has_a_name_and_a_hint(window):
    kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QAbstractItemView, QtInteractor)
    controls = [w for w in window.findChildren(QWidget) if isinstance(w, kinds) and not isinstance(w, QScrollBar)]
    controls = [w for w in controls if not w.objectName().startswith("qt_")]
    # The list that drops down belongs to its combo box, the button that clears to its line: their names are read out.
    owners = ("QComboBox", "QLineEdit")
    controls = [w for w in controls if not w.parent().metaObject().className().startswith(owners)]
    # A table makes the button in its corner itself.
    controls = [w for w in controls if not (isinstance(w, QAbstractButton) and isinstance(w.parent(), QTableView))]
    nameless = [w for w in controls if not (w.accessibleName() or (isinstance(w, QAbstractButton) and w.text()))]
    assert len(controls) > 15
    assert nameless == []
    for action in window.findChildren(QAction):
        if action.objectName() in {command.name for command in COMMANDS}:
            assert action.toolTip()
            assert action.statusTip()


def test_shortcuts_are_unambiguous_and_those_that_people_expect(window):
    for page in window.pages:  # those of other pages rest
        shortcuts = [command.shortcut for command in COMMANDS if command.shortcut and command.page in ("", page)]
        assert len(shortcuts) == len(set(shortcuts))
    expected = {
        "open": "Ctrl+O", "save_voxels": "Ctrl+S", "save_mesh": "Ctrl+Shift+S", "close": "Ctrl+W", "quit": "Ctrl+Q",
        "paste": "Ctrl+V", "reset_view": "R", "isometric": "V", "full_screen": "F11", "cancel": "Esc",
        "guide": "F1",
    }  # fmt: skip
    for name, keys in expected.items():
        assert window.actions_[name].shortcut().toString() == keys


def test_tab_goes_through_everything_in_order(window, focus):
    focus(window.reconstruct.tool_bar.widgetForAction(window.actions_["open"]))
    reached = []
    for _ in range(40):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    stops = [
        *window.reconstruct.threshold.controls,
        *window.reconstruct.similarity.beta.controls,
        window.reconstruct.priors.list.view,
    ]
    places = [reached.index(stop) for stop in stops]
    assert places == sorted(places)
    assert isinstance(reached[0], QToolButton)


def test_the_number_can_be_typed(window, wait_idle, focus):
    slider, box = window.reconstruct.similarity.beta.controls
    focus(box)
    box.selectAll()
    QTest.keyClicks(box, "0.66")
    QTest.keyClick(box, Qt.Key.Key_Return)
    wait_idle(window)
    assert window.reconstruct.session.answer.reconstruction.beta == pytest.approx(0.66)
    QTest.keyClick(slider, Qt.Key.Key_Right)
    wait_idle(window)
    assert window.reconstruct.session.answer.reconstruction.beta == pytest.approx(0.67)


def test_about_says_what_it_is_and_whom_to_cite_and_links_to_more(window, monkeypatch):
    window.actions_["about"].trigger()
    browser = next(w for w in QApplication.allWidgets() if isinstance(w, QTextBrowser) and w.isVisible())
    links = re.findall(r'href="([^"]+)"', browser.toHtml())
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    for link in links:
        browser.follow(QUrl(link))
    titles = [reader.windowTitle() for reader in window.findChildren(Reader) if reader.isVisible()]
    assert opened == [help.PAPER, "https://opensource.org/license/mit"]
    assert "User guide" in titles
    assert len(titles) == len(links) - len(opened) + 1
    for reader in window.findChildren(Reader):
        if reader.windowTitle() != "About Mem3D Viewer":
            reader.close()
    text = read_dialog()
    assert "independent reimplementation" in text
    for author in ("Yang", "Xu", "Xie", "Perry", "Xia"):
        assert author in text
    assert "CVPR" in text
    assert "2021" in text


def test_f1_opens_the_guide_with_its_pictures_and_its_contents_lead_to_them(window, focus):
    focus(window.reconstruct.priors.list.view)
    QTest.keyClick(window.reconstruct.priors.list.view, Qt.Key.Key_F1)
    (reader,) = [reader for reader in window.findChildren(Reader) if reader.isVisible()]
    browser = reader.browser
    names = re.findall(r'<img src="([^"]+)"', browser.toHtml())
    assert len(names) > 15
    for name in names:
        image = browser.document().resource(QTextDocument.ResourceType.ImageResource, QUrl(name))
        assert 0 < image.width() <= 880
    browser.follow(QUrl("#how-the-memory-learns"))
    assert browser.textCursor().block().text() == "How the memory learns"
    assert browser.verticalScrollBar().value() > 1000
    reader.close()


def test_the_report_is_shown_with_its_figures(window):
    dialog = help.show_report(window)
    text = dialog.browser
    assert "Table 1" in text.toPlainText()
    for figure in ("occlusion.png", "priors.png", "slots.png"):
        assert text.document().resource(QTextDocument.ResourceType.ImageResource, QUrl(figure)).width() > 0
    dialog.close()


def test_the_shortcuts_are_listed(window):
    window.actions_["shortcuts"].trigger()
    text = read_dialog()
    for command in COMMANDS:
        if command.shortcut:
            assert command.text.replace("&", "").rstrip("…") in text
    for words in ("On the page Memory", "In the 3D view", "On the map of the memory", "In the list of runs"):
        assert words in text


def read_dialog():
    browser = next(w for w in QApplication.allWidgets() if isinstance(w, QTextBrowser) and w.isVisible())
    text = browser.toPlainText()
    browser.window().close()
    QApplication.processEvents()
    return text


def test_closing_while_the_network_works_ends_cleanly(open_window, picture, tmp_path):
    window = open_window(picture, wait=False)
    window.reconstruct.controller.open_picture(viewer_support.make_picture(tmp_path / "late.png"))
    window.close()
    assert not window.reconstruct.lane.busy


def test_a_closed_window_leaves_no_graphics_behind(open_window, picture):
    window = open_window(picture)
    render_window = weakref.ref(window.reconstruct.view.canvas.ren_win)
    window.close()
    assert window.reconstruct.view.canvas._closed
    del window
    gc.collect()
    assert render_window() is None or not render_window().GetInitialized()
