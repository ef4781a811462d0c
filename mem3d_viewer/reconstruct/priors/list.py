"""The shape priors, most similar first: one row each, drawn only when it is seen."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QLabel,
    QListView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from core.reconstruction_result import RetrievedShape
from mem3d_viewer.base.qt_pixels import image_of
from mem3d_viewer.scene.voxel_thumbnail import voxel_thumbnail

_ROW_HEIGHT = 74
_THUMBNAIL = 58
_PRIOR_ROLE = Qt.ItemDataRole.UserRole
_KEPT_THUMBNAILS = 2000
_AnyIndex = QModelIndex | QPersistentModelIndex


class PriorModel(QAbstractListModel):
    """Retrieved shapes as rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._priors: tuple[RetrievedShape, ...] = ()

    def set_priors(self, priors: Sequence[RetrievedShape]) -> None:
        """Show these shapes, in this order."""
        self.beginResetModel()
        self._priors = tuple(priors)
        self.endResetModel()

    def row_of(self, slot: int) -> int | None:
        """The row that shows ``slot``."""
        return next((row for row, prior in enumerate(self._priors) if prior.slot == slot), None)

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Number of shapes."""
        return 0 if parent.isValid() else len(self._priors)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The shape itself, or its description in words."""
        if not index.isValid():
            return None
        prior = self._priors[index.row()]
        if role == _PRIOR_ROLE:
            return prior
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            given = "given to the LSTM" if prior.given_to_lstm else "not given to the LSTM"
            return (
                f"{prior.category}, similarity {prior.similarity:.3f}, {given}, "
                f"slot {prior.slot}, age {prior.age}, from {_source(prior)}"
            )
        return None


