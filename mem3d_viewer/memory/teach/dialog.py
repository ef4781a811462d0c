"""The lesson: pictures are written to a small memory one after another, each in four stages, forward and back."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from core.assets import sample_images
from core.config import DEFAULT_THRESHOLD
from core.data.images import load_picture
from core.errors import Mem3DError, OutputError
from core.memory.teaching import Lesson, Sample
from core.reconstruction import Reconstructor
from mem3d_viewer.base.background import Job, Lane
from mem3d_viewer.base.qt_pixels import save_image
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.memory.teach.board import LessonBoard
from mem3d_viewer.memory.teach.stages import STAGES

_SAMPLES = 4


class TeachDialog(QDialog):
    """Steps through writes to a real ``ShapeMemory`` of a few slots.

    Args:
        checkpoint: whose image encoder makes features, and whose decoder makes the shapes of pictures.
        report: takes what fails.
        parent: the window.
    """

    def __init__(self, checkpoint: Path, report: Callable[[BaseException], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("How the Memory Learns")
        self.setAcceptDrops(True)
        self._checkpoint, self._report = checkpoint, report
        self._lane = Lane("mem3d-lesson", self)
        self._model: Reconstructor | None = None
        self.queue: list[Sample] = []
        self.lesson: Lesson | None = None
        self.stage = 0
        self.board = LessonBoard()
        self.where = QLabel()
        self.where.setProperty("kind", "muted")
        self.slots = QSpinBox()
        self.slots.setRange(1, 8)
        self.slots.setValue(4)
        self.slots.setAccessibleName("Slots")
        self.beta, self.delta = QDoubleSpinBox(), QDoubleSpinBox()
        for box, name, tip in (
            (self.beta, "Beta", "Key similarity that a read exceeds"),
            (self.delta, "Delta", "Value similarity from which a shape counts as known"),
        ):
            box.setRange(0.01, 1.0)
            box.setSingleStep(0.05)
            box.setKeyboardTracking(False)
            box.setAccessibleName(name)
            box.setToolTip(tip)
            box.setEnabled(False)
        self.back, self.forward = QPushButton("‹ &Back"), QPushButton("&Forward ›")
        self.again, self.add = QPushButton("&Reset"), QPushButton("Add &Pictures…")
        self.samples, self.export = QPushButton("Add &Samples"), QPushButton("Save as P&icture…")
        self.forward.setProperty("kind", "primary")
        self.forward.setDefault(True)
        self._lay_out()
        self._connect()
        self._show()
        self.resize(940, 600)
        self._prepare()

    def _lay_out(self) -> None:
        settings = QHBoxLayout()
        for label, box in (("S&lots", self.slots), ("&β", self.beta), ("&δ", self.delta)):
            title = QLabel(label)
            title.setBuddy(box)
            settings.addWidget(title)
            settings.addWidget(box)
        settings.addSpacing(12)
        settings.addWidget(self.where, 1)
        settings.addWidget(self.samples)
        settings.addWidget(self.add)
        steps = QHBoxLayout()
        steps.addWidget(self.again)
        steps.addWidget(self.export)
        steps.addStretch(1)
        steps.addWidget(self.back)
        steps.addWidget(self.forward)
        layout = QVBoxLayout(self)
        layout.addLayout(settings)
        layout.addWidget(self.board, 1)
        layout.addLayout(steps)
        for button in (self.back, self.forward, self.again, self.add, self.samples, self.export):
            button.setIcon(QIcon())
            button.setAutoDefault(button is self.forward)
        for widget, tip in (
            (self.slots, "How many slots the small memory has"),
            (self.samples, "Write sample pictures that come with the program"),
            (self.add, "Write pictures of your own; dropping them here does it, too"),
            (self.again, "Empty the memory, and begin anew with the same pictures"),
            (self.export, "Save what is shown as a PNG, twice as large"),
            (self.back, "The stage before (Left)"),
            (self.forward, "The next stage (Right)"),
        ):
            widget.setToolTip(tip)

    def _connect(self) -> None:
        self.back.clicked.connect(self.go_back)
        self.forward.clicked.connect(self.go_forward)
        self.again.clicked.connect(self.reset)
        self.add.clicked.connect(self._ask_pictures)
        self.samples.clicked.connect(lambda: self.add_pictures(_spread(sample_images())))
        self.export.clicked.connect(self._ask_export)
        for box in (self.slots, self.beta, self.delta):
            box.valueChanged.connect(lambda _: self._begin_anew())
        for key, handler in ((Qt.Key.Key_Right, self.go_forward), (Qt.Key.Key_Left, self.go_back)):
            QShortcut(QKeySequence(key), self.board, handler, context=Qt.ShortcutContext.WindowShortcut)

    # -- pictures

    def _prepare(self) -> None:
        """Load the model, whose beta and delta the lesson begins with."""
        self.where.setText("Loading the model…")
        job = self._lane.submit(lambda _: Reconstructor(self._checkpoint, "cpu"))
        job.succeeded.connect(self._accept_model)
        job.failed.connect(self._report)

    def _accept_model(self, model: Reconstructor) -> None:
        self._model = model
        for box, value in ((self.beta, model.config.model.beta), (self.delta, model.config.model.known_from)):
            box.blockSignals(True)
            box.setValue(value)
            box.setEnabled(True)
            box.blockSignals(False)
        self.reset()

    def add_pictures(self, paths: Sequence[Path]) -> None:
        """Queue picture files to be written; one that cannot be read is reported, the others are taken."""
        model = self._model
        if model is None or not paths:
            return

        def work(job: Job) -> None:
            for path in paths:
                if job.cancelled:
                    return
                try:
                    job.report(_sample(model, path))
                except Mem3DError as error:
                    job.report(error)

        self.where.setText(f"Encoding {len(paths)} pictures…")
        job = self._lane.submit(work)
        job.told.connect(self._take)
        job.failed.connect(self._report)
        job.finished.connect(self._show)

    def _take(self, found: Sample | Mem3DError) -> None:
        if isinstance(found, Mem3DError):
            self._report(found)
        else:
            self.queue.append(found)
            self._show()

    # -- stepping

    @property
    def working(self) -> bool:
        """Whether the model is loaded or pictures are encoded."""
        return self._lane.busy

    def go_forward(self) -> None:
        """The next stage, or the first one of the next write."""
        if self.lesson is None:
            return
        if self.lesson.steps and self.stage + 1 < len(STAGES):
            self.stage += 1
        elif len(self.lesson.steps) < len(self.queue):
            self.lesson.write(self.queue[len(self.lesson.steps)])
            self.stage = 0
        self._show()

    def go_back(self) -> None:
        """The stage before, or the last one of the write before, which is taken back."""
        if self.lesson is None or not self.lesson.steps:
            return
        if self.stage > 0:
            self.stage -= 1
        else:
            self.lesson.back()
            self.stage = len(STAGES) - 1 if self.lesson.steps else 0
        self._show()

    def reset(self) -> None:
        """Empty memory, the same pictures."""
        self._begin_anew()

    def _begin_anew(self) -> None:
        model = self._model
        if model is None:
            return
        self.lesson = Lesson(
            self.slots.value(),
            model.config.model.key_size,
            beta=self.beta.value(),
            value_similarity=model.config.model.value_similarity,
            delta=self.delta.value(),
        )
        self.stage = 0
        self._show()

    def _show(self) -> None:
        lesson = self.lesson
        if lesson is None:
            self.board.show_stage(None, 0, slots=self.slots.value(), delta=0.0, beta=0.0, kind="iou")
        else:
            step = lesson.steps[-1] if lesson.steps else None
            self.board.show_stage(
                step, self.stage, slots=lesson.slots, delta=lesson.delta, beta=lesson.beta, kind=lesson.kind
            )
            done, total = len(lesson.steps), len(self.queue)
            self.where.setText(
                f"write {done} of {total} · {STAGES[self.stage]}" if step else f"{total} pictures to be written"
            )
        more = lesson is not None and (
            len(lesson.steps) < len(self.queue) or (bool(lesson.steps) and self.stage + 1 < len(STAGES))
        )
        self.forward.setEnabled(more)
        for button in (self.back, self.again, self.export):
            button.setEnabled(lesson is not None and bool(lesson.steps))
        self.add.setEnabled(self._model is not None)
        self.samples.setEnabled(self._model is not None)

    # -- files

    def _ask_pictures(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "Pictures to Write", "", "Pictures (*.png *.jpg *.jpeg *.webp)")
        self.add_pictures([Path(name) for name in names])

    def _ask_export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Save as Picture", str(Path.home() / "lesson.png"), "PNG (*.png)")
        if name:
            self.save(Path(name))

    def save(self, path: Path) -> None:
        """Save what is shown as a PNG, twice as large as on the screen."""
        path = path if path.suffix.lower() == ".png" else path.with_name(path.name + ".png")
        try:
            save_image(path, self.board.picture().toImage())
        except OutputError as error:
            self._report(error)

    # -- Qt's events and what the window asks

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Queue what was dropped."""
        event.acceptProposedAction()
        self.add_pictures([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours."""
        self.board.set_theme(theme)

    def done(self, result: int) -> None:
        """End the thread with the dialog."""
        self._lane.close()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the thread with the dialog."""
        self._lane.close()
        super().closeEvent(event)


def _sample(model: Reconstructor, path: Path) -> Sample:
    """A picture with its feature; its shape is what the network makes of it, as a picture alone has no true one."""
    picture = load_picture(path)
    encoded = model.encode(picture)
    voxels = model.decode(encoded).voxels(DEFAULT_THRESHOLD)
    feature = encoded.features[0].cpu().numpy().astype(np.float32)
    return Sample(path.stem, encoded.network_input, feature, np.array(voxels))


def _spread(paths: Sequence[Path]) -> list[Path]:
    """A few of the samples that belong together, so that both rules are met: chairs and tables, then another kind."""
    alike = [path for path in paths if path.stem.partition("-")[0] in ("chair", "car", "table")]
    return (alike or list(paths))[: _SAMPLES + 2]
