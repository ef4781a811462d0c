"""The Qt window of Mem3D Viewer."""

from core.opengl import keep_triton_out

keep_triton_out()  # before anything else of the window is imported, as some of it brings torch
