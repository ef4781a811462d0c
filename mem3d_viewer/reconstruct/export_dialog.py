"""The dialog that exports a result: as a shape, a drawing, a turntable or a contact sheet."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.export.contact_sheet import SHEET_ENDINGS
from core.export.drawing import PICTURE_ENDINGS, TURNTABLE_ENDINGS, DrawingOptions
from core.export.shape_files import MESH_ENDINGS, PRINT_MILLIMETRES, VOXEL_ENDINGS, Axis, ShapeOptions

Kind = Literal["shape", "drawing", "turntable", "sheet"]

_KINDS: dict[Kind, tuple[str, str, tuple[str, ...]]] = {
    "shape": ("&Shape", "A mesh or a voxel grid for other programs", (*MESH_ENDINGS, *VOXEL_ENDINGS)),
    "drawing": ("&Picture", "The shape alone, at any size, from where you look at it now", PICTURE_ENDINGS),
    "turntable": ("&Turntable", "A film of one turn around the shape", tuple(TURNTABLE_ENDINGS)),
    "sheet": ("&Contact sheet", "Input, result from four sides and priors on one page", SHEET_ENDINGS[::-1]),
}
_FORMATS = {
    ".obj": "OBJ mesh",
    ".stl": "STL, for 3D printers",
    ".ply": "PLY mesh",
    ".glb": "GLB (glTF), for the web and Blender",
    ".binvox": "binvox, as R2N2 has it",
    ".npz": "NPZ: probabilities and voxels, for NumPy",
    ".vox": "VOX, for MagicaVoxel",
    ".png": "PNG",
    ".gif": "GIF, loops everywhere",
    ".mp4": "MP4 video",
    ".pdf": "PDF, one page",
}
_UP: tuple[Axis | None, ...] = (None, "y", "z")
_BACKGROUNDS = (("White", "#ffffff"), ("Light grey", "#e8eaed"), ("Dark", "#20242b"), ("Transparent", None))


@dataclass(frozen=True)
class ExportChoice:
    """What the dialog was left with."""

    kind: Kind
    """What is to be written."""
    ending: str
    """The file's ending, with its dot."""
    shape: ShapeOptions
    """Size, pose and colours of a shape; ``largest_part`` and ``coloured`` hold for everything."""
    drawing: DrawingOptions
    """Size, background and direction of pictures and turntables."""
    frames: int
    """Pictures of a turntable."""
    seconds: float
    """How long its turn takes."""


