"""Help: what this program is and whom to cite, keyboard shortcuts, and the report on the embedded model."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from core import __version__
from core.assets import asset
from mem3d_viewer.actions import COMMANDS
from mem3d_viewer.reconstruct.foreground.editor import TOOLS
from mem3d_viewer.reconstruct.priors.list import KEYS

CITATION = (
    "Shuo Yang, Min Xu, Haozhe Xie, Stuart Perry, Jiahao Xia: Single-View 3D Object Reconstruction from Shape "
    "Priors in Memory. IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR), 2021. "
    "arXiv:2003.03711"
)

_MOUSE = (
    ("Left drag, arrow keys", "Turn the shape"),
    ("Middle drag, Shift + left drag", "Move it"),
    ("Wheel, right drag, + and −", "Zoom"),
)
_PRIORS = tuple(
    (QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText), tip) for _, key, tip in KEYS.values()
)
_EDITOR = (
    *((tool.key, f"{tool.text}: {tool.hint[0].lower()}{tool.hint[1:].rstrip('.')}") for tool in TOOLS),
    ("[ and ]", "Smaller or larger brush"),
    ("Left drag; arrow keys and Space", "Draw"),
    ("Wheel, + and −; 0", "Zoom; show the whole photo"),
    ("Middle drag, Shift + left drag", "Move the photo"),
    ("Right click, Esc", "Give up what is being drawn"),
    ("Enter, Esc", "Close the editor; the edits stay"),
)


def show_about(window: QWidget) -> QDialog:
    """What the program is, and the citation of the method."""
    html = f"""
    <h2>Mem3D Viewer {__version__}</h2>
    <p>Turns one picture of an object into a 3D shape, and shows the remembered shapes it came from.</p>
    <p><b>This is an independent reimplementation of Mem3D.</b> It was written from the published description and is
    neither made nor endorsed by the authors of the paper. If you use the method, please cite them:</p>
    <p>{CITATION}</p>
    <p>Free software under the MIT licence. It stands on PyTorch, Qt for Python, VTK, PyVista and pyqtgraph.</p>
    """
    return _show(window, "About Mem3D Viewer", html, (560, 380))


def show_shortcuts(window: QWidget) -> QDialog:
    """Every shortcut of the command table, and what mouse and keys do in the 3D view and the editor."""
    native = QKeySequence.SequenceFormat.NativeText
    keys = [
        (QKeySequence(command.shortcut).toString(native), command.text.replace("&", "").rstrip("…"))
        for command in COMMANDS
        if command.shortcut
    ]
    sections = (
        ("Commands", keys),
        ("In the 3D view", _MOUSE),
        ("In the list of shape priors", _PRIORS),
        ("In the foreground editor", _EDITOR),
    )
    html = "".join(
        f"<h3>{title}</h3><table cellpadding='3'>"
        + "".join(f"<tr><td width='230'><b>{key}</b></td><td>{words}</td></tr>" for key, words in rows)
        + "</table>"
        for title, rows in sections
    )
    return _show(window, "Keyboard Shortcuts", html, (560, 620))


def show_report(window: QWidget) -> QDialog:
    """The report on the embedded model that comes with the program, with its tables and figures.

    Raises:
        Mem3DError: if it is missing.
    """
    document = asset("report/README.md")
    text = document.read_text(encoding="utf-8")
    return _show(window, "Report on the Embedded Model", text, (980, 720), pictures=document.parent)


def _show(window: QWidget, title: str, words: str, size: tuple[int, int], *, pictures: Path | None = None) -> QDialog:
    """A text to read: HTML, or Markdown with its pictures in a folder."""
    dialog = QDialog(window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    text = QTextBrowser()
    if pictures is None:
        text.setHtml(words)
    else:
        text.setSearchPaths([str(pictures)])
        text.setMarkdown(words)
    text.setFrameShape(QTextBrowser.Shape.NoFrame)
    text.setAccessibleName(title)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.addWidget(text)
    layout.addWidget(buttons)
    dialog.resize(*size)
    dialog.show()
    return dialog
