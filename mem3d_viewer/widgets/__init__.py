"""Widgets that two features or more share: they know neither the network nor each other."""
