"""The drawing of one stage of a write: the sample on the left, the memory's slots beside it."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.memory.teaching import SlotState, WriteStep
from mem3d_viewer.base.qt_pixels import image_of
from mem3d_viewer.base.theme import LIGHT, Theme
from mem3d_viewer.memory.teach.stages import explanation, heading
from mem3d_viewer.scene.voxel_thumbnail import voxel_thumbnail

_SIMILARITIES, _RULE, _CHANGE, _READ = range(4)


class LessonBoard(QWidget):
    """Draws a stage of a write; the same drawing is what is exported."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._step: WriteStep | None = None
        self._empty: int = 0
        self._stage = 0
        self._delta, self._beta, self._kind = 0.0, 0.0, "iou"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(560, 330)

    def sizeHint(self) -> QSize:
        """Wide, as slots stand beside each other."""
        return QSize(820, 420)

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours."""
        self._theme = theme
        self.update()

    def show_stage(
        self, step: WriteStep | None, stage: int, *, slots: int, delta: float, beta: float, kind: str
    ) -> None:
        """Show a stage of a write; None: the empty memory with ``slots`` slots."""
        self._step, self._stage, self._empty = step, stage, slots
        self._delta, self._beta, self._kind = delta, beta, kind
        self.setAccessibleName("Lesson")
        self.setAccessibleDescription(self.words)
        self.update()

    @property
    def words(self) -> str:
        """Heading and explanation of what is shown."""
        if self._step is None:
            return f"An empty memory of {self._empty} slots. Drop pictures here, or add samples, and step forward."
        told = explanation(self._step, self._stage, delta=self._delta, beta=self._beta, kind=self._kind)
        return f"{heading(self._step, self._stage)}. {told}"

    def picture(self, scale: float = 2.0) -> QPixmap:
        """What is shown, ``scale`` times as large."""
        picture = QPixmap(self.size() * scale)
        picture.setDevicePixelRatio(scale)
        painter = QPainter(picture)
        self._paint(painter)
        painter.end()
        return picture

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        self._paint(painter)
        painter.end()

    def _paint(self, painter: QPainter) -> None:
        theme = self._theme
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(theme.base))
        area = QRectF(self.rect()).adjusted(16, 12, -16, -12)
        words_height = 118.0
        below = QRectF(area.left(), area.bottom() - words_height, area.width(), words_height)
        above = QRectF(area.left(), area.top(), area.width(), area.height() - words_height - 8)
        self._paint_words(painter, below)
        sample_width = min(150.0, above.width() * 0.2)
        if self._step is not None:
            self._paint_sample(painter, QRectF(above.left(), above.top(), sample_width, above.height()))
        left = above.left() + sample_width + 22
        self._paint_slots(painter, QRectF(left, above.top(), above.right() - left, above.height()))

    def _paint_words(self, painter: QPainter, place: QRectF) -> None:
        bold = QFont(painter.font())
        plain = QFont(painter.font())
        bold.setBold(True)
        painter.setPen(QColor(self._theme.text))
        wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop
        if self._step is None:
            painter.drawText(place, int(wrap), self.words)
            return
        painter.setFont(bold)
        painter.drawText(place, int(wrap), heading(self._step, self._stage))
        painter.setFont(plain)
        told = explanation(self._step, self._stage, delta=self._delta, beta=self._beta, kind=self._kind)
        painter.drawText(place.adjusted(0, 22, 0, 0), int(wrap), told)

    def _paint_sample(self, painter: QPainter, place: QRectF) -> None:
        step = self._step
        if step is None:
            return
        side = min(place.width(), (place.height() - 60) / 2)
        first = QRectF(place.left(), place.top() + 20, side, side)
        second = QRectF(place.left(), first.bottom() + 24, side, side)
        painter.setPen(QColor(self._theme.muted))
        for box, name in ((first, f"F  {step.sample.name}"), (second, "V")):
            label = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, round(place.width()))
            painter.drawText(QPointF(box.left(), box.top() - 5), label)
        _draw_fitted(painter, QPixmap.fromImage(image_of(step.sample.picture)), first)
        colour = self._theme.scene.truth if step.sample.is_truth else self._theme.scene.reconstruction
        _draw_fitted(painter, _shape(step.sample.voxels, colour), second)
        painter.setPen(QColor(self._theme.border))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(second)

    def _paint_slots(self, painter: QPainter, place: QRectF) -> None:
        step = self._step
        states: tuple[SlotState, ...] = (SlotState(None, 0, "", 0.0),) * self._empty
        if step is not None:
            states = step.before if self._stage < _CHANGE else step.after
        if not states:
            return
        width = min(172.0, place.width() / len(states))
        for slot, state in enumerate(states):
            self._paint_slot(
                painter, QRectF(place.left() + slot * width, place.top(), width - 8, place.height()), slot, state
            )

    def _paint_slot(self, painter: QPainter, place: QRectF, slot: int, state: SlotState) -> None:
        theme, step = self._theme, self._step
        side = min(place.width(), place.height() - 96)
        frame = QRectF(place.left(), place.top() + 20, place.width(), side)
        painter.setPen(QColor(theme.text))
        painter.drawText(QPointF(place.left(), place.top() + 14), self._title(slot))
        emphasis = self._emphasis(slot)
        painter.setBrush(QColor(theme.raised) if state.voxels is not None else Qt.BrushStyle.NoBrush)
        style = Qt.PenStyle.SolidLine if state.voxels is not None or emphasis else Qt.PenStyle.DashLine
        painter.setPen(QPen(QColor(emphasis or theme.border), 3 if emphasis else 1, style))
        painter.drawRoundedRect(frame.adjusted(1.5, 1.5, -1.5, -1.5), 6, 6)
        if state.voxels is None:
            painter.setPen(QColor(theme.muted))
            painter.drawText(frame, int(Qt.AlignmentFlag.AlignCenter), "empty")
            return
        _draw_fitted(painter, _shape(state.voxels, theme.scene.prior), frame.adjusted(7, 7, -7, -7))
        top = frame.bottom() + 8
        if step is not None:
            self._paint_bar(painter, QRectF(place.left(), top, place.width(), 12), state.similarity)
        painter.setPen(QColor(theme.text))
        lines = [f"S_k {state.similarity:.3f}", f"age {state.age}", state.name]
        if self._stage == _CHANGE and step is not None:
            before = step.before[slot]
            if before.voxels is not None:
                lines[0] = f"S_k {before.similarity:.3f} → {state.similarity:.3f}"
                lines[1] = f"age {before.age} → {state.age}"
                if slot == step.slot:
                    lines[2] = f"key turned {step.turned:.1f}°"
        for row, text in enumerate(lines):
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, round(place.width()))
            painter.drawText(QPointF(place.left(), top + 28 + 16 * row), shown)

        if self._stage == _CHANGE and step is not None and slot == step.slot:
            self._paint_angles(painter, QRectF(place.left(), top + 72, place.width(), place.bottom() - top - 72), slot)

    def _paint_angles(self, painter: QPainter, place: QRectF, slot: int) -> None:
        """F, and the key before and after, as arrows with the angles between them; where there is room."""
        step, theme = self._step, self._theme
        radius = min(place.height() - 16, place.width() - 44)
        if step is None or radius < 40:
            return
        origin = QPointF(place.left() + 6, place.bottom() - 4)
        before, after = step.before[slot], step.after[slot]
        arrows = [("F", 1.0, theme.scene.reconstruction), ("K after", after.similarity, theme.accent)]
        if before.voxels is not None:
            arrows.append(("K before", before.similarity, theme.muted))
        written: list[float] = []
        for name, similarity, colour in arrows:
            angle = math.acos(min(max(similarity, -1.0), 1.0))
            tip = origin + QPointF(radius * math.cos(angle), -radius * math.sin(angle))
            painter.setPen(QPen(QColor(colour), 2))
            painter.drawLine(origin, tip)
            if all(abs(angle - other) > 0.15 for other in written):
                same = name == "F" and after.similarity > 0.999
                words = "F = K after" if same else name if name == "F" else f"{name} {math.degrees(angle):.0f}°"
                painter.drawText(tip + QPointF(3, -2), words)
            written.append(angle)

    def _paint_bar(self, painter: QPainter, place: QRectF, similarity: float) -> None:
        """A similarity from 0 to 1 as a bar; beta is a line across it."""
        theme = self._theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.raised))
        painter.drawRect(place)
        share = min(max(similarity, 0.0), 1.0)
        painter.setBrush(QColor(theme.prior if similarity > self._beta else theme.muted))
        painter.drawRect(QRectF(place.left(), place.top(), share * place.width(), place.height()))
        if self._stage == _READ:
            painter.setPen(QPen(QColor(theme.accent), 2))
            x = place.left() + max(self._beta, 0.0) * place.width()
            painter.drawLine(QPointF(x, place.top() - 3), QPointF(x, place.bottom() + 3))

    def _title(self, slot: int) -> str:
        step = self._step
        if step is None:
            return f"slot {slot}"
        if self._stage == _READ:
            rank = next((rank for rank, (read, _) in enumerate(step.read, start=1) if read == slot), None)
            return f"slot {slot}" if rank is None else f"slot {slot} · read, {rank}."
        if self._stage in (_SIMILARITIES, _RULE) and slot == step.nearest:
            return f"slot {slot} · n1"
        if self._stage in (_RULE, _CHANGE) and slot == step.slot:
            return f"slot {slot} · written"
        return f"slot {slot}"

    def _emphasis(self, slot: int) -> str | None:
        """Colour of the frame around a slot that the stage is about."""
        step, theme = self._step, self._theme
        if step is None:
            return None
        if self._stage == _READ:
            return theme.prior if any(read == slot for read, _ in step.read) else None
        if self._stage in (_RULE, _CHANGE) and slot == step.slot:
            return theme.accent
        return theme.prior if self._stage in (_SIMILARITIES, _RULE) and slot == step.nearest else None


def _shape(voxels: object, colour: str) -> QPixmap:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return QPixmap.fromImage(image_of(voxel_thumbnail(voxels, (red, green, blue))))  # type: ignore[arg-type]  # of three


def _draw_fitted(painter: QPainter, pixmap: QPixmap, place: QRectF) -> None:
    size = pixmap.size().scaled(place.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
    left = place.left() + (place.width() - size.width()) / 2
    top = place.top() + (place.height() - size.height()) / 2
    painter.drawPixmap(QRectF(left, top, size.width(), size.height()), pixmap, QRectF(pixmap.rect()))
