"""The trainer and the evaluation."""
