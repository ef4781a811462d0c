"""A data set of one's own meshes: the dialog and what it starts."""
