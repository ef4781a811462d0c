"""The report on a checkpoint: what its memory adds, measured part by part, as tables, figures and a document."""
