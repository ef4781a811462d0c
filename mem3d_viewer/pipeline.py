"""From a request to an answer: which model, which picture, which beta, and what comes out. No Qt here.

Requests and answers are immutable, so that nothing is shared between threads. Parts of an answer are used again
wherever a request asks for the same: one that differs in beta alone runs from the memory read on.
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
    encoded: EncodedPicture | None = None
    """Its feature, from which another beta starts."""
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
        self._last: Answer | None = None

    def answer(
        self, request: Request, shown: Answer | None = None, progress: Callable[[str], None] = lambda _: None
    ) -> Answer:
        """Load, read and encode what is new in ``request``, then decode.

        Args:
            request: what is wanted.
            shown: what the window shows now; its parts are used again, as are those of the last answer.
            progress: called with a line of text before each slow stage.

        Raises:
            Mem3DError: if the checkpoint or the picture cannot be used.
        """
        known = [answer for answer in (shown, self._last) if answer is not None]
        # The picture first: it is the cheaper one to refuse.
        picture = None if request.picture is None else _read(request.picture, known)
        model = _load(request.model, known, progress)
        if picture is None:
            self._last = Answer(request, model)
            return self._last
        encoded = _encode(model, picture, known, progress)
        reconstruction = model.decode(encoded, beta=request.beta, use_memory=request.use_memory)
        self._last = Answer(request, model, picture, encoded, reconstruction)
        return self._last


def _read(source: PictureSource, known: list[Answer]) -> Picture:
    for answer in known:
        if answer.request.picture is source and answer.picture is not None:
            return answer.picture
    if source.picture is not None:
        return source.picture
    if source.path is None:
        raise ImageError("nothing to open: choose a picture")
    return load_picture(source.path)


def _load(source: ModelSource, known: list[Answer], progress: Callable[[str], None]) -> Reconstructor:
    for answer in known:
        if answer.request.model is source:
            return answer.model
    progress(f"Loading {source.checkpoint.name}…")
    return Reconstructor(source.checkpoint, source.device)


def _encode(
    model: Reconstructor, picture: Picture, known: list[Answer], progress: Callable[[str], None]
) -> EncodedPicture:
    for answer in known:
        if answer.model is model and answer.picture is picture and answer.encoded is not None:
            return answer.encoded
    progress("Encoding the picture…")
    return model.encode(picture)
