"""Whether a fingertip covers the lens, from one frame.

A finger lies far too close to be sharp and glows in its own colour: the picture is one smooth field, and with a lamp or
daylight behind it that field is red all over. A scene has edges, and skin or a red wall in front of the camera is not
nearly as red as light that went through a finger.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

CELLS = 16  # the frame is looked at in this many cells each way; sensor noise and compression average out
RED_SHARE = 1.8  # red over the larger of green and blue; fingertips in 14 phone recordings: 3.0 and more, faces: 1.3
MOST_CELLS = 0.9  # of the cells must be red: a rim of stray light is allowed
LEAST_RED = 40.0
LEAST_LEVEL = 8.0  # below this the picture is black: covered, but no light comes through
CLIPPED = 250.0  # a mean above this is cut off at the top, and so is the pulse in it
BLACK = 2.0  # and one below this at the bottom
# Change of brightness from one cell to the next, relative to the brightest cell: 95 % of the steps lie below.
SMOOTH = 0.12


@dataclass(frozen=True, slots=True, eq=False)
class LensView:
    """mean: (3,) mean R, G, B of the whole frame, 0..255. smooth: no edges, no details. red: red nearly all over.
    dark: no light comes in."""

    mean: NDArray[np.float64]
    smooth: bool
    red: bool
    dark: bool

    @property
    def covered(self) -> bool:
        """A finger with light behind it covers the lens: one smooth red field."""
        return self.smooth and self.red

    @property
    def clipped(self) -> bool:
        """So bright that no channel is left which could carry a pulse."""
        usable = (self.mean >= BLACK) & (self.mean <= CLIPPED)
        return bool(self.mean.max() > CLIPPED and not usable.any())


def look(rgb: NDArray[np.uint8]) -> LensView:
    """What the frame `rgb` (H, W, 3) uint8 shows of a finger on the lens."""
    cells = cv2.resize(rgb, (CELLS, CELLS), interpolation=cv2.INTER_AREA).astype(np.float64)
    brightness = cells.max(axis=2)
    top = float(brightness.max())
    steps = np.concatenate([np.abs(np.diff(brightness, axis=axis)).ravel() for axis in (0, 1)])
    dark = top < LEAST_LEVEL
    smooth = not dark and float(np.percentile(steps, 95)) <= SMOOTH * top
    others = np.maximum(cells[..., 1:].max(axis=2), 1.0)
    red = (cells[..., 0] >= LEAST_RED) & (cells[..., 0] >= RED_SHARE * others)
    mean = np.asarray(cv2.mean(rgb)[:3], dtype=np.float64)
    return LensView(mean, smooth, bool(red.mean() >= MOST_CELLS), dark)


def covered(rgb: NDArray[np.uint8]) -> bool:
    """Whether a fingertip with light behind it covers the lens in `rgb` (H, W, 3) uint8."""
    return look(rgb).covered
