import pytest
from PySide6.QtWidgets import QFileDialog

from core.config import DataConfig, TrainingConfig, field_docs, setting_types
from mem3d_viewer.train.field_row import FieldRow


def row_of(kind, section, name, qtbot):
    row = FieldRow(section, name, setting_types(kind)[name], field_docs(kind)[name])
    qtbot.addWidget(row)
    return row


@pytest.mark.parametrize(
    ("kind", "section", "name"), [(TrainingConfig, "training", "start_from"), (DataConfig, "data", "backgrounds")]
)
def test_a_path_is_chosen_in_a_dialog(qtbot, monkeypatch, kind, section, name):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/models/best.safetensors", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/photos")
    row = row_of(kind, section, name, qtbot)
    with qtbot.waitSignal(row.changed):
        row.browse.click()
    assert row.value() == {"start_from": "/models/best.safetensors", "backgrounds": "/photos"}[name]


def test_a_dialog_that_was_left_changes_nothing(qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    row = row_of(TrainingConfig, "training", "start_from", qtbot)
    row.set_value("/models/first.safetensors")
    row.browse.click()
    assert row.value() == "/models/first.safetensors"
