"""What a check of a data set found: a heading in words, the table, and every problem on a line of its own."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from core.data.checking import CheckReport


class CheckDialog(QDialog):
    """Shows a report; the text can be copied.

    Args:
        report: what was found.
        parent: the page.
    """

    def __init__(self, report: CheckReport, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Check of a Data Set")
        self.resize(760, 560)
        count = len(report.problems)
        words = "No problem found" if not count else f"{count} problem{'s' if count > 1 else ''}"
        remedy = "" if not count else ": mend the files, or let the training skip them (setting “damaged”)"
        heading = QLabel(f"<b>{words}</b> in {report.spec}{remedy}")
        heading.setWordWrap(True)
        self.text = QPlainTextEdit(str(report))
        self.text.setReadOnly(True)
        self.text.setAcceptDrops(False)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("Report of the check")
        copy = QPushButton("&Copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(str(report)))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(heading)
        layout.addWidget(self.text, 1)
        layout.addWidget(buttons)
