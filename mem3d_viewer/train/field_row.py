"""Rows of the form: a setting's name, its value, the way back to the paper's value, and what is wrong with it."""

from typing import Any, Literal, get_args, get_origin

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.config import Mem3DConfig, preset
from core.setting_values import AUTOMATIC, as_text, is_optional, parsed
from mem3d_viewer.base.theme import FIELD_HEIGHT
from mem3d_viewer.train.setting_text import rich, spoken

_LABEL_WIDTH = 132
_CHECKPOINTS = "Checkpoints (*.safetensors)"
_WEIGHTS = "Weights (*.safetensors *.pth *.pt *.bin);;All files (*)"
_FOLDER = ""
_PATHS = {"start_from": _CHECKPOINTS, "backbone_weights": _WEIGHTS, "backgrounds": _FOLDER}
"""Settings that name a file, with what a dialog offers, or a folder."""


class FieldRow(QWidget):
    """One setting: its name, its value, the way back to the paper's, and what is wrong with it."""

    changed = Signal()
    """The user changed the value."""

    def __init__(self, section: str, name: str, hint: Any, doc: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.section, self.name, self.title = section, name, spoken(name)
        self._hint, self._doc = hint, doc
        self._paper = getattr(getattr(preset("paper"), section), name)
        self._label = QLabel(self.title)
        self._label.setFixedWidth(_LABEL_WIDTH)
        self.editor = self._make_editor()
        self.editor.setMinimumHeight(FIELD_HEIGHT)
        self.editor.setAccessibleName(self.title)
        self.editor.setAccessibleDescription(doc)
        self._label.setBuddy(self.editor)
        self.reset = QToolButton()
        self.reset.setText("↺")
        self.reset.setAccessibleName(f"{self.title}: the paper's value")
        self.reset.setToolTip(f"Back to the paper's {as_text(self._paper)}")
        self.reset.clicked.connect(self._go_back)
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(name not in _PATHS)  # there the button of the dialog stands in its place
        self.reset.setSizePolicy(policy)
        for widget in (self._label, self.editor):
            widget.setToolTip(f"<p>{rich(doc)}</p><p>The paper: {as_text(self._paper)}</p>")
        self._meaning = QLabel(f"{rich(doc)} <b>Paper: {as_text(self._paper)}.</b>")
        self._meaning.setWordWrap(True)
        self._meaning.setProperty("kind", "muted")
        self._meaning.hide()
        self._problem = note_label()
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._label)
        line.addWidget(self.editor, 1)
        if name in _PATHS:
            line.addWidget(self._make_browse())
        line.addWidget(self.reset)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addLayout(line)
        self._column.addWidget(self._meaning)
        self._column.addWidget(self._problem)

    @property
    def differs(self) -> bool:
        """Whether it is not the paper's value, or no value at all."""
        return self._differs(self._paper)

    @property
    def problem(self) -> str:
        """What is wrong with it; empty where nothing is."""
        return self._problem.text()

    def differs_from(self, config: Mem3DConfig) -> bool:
        """Whether it is another value than ``config`` has."""
        return self._differs(getattr(getattr(config, self.section), self.name))

    def explain(self) -> None:
        """Show what the setting means below it, not only in its tooltip."""
        self._meaning.show()
        self._column.setContentsMargins(0, 4, 0, 6)

    def matches(self, words: list[str]) -> bool:
        """Whether all (lower-case) words occur in its name or meaning."""
        text = f"{self.name} {self.title} {self._doc}".lower()
        return all(word in text for word in words)

    def show_problem(self, text: str) -> None:
        """Say what is wrong; empty: nothing is."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        differs = self.differs
        self.reset.setVisible(differs)
        font = self._label.font()
        if font.bold() != differs:
            font.setBold(differs)
            self._label.setFont(font)

    def value(self) -> Any:
        """The value in the form.

        Raises:
            ValueError: with what is expected, if the text is none.
        """
        if isinstance(self.editor, QCheckBox):
            return self.editor.isChecked()
        if isinstance(self.editor, QComboBox):
            return self.editor.currentText()
        return parsed(self.editor.text(), self._hint)

    def set_value(self, value: Any) -> None:
        """Show ``value`` without telling anyone."""
        with QSignalBlocker(self.editor):
            if isinstance(self.editor, QCheckBox):
                self.editor.setChecked(value)
            elif isinstance(self.editor, QComboBox):
                self.editor.setCurrentText(value)
            else:
                self.editor.setText("" if value is None else as_text(value))
                self.editor.setCursorPosition(0)

    def _differs(self, value: Any) -> bool:
        try:
            return bool(self.value() != value)
        except ValueError:
            return True

    def _go_back(self) -> None:
        self.set_value(self._paper)
        self.editor.setFocus()
        self.changed.emit()

    def _make_browse(self) -> QToolButton:
        self.browse = QToolButton()
        self.browse.setText("…")
        self.browse.setAccessibleName(f"Choose: {self.title}")
        self.browse.setToolTip("Choose a folder" if _PATHS[self.name] == _FOLDER else "Choose a file")
        self.browse.clicked.connect(self._choose)
        return self.browse

    def _choose(self) -> None:
        assert isinstance(self.editor, QLineEdit)
        place, offered = self.editor.text(), _PATHS[self.name]
        if offered == _FOLDER:
            name = QFileDialog.getExistingDirectory(self, self.title, place)
        else:
            name, _ = QFileDialog.getOpenFileName(self, self.title, place, offered)
        if name:
            self.editor.setText(name)

    def _make_editor(self) -> QCheckBox | QComboBox | QLineEdit:
        if self._hint is bool:
            box = QCheckBox()
            box.toggled.connect(lambda _: self.changed.emit())
            return box
        if get_origin(self._hint) is Literal:
            choice = QComboBox()
            choice.addItems([str(value) for value in get_args(self._hint)])
            choice.currentIndexChanged.connect(lambda _: self.changed.emit())
            return choice
        line = QLineEdit()
        line.textChanged.connect(lambda _: self.changed.emit())
        if is_optional(self._hint):
            line.setPlaceholderText(AUTOMATIC)
        elif self.name in _PATHS:
            line.setPlaceholderText("none")
        return line


def titled_row(title: str, editor: QWidget, tip: str) -> QWidget:
    """Any editor with its name before it, as the settings have it."""
    editor.setMinimumHeight(FIELD_HEIGHT)
    row = QWidget()
    label = QLabel(title)
    label.setFixedWidth(_LABEL_WIDTH)
    label.setBuddy(editor)
    if not editor.accessibleName():
        editor.setAccessibleName(title.replace("&", ""))
    for widget in (label, editor):
        widget.setToolTip(f"<p>{rich(tip)}</p>")
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    layout.addWidget(label)
    layout.addWidget(editor, 1)
    return row


def note_label() -> QLabel:
    """Words that the user should read; hidden while there are none."""
    label = QLabel()
    label.setWordWrap(True)
    label.setProperty("kind", "note")
    label.hide()
    return label
