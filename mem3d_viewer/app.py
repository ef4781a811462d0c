"""The command ``mem3d-viewer``: arguments, the application, and how it ends.

Nothing heavy is imported before the arguments are known to be good: ``--help`` and errors need no display.
"""

import argparse
import atexit
import gc
import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core import __version__
from core.assets import DEFAULT_CHECKPOINT, asset
from core.command_line import BAD_INPUT, ArgumentParser
from core.errors import CheckpointError, Mem3DError, OutputError, one_line
from mem3d_viewer.scenes import SCENES

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QLabel

    from core.data.images import Picture
    from mem3d_viewer.main_window import MainWindow

_ICON = "icons/mem3d-viewer.svg"
_SAMPLE = "samples/chair-00024.png"
_SMALLEST, _LARGEST = (960, 600), (7680, 4320)


def main(argv: list[str] | None = None) -> int:
    """Open the window; with ``--screenshot`` write a picture of it and end.

    Args:
        argv: the arguments; None: those of the process.

    Returns:
        0, also after Ctrl+C or SIGTERM, which close the window and save a training; or 2 for bad input or where that
        cannot be saved, with one line on standard error.
    """
    try:
        options = _parse(argv)
        if options.scene is not None and options.screenshot is None:
            raise Mem3DError("--scene: names what a picture shows: add --screenshot FILE")
        image = options.image or (None if options.scene is None else asset(_SAMPLE))
        picture = None if image is None else _picture(image)
        options.cut_out &= picture is not None and not picture[1].has_alpha
        _require_file(options.checkpoint)
        _require_writable(options.screenshot)
        _require_display()
        from mem3d_viewer.base.background import imports_uncollected

        with imports_uncollected() as imported:
            return _run(options, picture, imported)
    except Mem3DError as error:
        print(f"mem3d-viewer: {error}", file=sys.stderr)  # noqa: T201
        return BAD_INPUT
    except OSError as error:  # a name that is too long
        reason = f"{error.filename or 'output'}: {error.strerror or error}; check the name and the disk"
        print(f"mem3d-viewer: {one_line(reason)}", file=sys.stderr)  # noqa: T201
        return BAD_INPUT


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(
        prog="mem3d-viewer",
        description="Turn one picture into a 3D shape and see which remembered shapes it came from.",
    )
    parser.add_argument("image", nargs="?", type=Path, metavar="IMAGE", help="picture to open")
    parser.add_argument(
        "--cut-out", action="store_true", help="cut the object out of the picture if that has no transparency"
    )
    parser.add_argument("--checkpoint", type=Path, metavar="C", help="trained model (default: the built-in one)")
    parser.add_argument("--size", type=_size, metavar="WxH", help="size of the window in pixels, such as 1280x800")
    parser.add_argument("--theme", choices=("light", "dark"), help="appearance (default: the one used last)")
    parser.add_argument(
        "--screenshot", type=Path, metavar="FILE", help="write a picture of the window (.png, .webp) and end"
    )
    parser.add_argument(
        "--scene", choices=SCENES, metavar="NAME",
        help="what --screenshot shows, on a sample picture unless IMAGE is given: " + ", ".join(SCENES),
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"mem3d-viewer {__version__}")
    return parser.parse_args(argv)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})[xX](\d{1,5})", text)
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(low <= side <= high for low, side, high in zip(_SMALLEST, size, _LARGEST, strict=True)):
        low, high = ("x".join(map(str, limit)) for limit in (_SMALLEST, _LARGEST))
        raise argparse.ArgumentTypeError(f"{text!r}: expected a size from {low} to {high}, such as 1280x800")
    return size


def _picture(path: Path) -> "tuple[Path, Picture]":
    from core.data.images import load_picture

    path = path.absolute()
    return path, load_picture(path)


def _require_file(checkpoint: Path | None) -> None:
    if checkpoint is not None and not checkpoint.is_file():
        raise Mem3DError(f"{checkpoint}: there is no such file: check the name of the checkpoint")


def _require_writable(file: Path | None) -> None:
    if file is None:
        return
    if file.suffix.lower() not in (".png", ".webp"):
        raise OutputError(f"{file}: the picture of the window is PNG or WebP: use a name that ends in .png or .webp")
    if file.is_dir() or not file.parent.is_dir() or not os.access(file.parent, os.W_OK):
        raise OutputError(f"{file}: cannot be written: name a file in a folder that exists and is writable")


def _require_display() -> None:
    if sys.platform.startswith("linux") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        raise Mem3DError("there is no display: start it on a desktop, or with: xvfb-run -a mem3d-viewer …")


