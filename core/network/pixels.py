"""From pixels to what the network takes."""

from torch import Tensor


def network_images(pixels: Tensor) -> Tensor:
    """(B, S, S, 3) uint8 to the network's (B, 3, S, S) float32, 0 … 1, on the same device."""
    return pixels.permute(0, 3, 1, 2).float().div_(255.0)
