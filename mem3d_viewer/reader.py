"""A window to read a document in: HTML, or Markdown with its pictures and its links."""

import re
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QIcon, QImage, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

_SIZE = 980, 760
_MARGIN = 16
_WIDEST = 880
"""Pixels to which wider pictures are made narrower."""


class Reader(QDialog):
    """Shows a document; deleted when it is closed.

    Args:
        title: of the window.
        text: HTML, or Markdown.
        size: of the window.
        parent: the window it belongs to.
        folder: where the document's pictures are, and the documents that it has links to.
        markdown: whether it is Markdown.
    """

    def __init__(
        self,
        title: str,
        text: str,
        size: tuple[int, int],
        parent: QWidget,
        *,
        folder: Path | None = None,
        markdown: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.browser = _Browser(folder)
        if markdown:
            self.browser.setMarkdown(text)
        else:
            self.browser.setHtml(text)
        self.browser.document_wanted.connect(lambda file: Reader.of_file(file, parent).show())
        self.browser.document().setDocumentMargin(_MARGIN)
        self.browser.moveCursor(QTextCursor.MoveOperation.Start)
        self.browser.setAccessibleName(title)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.browser)
        layout.addWidget(buttons)
        self.resize(*size)
        self.browser.setFocus()

    @classmethod
    def of_file(cls, file: Path, parent: QWidget) -> "Reader":
        """A Markdown file with the pictures beside it; its first heading is the title."""
        text = file.read_text(encoding="utf-8")
        title = text.splitlines()[0].lstrip("# ")
        return cls(title, text, _SIZE, parent, folder=file.parent, markdown=True)


class _Browser(QTextBrowser):
    """Knows the headings of a Markdown document as places to go to, and makes wide pictures fit."""

    document_wanted = Signal(object)
    """Path of another Markdown file that is to be read."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__()
        self._folder = folder
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setOpenLinks(False)
        self.anchorClicked.connect(self.follow)

    def follow(self, link: QUrl) -> None:
        """Go to a heading of the document, or read another one; everything else is opened by the desktop."""
        if link.isRelative() and not link.path():
            self._go_to(link.fragment())
        elif link.isRelative() and self._folder is not None and (file := self._folder / link.path()).is_file():
            self.document_wanted.emit(file)
        else:
            QDesktopServices.openUrl(link)

    def _go_to(self, fragment: str) -> None:
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and fragment_of(block.text()) == fragment:
                self.setTextCursor(QTextCursor(block))
                self.verticalScrollBar().setValue(
                    round(self.document().documentLayout().blockBoundingRect(block).top())
                )
                return
            block = block.next()

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """A picture of the document, not wider than what is comfortably read."""
        name = QUrl(name)
        if kind != QTextDocument.ResourceType.ImageResource.value or self._folder is None:
            return super().loadResource(kind, name)
        image = QImage(str(self._folder / name.path()))
        smooth = Qt.TransformationMode.SmoothTransformation
        return image.scaledToWidth(_WIDEST, smooth) if image.width() > _WIDEST else image


def fragment_of(heading: str) -> str:
    """What a link to a heading ends in, as web pages make it of Markdown."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
