"""What is to be known about shapes before they are added to the memory: category, pose, number of views."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from core.data.categories import CATEGORIES
from core.data.meshes.examining import AXES, Orientation
from core.data.rendering import VIEWS
from core.errors import ConfigError

_AS_FOUND = "as their folder or data set says"
_NAMED = 6


class AddDialog(QDialog):
    """Asks how shapes are to be added.

    Args:
        specs: files, folders or data sets.
        parent: the page.
    """

    def __init__(self, specs: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add Shapes to the Memory")
        names = [Path(spec).name or spec for spec in specs]
        more = f"<br>and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        self._words = QLabel(
            "Each shape is seen from all around; every view becomes a slot, whose key the model's own image encoder "
            "makes. Nothing is trained, and nothing that the memory holds is changed.<br><br><b>"
            + "<br>".join(names[:_NAMED])
            + f"</b>{more}"
        )
        self._words.setWordWrap(True)
        self.category = QComboBox()
        self.category.setEditable(True)
        self.category.addItems([_AS_FOUND, *CATEGORIES])
        self.category.setToolTip("Category of all of them; any name will do")
        self.views = QSpinBox()
        self.views.setRange(1, 100)
        self.views.setValue(VIEWS)
        self.views.setToolTip("Pictures of each shape, evenly spread around it; of a data set its first ones")
        self.up, self.front = QComboBox(), QComboBox()
        for box, axis, words in ((self.up, "+y", "up"), (self.front, "+x", "to the front")):
            box.addItems(AXES)
            box.setCurrentText(axis)
            box.setToolTip(f"The mesh files' axis that points {words}")
            box.currentTextChanged.connect(lambda _: self._check())
        form = QFormLayout()
        form.addRow("&Category", self.category)
        form.addRow("&Views of each", self.views)
        form.addRow("Meshes: &up is", self.up)
        form.addRow("Meshes: &front is", self.front)
        self._problem = QLabel()
        self._problem.setProperty("kind", "note")
        self._problem.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText("&Add")
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setToolTip("Add them; it can be undone")
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setToolTip("Add nothing (Esc)")
        for button in self.buttons.buttons():
            button.setIcon(QIcon())
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(self._words)
        layout.addLayout(form)
        layout.addWidget(self._problem)
        layout.addWidget(self.buttons)
        self.resize(460, self.sizeHint().height())
        self._check()

    @property
    def chosen_category(self) -> str | None:
        """The category of all of them; None: each its own."""
        text = self.category.currentText().strip()
        return None if text in ("", _AS_FOUND) else text

    @property
    def orientation(self) -> Orientation:
        """The pose of mesh files.

        Raises:
            ConfigError: if both axes lie on one line.
        """
        return Orientation(self.up.currentText(), self.front.currentText())

    def _check(self) -> None:
        problem = ""
        try:
            _ = self.orientation
        except ConfigError as error:
            problem = str(error)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not problem)
