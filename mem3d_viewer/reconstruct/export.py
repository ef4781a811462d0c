"""Saves what is shown: voxel grid, mesh, picture; and says how to get the same on the command line."""

import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from core.assets import is_asset
from core.cli.options import refuse_inputs
from core.cli.prior_options import prior_words
from core.data.images import WHITE, Picture
from core.errors import OutputError
from core.export.contact_sheet import save_contact_sheet, sheet_of
from core.export.drawing import save_picture, save_turntable
from core.export.own_process import draw_in_own_process
from core.export.shape_files import MESH_ENDINGS, VOXEL_ENDINGS, ShapeOptions, save_voxels
from core.files import replacing, told_when_not_written
from core.parts import connected_parts, largest_part
from mem3d_viewer.actions import Actions
from mem3d_viewer.base.background import Job, Lane
from mem3d_viewer.base.qt_pixels import image_of, save_image
from mem3d_viewer.reconstruct.export_dialog import ExportChoice, ExportDialog
from mem3d_viewer.reconstruct.pipeline import PictureSource
from mem3d_viewer.reconstruct.session import Session
from mem3d_viewer.widgets.voxel_view import VoxelView

_PICTURE_SCALE = 2
_NEED_A_RESULT = ("export", "save_voxels", "save_mesh", "save_picture", "copy_picture", "copy_command")


