"""What the window does once nothing was done for a moment: give memory that was freed back to the system."""

from PySide6.QtCore import QObject, QTimer

from core.heap import give_freed_memory_back
from mem3d_viewer.base.background import Lane

_REST_MS = 2000


class Rest(QObject):
    """Tidies up when ``disturb`` was not called for two seconds.

    The C library keeps up to a hundred megabytes that a reconstruction or a loaded checkpoint has freed. While the user
    goes on they make the next one faster: given back each time, a decoding takes twice as long.

    Args:
        lane: where it is done, which takes some ten milliseconds.
        parent: as of every QObject.
    """

    def __init__(self, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(lambda: lane.submit(lambda _: give_freed_memory_back()))

    def disturb(self) -> None:
        """Something is being done."""
        self._timer.start()

    def stop(self) -> None:
        """Do nothing any more; called before the lane is closed."""
        self._timer.stop()
