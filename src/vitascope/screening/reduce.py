"""Photos made smaller before a network sees them: its graph would resize them too, at many times the cost."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

# Three times the input of the networks at most, and never less than it.
MAX_EDGE = 512


def reduced(rgb: NDArray[np.uint8], max_edge: int = MAX_EDGE) -> NDArray[np.uint8]:
    """The picture (H, W, 3), halved by the mean of 2 x 2 pixels until its longer edge is at most `max_edge`."""
    while max(rgb.shape[:2]) > max_edge and min(rgb.shape[:2]) >= 2:
        height, width = rgb.shape[0] // 2, rgb.shape[1] // 2
        # Cut to even edges: at an exact half the mean takes a tenth of the time.
        even = rgb[: 2 * height, : 2 * width]
        rgb = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    return rgb


def squared(rgb: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """All of the picture (H, W, 3) squeezed into a square of `size` pixels, as the networks look at it."""
    if rgb.shape[:2] == (size, size):
        return rgb
    way = cv2.INTER_AREA if min(rgb.shape[:2]) > size else cv2.INTER_LINEAR
    return cv2.resize(rgb, (size, size), interpolation=way).astype(np.uint8, copy=False)
