"""The shape priors of the reconstruction that is shown: list, similarities, and what may be done with them."""
