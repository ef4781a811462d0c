"""What is drawn in 3D: VTK, but no widgets."""
