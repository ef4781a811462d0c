"""Everything that can be used says what it does: commands, buttons, fields, lists and the columns of tables."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QScrollBar,
    QTableView,
    QWidget,
)

from mem3d_viewer.memory.add_dialog import AddDialog
from mem3d_viewer.memory.teach.dialog import TeachDialog
from mem3d_viewer.reconstruct.export_dialog import ExportDialog

pytestmark = pytest.mark.gui
KINDS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QAbstractItemView, QLineEdit)
OWNED = ("QComboBox", "QLineEdit", "QSpinBox", "QDoubleSpinBox", "QTabBar", "QDockWidget", "QToolBarExt")
"""Their parts are Qt's own, and theirs is the tip."""


@pytest.fixture
def everything(window, qtbot):
    """The window with its dialogs open."""
    for name in ("teach", "sweep", "import_meshes"):
        window.actions_[name].trigger()
    dialogs = [
        ExportDialog(None, smooth=False, azimuth=0, elevation=0, parts=2, parent=window),
        AddDialog(["chair.obj"], window),
    ]
    for dialog in dialogs:
        dialog.show()
    yield window
    window.data.import_dialog.close()
    window.reconstruct.sweep.dialog.close()
    lesson = window.findChild(TeachDialog)
    qtbot.waitUntil(lambda: not lesson.working, timeout=60_000)
    for dialog in (lesson, *dialogs):
        dialog.close()
    for dialog in dialogs:
        dialog.deleteLater()
    window.show_page("reconstruct")


def test_every_control_has_a_tip(everything):
    controls = [widget for widget in everything.findChildren(QWidget) if isinstance(widget, KINDS) and _is_own(widget)]
    assert len(controls) > 120
    silent = [
        f"{type(w).__name__} {w.accessibleName()} of {type(w.parent()).__name__}" for w in controls if not w.toolTip()
    ]
    assert silent == []


def test_every_column_has_a_tip(everything):
    silent = []
    for header in everything.findChildren(QHeaderView):
        model = header.model()
        if model is None or header.isHidden() or header.orientation() is Qt.Orientation.Vertical:
            continue
        for column in range(model.columnCount()):
            tip, words = (
                model.headerData(column, header.orientation(), role)
                for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.DisplayRole)
            )
            if not tip:
                silent.append(words)
    assert silent == []


def test_every_action_says_more_than_its_name(everything):
    ours = [action for action in everything.findChildren(QAction) if not _is_qts(action)]
    assert len(ours) > 110
    for action in ours:
        words = action.text().replace("&", "").rstrip("…")
        assert action.toolTip() not in ("", words), words
        assert action.statusTip(), words


def _is_own(widget):
    parent = widget.parent()
    name = parent.metaObject().className() if parent is not None else ""
    corner = isinstance(widget, QAbstractButton) and isinstance(parent, QTableView)  # a table makes it itself
    others = isinstance(widget, QScrollBar | QHeaderView) or widget.objectName().startswith("qt_")
    return not (corner or others or name.startswith(OWNED))


def _is_qts(action):
    """Separators, menus' titles, switches of bars, and what pyqtgraph makes for itself."""
    owner = type(action.parent()).__name__
    return (
        action.isSeparator()
        or action.menu() is not None
        or owner in ("GraphicsScene", "QToolBar", "PageBar")
        or not action.text()
    )
