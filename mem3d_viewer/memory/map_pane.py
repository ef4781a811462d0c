"""The map with its controls: how it is made, what its colours mean, how far it is to be trusted, what is hovered."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.memory.key_map import NEIGHBOURS, KeyMap
from mem3d_viewer.base.theme import Theme
from mem3d_viewer.memory.controller import MemoryController
from mem3d_viewer.memory.map_keys import MapKeys
from mem3d_viewer.memory.map_view import COLOURINGS, MapView
from mem3d_viewer.memory.session import MemorySession
from mem3d_viewer.memory.thumbnails import Thumbnails

_METHODS = {"t-SNE": "tsne", "PCA": "pca"}


class MapPane(QWidget):
    """Shows the map of the session's slots.

    Args:
        session: whose slots, selection and picture are drawn.
        controller: makes the maps.
        thumbnails: shapes for what the mouse is over.
    """

    def __init__(self, session: MemorySession, controller: MemoryController, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._session, self._controller, self._thumbnails = session, controller, thumbnails
        self._mapped: object = None
        self.view = MapView()
        self.keys = MapKeys(self.view)
        self.method, self.colouring = QComboBox(), QComboBox()
        self.method.addItems(list(_METHODS))
        self.method.setAccessibleName("How the map is made")
        self.method.setToolTip(
            "PCA is there at once and shows the two strongest directions; t-SNE keeps neighbours together and is made "
            "in the background"
        )
        self.colouring.addItems(list(COLOURINGS))
        self.colouring.setAccessibleName("What the map's colours mean")
        self.colouring.setToolTip("What the colours mean")
        self.trust = QLabel()
        self.trust.setProperty("kind", "muted")
        self.trust.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.trust.setAccessibleName("How far the map is to be trusted")
        self.shape = QLabel(self.view)
        self.shape.setObjectName("map_hover")
        self.shape.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.shape.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.shape.hide()
        head = QHBoxLayout()
        head.setContentsMargins(8, 2, 8, 2)
        head.setSpacing(6)
        head.addWidget(QLabel("Map"))
        head.addWidget(self.method)
        head.addWidget(self.colouring)
        head.addWidget(self.trust, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.view, 1)
        self.method.currentTextChanged.connect(lambda _: self._make())
        self.colouring.currentTextChanged.connect(lambda _: self._colour())
        self.view.selected.connect(self._select)
        self.view.hovered.connect(self._hover)
        session.slots_changed.connect(self._show_slots)
        self.keys.stepped.connect(self._step)
        session.selection_changed.connect(self._show_selection)
        session.picture_changed.connect(self._show_picture)
        controller.map_made.connect(self._show_map)
        controller.map_busy.connect(lambda _: self._show_trust())

    def set_theme(self, theme: Theme) -> None:
        """Use the theme's colours."""
        self.view.set_colours(theme.base, theme.text, theme.accent, theme.prior)
        self.shape.setStyleSheet(
            f"#map_hover {{ background: {theme.raised}; border: 1px solid {theme.border}; padding: 4px; }}"
        )

    def _show_slots(self) -> None:
        if self._session.slots is not self._mapped:  # saving changes nothing here
            self._make()

    def _make(self) -> None:
        self._mapped = self._session.slots
        self._controller.find_map(_METHODS[self.method.currentText()])  # type: ignore[arg-type]  # a choice of the box

    def _show_map(self, found: KeyMap) -> None:
        self.view.show_map(found)
        self.view.show_selection(self._session.selected)
        self._colour()
        self._show_picture()
        self._show_trust()

    def _show_trust(self) -> None:
        found = self.view.map
        if found is None:
            self.trust.setText("Making the map…")
            return
        words = f"trust {100 * found.kept:.0f} %"
        if self._controller.mapping and found.method == "pca" and self.method.currentText() == "t-SNE":
            words = f"{words}; t-SNE is being made…"
        self.trust.setText(words)
        self.trust.setToolTip(
            f"Of each slot's {NEIGHBOURS} nearest neighbours by key similarity, {100 * found.kept:.0f} % are among its "
            "nearest on this map as well. The others only seem far away, or near. Neighbours that are listed or ringed "
            "are those of the full space."
        )

    def _colour(self) -> None:
        found, slots, colouring = self.view.map, self._session.slots, self.colouring.currentText()
        if found is None or slots is None or found.slots.max(initial=-1) >= len(slots):
            return
        similar = self._session.similarities()
        values = {"age": slots.ages.astype(float), "similarity": None if similar is None else similar.astype(float)}
        chosen = values.get(colouring)
        self.view.colour_by(
            colouring,  # type: ignore[arg-type]  # a choice of the box
            [slots.category(slot) for slot in found.slots.tolist()] if colouring == "category" else [],
            None if chosen is None else chosen[found.slots],
        )

    def _show_picture(self) -> None:
        found, picture, similar = self.view.map, self._session.picture, self._session.similarities()
        if found is None or picture is None or similar is None or found.slots.max(initial=-1) >= len(similar):
            self.view.show_picture(None, ())
        else:
            self.view.show_picture(found.place(similar), picture.retrieved)
        if self.colouring.currentText() == "similarity":
            self._colour()

    def _select(self, slots: frozenset[int], adding: bool) -> None:
        chosen = slots | self._session.selected if adding else slots
        current = self._session.current if self._session.current in chosen else min(slots, default=None)
        self._session.select(chosen, current)

    def _step(self, slot: int, adding: bool) -> None:
        self._session.select((self._session.selected if adding else frozenset()) | {slot}, slot)

    def _show_selection(self) -> None:
        self.keys.current = self._session.current
        self.view.show_selection(self._session.selected)

    def _hover(self, slot: int | None) -> None:
        slots = self._session.slots
        if slot is None or slots is None or not slots.occupied[slot]:
            self.shape.hide()
            self.view.show_near(())
            return
        near = slots.nearest(slot, NEIGHBOURS)
        self.view.show_near(tuple(other for other, _ in near))
        self.shape.setPixmap(_with_words(self._thumbnails.make(slots.packed[slot]), f"{slot} {slots.category(slot)}"))
        self.shape.adjustSize()
        place = self.view.pixel_of(slot)
        if place is not None:
            right = int(place.x()) + 14
            left = int(place.x()) - 14 - self.shape.width()
            x = right if right + self.shape.width() <= self.view.width() else left
            y = int(np.clip(place.y() - self.shape.height() / 2, 0, max(0, self.view.height() - self.shape.height())))
            self.shape.move(max(0, x), y)
        self.shape.show()
        self.shape.raise_()


def _with_words(shape: QPixmap, words: str) -> QPixmap:
    """A shape with a line of words below it."""
    font, size, density = QFontMetrics(QApplication.font()), shape.deviceIndependentSize(), shape.devicePixelRatio()
    width = max(size.width(), font.horizontalAdvance(words) + 4)
    picture = QPixmap(QSizeF(width * density, (size.height() + font.height() + 4) * density).toSize())
    picture.setDevicePixelRatio(density)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.drawPixmap(QPointF((width - size.width()) / 2, 0), shape)
    painter.setPen(QApplication.palette().windowText().color())
    place = QRectF(QPointF(0, 0), picture.deviceIndependentSize())
    painter.drawText(place, int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter), words)
    painter.end()
    return picture
