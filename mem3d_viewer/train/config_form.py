"""A form for every hyperparameter, made from the fields of the configuration and what is written about them."""

import dataclasses
from dataclasses import replace
from typing import Any, Literal, Protocol, get_args, get_origin

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.config import PRESETS, DataConfig, Mem3DConfig, ModelConfig, TrainingConfig, field_docs, preset, setting_types
from core.errors import ConfigError
from core.setting_values import AUTOMATIC, as_text, is_optional, parsed
from mem3d_viewer.train.setting_text import rich, setting_named, spoken

_SECTIONS: dict[str, type] = {"model": ModelConfig, "data": DataConfig, "training": TrainingConfig}
_EVERYDAY = ("epochs", "batch_size", "learning_rate", "seed")
_LABEL_WIDTH = 132


class DatasetEditor(Protocol):
    """The widget that chooses the data set."""

    changed: Any
    """Signal: another data set."""
    spec: str
    """What ``--dataset`` takes."""

    def set_spec(self, spec: str) -> None:
        """Show ``spec``."""


class ConfigForm(QWidget):
    """Preset and data set, the settings of every day, and below them all the others, which can be searched.

    What cannot work is said beside the setting it is about; ``config`` is None meanwhile.

    Args:
        dataset: the widget that chooses the data set.
    """

    changed = Signal()
    """Another configuration, or none that can work."""

    def __init__(self, dataset: DatasetEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preset = QComboBox()
        self._preset.addItems(list(PRESETS))
        self._preset.setCurrentText("compact")
        self._preset.activated.connect(lambda _: self._choose_preset())
        self._difference = QLabel()
        self._difference.setWordWrap(True)
        self._difference.setProperty("kind", "muted")
        self._dataset = dataset
        dataset.changed.connect(self._check)
        self._dataset_problem = _note()
        self._rows = {
            (section, name): FieldRow(section, name, hint, field_docs(kind)[name])
            for section, kind in _SECTIONS.items()
            for name, hint in setting_types(kind).items()
            if (section, name) != ("data", "dataset")
        }
        self._config: Mem3DConfig | None = None
        self._everyday = QVBoxLayout()
        self._everyday.setSpacing(6)
        self.add_row("Preset", self._preset, "Sizes and defaults to start from; choosing it again puts them all back")
        self._everyday.addWidget(self._difference)
        self.add_row("Data set", self._dataset, field_docs(DataConfig)["dataset"])
        self._everyday.addWidget(self._dataset_problem)
        for name in _EVERYDAY:
            self._everyday.addWidget(self._rows["training", name])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._everyday)
        layout.addWidget(self._make_all_settings())
        layout.addStretch(1)
        for row in self._rows.values():
            row.changed.connect(self._check)
        self.set_config(preset("compact"))

    def add_row(self, title: str, editor: QWidget, tip: str) -> None:
        """Put another setting below those of every day."""
        self._everyday.addWidget(_titled(title, editor, tip))

    @property
    def config(self) -> Mem3DConfig | None:
        """The configuration as it stands in the form; None where it cannot work."""
        return self._config

    @property
    def problems(self) -> list[str]:
        """What is wrong, in words."""
        return [row.problem for row in self._rows.values() if row.problem] + [
            text for text in (self._dataset_problem.text(),) if text
        ]

    def row(self, section: str, name: str) -> "FieldRow":
        """The row of one setting."""
        return self._rows[section, name]

    def set_config(self, config: Mem3DConfig) -> None:
        """Show ``config``."""
        with QSignalBlocker(self._preset), QSignalBlocker(self._dataset):
            self._preset.setCurrentText(config.preset)
            self._dataset.set_spec(config.data.dataset)
        for (section, name), row in self._rows.items():
            row.set_value(getattr(getattr(config, section), name))
        self._check()

    def _choose_preset(self) -> None:
        """Everything as the preset has it, but for the data set."""
        chosen = preset(self._preset.currentText())
        self.set_config(replace(chosen, data=replace(chosen.data, dataset=self._dataset.spec)))

    # -- all settings

    def _make_all_settings(self) -> QWidget:
        self._all = _Section("All settings")
        self._filter = QLineEdit()
        self._filter.setPlaceholderText("Find a setting by its name or meaning")
        self._filter.setAccessibleName("Find a setting")
        self._filter.setToolTip("Show only settings whose name or meaning contains these words")
        self._filter.setClearButtonEnabled(True)
        self._differing = QCheckBox("Only what differs from the paper")
        self._differing.setToolTip("Leave out settings that have the paper's value")
        self._filter.textChanged.connect(self._apply_filter)
        self._differing.toggled.connect(self._apply_filter)
        self._all.body.addWidget(self._filter)
        self._all.body.addWidget(self._differing)
        self._groups = {}
        for section in _SECTIONS:
            group = self._groups[section] = _Section(section.capitalize())
            group.set_open(section != "data")
            for (of, name), row in self._rows.items():
                if of == section and (of, name) not in [("training", every) for every in _EVERYDAY]:
                    row.explain()
                    group.body.addWidget(row)
            self._all.body.addWidget(group)
        return self._all

    def _apply_filter(self) -> None:
        words = self._filter.text().lower().split()
        everyday = {("training", name) for name in _EVERYDAY}
        for section, group in self._groups.items():
            found = 0
            for key, row in self._rows.items():
                if key[0] == section and key not in everyday:
                    fits = row.matches(words) and (row.differs or not self._differing.isChecked())
                    row.setVisible(fits)
                    found += fits
            group.setVisible(bool(found))
            if words or self._differing.isChecked():
                group.set_open(True)

    # -- checking

    def _check(self) -> None:
        base = preset(self._preset.currentText())
        sections, self._config = {}, None
        self._say(self._dataset_problem, "" if self._dataset.spec else "choose a data set")
        for section, kind in _SECTIONS.items():
            values, problems = {}, {}
            for (of, name), row in self._rows.items():
                if of == section:
                    try:
                        values[name] = row.value()
                    except ValueError as error:
                        problems[name] = str(error)
            if section == "data":
                values["dataset"] = self._dataset.spec
            if not problems:
                try:
                    sections[section] = kind(**values)
                except ConfigError as error:
                    problems[setting_named(str(error), list(values))] = str(error)
            for (of, name), row in self._rows.items():
                if of == section:
                    row.show_problem(problems.get(name, ""))
        if len(sections) == len(_SECTIONS) and self._dataset.spec:
            self._config = replace(base, **sections)
        self._show_difference(base)
        self.changed.emit()

    def _show_difference(self, base: Mem3DConfig) -> None:
        """What the preset, and what the form, has other than the paper and the preset."""
        paper = preset("paper")
        lines = [
            f"{spoken(name)}: {as_text(ours)} (paper: {as_text(theirs)})"
            for section in _SECTIONS
            for name, ours in dataclasses.asdict(getattr(base, section)).items()
            if ours != (theirs := getattr(getattr(paper, section), name))
        ]
        own = [row.title for row in self._rows.values() if row.differs_from(base)]
        said = f"{len(lines)} settings differ from the paper." if lines else "Every size as published."
        if own:
            said += f" Changed here: {', '.join(own[:4])}{' …' if len(own) > 4 else ''}."
        self._difference.setText(said)
        self._difference.setToolTip("\n".join(lines) or "The preset is the paper's configuration")

    @staticmethod
    def _say(label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))


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
        self.editor.setAccessibleName(self.title)
        self.editor.setAccessibleDescription(doc)
        self._label.setBuddy(self.editor)
        self.reset = QToolButton()
        self.reset.setText("↺")
        self.reset.setAccessibleName(f"{self.title}: the paper's value")
        self.reset.setToolTip(f"Back to the paper's {as_text(self._paper)}")
        self.reset.clicked.connect(self._go_back)
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        for widget in (self._label, self.editor):
            widget.setToolTip(f"<p>{rich(doc)}</p><p>The paper: {as_text(self._paper)}</p>")
        self._meaning = QLabel(f"{rich(doc)} <b>Paper: {as_text(self._paper)}.</b>")
        self._meaning.setWordWrap(True)
        self._meaning.setProperty("kind", "muted")
        self._meaning.hide()
        self._problem = _note()
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._label)
        line.addWidget(self.editor, 1)
        line.addWidget(self.reset)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self._meaning)
        layout.addWidget(self._problem)

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
        self.layout().setContentsMargins(0, 4, 0, 6)

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
        return line


class _Section(QWidget):
    """A heading that opens and closes what is below it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = QToolButton()
        self._heading.setText(title)
        self._heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._heading.setCheckable(True)
        self._heading.setToolTip("Show or hide these settings")
        self._heading.setProperty("kind", "section")
        self._heading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._heading.toggled.connect(self.set_open)
        self._content = QWidget()
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(6, 2, 0, 6)
        self.body.setSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._heading)
        layout.addWidget(self._content)
        self.set_open(False)

    def set_open(self, on: bool) -> None:
        """Show or hide what is below."""
        self._heading.setChecked(on)
        self._heading.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)
        self._content.setVisible(on)


def _titled(title: str, editor: QWidget, tip: str) -> QWidget:
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


def _note() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setProperty("kind", "note")
    label.hide()
    return label
