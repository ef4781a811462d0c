"""The runs there are."""
