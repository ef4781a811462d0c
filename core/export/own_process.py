"""Drawing in a process of its own, for programs whose window uses VTK at the same time."""

from collections.abc import Callable

from core.data.workers import in_processes


def draw_in_own_process(draw: Callable[[], None]) -> None:
    """Call a function that draws off-screen and writes a file, and wait for it.

    Args:
        draw: what can be sent to a process: ``functools.partial`` of a function of this package and its arguments.

    Raises:
        OutputError: what the function raises.
        WorkerDied: if the process died, as it does where VTK finds no graphics library.
    """
    for _ in in_processes(_called, [draw], 1):
        pass


def _called(draw: Callable[[], None]) -> None:
    draw()
