"""Sweeps of one setting over the picture that is shown."""