class PriorDelegate(QStyledItemDelegate):
    """Draws a row: accent bar, thumbnail, what it is, how similar it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = QColor("#d07a2a")
        self._thumbnails: dict[tuple[bytes, str], QPixmap] = {}

    def set_prior_colour(self, colour: str) -> None:
        """The colour of shapes given to the LSTM."""
        self._colour = QColor(colour)

    def sizeHint(self, option: QStyleOptionViewItem, index: _AnyIndex) -> QSize:
        """All rows are equally high."""
        return QSize(220, _ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        """Draw one row."""
        prior: RetrievedShape = index.data(_PRIOR_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        text, muted = self._paint_background(painter, option, selected)
        if prior.given_to_lstm:
            painter.fillRect(QRect(row.left(), row.top() + 4, 4, row.height() - 9), self._colour)
        pixmap = self._thumbnail(prior)
        place = QRect(row.left() + 12, row.top() + (row.height() - _THUMBNAIL) // 2, _THUMBNAIL, _THUMBNAIL)
        size = pixmap.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(QRect(place.center() - QPoint(size.width() // 2, size.height() // 2), size), pixmap)
        self._paint_words(painter, option, prior, text if prior.given_to_lstm else muted, muted)
        painter.restore()

    def _paint_background(
        self, painter: QPainter, option: QStyleOptionViewItem, selected: bool
    ) -> tuple[QColor, QColor]:
        """Background and line below; returns the colours of main and secondary words."""
        palette, row = option.palette, option.rect
        active = option.state & QStyle.StateFlag.State_HasFocus
        if selected:
            fill = palette.color(QPalette.ColorRole.Highlight)
            fill.setAlpha(70 if active else 45)
            painter.fillRect(row, fill)
            painter.setPen(palette.color(QPalette.ColorRole.Highlight))
            painter.drawRect(row.adjusted(0, 0, -1, -1))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(row, palette.color(QPalette.ColorRole.Window))
        painter.setPen(palette.color(QPalette.ColorRole.Mid))
        painter.drawLine(row.bottomLeft() + QPoint(12, 0), row.bottomRight() - QPoint(8, 0))
        return palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.PlaceholderText)

    def _paint_words(
        self, painter: QPainter, option: QStyleOptionViewItem, prior: RetrievedShape, main: QColor, muted: QColor
    ) -> None:
        row = option.rect
        bold = QFont(option.font)
        bold.setBold(True)
        left = row.left() + 12 + _THUMBNAIL + 12
        right = row.right() - 10
        lines = [row.top() + 9 + i * 19 for i in range(3)]
        height = 19
        number = f"{prior.similarity:.3f}"
        painter.setFont(bold)
        painter.setPen(main)
        number_width = painter.fontMetrics().horizontalAdvance(number)
        align = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(left, lines[0], right - left, height), align | Qt.AlignmentFlag.AlignRight, number)
        painter.drawText(
            QRect(left, lines[0], right - left - number_width - 6, height), align, prior.category.capitalize()
        )
        small = QFont(option.font)
        small.setPointSizeF(option.font.pointSizeF() * 0.9)
        painter.setFont(small)
        painter.setPen(muted)
        badge = 0
        if prior.given_to_lstm:
            badge = painter.fontMetrics().horizontalAdvance("LSTM") + 14
            box = QRect(right - badge, lines[1] + 3, badge, 16)
            fill = QColor(self._colour)
            fill.setAlpha(60)
            painter.setBrush(fill)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(main)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "LSTM")
            painter.setPen(muted)
        width = right - left - (badge + 6 if badge else 0)
        elide = Qt.TextElideMode.ElideRight
        slot = painter.fontMetrics().elidedText(f"slot {prior.slot} · age {prior.age}", elide, width)
        source = painter.fontMetrics().elidedText(_source(prior), elide, right - left)
        painter.drawText(QRect(left, lines[1], width, height), align, slot)
        painter.drawText(QRect(left, lines[2], right - left, height), align, source)

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


class PriorList(QWidget):
    """The rows, or one plain sentence where there are none."""

    selected = Signal(object)
    """The slot of the shape that the user selected, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = PriorModel(self)
        self.view = QListView()
        self.view.setModel(self.model)
        self._delegate = PriorDelegate(self.view)
        self.view.setItemDelegate(self._delegate)
        self.view.setUniformItemSizes(True)
        self.setMinimumWidth(225)
        self.view.setMouseTracking(True)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAccessibleName("Shape priors, most similar first")
        self.message = QLabel()
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self.message.setMargin(18)
        self.message.setProperty("kind", "muted")
        self.message.setAccessibleName("Shape priors message")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self.view.selectionModel().currentChanged.connect(self._current_changed)

    def sizeHint(self) -> QSize:
        """Wide enough for a row's words."""
        return QSize(310, 500)

    def set_prior_colour(self, colour: str) -> None:
        """The colour of shapes given to the LSTM, as ``#rrggbb``."""
        self._delegate.set_prior_colour(colour)
        self.view.viewport().update()

    def show_priors(self, priors: Sequence[RetrievedShape], selected_slot: int | None) -> None:
        """Show these shapes; the list keeps its scroll position."""
        selection = self.view.selectionModel()
        selection.blockSignals(True)
        position = self.view.verticalScrollBar().value()
        self.model.set_priors(priors)
        selection.blockSignals(False)
        self.select(selected_slot)
        self.view.verticalScrollBar().setValue(position)
        self._stack.setCurrentWidget(self.view)

    def show_message(self, text: str) -> None:
        """Show one sentence in place of rows."""
        selection = self.view.selectionModel()
        selection.blockSignals(True)
        self.model.set_priors(())
        selection.blockSignals(False)
        self.message.setText(text)
        self._stack.setCurrentWidget(self.message)

    def select(self, slot: int | None) -> None:
        """Mark the row of ``slot``, or none, without telling anyone."""
        selection = self.view.selectionModel()
        row = None if slot is None else self.model.row_of(slot)
        selection.blockSignals(True)
        if row is None:
            selection.clear()
        else:
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            selection.setCurrentIndex(self.model.index(row), flag)
        selection.blockSignals(False)
        self.view.viewport().update()

    def _current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        prior = current.data(_PRIOR_ROLE) if current.isValid() else None
        self.selected.emit(None if prior is None else prior.slot)


def _source(prior: RetrievedShape) -> str:
    return f"{prior.dataset}: {prior.object_id}, view {prior.view}"
