"""What a test of the window may not leave behind: a running timer, a job that was not ended, a VTK window."""

import gc
import sys
import time
from functools import cache

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from shiboken6 import isValid

_SECONDS = 2.0
"""How long what a test leaves may take to end by itself."""


@cache
def _set_aside():
    """What is there before the first test of Qt is of no test; looking through it took a quarter of a second."""
    gc.collect()
    gc.freeze()


def living():
    """The ids and names of what goes on now."""
    _set_aside()
    from mem3d_viewer.base.background import Lane

    kinds = [QTimer, Lane]
    rendering = sys.modules.get("vtkmodules.vtkRenderingCore")
    if rendering is not None:
        kinds.append(rendering.vtkRenderWindow)
    return {id(thing): _name(thing) for thing in gc.get_objects() if _goes_on(thing, tuple(kinds))}


def _goes_on(thing, kinds):
    if not issubclass(type(thing), kinds):  # isinstance would ask objects that answer with a warning
        return False
    if not isinstance(thing, QObject):
        return True
    return isValid(thing) and (thing.isActive() if isinstance(thing, QTimer) else thing.busy)


def _name(thing):
    parent = thing.parent() if isinstance(thing, QObject) else None
    return type(thing).__name__ + ("" if parent is None else f" of {type(parent).__name__}")


def left_behind(before):
    """The names of what is there beyond ``before``, once it has had the time to end."""
    deadline = time.monotonic() + _SECONDS
    while names := [name for thing, name in living().items() if thing not in before]:
        if time.monotonic() > deadline:
            return names
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
        gc.collect()
        time.sleep(0.01)
    return []
