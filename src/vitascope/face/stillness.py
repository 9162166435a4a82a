"""Tell a still picture shown as a clip from a living face.

A living face never keeps its pixels for half a second: it moves with breath and pulse, and sensors have noise. Frames
repeated by a change of frame rate last far shorter. Encoders blur this: they skip what hardly changes, and repaint a
still picture now and then. Measured (mean absolute change of green over half a second): living faces 0.1 to 30 levels,
also when compressed hard; still pictures mostly below 0.05, more where frames are repainted, but then the face's
place varies by less than 0.2 % of its width, a living face's by 0.4 % or more.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

INTERVAL_S = 0.5
SAMPLES = 64  # a side
QUIET = 0.08  # levels
MIN_INTERVALS = 6
# Where the encoder repaints the picture: hardly any frame differs from the last, and the face keeps its place.
REPAINT = 2.0  # levels over half a second
REPEATED = 0.02  # levels from one frame to the next
FIXED = 0.0025  # face widths


class Stillness:
    """Watches the pixels of a face over time."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.still = False
        self._width = 1.0
        self._changes: list[float] = []
        self._steps: list[float] = []
        self._places: list[NDArray[np.float64]] = []
        self._begin()

    def _begin(self) -> None:
        self._area: tuple[slice, slice] | None = None
        self._first: NDArray[np.int16] | None = None
        self._last: NDArray[np.int16] | None = None
        self._since_s = math.nan
        self._step: list[float] = []
        self._place: list[NDArray[np.float64]] = []

    def see(
        self, rgb: NDArray[np.uint8], box: tuple[float, float, float, float], place: NDArray[np.float64], time_s: float
    ) -> None:
        """Look at one frame (H, W, 3) uint8 RGB with a face in `box` (x, y, w, h) whose landmarks' mean is `place`."""
        if self._area is not None and self._last is not None and self._first is not None:
            now = rgb[self._area[0], self._area[1], 1].astype(np.int16)
            if now.shape != self._first.shape:
                self.lost()
                return
            self._step.append(float(np.abs(now - self._last).mean()))
            self._last = now
            self._place.append(place)
            self._width = max(box[2], 1.0)
            if time_s - self._since_s < INTERVAL_S:
                return
            change = float(np.abs(now - self._first).mean())
            self.still = change < QUIET
            self._changes.append(change)
            self._steps.append(float(np.median(self._step)))
            self._places.append(np.mean(self._place, axis=0))
        self._begin()
        x, y = max(int(box[0]), 0), max(int(box[1]), 0)
        stride = max(int(box[2]) // SAMPLES, 1)
        self._area = slice(y, y + max(int(box[3]), 1), stride), slice(x, x + max(int(box[2]), 1), stride)
        self._first = self._last = rgb[self._area[0], self._area[1], 1].astype(np.int16)
        self._since_s = time_s

    def lost(self) -> None:
        """The face is not in this frame."""
        self.still = False
        self._begin()

    @property
    def share(self) -> float:
        """Share of the half seconds in which nothing changed, 0..1."""
        return float(np.mean(np.array(self._changes) < QUIET)) if self._changes else 0.0

    @property
    def picture(self) -> bool:
        """Whether what was seen so far was a still picture."""
        if len(self._changes) < MIN_INTERVALS:
            return False
        if self.share > 0.5:
            return True
        low, high = np.percentile(np.array(self._places), (5, 95), axis=0)
        return bool(
            (high - low).max() < FIXED * self._width
            and np.median(self._changes) < REPAINT
            and np.median(self._steps) < REPEATED
        )
