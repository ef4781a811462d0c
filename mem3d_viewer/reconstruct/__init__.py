"""The page Reconstruct: a picture, its reconstruction and the shape priors behind it."""
