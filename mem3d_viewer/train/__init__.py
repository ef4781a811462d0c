"""The page Train: what to train, how it goes, and what came of earlier runs."""
