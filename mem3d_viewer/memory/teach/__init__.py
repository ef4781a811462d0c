"""Steps through one write to a small live memory."""
