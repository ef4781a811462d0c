"""Evaluation in the field's terms: what is measured, what is kept of it, and the tables made from it."""
