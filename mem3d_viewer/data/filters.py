"""Which objects of a data set are shown: by category, split and words of the name."""

from collections import Counter
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QListWidget, QListWidgetItem, QWidget

from core.data.dataset import SPLITS, ObjectRecord

_ALL = "all"


class ObjectFilters(QWidget):
    """The row of filters over the objects, and the list of categories beside them, which is ``categories``."""

    changed = Signal()
    """Other objects are to be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.categories = QListWidget()
        self.categories.setAccessibleName("Categories")
        self.categories.setToolTip("Show the objects of one category")
        self.categories.setMinimumWidth(150)
        self.categories.setSpacing(2)
        self.split = QComboBox()
        self.split.setAccessibleName("Split")
        self.split.setToolTip("Show the objects of one split")
        self.split.addItems([_ALL, *SPLITS])
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find an object")
        self.search.setAccessibleName("Find an object")
        self.search.setToolTip("Show objects whose name has these words")
        self.search.setClearButtonEnabled(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.search, 1)
        label = QLabel("Spl&it")
        label.setBuddy(self.split)
        row.addWidget(label)
        row.addWidget(self.split)
        self.categories.currentItemChanged.connect(lambda *_: self.changed.emit())
        self.split.currentTextChanged.connect(lambda _: self.changed.emit())
        self.search.textChanged.connect(lambda _: self.changed.emit())

    def show_categories(self, records: Sequence[ObjectRecord]) -> None:
        """Offer the categories of these objects, and choose all of them; says nothing."""
        counts = Counter(record.category for record in records)
        with QSignalBlocker(self.categories):
            self.categories.clear()
            for name, count in [("", len(records)), *sorted(counts.items())]:
                item = QListWidgetItem(f"{name or 'All categories'}  ({count})")
                item.setData(Qt.ItemDataRole.UserRole, name)
                self.categories.addItem(item)
            self.categories.setCurrentRow(0)

    def passing(self, records: Sequence[ObjectRecord]) -> Iterator[tuple[int, ObjectRecord]]:
        """Those to be shown, each with its place in ``records``."""
        item = self.categories.currentItem()
        category = "" if item is None else item.data(Qt.ItemDataRole.UserRole)
        split, words = self.split.currentText(), self.search.text().strip().lower()
        for place, record in enumerate(records):
            if (
                (not category or record.category == category)
                and split in (_ALL, record.split)
                and words in record.object_id.lower()
            ):
                yield place, record