class ExportController(QObject):
    """Writes files off the GUI thread; the pixels of the 3D view are taken on it."""

    failed = Signal(object)
    """The exception of a save that failed."""
    saved = Signal(object)
    """Path of the file that was written."""

    def __init__(self, session: Session, lane: Lane, actions: Actions, view: VoxelView, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._lane = lane
        self._actions = actions
        self._view = view
        self._window = window
        self._folder: Path | None = None
        self._choice: ExportChoice | None = None
        self._cut_out: tuple[Picture | None, Path | None] = None, None
        actions.connect(
            {
                "export": self.ask_export,
                "save_voxels": self.save_voxels,
                "save_mesh": self.save_mesh,
                "save_picture": self.save_picture,
                "save_cut_out": self.save_cut_out,
                "copy_picture": self.copy_picture,
                "copy_command": self.copy_command,
            }
        )
        session.answer_changed.connect(self._show_state)
        self._show_state()

    def _show_state(self) -> None:
        answer = self._session.answer
        for name in _NEED_A_RESULT:
            self._actions.enable(name, answer is not None and answer.reconstruction is not None)

    def save_voxels(self) -> None:
        """Ask for a file name and save the voxel grid."""
        self._ask("Save Voxels", VOXEL_ENDINGS, self.write_voxels)

    def save_mesh(self) -> None:
        """Ask for a file name and save the shape as it is drawn: blocks or smooth surface."""
        self._ask("Save Mesh", MESH_ENDINGS, self.write_voxels)

    def save_picture(self) -> None:
        """Ask for a file name and save the 3D view."""
        self._ask("Save Picture", (".png",), self.write_picture)

    def save_cut_out(self) -> None:
        """Ask for a file name and save the picture that was reconstructed, with its transparency and its covers."""
        self._ask("Save Cut-Out", (".png",), self.write_cut_out, "-cut-out")

    def ask_export(self) -> None:
        """Ask what to export and how, then for a file name, and write it."""
        answer = self._session.answer
        if answer is None or answer.reconstruction is None:
            return
        display = self._session.display
        azimuth, elevation = self._view.scene.direction
        _, sizes = connected_parts(answer.reconstruction.voxels(display.threshold))
        dialog = ExportDialog(
            self._choice, smooth=display.surface == "smooth", azimuth=azimuth, elevation=elevation, parts=len(sizes),
            parent=self._window,
        )  # fmt: skip
        if dialog.exec():
            self._choice = choice = dialog.choice()
            suffix = {"turntable": "-turntable", "sheet": "-sheet"}.get(choice.kind, "")
            self._ask("Export", (choice.ending,), lambda path: self.write_export(path, choice), suffix)
        dialog.deleteLater()

    def write_export(self, path: Path, choice: ExportChoice) -> None:
        """Write what the dialog was left with."""
        answer, source = self._session.answer, self._source
        if answer is None or answer.reconstruction is None or answer.picture is None or source is None:
            return
        result, threshold = answer.reconstruction, self._session.display.threshold
        if choice.kind == "shape":
            self._submit(path, lambda _: save_voxels(path, result.occupancy, threshold, choice.shape))
            return
        voxels = result.voxels(threshold)
        if choice.shape.largest_part:
            voxels = largest_part(voxels)
        if choice.kind == "sheet":
            sheet = sheet_of(source.name, answer.model.path.name, answer.picture, result, threshold, voxels)
            draw: Callable[[], None] = partial(save_contact_sheet, path, sheet, coloured=choice.shape.coloured)
        elif choice.kind == "turntable":
            draw = partial(
                save_turntable, path, result.occupancy, voxels, choice.drawing,
                frames=choice.frames, seconds=choice.seconds,
            )  # fmt: skip
        else:
            draw = partial(save_picture, path, result.occupancy, voxels, choice.drawing)
        self._submit(path, lambda _: draw_in_own_process(draw))

    def write_voxels(self, path: Path) -> None:
        """Save the reconstruction at the threshold in force, as grid or as the mesh drawn, by ``path``'s ending."""
        answer = self._session.answer
        if answer is None or answer.reconstruction is None:
            return
        occupancy, display = answer.reconstruction.occupancy, self._session.display
        smooth = display.surface == "smooth"
        self._submit(path, lambda _: save_voxels(path, occupancy, display.threshold, ShapeOptions(smooth=smooth)))

    def write_picture(self, path: Path) -> None:
        """Save the 3D view, twice as large as on the screen."""
        image = self._image(_PICTURE_SCALE)

        self._submit(path, lambda _: save_image(path, image))

    def write_cut_out(self, path: Path) -> None:
        """Save the picture that was reconstructed, in its own size."""
        answer = self._session.answer
        if answer is None or answer.picture is None:
            return
        picture = answer.picture

        def write(_: Job) -> None:
            with replacing(path) as temporary:
                Image.fromarray(picture.pixels).save(temporary, "PNG")
            self._cut_out = picture, path

        self._submit(path, write)

    def copy_picture(self) -> None:
        """Put the 3D view on the clipboard."""
        QGuiApplication.clipboard().setImage(self._image(1))

    def copy_command(self) -> None:
        """Put on the clipboard the command that gives this result."""
        command, source = self.command(), self._source
        if command:
            QGuiApplication.clipboard().setText(command)
        elif source is not None and (source.original is not None or source.path is None):
            what = "was edited here" if source.original is not None else "is no file of its own"
            self.failed.emit(OutputError(f"{source.name}: {what}: save the cut-out first (File > Save Cut-Out)"))

    @property
    def _source(self) -> PictureSource | None:
        answer = self._session.answer
        return None if answer is None else answer.request.picture

    def command(self) -> str:
        """The ``mem3d reconstruct`` command for what is shown; empty where the picture is no file yet."""
        answer, source = self._session.answer, self._source
        if answer is None or answer.reconstruction is None or answer.picture is None or source is None:
            return ""
        path = source.path
        if source.original is not None or path is None:
            saved, saved_path = self._cut_out
            path = saved_path if saved is answer.picture else None
        if path is None:
            return ""
        result = answer.reconstruction
        words = [
            "mem3d",
            "reconstruct",
            str(path),
            "--checkpoint",
            str(answer.model.path),
            "--beta",
            f"{result.beta:g}",
        ]
        words += ["--threshold", f"{self._session.display.threshold:g}", "--device", result.device]
        words += prior_words(answer.request.edits) if result.memory_used else ["--no-memory"]
        if answer.picture.has_alpha and answer.picture.background != WHITE:
            words += ["--background", "#{:02x}{:02x}{:02x}".format(*answer.picture.background)]
        return shlex.join([*words, "--output", f"{path.stem}.glb"])

    def _image(self, scale: int) -> QImage:
        return image_of(self._view.picture(scale))

    def _submit(self, path: Path, work: Callable[[Job], None]) -> None:
        answer, source = self._session.answer, self._source
        read = (None if source is None else source.path, None if answer is None else answer.model.path)

        def write(job: Job) -> None:
            with told_when_not_written(path):
                refuse_inputs([path], *read)
            work(job)

        job = self._lane.submit(write)
        job.succeeded.connect(lambda _: self.saved.emit(path))
        job.failed.connect(self.failed)

    def _ask(self, title: str, endings: tuple[str, ...], write: Callable[[Path], None], suffix: str = "") -> None:
        answer, source = self._session.answer, self._source
        if answer is None or answer.reconstruction is None or source is None:
            return
        folder = self._folder or _own_folder(source.path)
        stem = source.path.stem if source.path is not None else "reconstruction"
        stem += suffix
        kinds = ";;".join(f"{ending[1:]} (*{ending})" for ending in endings)
        name, kind = QFileDialog.getSaveFileName(self._window, title, str(folder / (stem + endings[0])), kinds)
        if not name:
            return
        path = Path(name)
        if path.suffix.lower() not in endings:
            path = path.with_name(path.name + "." + kind.split(" ")[0])
            if path.exists():  # the dialog asked about the name without its ending
                self.failed.emit(OutputError(f"{path}: exists already: type the whole name to replace it"))
                return
        self._folder = path.parent
        write(path)


def _own_folder(picture: Path | None) -> Path:
    """Where saving starts: beside the picture, but never among the program's own files."""
    if picture is None or is_asset(picture):
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return Path(documents) if documents and Path(documents).is_dir() else Path.home()
    return picture.parent
