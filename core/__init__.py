"""Mem3D's network, data and trainer. No Qt here: the window lives in ``mem3d_viewer``."""

__version__ = "0.1.0"