def _splash() -> "QLabel | None":
    """What is seen while torch and VTK are imported, which takes two seconds, and from a cold disk half a minute.

    Not Qt's splash screen, which without a window manager waits for a second. None on Windows: torch must be imported
    before Qt there.
    """
    if sys.platform == "win32":
        return None
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QIcon, QPainter, QPalette, QPixmap
    from PySide6.QtWidgets import QLabel

    app = _application()
    splash = QLabel(None, Qt.WindowType.SplashScreen | Qt.WindowType.FramelessWindowHint)
    splash.setObjectName("splash")
    picture = QPixmap(360, 190)
    picture.fill(splash.palette().color(QPalette.ColorRole.Window))
    painter = QPainter(picture)
    painter.drawPixmap(132, 24, QIcon(str(asset(_ICON))).pixmap(96, 96))
    painter.setPen(splash.palette().color(QPalette.ColorRole.WindowText))
    painter.drawText(picture.rect().adjusted(0, 130, 0, 0), Qt.AlignmentFlag.AlignHCenter, "Mem3D Viewer\nLoading…")
    painter.end()
    splash.setPixmap(picture)
    splash.move(app.primaryScreen().availableGeometry().center() - picture.rect().center())
    splash.show()
    app.processEvents()  # nothing else paints it before the window is there
    return splash


def _application() -> "QApplication":
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("mem3d-viewer")
    app.setWindowIcon(QIcon(str(asset(_ICON))))
    app.setDesktopFileName("mem3d-viewer")
    return app


def _run(options: argparse.Namespace, picture: "tuple[Path, Picture] | None", imported: Callable[[], None]) -> int:
    os.environ["QT_API"] = "pyside6"
    taking = options.screenshot is not None
    splash = None if taking else _splash()
    import torch  # noqa: F401  (before the rest of Qt: on Windows the other order fails)

    from core.reconstruction import available_devices
    from mem3d_viewer.base.background import prompt_switching
    from mem3d_viewer.base.diagnostics import exceptions_to, log_to
    from mem3d_viewer.base.settings import Settings, default_log_file, default_settings_file
    from mem3d_viewer.base.termination import asked_to_end
    from mem3d_viewer.main_window import MainWindow
    from mem3d_viewer.reconstruct.pipeline import ModelSource, PictureSource, Request
    from mem3d_viewer.screenshot import Screenshot

    imported()
    atexit.register(gc.freeze)  # or Python would look through half a million objects before it ends: two seconds
    app = _application()
    checkpoint = options.checkpoint.absolute() if options.checkpoint else asset(DEFAULT_CHECKPOINT)
    with (
        tempfile.TemporaryDirectory(prefix="mem3d-") as folder,
        log_to(None if taking else default_log_file()) as log_file,
    ):
        # A screenshot shows the program as it comes, and leaves no trace in the user's settings.
        settings = Settings(Path(folder) / "settings.ini" if taking else default_settings_file())
        device = "auto" if taking else settings.text("device", "auto")
        if device not in available_devices():
            device = "auto"
        request = Request(ModelSource(checkpoint, device), None if picture is None else PictureSource(*picture))
        window = MainWindow(
            settings, request, theme=options.theme or ("light" if taking else None), multi_samples=4, log_file=log_file
        )
        if options.size is not None:
            window.resize(*options.size)
        ending: list[Exception] = []
        if taking:
            Screenshot(window, options.screenshot, _scene(options), Path(folder), ending.append)
        else:
            _end_on_bad_start(window, options.checkpoint is not None, ending.append)
            if options.cut_out:
                _cut_out_when_answered(window)

        def end() -> None:
            window.train.training.failed.connect(ending.append)  # of a last checkpoint that cannot be saved
            window.lost.connect(ending.append)
            window.end()

        with exceptions_to(window.errors.report), prompt_switching(), asked_to_end(end):
            window.show()
            if splash is not None:
                splash.close()
            window.start()
            app.exec()
            if window.isVisible():
                window.close()
    if ending:
        raise ending[0]
    return 0


def _scene(options: argparse.Namespace) -> str:
    return options.scene or ("cut-out" if options.cut_out else "reconstruct")


def _cut_out_when_answered(window: "MainWindow") -> None:
    """Do what the button *Cut out the object* does, once the picture is there."""
    session = window.reconstruct.session

    def answered() -> None:
        if session.answer is not None:
            session.answer_changed.disconnect(answered)
            window.actions_["edit_foreground"].trigger()

    session.answer_changed.connect(answered)


def _end_on_bad_start(window: "MainWindow", checkpoint_named: bool, end: Callable[[Exception], None]) -> None:
    """A checkpoint that was named on the command line and cannot be used is bad input, not a dialog."""
    from PySide6.QtWidgets import QApplication

    def failed(error: Exception) -> None:
        if checkpoint_named and window.reconstruct.session.answer is None and isinstance(error, CheckpointError):
            end(error)
            QApplication.exit(BAD_INPUT)
        else:
            window.errors.report(error)

    window.reconstruct.controller.failed.disconnect(window.errors.report)
    window.reconstruct.controller.failed.connect(failed)
