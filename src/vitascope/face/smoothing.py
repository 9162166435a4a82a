"""The 1-euro filter (Casiez, Roussel & Vogel 2012): steady when slow, prompt when fast."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

SPEED_CUTOFF_HZ = 1.0


class OneEuro:
    """Smooths points (K, 2) over true times. `beta` is in Hz for a speed of one `size` a second."""

    def __init__(self, min_cutoff_hz: float, beta: float, speed_cutoff_hz: float = SPEED_CUTOFF_HZ) -> None:
        self._min_cutoff_hz = min_cutoff_hz
        self._beta = beta
        self._speed_cutoff_hz = speed_cutoff_hz
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._time_s = math.nan
        self._raw: NDArray[np.float64] | None = None
        self._smooth: NDArray[np.float64] | None = None
        self._speed: NDArray[np.float64] | None = None

    def move(self, motion: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> None:
        """Take what is remembered along a motion that is known: only what differs from it is smoothed."""
        if self._raw is not None and self._smooth is not None:
            self._raw, self._smooth = motion(self._raw), motion(self._smooth)

    def step(self, points: NDArray[np.float64], time_s: float, size: float) -> NDArray[np.float64]:
        """The smoothed points (K, 2). `size` is the length that speeds are judged against, in the points' unit."""
        if self._raw is None or self._smooth is None or self._speed is None:
            self._speed = np.zeros_like(points)
            self._smooth = points.copy()
        else:
            dt = time_s - self._time_s
            speed = (points - self._raw) / (dt * size)
            self._speed = self._speed + _share(self._speed_cutoff_hz, dt) * (speed - self._speed)
            cutoff = self._min_cutoff_hz + self._beta * np.abs(self._speed)
            self._smooth = self._smooth + _share(cutoff, dt) * (points - self._smooth)
        self._raw, self._time_s = points, time_s
        return self._smooth


def _share(cutoff_hz: NDArray[np.float64] | float, dt: float) -> NDArray[np.float64] | float:
    """How far a first-order low-pass moves towards its input in `dt` seconds, 0..1."""
    return 1.0 - np.exp(-2 * np.pi * cutoff_hz * dt)
