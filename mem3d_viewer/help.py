"""Help: the guide, keyboard shortcuts, the report on the embedded model, what this program is and whom to cite."""

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from core import __version__
from core.assets import asset
from mem3d_viewer.actions import COMMANDS
from mem3d_viewer.memory.map_keys import MAP_KEYS
from mem3d_viewer.reader import Reader
from mem3d_viewer.reconstruct.foreground.editor import TOOLS
from mem3d_viewer.reconstruct.priors.list import KEYS
from mem3d_viewer.train.runs.list import RunList

CITATION = (
    "Shuo Yang, Min Xu, Haozhe Xie, Stuart Perry, Jiahao Xia: Single-View 3D Object Reconstruction from Shape "
    "Priors in Memory. IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR), 2021. "
    "arXiv:2003.03711"
)

PAPER = "https://arxiv.org/abs/2003.03711"
_PAGES = {
    "": "On every page", "reconstruct": "On the page Reconstruct", "train": "On the page Train",
    "evaluate": "On the page Evaluate", "memory": "On the page Memory",
}  # fmt: skip
_MOUSE = (
    ("Left drag, arrow keys", "Turn the shape"),
    ("Middle drag, Shift + left drag", "Move it"),
    ("Wheel, right drag, + and −", "Zoom"),
)
_PRIORS = tuple(
    (QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText), tip) for _, key, tip in KEYS.values()
)
_RUNS = tuple((key, tip) for _, _, tip, key in RunList.COMMANDS if key)
_LESSON = (("Right, Left", "The next stage, the stage before"),)
_EDITOR = (
    *((tool.key, f"{tool.text}: {tool.hint[0].lower()}{tool.hint[1:].rstrip('.')}") for tool in TOOLS),
    ("[ and ]", "Smaller or larger brush"),
    ("Left drag; arrow keys and Space", "Draw"),
    ("Wheel, + and −; 0", "Zoom; show the whole photo"),
    ("Middle drag, Shift + left drag", "Move the photo"),
    ("Right click, Esc", "Give up what is being drawn"),
    ("Enter, Esc", "Close the editor; the edits stay"),
)


def show_about(window: QWidget) -> Reader:
    """What the program is, the citation of the method, and where to read more."""
    links = (
        (PAPER, "The paper"),
        ("guide/README.md", "User guide"),
        ("report/README.md", "Report on the embedded model"),
        ("README.md", "How it was trained"),
    )
    words = " &nbsp;·&nbsp; ".join(f"<a href='{link}'>{name}</a>" for link, name in links)
    html = f"""
    <h2>Mem3D Viewer {__version__}</h2>
    <p>Turns one picture of an object into a 3D shape, and shows the remembered shapes it came from.</p>
    <p><b>This is an independent reimplementation of Mem3D.</b> It was written from the published description and is
    neither made nor endorsed by the authors of the paper. If you use the method, please cite them:</p>
    <p>{CITATION}</p>
    <p>{words}</p>
    <p>Free software under the <a href='https://opensource.org/license/mit'>MIT licence</a>. It stands on
    PyTorch, Qt for Python, VTK, PyVista and pyqtgraph.</p>
    """
    return _show(Reader("About Mem3D Viewer", html, (600, 420), window, folder=asset("guide").parent))


def show_shortcuts(window: QWidget) -> Reader:
    """Every key by the page that it belongs to, and what mouse and keys do in the views, lists and dialogs."""
    sections = (
        *((title, _keys_of(page)) for page, title in _PAGES.items()),
        ("In the 3D view", _MOUSE),
        ("In the list of shape priors", _PRIORS),
        ("In the foreground editor", _EDITOR),
        ("On the map of the memory", MAP_KEYS),
        ("In the list of runs", _RUNS),
        ("In the lesson", _LESSON),
    )
    html = "".join(
        f"<h3>{title}</h3><table cellpadding='3'>"
        + "".join(f"<tr><td width='230'><b>{key}</b></td><td>{words}</td></tr>" for key, words in rows)
        + "</table>"
        for title, rows in sections
    )
    return _show(Reader("Keyboard Shortcuts", html, (620, 640), window))


def show_guide(window: QWidget) -> Reader:
    """The illustrated user guide.

    Raises:
        Mem3DError: if it is missing.
    """
    return _show(Reader.of_file(asset("guide/README.md"), window))


def show_report(window: QWidget) -> Reader:
    """The report on the embedded model that comes with the program, with its tables and figures.

    Raises:
        Mem3DError: if it is missing.
    """
    return _show(Reader.of_file(asset("report/README.md"), window))


def _keys_of(page: str) -> list[tuple[str, str]]:
    native = QKeySequence.SequenceFormat.NativeText
    return [
        (QKeySequence(command.shortcut).toString(native), command.text.replace("&", "").rstrip("…"))
        for command in COMMANDS
        if command.shortcut and command.page == page
    ]


def _show(reader: Reader) -> Reader:
    reader.show()
    return reader
