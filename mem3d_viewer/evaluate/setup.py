"""The form of the page Evaluate: which checkpoint, which data, what is measured."""

from pathlib import Path
from typing import get_args

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.config import DEFAULT_THRESHOLD, CropBy, Damaged, Subset
from core.errors import ConfigError, Mem3DError
from core.evaluation.result import EvaluationSettings
from core.reconstruction import available_devices
from core.setting_values import as_text, parsed
from mem3d_viewer.base.theme import FIELD_HEIGHT
from mem3d_viewer.evaluate.controller import EvaluationRequest
from mem3d_viewer.widgets.dataset_choice import DatasetChoice

_PROTOCOLS = {"own": "own", "pix2vox": "as Pix2Vox"}
_MEMORY = {"both": "with and without", "with": "with", "without": "without"}
_DATA_OPTIONS = {name: get_args(kind) for name, kind in (("subset", Subset), ("crop_by", CropBy), ("damaged", Damaged))}
"""Options of ``open_dataset`` and their values, the default first."""
_PROTOCOL_TIP = (
    "How test pictures are made. Own: the object's box before random backgrounds. As Pix2Vox: grey 240, centre crop, "
    "threshold inclusive, first view of every object: what published figures on R2N2 may be compared with"
)
_SPLITS = ("test", "val", "train", "all")
_DEFAULT_LIMIT = 260
_SWEEP = "0, 0.2, 0.4, 0.6"


