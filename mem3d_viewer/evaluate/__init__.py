"""The page Evaluate: how good a checkpoint is on a data set."""
