"""The shape priors in the order in which they are read: one row each, drawn only when it is seen."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QDrag, QDropEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListView, QMenu, QStackedWidget, QVBoxLayout, QWidget

from core.reconstruction_result import RetrievedShape
from mem3d_viewer.reconstruct.priors.row import (
    INFLUENCE_ROLE,
    PRIOR_ROLE,
    PriorDelegate,
    influence_words,
    source_of,
)

_MIME = "application/x-mem3d-prior-row"
_Index = QModelIndex | QPersistentModelIndex

KEYS = {
    "show": ("Show &Beside", "Return", "Show the shape beside the result"),
    "mute": ("&Mute", "Space", "Keep the shape from being read, or let it be read again"),
    "pin": ("&Pin", "P", "Have the shape read however similar it is, or leave that to beta again"),
    "up": ("Move &Up", "Alt+Up", "Have the shape read earlier"),
    "down": ("Move &Down", "Alt+Down", "Have the shape read later"),
}
"""What may be done with a row: words, key, and what it does."""


class PriorModel(QAbstractListModel):
    """Retrieved shapes as rows, which can be dragged to another place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._priors: tuple[RetrievedShape, ...] = ()
        self._influence: Mapping[int, int] = {}

    @property
    def priors(self) -> tuple[RetrievedShape, ...]:
        """The shapes, one a row."""
        return self._priors

    def set_priors(self, priors: Sequence[RetrievedShape]) -> None:
        """Show these shapes, in this order."""
        self.beginResetModel()
        self._priors, self._influence = tuple(priors), {}
        self.endResetModel()

    def set_influence(self, influence: Mapping[int, int]) -> None:
        """Show how many voxels each slot changes; slots that are not named have no bar."""
        self._influence = influence
        if self._priors:
            self.dataChanged.emit(self.index(0), self.index(len(self._priors) - 1))

    def row_of(self, slot: int) -> int | None:
        """The row that shows ``slot``."""
        return next((row for row, prior in enumerate(self._priors) if prior.slot == slot), None)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Number of shapes."""
        return 0 if parent.isValid() else len(self._priors)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The shape itself, what it does, or its description in words."""
        if not index.isValid():
            return None
        prior = self._priors[index.row()]
        if role == PRIOR_ROLE:
            return prior
        if role == INFLUENCE_ROLE:
            changed = self._influence.get(prior.slot)
            return None if changed is None else (changed, max(self._influence.values()))
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Unchecked if prior.muted else Qt.CheckState.Checked
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self._words(prior)
        return None

    def _words(self, prior: RetrievedShape) -> str:
        words = [prior.category, f"similarity {prior.similarity:.3f}"]
        words += ["muted"] if prior.muted else ["pinned"] if prior.pinned else []
        words += ["given to the LSTM" if prior.given_to_lstm else "not given to the LSTM"]
        changed = self._influence.get(prior.slot)
        if changed is not None:
            words.append(influence_words(changed) + (" change when it is muted" if changed else ""))
        return ", ".join([*words, f"slot {prior.slot}", f"age {prior.age}", f"from {source_of(prior)}"])

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Rows can be dragged, and dropped between others."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        on = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
        return on | Qt.ItemFlag.ItemNeverHasChildren

    def supportedDropActions(self) -> Qt.DropAction:
        """Rows move."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """Rows of this list alone."""
        return [_MIME]


class _View(QListView):
    """Rows to drag, with check boxes; what is selected is only what the list says, not where the keyboard is."""

    checked = Signal(QModelIndex)
    """The check box of this row was clicked."""
    dropped = Signal(QModelIndex, int)
    """This row was dragged to before that row."""

    def __init__(self) -> None:
        super().__init__()
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.viewport().setProperty("takes_drops", True)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a check box is about nothing else."""
        if not self._on_check_box(event):
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell of a click on a check box."""
        if self._on_check_box(event):
            self.checked.emit(self.indexAt(event.position().toPoint()))
        else:
            super().mouseReleaseEvent(event)

    def _on_check_box(self, event: QMouseEvent) -> bool:
        at = event.position().toPoint()
        index = self.indexAt(at)
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return False
        return PriorDelegate.check_box(self.visualRect(index)).adjusted(-6, -6, 6, 6).contains(at)

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the row that was pressed; Qt drags selected ones."""
        drag, mime = QDrag(self), QMimeData()
        mime.setData(_MIME, b"row")
        drag.setMimeData(mime)
        drag.exec(Qt.DropAction.MoveAction)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell where the row was dropped; it moves once the shapes are read in that order."""
        at = event.position().toPoint()
        index = self.indexAt(at)
        row = index.row() if index.isValid() else self.model().rowCount()
        if index.isValid() and at.y() > self.visualRect(index).center().y():
            row += 1
        event.setDropAction(Qt.DropAction.IgnoreAction)  # nothing is to be removed where it was
        event.accept()
        self.setState(QAbstractItemView.State.NoState)
        self.viewport().update()
        self.dropped.emit(self.currentIndex(), row)


class PriorList(QWidget):
    """The rows, or one plain sentence where there are none."""

    chosen = Signal(int)
    """The shape in this slot is to be shown beside the result."""
    marked = Signal(int)
    """The keyboard came to the shape in this slot."""
    muted = Signal(int, bool)
    """A slot is not to be read, or is again."""
    pinned = Signal(int, bool)
    """A slot is to be read in any case, or no longer."""
    moved = Signal(int, int)
    """A slot is to be in this row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = PriorModel(self)
        self.view = _View()
        self.view.setModel(self.model)
        self._delegate = PriorDelegate(self.view)
        self.view.setItemDelegate(self._delegate)
        self.view.setUniformItemSizes(True)
        self.setMinimumWidth(225)
        self.view.setMouseTracking(True)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.setAccessibleName("Shape priors, in the order in which they are read")
        self.view.setToolTip(
            "Slots that the picture calls up. Return shows one beside the result, Space mutes it, P pins it; the bar "
            "tells how many voxels change when it is muted"
        )
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
        self.row_actions = {name: self._action(name) for name in KEYS}
        self._connect()

    def _action(self, name: str) -> QAction:
        words, key, tip = KEYS[name]
        action = QAction(words, self.view)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setToolTip(tip)
        action.setStatusTip(tip)
        action.setCheckable(name in ("mute", "pin"))
        self.view.addAction(action)
        return action

    def _connect(self) -> None:
        actions = self.row_actions
        self.view.dropped.connect(self._drop)
        self.view.checked.connect(lambda index: self._with(index, self._switch_mute))
        self.view.clicked.connect(lambda index: self._with(index, lambda prior: self.chosen.emit(prior.slot)))
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self.view.customContextMenuRequested.connect(self._show_menu)
        actions["show"].triggered.connect(lambda: self._with_current(lambda prior: self.chosen.emit(prior.slot)))
        actions["mute"].triggered.connect(lambda: self._with_current(self._switch_mute))
        actions["pin"].triggered.connect(
            lambda: self._with_current(lambda prior: self.pinned.emit(prior.slot, not prior.pinned))
        )
        actions["up"].triggered.connect(lambda: self._move(-1))
        actions["down"].triggered.connect(lambda: self._move(1))

    def sizeHint(self) -> QSize:
        """Wide enough for a row's words."""
        return QSize(310, 500)

    @property
    def current(self) -> RetrievedShape | None:
        """The shape that the keyboard is at."""
        index = self.view.currentIndex()
        return self.model.priors[index.row()] if index.isValid() else None

    def set_prior_colour(self, colour: str) -> None:
        """The colour of shapes given to the LSTM, as ``#rrggbb``."""
        self._delegate.set_prior_colour(colour)
        self.view.viewport().update()

    def show_priors(self, priors: Sequence[RetrievedShape], selected_slot: int | None) -> None:
        """Show these shapes; the list keeps its scroll position, and the keyboard its shape."""
        current, position = self.current, self.view.verticalScrollBar().value()
        selection = self.view.selectionModel()
        selection.blockSignals(True)
        self.model.set_priors(priors)
        row = None if current is None else self.model.row_of(current.slot)
        if row is not None:
            selection.setCurrentIndex(self.model.index(row), QItemSelectionModel.SelectionFlag.NoUpdate)
        selection.blockSignals(False)
        self.select(selected_slot)
        self._stack.setCurrentWidget(self.view)
        self.view.verticalScrollBar().setValue(position)

    def show_message(self, text: str) -> None:
        """Show one sentence in place of rows."""
        selection = self.view.selectionModel()
        selection.blockSignals(True)
        self.model.set_priors(())
        selection.blockSignals(False)
        self.message.setText(text)
        self._stack.setCurrentWidget(self.message)

    def select(self, slot: int | None) -> None:
        """Mark the row of ``slot`` as the one that is shown beside the result, or none, without telling anyone."""
        selection = self.view.selectionModel()
        row = None if slot is None else self.model.row_of(slot)
        selection.blockSignals(True)
        if row is None:
            selection.clearSelection()
        else:
            selection.setCurrentIndex(self.model.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect)
        selection.blockSignals(False)
        self.view.viewport().update()

    def _current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid():
            self.marked.emit(self.model.priors[current.row()].slot)

    def _with(self, index: QModelIndex, do: Callable[[RetrievedShape], None]) -> None:
        if index.isValid():
            do(self.model.priors[index.row()])

    def _with_current(self, do: Callable[[RetrievedShape], None]) -> None:
        self._with(self.view.currentIndex(), do)

    def _switch_mute(self, prior: RetrievedShape) -> None:
        self.muted.emit(prior.slot, not prior.muted)

    def _drop(self, index: QModelIndex, before: int) -> None:
        row = before - 1 if before > index.row() else before
        if index.isValid() and row != index.row():
            self.moved.emit(self.model.priors[index.row()].slot, row)

    def _move(self, by: int) -> None:
        row = self.view.currentIndex().row() + by
        if self.current is not None and 0 <= row < len(self.model.priors):
            self.moved.emit(self.current.slot, row)

    def _show_menu(self, at: QPoint) -> None:
        index = self.view.indexAt(at)
        if not index.isValid():
            return
        self.view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        prior = self.model.priors[index.row()]
        self.row_actions["mute"].setChecked(prior.muted)
        self.row_actions["pin"].setChecked(prior.pinned)
        menu = QMenu(self.view)
        menu.setToolTipsVisible(True)
        menu.addActions(list(self.row_actions.values()))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(at))
