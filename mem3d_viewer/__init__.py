"""The Qt window of Mem3D Viewer."""
