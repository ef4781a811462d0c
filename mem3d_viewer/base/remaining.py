"""How long something that is counted still takes."""

import time

from mem3d_viewer.base.duration import duration

BUILDING_BUILTIN = (
    "Making the built-in data set, once, for training and measuring without data of your own (cancelling keeps what is "
    "done)"
)
"""What is said while that goes on."""
_FIRST_SECONDS = 2.0


class Remaining:
    """Counts from the first report of each stage."""

    def __init__(self) -> None:
        self._stage: str | None = None
        self._began, self._first = 0.0, 0

    def words(self, done: int, total: int, stage: str = "") -> str:
        """Such as ``, 3 min left``; empty as long as that is not known.

        Args:
            done: how many are done.
            total: of how many.
            stage: what is counted; another one is measured anew.
        """
        now = time.monotonic()
        if stage != self._stage or done < self._first:
            self._stage, self._began, self._first = stage, now, done
        made, taken = done - self._first, now - self._began
        if made <= 0 or taken < _FIRST_SECONDS or done >= total:
            return ""
        return f", {duration(taken / made * (total - done))} left"
