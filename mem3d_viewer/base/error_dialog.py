"""The one way a problem reaches the user: a dialog that merges repeats and offers a report to copy."""

import logging
import platform
import traceback
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, QThread, Signal
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from core import __version__
from core.errors import Mem3DError

_LOG = logging.getLogger(__name__)
_KEPT = 20


class ErrorReporter(QObject):
    """Takes errors from any thread, logs them, and shows them on the GUI thread."""

    _arrived = Signal(object)

    def __init__(self, window: QWidget, log_file: Path | None) -> None:
        super().__init__(window)
        self._log_file = log_file
        self._window = window
        self._dialog: ErrorDialog | None = None
        self._arrived.connect(self._show)

    @property
    def dialog(self) -> "ErrorDialog | None":
        """The dialog, once there was an error."""
        return self._dialog

    def report(self, error: BaseException) -> None:
        """Show ``error``; its message if it is one a user can mend, else that something unexpected went wrong."""
        if isinstance(error, Mem3DError):
            _LOG.warning("%s", error)
        else:
            _LOG.error("unexpected error", exc_info=error)
        if QThread.currentThread() is self.thread():
            self._show(error)
        else:
            self._arrived.emit(error)

    def _show(self, error: BaseException) -> None:
        if self._dialog is None:
            self._dialog = ErrorDialog(self._log_file, self._window)
        self._dialog.add(error)


class ErrorDialog(QDialog):
    """Shows the latest error in words; all of them, with versions and tracebacks, in a report to copy."""

    def __init__(self, log_file: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log_file = log_file
        self._entries: list[tuple[str, str, int]] = []
        self.setWindowTitle("Problem")
        self.setModal(False)
        icon = QLabel()
        icon.setPixmap(self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning).pixmap(QSize(36, 36)))
        icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.message.setMinimumWidth(420)
        self.message.setAccessibleName("Problem")
        self._report = QPlainTextEdit()
        self._report.setReadOnly(True)
        self._report.setMinimumHeight(180)
        self._report.setAccessibleName("Report")
        self._report.setTabChangesFocus(True)
        self._report.hide()
        self._details = QPushButton("Show &Report")
        self._details.setCheckable(True)
        self._details.toggled.connect(self._toggle_report)
        copy = QPushButton("&Copy Report")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.report))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self._details, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setIcon(QIcon())
        close.setDefault(True)
        top = QHBoxLayout()
        top.setSpacing(14)
        top.addWidget(icon)
        top.addWidget(self.message, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 14)
        layout.setSpacing(14)
        layout.addLayout(top)
        layout.addWidget(self._report, 1)
        layout.addWidget(buttons)
        self.finished.connect(lambda _: self._entries.clear())

    @property
    def report(self) -> str:
        """Everything shown since the dialog was last closed, with versions and the place of the log file."""
        head = [
            f"Mem3D Viewer {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"log file: {self._log_file or 'none'}",
        ]
        return "\n\n".join(["\n".join(head), *(detail for _, detail, _ in self._entries)])

    def add(self, error: BaseException) -> None:
        """Show ``error``; the same one again only raises its count."""
        text, detail = _words(error), _detail(error)
        count = 1 + next((seen for known, _, seen in self._entries if known == text), 0)
        self._entries = [entry for entry in self._entries if entry[0] != text][-_KEPT:]
        self._entries.append((text, detail, count))
        self.message.setText(text if count == 1 else f"{text}\n\n({count} times)")
        self._report.setPlainText(self.report)
        self.show()
        self.raise_()
        self.adjustSize()

    def _toggle_report(self, on: bool) -> None:
        self._report.setVisible(on)
        self._details.setText("Hide &Report" if on else "Show &Report")
        self.adjustSize()


def _words(error: BaseException) -> str:
    if isinstance(error, Mem3DError):
        return str(error)
    what = str(error).strip().splitlines() or ["no message"]
    return f"Something unexpected went wrong: {type(error).__name__}: {what[0]}"


def _detail(error: BaseException) -> str:
    if isinstance(error, Mem3DError):
        return str(error)
    return "".join(traceback.format_exception(error)).strip()