class EvaluationSetup(QWidget):
    """The form; ``request`` is what it says, or None where it cannot be measured."""

    start = Signal()
    """The user wants it measured."""
    changed = Signal()
    """Something else is to be measured."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current: Path | None = None
        self.checkpoint = QLineEdit()
        self.checkpoint.setPlaceholderText("the one in use")
        self.dataset = DatasetChoice()
        self.options = {name: QComboBox() for name in _DATA_OPTIONS}
        for name, values in _DATA_OPTIONS.items():
            self.options[name].addItems(values)
        self.split = QComboBox()
        self.split.addItems(_SPLITS)
        self.limit = _whole("all", "Most views, spread over the categories", _DEFAULT_LIMIT)
        self.views = _whole("all", "Most views of each object", 0)
        self.memory = QComboBox()
        for name, words in _MEMORY.items():
            self.memory.addItem(words, name)
        self._offered = as_text(DEFAULT_THRESHOLD)
        self.thresholds = QLineEdit(self._offered)
        self.occlusions = QLineEdit("0")
        self.protocol = QComboBox()
        for name, words in _PROTOCOLS.items():
            self.protocol.addItem(words, name)
        self.f_scores = QCheckBox("measure the F-score, too (slow)")
        self.f_scores.setChecked(True)
        self.seed = _whole("", "Of the choice of views, backgrounds, occluders and surface points", 0)
        self.device = QComboBox()
        self.device.addItems(available_devices())
        self.note = QLabel()
        self.note.setProperty("kind", "note")
        self.note.setWordWrap(True)
        self.button = QPushButton("&Start Evaluation")
        self.button.setToolTip("Measure what the form says (F5)")
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(lambda: self.start.emit())
        self._lay_out()
        self._connect()
        self._check()

    def _lay_out(self) -> None:
        browse = QToolButton()
        browse.setText("…")
        browse.setAccessibleName("Choose a checkpoint")
        browse.setToolTip("Choose a checkpoint")
        browse.clicked.connect(self._browse)
        sweep = QPushButton("0–60 %")
        sweep.setAccessibleName("Measure occlusions from 0 to 60 %")
        sweep.setToolTip(f"Measure under {_SWEEP}: how much does the memory restore?")
        sweep.clicked.connect(lambda: self.occlusions.setText(_SWEEP))
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setVerticalSpacing(7)
        self._form = form
        rows: tuple[tuple[str, str, str, QWidget, QAbstractButton | None], ...] = (
            ("&Checkpoint", "Checkpoint", "The network that is measured", self.checkpoint, browse),
            ("&Data set", "Data set", "builtin, packed:DIR, shapenet:DIR, pix3d:DIR or a folder", self.dataset, None),
            ("S&ubset", "Subset of Pix3D", "Which pictures of Pix3D", self.options["subset"], None),
            ("Cr&op by", "Crop of Pix3D", "Cut out by mask, or with the background", self.options["crop_by"], None),
            (
                "Dama&ged",
                "Damaged files",
                "Refuse the folder, or skip them",
                self.options["damaged"],
                None,
            ),
            ("S&plit", "Split", "Part of the data set", self.split, None),
            ("&Views at most", "Views at most", "Fewer are quicker; spread over the categories", self.limit, None),
            ("… per object", "Views of each object at most", "Its first views", self.views, None),
            ("&Memory", "Memory", "Compare the same network with and without reading its memory", self.memory, None),
            ("&Thresholds", "Thresholds", "Occupancy thresholds t, commas between them", self.thresholds, None),
            ("&Occlusions", "Occlusions", "Covered parts of the object's box, 0 … 1", self.occlusions, sweep),
            ("P&rotocol", "Protocol", _PROTOCOL_TIP, self.protocol, None),
            ("", "F-score", "F-score@1 % of the surfaces", self.f_scores, None),
            ("S&eed", "Seed", "The same seed gives the same pictures", self.seed, None),
            ("Devi&ce", "Device", "Where to compute", self.device, None),
        )
        for label, name, tip, widget, button in rows:
            widget.setAccessibleName(name)
            widget.setToolTip(tip)
            widget.setMinimumHeight(FIELD_HEIGHT)
            if button is None:
                form.addRow(label, widget)
            else:
                line = QHBoxLayout()
                line.addWidget(widget, 1)
                line.addWidget(button)
                words = QLabel(label)
                words.setBuddy(widget)
                form.addRow(words, line)
        content = self._content = QWidget()
        content.setLayout(form)
        scroll = QScrollArea()
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 8)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.note)
        layout.addWidget(self.button)
        self.setMinimumWidth(290)

    def _connect(self) -> None:
        for edit in (self.checkpoint, self.thresholds, self.occlusions):
            edit.textChanged.connect(self._check)
        for box in (*self.options.values(), self.split, self.memory, self.protocol, self.device):
            box.currentIndexChanged.connect(self._check)
        for number in (self.limit, self.views, self.seed):
            number.valueChanged.connect(self._check)
        self.f_scores.toggled.connect(self._check)
        self.dataset.changed.connect(self._check)

    @property
    def request(self) -> EvaluationRequest | None:
        """What is to be measured; None where that cannot be."""
        try:
            return self._read()
        except Mem3DError:
            return None

    def set_current_checkpoint(self, path: Path, threshold: float | None) -> None:
        """The checkpoint in use, which is measured where none is named, at its own threshold unless told otherwise."""
        self._current = path
        if threshold is not None and self.thresholds.text() == self._offered:
            self._offered = as_text(threshold)
            self.thresholds.setText(self._offered)
        self.checkpoint.setPlaceholderText(f"in use: {path.name}")
        self._check()

    def show_request(self, request: EvaluationRequest) -> None:
        """Fill the form with what was measured."""
        settings = request.settings
        with QSignalBlocker(self):
            self.checkpoint.setText("" if request.checkpoint == self._current else str(request.checkpoint))
            self.dataset.set_spec(request.dataset)
            for name, box in self.options.items():
                box.setCurrentText(request.data_options.get(name, _DATA_OPTIONS[name][0]))
            self.split.setCurrentText(settings.split)
            self.limit.setValue(settings.limit or 0)
            self.views.setValue(settings.views or 0)
            self.memory.setCurrentIndex(self.memory.findData(settings.memory))
            self.thresholds.setText(as_text(settings.thresholds))
            self.occlusions.setText(as_text(settings.occlusions))
            self.protocol.setCurrentIndex(self.protocol.findData(settings.protocol))
            self.f_scores.setChecked(settings.f_scores)
            self.seed.setValue(min(settings.seed, self.seed.maximum()))
        self._check()

    def set_running(self, on: bool) -> None:
        """Whether one is measured already."""
        self._content.setEnabled(not on)
        self.button.setEnabled(not on and self.request is not None)

    def _read(self) -> EvaluationRequest:
        named = self.checkpoint.text().strip()
        checkpoint = Path(named).expanduser() if named else self._current
        if checkpoint is None:
            raise ConfigError("Choose a checkpoint.")
        if not self.dataset.spec:
            raise ConfigError("Choose a data set.")
        settings = EvaluationSettings(
            split=self.split.currentText(),
            thresholds=_numbers(self.thresholds.text(), "thresholds"),
            memory=self.memory.currentData(),
            occlusions=_numbers(self.occlusions.text(), "occlusions"),
            views=self.views.value() or None,
            limit=self.limit.value() or None,
            seed=self.seed.value(),
            f_scores=self.f_scores.isChecked(),
            protocol=self.protocol.currentData(),
        )
        options = {
            name: box.currentText()
            for name, box in self.options.items()
            if self._form.isRowVisible(box) and box.currentText() != _DATA_OPTIONS[name][0]
        }
        return EvaluationRequest(checkpoint, self.dataset.spec, settings, options, self.device.currentText())

    def _check(self) -> None:
        """Say what is wrong, and whether it can be started."""
        spec = self.dataset.spec
        for name, box in self.options.items():
            folder = spec != "builtin" and not spec.startswith("packed:")
            self._form.setRowVisible(box, folder if name == "damaged" else "pix3d" in spec.lower())
        try:
            self._read()
            self.note.hide()
            self.button.setEnabled(True)
        except Mem3DError as error:
            self.note.setText(str(error))
            self.note.show()
            self.button.setEnabled(False)
        self.changed.emit()

    def _browse(self) -> None:
        start = self.checkpoint.text() or ("" if self._current is None else str(self._current.parent))
        kinds = "Checkpoints (*.safetensors);;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self, "Checkpoint to Measure", start, kinds)
        if name:
            self.checkpoint.setText(name)


def _whole(nothing: str, tip: str, value: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, 2**31 - 1)
    box.setSpecialValueText(nothing)
    box.setToolTip(tip)
    box.setValue(value)
    return box


def _numbers(text: str, what: str) -> tuple[float, ...]:
    try:
        return tuple(parsed(text, tuple[float, ...]))
    except ValueError:
        raise ConfigError(f"{what} must be numbers with commas between them, such as 0.2, 0.3") from None
