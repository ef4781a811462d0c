"""From a request to an answer: which model, which picture, which beta, and what comes out. No Qt here.

Requests and answers are immutable, so that nothing is shared between threads. The pipeline keeps the last model and
the last encoded picture: a request that differs in beta alone runs from the memory read on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.data.images import Picture, load_picture
from core.errors import ImageError
from core.reconstruction import EncodedPicture, Reconstruction, Reconstructor


@dataclass(frozen=True, eq=False)
class ModelSource:
    """A checkpoint to be loaded on a device; each new one is loaded afresh."""

    checkpoint: Path
    """The checkpoint file."""
    device: str = "auto"
    """``auto``, or one of ``core.reconstruction.available_devices``."""


@dataclass(frozen=True, eq=False)
class PictureSource:
    """A picture to be opened; each new one is read afresh."""

    path: Path | None = None
    """The file; None for a pasted picture."""
    picture: Picture | None = None
    """The picture where it is decoded already, as a pasted one is; None for one to be read from its file."""

    @property
    def name(self) -> str:
        """Short name for messages."""
        return self.path.name if self.path is not None else "pasted picture"


@dataclass(frozen=True)
class Request:
    """What the window should show."""

    model: ModelSource
    """The model."""
    picture: PictureSource | None = None
    """The picture; None asks for the model alone."""
    beta: float | None = None
    """Key similarity a slot must exceed; None: the checkpoint's own."""
    use_memory: bool = True
    """False leaves the memory out."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What the window shows: the parts always belong together."""

    request: Request
    """What it answers."""
    model: Reconstructor
    """The loaded model; only the pipeline's thread computes with it."""
    picture: Picture | None = None
    """The decoded picture."""
    reconstruction: Reconstruction | None = None
    """The result for it."""

    @property
    def beta(self) -> float:
        """The beta in force."""
        own = self.model.config.model.beta
        return own if self.request.beta is None else self.request.beta


class Pipeline:
    """Answers requests, one at a time, on whatever thread calls it (always the same one)."""

    def __init__(self) -> None:
        self._model: tuple[ModelSource, Reconstructor] | None = None
        self._picture: tuple[PictureSource, Picture] | None = None
        self._encoded: tuple[Reconstructor, Picture, EncodedPicture] | None = None

    def answer(self, request: Request, progress: Callable[[str], None] = lambda _: None) -> Answer:
        """Load, read and encode what is new in ``request``, then decode.

        Args:
            request: what is wanted.
            progress: called with a line of text before each slow stage.

        Raises:
            Mem3DError: if the checkpoint or the picture cannot be used.
        """
        # The picture first: it is the cheaper one to refuse.
        picture = None if request.picture is None else self._read(request.picture)
        model = self._load(request.model, progress)
        if picture is None:
            return Answer(request, model)
        encoded = self._encode(model, picture, progress)
        reconstruction = model.decode(encoded, beta=request.beta, use_memory=request.use_memory)
        return Answer(request, model, picture, reconstruction)

    def _read(self, source: PictureSource) -> Picture:
        if self._picture is None or self._picture[0] is not source:
            picture = source.picture
            if picture is None and source.path is not None:
                picture = load_picture(source.path)
            if picture is None:
                raise ImageError("nothing to open: choose a picture")
            self._picture = (source, picture)
        return self._picture[1]

    def _load(self, source: ModelSource, progress: Callable[[str], None]) -> Reconstructor:
        if self._model is None or self._model[0] is not source:
            progress(f"Loading {source.checkpoint.name}…")
            self._model = (source, Reconstructor(source.checkpoint, source.device))
        return self._model[1]

    def _encode(self, model: Reconstructor, picture: Picture, progress: Callable[[str], None]) -> EncodedPicture:
        if self._encoded is None or self._encoded[0] is not model or self._encoded[1] is not picture:
            progress("Encoding the picture…")
            self._encoded = (model, picture, model.encode(picture))
        return self._encoded[2]