class ExportDialog(QDialog):
    """Asks what to export and how; the file's name is asked for afterwards.

    Args:
        before: what was chosen last; None: nothing yet.
        smooth: whether the smooth surface is what is shown.
        azimuth: direction the shape is seen from, in degrees about +y.
        elevation: degrees above the floor.
        parts: how many parts the result has that do not hang together.
    """

    def __init__(
        self,
        before: ExportChoice | None,
        *,
        smooth: bool,
        azimuth: float,
        elevation: float,
        parts: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self._direction = azimuth, max(-89.0, min(89.0, elevation))
        self._kinds = QButtonGroup(self)
        self.format = QComboBox()
        self.surface = _choice("Blocks", "Smooth surface")
        self.surface.setCurrentIndex(int(smooth))
        self.length = QDoubleSpinBox()
        self.length.setRange(0, 100_000)
        self.length.setDecimals(1)
        self.length.setSuffix(" mm")
        self.up = _choice("Usual for the format", "y", "z")
        self.colours = _choice("Plain", "Occupancy")
        self.largest = QCheckBox(
            "Largest part only" if parts < 2 else f"Largest part only: the result falls apart into {parts} parts"
        )
        self.largest.setEnabled(parts > 1)
        self.width_ = _number(16, 8192, 1024, " px")
        self.height_ = _number(16, 8192, 1024, " px")
        self.background = QComboBox()
        for name, colour in _BACKGROUNDS:
            self.background.addItem(name, colour)
        self.floor = QCheckBox("Floor")
        self.floor.setChecked(True)
        self.frames = _number(8, 360, 48, " pictures")
        self.seconds = QDoubleSpinBox()
        self.seconds.setRange(0.5, 60)
        self.seconds.setValue(4)
        self.seconds.setSuffix(" s a turn")
        self._notes = QLabel()
        self._notes.setProperty("kind", "muted")
        self._notes.setWordWrap(True)
        self._form = QFormLayout()
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        size = _row(self.width_, QLabel("×"), self.height_)
        for title, field in (
            ("&Format", self.format), ("S&urface", self.surface), ("&Longest side", self.length), ("&Up axis", self.up),
            ("Si&ze", size), ("&Background", self.background), ("", self.floor), ("F&rames", self.frames),
            ("Ti&me", self.seconds), ("C&olours", self.colours), ("", self.largest),
        ):  # fmt: skip
            self._form.addRow(title, field)
        for field, tip in self._tips().items():
            field.setToolTip(tip)
        self._rows: dict[QWidget, tuple[Kind, ...]] = {
            self.surface: ("shape",), self.length: ("shape",), self.up: ("shape",), size: ("drawing", "turntable"),
            self.background: ("drawing", "turntable"), self.floor: ("drawing", "turntable"),
            self.frames: ("turntable",), self.seconds: ("turntable",),
        }  # fmt: skip
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setIcon(QIcon())
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setToolTip("Write nothing (Esc)")
        save = QPushButton("&Save As…")
        save.setToolTip("Choose the file's name and write it")
        save.setDefault(True)
        buttons.addButton(save, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 16)
        layout.setSpacing(14)
        layout.addLayout(self._make_kinds())
        layout.addLayout(self._form)
        layout.addWidget(self._notes)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.setMinimumWidth(500)
        self.format.currentIndexChanged.connect(self._show_format)
        self._restore(before)

    def _tips(self) -> dict[QWidget, str]:
        return {
            self.format: "The file's format, which follows from its ending",
            self.surface: "Blocks: a cube a voxel; smooth: the surface at the threshold",
            self.length: "Length of the longest side; zero leaves the grid one unit long, or 100 mm for STL",
            self.up: "The axis that points up in the file",
            self.colours: "One colour, or how sure the network is of each voxel",
            self.largest: "Leave out pieces that do not hang together with the largest one",
            self.width_: "Width of the picture",
            self.height_: "Height of the picture",
            self.background: "What is behind the shape",
            self.floor: "Draw the floor below the shape",
            self.frames: "Pictures of one turn",
            self.seconds: "How long one turn takes",
        }

    def _make_kinds(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for number, (title, tip, _) in enumerate(_KINDS.values()):
            button = QToolButton()
            button.setText(title)
            button.setToolTip(tip)
            button.setCheckable(True)
            button.setSizePolicy(button.sizePolicy().horizontalPolicy().Expanding, button.sizePolicy().verticalPolicy())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._kinds.addButton(button, number)
            row.addWidget(button)
        self._kinds.idToggled.connect(lambda _, on: self._show_kind() if on else None)
        return row

    @property
    def kind(self) -> Kind:
        """What is to be written."""
        return list(_KINDS)[self._kinds.checkedId()]

    def choose(self, kind: Kind, ending: str = "") -> None:
        """Choose what is to be written, and its format."""
        self._kinds.button(list(_KINDS).index(kind)).setChecked(True)
        if ending:
            self.format.setCurrentIndex(self.format.findData(ending))

    def choice(self) -> ExportChoice:
        """What was chosen."""
        ending = self.format.currentData()
        coloured = self.colours.currentIndex() == 1
        meshes = ending in MESH_ENDINGS
        shape = ShapeOptions(
            smooth=meshes and self.surface.currentIndex() == 1,
            largest_part=self.largest.isChecked() and self.largest.isEnabled(),
            coloured=coloured,
            millimetres=(self.length.value() or None) if meshes else None,
            up=_UP[self.up.currentIndex()] if meshes and ending != ".glb" else None,
        )
        drawing = DrawingOptions(
            width=self.width_.value(),
            height=self.height_.value(),
            background=self.background.currentData(),
            floor=self.floor.isChecked(),
            coloured=coloured,
            azimuth=self._direction[0],
            elevation=self._direction[1],
        )
        return ExportChoice(self.kind, ending, shape, drawing, self.frames.value(), self.seconds.value())

    def _restore(self, before: ExportChoice | None) -> None:
        self.choose("shape" if before is None else before.kind, ".glb" if before is None else before.ending)
        if before is None:
            return
        shape, drawing = before.shape, before.drawing
        self.length.setValue(shape.millimetres or 0)
        self.up.setCurrentIndex(_UP.index(shape.up))
        self.colours.setCurrentIndex(int(shape.coloured))
        self.largest.setChecked(shape.largest_part)
        self.width_.setValue(drawing.width)
        self.height_.setValue(drawing.height)
        self.background.setCurrentIndex([colour for _, colour in _BACKGROUNDS].index(drawing.background))
        self.floor.setChecked(drawing.floor)
        self.frames.setValue(before.frames)
        self.seconds.setValue(before.seconds)

    def _show_kind(self) -> None:
        """The formats and the rows of the kind that is chosen."""
        self.format.clear()
        for ending in _KINDS[self.kind][2]:
            self.format.addItem(_FORMATS[ending], ending)
        self._show_format()

    def _show_format(self) -> None:
        """The rows that mean something for the format that is chosen."""
        ending = self.format.currentData()
        if ending is None:
            return
        meshes = ending in MESH_ENDINGS
        for field, kinds in self._rows.items():
            self._form.setRowVisible(field, self.kind in kinds and (self.kind != "shape" or meshes))
        self._form.setRowVisible(self.up, meshes and ending != ".glb")
        self._form.setRowVisible(self.colours, ending not in (".stl", ".binvox", ".npz"))
        printing = ending == ".stl"
        self.length.setSpecialValueText(f"{PRINT_MILLIMETRES:g} mm" if printing else "one unit for the whole grid")
        transparent = self.background.findText("Transparent")
        if self.kind == "turntable" and self.background.currentIndex() == transparent:
            self.background.setCurrentIndex(0)
        self._notes.setText(
            _KINDS[self.kind][1] + "." if not printing else "Millimetres and z up, as printing programs expect."
        )
        self.adjustSize()


def _choice(*names: str) -> QComboBox:
    box = QComboBox()
    box.addItems(names)
    return box


def _number(low: int, high: int, value: int, suffix: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setValue(value)
    box.setSuffix(suffix)
    return box


def _row(*fields: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    for field in fields:
        layout.addWidget(field, 0 if isinstance(field, QLabel) else 1)
    return row
