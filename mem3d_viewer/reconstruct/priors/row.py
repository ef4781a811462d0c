"""How one shape prior is drawn as a row of the list."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QStyleOptionViewItem,
    QWidget,
)

from core.reconstruction_result import RetrievedShape
from mem3d_viewer.base.qt_pixels import image_of
from mem3d_viewer.scene.voxel_thumbnail import voxel_thumbnail

ROW_HEIGHT = 92
PRIOR_ROLE = Qt.ItemDataRole.UserRole
"""The shape of a row."""
INFLUENCE_ROLE = Qt.ItemDataRole.UserRole + 1
"""(voxels that it changes, the most that any changes), or None where that is not known."""
_THUMBNAIL = 58
_KEPT_THUMBNAILS = 2000
_CHECK = 18
_LINE = 19
_Index = QModelIndex | QPersistentModelIndex


class PriorDelegate(QStyledItemDelegate):
    """Draws a row: accent bar, check box, thumbnail, what it is, how similar it is, and what it does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = QColor("#d07a2a")
        self._thumbnails: dict[tuple[bytes, str], QPixmap] = {}

    def set_prior_colour(self, colour: str) -> None:
        """The colour of shapes given to the LSTM."""
        self._colour = QColor(colour)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """All rows are equally high."""
        return QSize(220, ROW_HEIGHT)

    @staticmethod
    def check_box(row: QRect) -> QRect:
        """Where the check box of a row is."""
        return QRect(row.left() + 9, row.top() + (row.height() - _CHECK) // 2, _CHECK, _CHECK)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        prior: RetrievedShape = index.data(PRIOR_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = option.rect
        text, muted = self._paint_background(painter, option)
        if prior.given_to_lstm:
            painter.fillRect(QRect(row.left(), row.top() + 4, 4, row.height() - 9), self._colour)
        self._paint_check_box(painter, option, not prior.muted)
        pixmap = self._thumbnail(prior)
        left = self.check_box(row).right() + 8
        place = QRect(left, row.top() + (row.height() - _THUMBNAIL) // 2, _THUMBNAIL, _THUMBNAIL)
        size = pixmap.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(0.35 if prior.muted else 1.0)
        painter.drawPixmap(QRect(place.center() - QPoint(size.width() // 2, size.height() // 2), size), pixmap)
        painter.setOpacity(1.0)
        words = QRect(place.right() + 11, row.top() + 7, row.right() - 10 - place.right() - 11, row.height() - 14)
        main = text if prior.given_to_lstm else muted
        self._paint_words(painter, option, words, prior, main, muted)
        self._paint_influence(painter, words, index.data(INFLUENCE_ROLE), muted)
        painter.restore()

    def _paint_background(self, painter: QPainter, option: QStyleOptionViewItem) -> tuple[QColor, QColor]:
        """Background and line below; returns the colours of main and secondary words."""
        palette, row = option.palette, option.rect
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if option.state & QStyle.StateFlag.State_Selected:
            fill = palette.color(QPalette.ColorRole.Highlight)
            fill.setAlpha(70 if focused else 45)
            painter.fillRect(row, fill)
            painter.setPen(palette.color(QPalette.ColorRole.Highlight))
            painter.drawRect(row.adjusted(0, 0, -1, -1))
        elif focused:  # where the keys go, though nothing is shown beside
            painter.setPen(palette.color(QPalette.ColorRole.Highlight))
            painter.drawRect(row.adjusted(0, 0, -1, -1))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(row, palette.color(QPalette.ColorRole.Window))
        painter.setPen(palette.color(QPalette.ColorRole.Mid))
        painter.drawLine(row.bottomLeft() + QPoint(12, 0), row.bottomRight() - QPoint(8, 0))
        return palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.PlaceholderText)

    def _paint_check_box(self, painter: QPainter, option: QStyleOptionViewItem, on: bool) -> None:
        painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self.check_box(option.rect).adjusted(1, 1, -1, -1), 3, 3)
        box = QStyleOptionButton()
        box.rect = self.check_box(option.rect)
        box.palette = option.palette
        box.state = QStyle.StateFlag.State_Enabled | (QStyle.StateFlag.State_On if on else QStyle.StateFlag.State_Off)
        style = option.widget.style() if option.widget is not None else QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_IndicatorCheckBox, box, painter, option.widget)

    def _paint_words(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        words: QRect,
        prior: RetrievedShape,
        main: QColor,
        muted: QColor,
    ) -> None:
        bold = QFont(option.font)
        bold.setBold(True)
        bold.setStrikeOut(prior.muted)
        small = QFont(option.font)
        small.setPointSizeF(option.font.pointSizeF() * 0.9)
        first, second, third = (QRect(words.left(), words.top() + i * _LINE, words.width(), _LINE) for i in range(3))
        align, elide = Qt.AlignmentFlag.AlignVCenter, Qt.TextElideMode.ElideRight
        number = f"{prior.similarity:.3f}"
        painter.setFont(bold)
        painter.setPen(main)
        painter.drawText(first, align | Qt.AlignmentFlag.AlignRight, number)
        room = first.width() - painter.fontMetrics().horizontalAdvance(number) - 6
        name = painter.fontMetrics().elidedText(prior.category.capitalize(), elide, room)
        painter.drawText(first, align, name)
        painter.setFont(small)
        badge = _badge(prior)
        if badge:
            width = painter.fontMetrics().horizontalAdvance(badge) + 8
            box = QRect(second.right() - width, second.top() + 2, width, 16)
            fill = QColor(self._colour if prior.given_to_lstm else muted)
            fill.setAlpha(60)
            painter.setBrush(fill)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(main)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, badge)
            second.setRight(box.left() - 4)
        painter.setPen(muted)
        metrics = painter.fontMetrics()
        slot = f"slot {prior.slot} · age {prior.age}"
        if metrics.horizontalAdvance(slot) > second.width():
            slot = f"slot {prior.slot}"
        painter.drawText(second, align, metrics.elidedText(slot, elide, second.width()))
        name = prior.object_id.rpartition("/")[2]  # its category is in the first line
        sources = (source_of(prior), f"{prior.dataset}: {name}", name)
        source = next((words for words in sources if metrics.horizontalAdvance(words) <= third.width()), name)
        painter.drawText(third, align, metrics.elidedText(source, elide, third.width()))

    def _paint_influence(
        self, painter: QPainter, words: QRect, influence: tuple[int, int] | None, muted: QColor
    ) -> None:
        """A bar as long as the shape's share of the greatest influence, and its number."""
        if influence is None:
            return
        changed, most = influence
        line = QRect(words.left(), words.top() + 3 * _LINE, words.width(), _LINE)
        painter.setPen(muted)
        said = influence_words(changed)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, said)
        room = line.width() - painter.fontMetrics().horizontalAdvance(influence_words(most)) - 10
        if changed and room > 8:
            track = QRect(line.left(), line.center().y() - 3, room, 6)
            back = QColor(muted)
            back.setAlpha(40)
            painter.fillRect(track, back)
            track.setWidth(max(2, round(room * changed / most)))
            painter.fillRect(track, self._colour)

    def _thumbnail(self, prior: RetrievedShape) -> QPixmap:
        colour = self._colour if prior.given_to_lstm else QColor("#9aa3af")
        key = (prior.packed.tobytes(), colour.name())
        pixmap = self._thumbnails.get(key)
        if pixmap is None:
            if len(self._thumbnails) >= _KEPT_THUMBNAILS:
                self._thumbnails.clear()
            image = image_of(voxel_thumbnail(prior.voxels, (colour.red(), colour.green(), colour.blue())))
            side = 2 * _THUMBNAIL  # sharp on a screen of double density too
            pixmap = QPixmap.fromImage(
                image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
            )
            self._thumbnails[key] = pixmap
        return pixmap


def source_of(prior: RetrievedShape) -> str:
    """Where the shape came from, for people."""
    return f"{prior.dataset}: {prior.object_id}, view {prior.view}"


def influence_words(changed: int) -> str:
    """What a shape does, for people."""
    return "no influence" if changed == 0 else f"{changed:,} voxel{'' if changed == 1 else 's'}"


def _badge(prior: RetrievedShape) -> str:
    if prior.pinned:
        return "pinned"
    if prior.muted:
        return "muted"
    return "LSTM" if prior.given_to_lstm else ""
