"""A form for every hyperparameter, made from the fields of the configuration and what is written about them."""

import dataclasses
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from core.config import PRESETS, DataConfig, Mem3DConfig, ModelConfig, TrainingConfig, field_docs, preset, setting_types
from core.errors import ConfigError
from core.setting_values import as_text
from mem3d_viewer.train.field_row import FieldRow, note_label, titled_row
from mem3d_viewer.train.section import Section
from mem3d_viewer.train.setting_text import setting_named, spoken
from mem3d_viewer.widgets.dataset_choice import DatasetChoice

_SECTIONS: dict[str, type] = {"model": ModelConfig, "data": DataConfig, "training": TrainingConfig}
_EVERYDAY = ("start_from", "epochs", "batch_size", "learning_rate", "seed")


class ConfigForm(QWidget):
    """Preset and data set, the settings of every day, and below them all the others, which can be searched.

    What cannot work is said beside the setting it is about; ``config`` is None meanwhile.

    Args:
        dataset: the widget that chooses the data set.
    """

    changed = Signal()
    """Another configuration, or none that can work."""

    def __init__(self, dataset: DatasetChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preset = QComboBox()
        self.preset.addItems(list(PRESETS))
        self.preset.setCurrentText("compact")
        self.preset.activated.connect(lambda _: self._choose_preset())
        self._difference = QLabel()
        self._difference.setWordWrap(True)
        self._difference.setProperty("kind", "muted")
        self._dataset = dataset
        dataset.changed.connect(self._check)
        self._dataset_problem = note_label()
        self._rows = {
            (section, name): FieldRow(section, name, hint, field_docs(kind)[name])
            for section, kind in _SECTIONS.items()
            for name, hint in setting_types(kind).items()
            if (section, name) != ("data", "dataset")
        }
        self._config: Mem3DConfig | None = None
        self._everyday = QVBoxLayout()
        self._everyday.setSpacing(6)
        self.add_row("Preset", self.preset, "Sizes and defaults to start from; choosing it again puts them all back")
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

    def add_row(self, title: str, editor: QWidget, tip: str) -> QWidget:
        """Put another setting below those of every day; returns its row."""
        row = titled_row(title, editor, tip)
        self._everyday.addWidget(row)
        return row

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

    def row(self, section: str, name: str) -> FieldRow:
        """The row of one setting."""
        return self._rows[section, name]

    def set_config(self, config: Mem3DConfig) -> None:
        """Show ``config``."""
        with QSignalBlocker(self.preset), QSignalBlocker(self._dataset):
            self.preset.setCurrentText(config.preset)
            self._dataset.set_spec(config.data.dataset)
        for (section, name), row in self._rows.items():
            row.set_value(getattr(getattr(config, section), name))
        self._check()

    def _choose_preset(self) -> None:
        """Everything as the preset has it, but for the data set."""
        chosen = preset(self.preset.currentText())
        self.set_config(replace(chosen, data=replace(chosen.data, dataset=self._dataset.spec)))

    # -- all settings

    def _make_all_settings(self) -> QWidget:
        self._all = Section("All settings")
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
            group = self._groups[section] = Section(section.capitalize())
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
        base = preset(self.preset.currentText())
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
