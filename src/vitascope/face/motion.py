"""How a face moved since its landmarks were placed, from its picture alone: a fraction of what placing them anew costs.

One step of Lucas and Kanade's (1981) method in the inverse form of Baker and Matthews (2004) on the face averaged to a
few cells: shift, size and roll, with brightness and contrast free so that a change of exposure is no movement.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

CELLS = 24  # a side: sensor noise averages out, a shift of one pixel is still a tenth of a cell
HALVED = 6 * CELLS  # pixels a side from which on a face is halved before it is averaged
RIDGE = 1e-4  # keeps a face without any contrast from moving wildly
MAX_FADE = 0.7  # of the contrast: what is left is no face any more
BLUR = 1.0  # cells
ROUNDS = 3  # the step is most exact when the face is where it was expected
NEAR_PX = 0.75  # more than half a pixel, so that a face between two places is not measured from both in every frame
MAX_STEP = 1.0  # cells from where the face was expected; the linear step is wrong beyond


@dataclass(frozen=True, slots=True)
class Motion:
    """Since the reference: shift (x, y) in pixels, growth as a share, roll in radians, and what they do not explain.

    rest: mean absolute difference that is left, in grey levels; infinite when the face could not be followed.
    """

    x: float = 0.0
    y: float = 0.0
    growth: float = 0.0
    roll: float = 0.0
    rest: float = math.inf

    @property
    def followed(self) -> bool:
        """Whether the face could be followed at all."""
        return math.isfinite(self.rest)

    def length(self, size: float) -> float:
        """The way of the edge of a face of this size, in pixels."""
        return math.hypot(self.x, self.y) + (abs(self.growth) + abs(self.roll)) * size / 2

    def apart(self, other: Motion, size: float) -> float:
        """How far the edge of a face of this size lies from where the other motion takes it, in pixels."""
        difference = Motion(self.x - other.x, self.y - other.y, self.growth - other.growth, self.roll - other.roll)
        return difference.length(size)


class Reference:
    """The face's picture at the moment its landmarks (K, 2 or 3) were placed."""

    def __init__(self, rgb: NDArray[np.uint8], landmarks: NDArray[np.float64]) -> None:
        height, width = rgb.shape[:2]
        low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
        left, top = (int(v) for v in np.maximum(low, 0))
        right, bottom = int(min(high[0] + 1, width)), int(min(high[1] + 1, height))
        self._left, self._top = left, top
        self._width, self._height = max(right - left, 0), max(bottom - top, 0)
        self.middle = np.array([left + self._width / 2, top + self._height / 2])
        self._expected = 0, 0
        self.contrast = 0.0  # standard deviation of the face's picture, grey levels
        self._usable = min(self._width, self._height) >= CELLS
        if not self._usable:
            return
        self._halved = min(self._width, self._height) >= HALVED
        half = 2 if self._halved else 1
        self._rows, self._columns = _shares(self._height // half), _shares(self._width // half)
        cells = self._cells(rgb, 0, 0)
        self.contrast = float(cells.std())
        down, across = np.gradient(cells)
        y, x = np.mgrid[:CELLS, :CELLS] - (CELLS - 1) / 2
        ratio = self._height / self._width
        # What each change does to the cells: shift (in cells), growth and roll about the middle, contrast, brightness.
        changes = [
            -across,
            -down,
            -(x * across + y * down),
            y * ratio * across - x / ratio * down,
            cells - cells.mean(),
            np.ones_like(cells),
        ]
        self._design = np.stack([change.ravel() for change in changes], axis=1).astype(np.float64)
        # The corners show what is behind the face, which does not move with it.
        self._weight = ((x**2 + y**2) < (CELLS / 2) ** 2).ravel().astype(np.float64)
        strength = np.sqrt((self._design**2).sum(axis=0)) + 1e-6
        design = self._design / strength * self._weight[:, None]
        self._solve = np.linalg.solve(design.T @ design + RIDGE * np.eye(len(changes)), design.T) / strength[:, None]
        self._picture = cells.ravel().astype(np.float64)

    def motion(self, rgb: NDArray[np.uint8]) -> Motion:
        """How the face moved from the reference to this frame of the same size."""
        for _ in range(ROUNDS):
            motion = self._step(rgb)
            if not motion.followed:
                break
            if max(abs(motion.x - self._expected[0]), abs(motion.y - self._expected[1])) <= NEAR_PX:
                break
            self._expected = round(motion.x), round(motion.y)
        return motion

    def _step(self, rgb: NDArray[np.uint8]) -> Motion:
        """The motion as seen from where the face is expected, a whole number of pixels from the reference."""
        ahead_x, ahead_y = self._expected
        left, top = self._left + ahead_x, self._top + ahead_y
        height, width = rgb.shape[:2]
        if not self._usable or left < 0 or top < 0 or left + self._width > width or top + self._height > height:
            return Motion()
        difference = self._cells(rgb, ahead_x, ahead_y).ravel() - self._picture
        step = self._solve @ difference
        if max(abs(step[0]), abs(step[1])) > MAX_STEP or step[4] < -MAX_FADE:
            return Motion()
        rest = float((np.abs(difference - self._design @ step) * self._weight).sum() / self._weight.sum())
        x = ahead_x + step[0] * self._width / CELLS
        y = ahead_y + step[1] * self._height / CELLS
        return Motion(float(x), float(y), float(step[2]), float(step[3]), rest)

    def moved(self, points: NDArray[np.float64], motion: Motion) -> NDArray[np.float64]:
        """Points (K, 2 or more) of the reference, where the motion takes them; further columns stay as they are."""
        cos, sin = math.cos(motion.roll) * (1 + motion.growth), math.sin(motion.roll) * (1 + motion.growth)
        taken = points.copy()
        # Column by column: a product with a matrix of two by two costs more than its numbers.
        x, y = points[:, 0] - self.middle[0], points[:, 1] - self.middle[1]
        taken[:, 0] = cos * x - sin * y + (self.middle[0] + motion.x)
        taken[:, 1] = sin * x + cos * y + (self.middle[1] + motion.y)
        return taken

    def _cells(self, rgb: NDArray[np.uint8], ahead_x: int, ahead_y: int) -> NDArray[np.float32]:
        left, top = self._left + ahead_x, self._top + ahead_y
        window = np.ascontiguousarray(rgb[top : top + self._height, left : left + self._width, 1])
        if self._halved:
            # Pairs of pixels in whole numbers first: a quarter of the work, and each cell still averages many of them.
            window = window[: self._height // 2 * 2, : self._width // 2 * 2]
            window = np.asarray(
                cv2.resize(window, (self._width // 2, self._height // 2), interpolation=cv2.INTER_AREA), np.uint8
            )
        # Two products: OpenCV's own averaging of numbers with a fraction takes several times as long.
        cells = self._rows @ window.astype(np.float32) @ self._columns.T
        # The method takes the picture for smooth from cell to cell.
        return np.asarray(cv2.GaussianBlur(cells, (0, 0), BLUR), np.float32)


def _shares(pixels: int) -> NDArray[np.float32]:
    """(CELLS, pixels) how much each of so many pixels in a row counts in the mean of each cell."""
    place, edges = np.arange(pixels), np.arange(CELLS + 1) * pixels / CELLS
    low, high = np.maximum(place, edges[:-1, None]), np.minimum(place + 1, edges[1:, None])
    return np.asarray(np.clip(high - low, 0, None) * CELLS / pixels, np.float32)
