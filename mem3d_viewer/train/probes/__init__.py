"""Probe images of a run over its steps."""
