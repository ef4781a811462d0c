"""Widgets: they know neither the network nor each other."""
