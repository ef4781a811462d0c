"""Sessions as files: the picture with all that was done to it, to be opened again, here or elsewhere."""
