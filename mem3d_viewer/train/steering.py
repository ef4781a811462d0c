"""What the window wants of a training and what the training has told, between their two threads."""

import threading
import time
from collections import deque
from typing import Literal

from core.training.curves import RunCurves
from core.training.events import TrainingEvent

Wanted = Literal["run", "pause", "stop"]


class Steering:
    """Shared by the window's thread and the training's.

    Attributes:
        queue: what was told and not taken yet, each with the seconds at which it was, pauses left out.
        preparation: objects done, objects in all, and what is being done while a data set is built.
        last_step: the step the training will end with; None before that is known.
        wanted: what the window wants.
        holding: whether the training waits because a pause is wanted.
    """

    def __init__(self) -> None:
        self.queue: deque[tuple[float, TrainingEvent | RunCurves]] = deque()
        self.preparation = (0, 0, "")
        self.last_step: int | None = None
        self.wanted: Wanted = "run"
        self.holding = False
        self._condition = threading.Condition()
        self._held = 0.0

    @property
    def wants_stop(self) -> bool:
        """Whether it shall end."""
        return self.wanted == "stop"

    def want(self, what: Wanted) -> None:
        """Called on the GUI thread."""
        with self._condition:
            self.wanted = what
            self._condition.notify_all()

    def hold(self) -> bool:
        """Wait as long as a pause is wanted, and say whether to stop; called on the training thread."""
        if self.wanted == "pause":
            began = time.monotonic()
            with self._condition:
                self.holding = True
                self._condition.wait_for(lambda: self.wanted != "pause")
                self.holding = False
            self._held += time.monotonic() - began
        return self.wants_stop

    def tell(self, what: TrainingEvent | RunCurves) -> None:
        """Called on the training thread, with every event."""
        self.queue.append((time.monotonic() - self._held, what))
