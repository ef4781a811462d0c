"""The page Data: what is in a data set."""
