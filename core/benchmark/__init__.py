"""What using and training the network costs on this machine, as ratios to what it cannot cost less than."""
