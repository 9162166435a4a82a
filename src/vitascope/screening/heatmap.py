"""Where in the picture the evidence lies: class activation (Zhou 2016) that the network's own graph puts out.

Each cell holds what that place adds to the class's score relative to the other classes. No gradients are needed, so
the same file gives the same map in a browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

View = Literal["stretch", "centre_square"]
# How much of the colour the warmest place takes on; the picture must stay visible beneath.
STRENGTH = 0.6


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Evidence for the class `label`, `cells` (gh, gw). `view` says which part of the picture the cells cover."""

    label: str
    cells: NDArray[np.float32]
    view: View = "stretch"

    def on(self, height: int, width: int) -> NDArray[np.float32]:
        """Warmth (height, width) 0..1 of each pixel: 1 where the evidence is strongest, 0 where none speaks for it."""
        top, left, h, w = _covered(height, width, self.view)
        warmth = np.zeros((height, width), np.float32)
        spread = cv2.resize(self.cells.astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
        peak = float(spread.max())
        if peak > 0:
            warmth[top : top + h, left : left + w] = np.clip(spread / peak, 0, 1)
        return warmth


def draw(rgb: NDArray[np.uint8], warmth: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The picture (H, W, 3) with the warmth (H, W) laid over it."""
    share = (STRENGTH * warmth)[..., None]
    drawn = (1 - share) * rgb + share * _colours(warmth)
    return np.rint(drawn).astype(np.uint8)


def overlay(warmth: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The warmth (H, W) alone as a see-through layer (H, W, 4) RGBA to lay over the picture."""
    share = np.rint(255 * STRENGTH * warmth).astype(np.uint8)
    return np.dstack([_colours(warmth), share])


def _covered(height: int, width: int, view: View) -> tuple[int, int, int, int]:
    """The part of the picture that the network saw: top, left, height, width."""
    if view == "stretch":
        return 0, 0, height, width
    edge = min(height, width)
    return (height - edge) // 2, (width - edge) // 2, edge, edge


def _colours(warmth: NDArray[np.float32]) -> NDArray[np.uint8]:
    levels = np.rint(255 * warmth).astype(np.uint8)
    return cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO)[..., ::-1].astype(np.uint8)
