"""Opens pictures and checkpoints: dialogs, and the menus that list samples, recent pictures and devices."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from core.assets import DEFAULT_CHECKPOINT, asset, sample_images
from core.data.images import PICTURE_ENDINGS
from core.errors import ImageError, Mem3DError
from core.reconstruction import available_devices
from mem3d_viewer.actions import Actions
from mem3d_viewer.base.settings import Settings
from mem3d_viewer.incoming import CHECKPOINT_ENDING
from mem3d_viewer.menus import Menus
from mem3d_viewer.reconstruct.controller import ReconstructionController
from mem3d_viewer.reconstruct.session import Session

_PICTURE_FILTER = f"Pictures ({' '.join('*' + ending for ending in PICTURE_ENDINGS)});;All files (*)"
_NEED_A_RESULT = ("close", "previous", "next")


class OpeningController(QObject):
    """Lets the user choose what the reconstruction controller is to open."""

    failed = Signal(object)
    """The exception of something that cannot be opened."""

    def __init__(
        self,
        session: Session,
        reconstruction: ReconstructionController,
        settings: Settings,
        actions: Actions,
        menus: Menus,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._reconstruction = session, reconstruction
        self._settings, self._actions, self._menus, self._window = settings, actions, menus, window
        actions.connect(
            {
                "open": self.ask_picture,
                "open_folder": self.ask_folder,
                "close": reconstruction.close_picture,
                "previous": lambda: reconstruction.step(-1),
                "next": lambda: reconstruction.step(1),
                "open_checkpoint": self.ask_checkpoint,
                "builtin_model": self.use_builtin_model,
            }
        )
        menus.set_samples(sample_pictures(), reconstruction.open_picture)
        menus.recent.aboutToShow.connect(self._list_recent)
        menus.device.aboutToShow.connect(self._list_devices)
        reconstruction.picture_opened.connect(settings.add_recent_picture)
        session.answer_changed.connect(self._show_state)
        self._show_state()

    def ask_picture(self) -> None:
        """Ask for a picture file and reconstruct it."""
        recent = self._settings.recent_pictures()
        folder = str(recent[0].parent) if recent else ""
        names, _ = QFileDialog.getOpenFileNames(self._window, "Open Image", folder, _PICTURE_FILTER)
        if names:
            self._reconstruction.open_pictures([Path(name) for name in names])

    def ask_folder(self) -> None:
        """Ask for a folder and open its pictures together."""
        recent = self._settings.recent_pictures()
        start = str(recent[0].parent) if recent else ""
        name = QFileDialog.getExistingDirectory(self._window, "Open Folder of Pictures", start)
        if name:
            self.open_folder(Path(name))

    def open_folder(self, folder: Path) -> None:
        """Open the pictures of a folder together, by name."""
        try:
            paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_ENDINGS)
        except OSError as error:
            self.failed.emit(ImageError(f"{folder}: cannot be read ({error.strerror}); choose another folder"))
            return
        if paths:
            self._reconstruction.open_pictures(paths)
        else:
            self.failed.emit(ImageError(f"{folder}: there is no picture in it; choose a folder with PNG or JPG files"))

    def ask_checkpoint(self) -> None:
        """Ask for a checkpoint file and use it."""
        folder = str(self._session.request.model.checkpoint.parent)
        kinds = f"Checkpoints (*{CHECKPOINT_ENDING});;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self._window, "Open Checkpoint", folder, kinds)
        if name:
            self._reconstruction.open_checkpoint(Path(name))

    def use_builtin_model(self) -> None:
        """Use the checkpoint that comes with the program."""
        try:
            self._reconstruction.open_checkpoint(asset(DEFAULT_CHECKPOINT))
        except Mem3DError as error:
            self.failed.emit(error)

    def _list_recent(self) -> None:
        settings = self._settings
        self._menus.set_recent(settings.recent_pictures(), self._open_recent, settings.clear_recent_pictures)

    def _open_recent(self, path: Path) -> None:
        if not path.exists():
            self._settings.remove_recent_picture(path)
        self._reconstruction.open_picture(path)

    def _list_devices(self) -> None:
        answer = self._session.answer
        current = self._session.request.model.device if answer is None else answer.model.device
        self._menus.set_devices(available_devices(), current, self._reconstruction.set_device)

    def _show_state(self) -> None:
        answer = self._session.answer
        for name in _NEED_A_RESULT:
            self._actions.enable(name, answer is not None and answer.reconstruction is not None)


def sample_pictures() -> list[tuple[str, Path]]:
    """Sample pictures with names for people: ``car-00007.png`` is "Car 7"."""
    try:
        paths = sample_images()
    except Mem3DError:
        return []
    parts = [path.stem.partition("-") for path in paths]
    names = [f"{kind.capitalize()} {number.lstrip('0') or '0'}" if number else kind for kind, _, number in parts]
    return list(zip(names, paths, strict=True))
