"""What stands left and right in the 3D view."""
