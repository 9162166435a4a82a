"""Made skin colour with a known pulse, for known-answer tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.trace import Trace

SKIN = np.array([150.0, 105.0, 85.0])
BLOOD = np.array([0.33, 0.77, 0.53])  # relative pulse amplitude of the channels


def beat_wave(phase: NDArray[np.float64]) -> NDArray[np.float64]:
    """A pulse-like wave of `phase` in radians: a fundamental and one harmonic."""
    return np.sin(phase) + 0.3 * np.sin(2 * phase - 1)


def skin_colour(
    time_s: NDArray[np.float64], bpm: float, *, noise: float = 0.02, strength: float = 0.004, seed: int = 0
) -> NDArray[np.float64]:
    """(N, 3) mean colour at `time_s` with a pulse, breathing, drift and `noise` in levels of 255."""
    pulse = strength * beat_wave(2 * np.pi * bpm / 60 * time_s)
    light = 0.003 * np.sin(2 * np.pi * 0.25 * time_s) + 0.01 * np.sin(2 * np.pi * 0.05 * time_s)
    colour = SKIN * (1 - pulse[:, None] * BLOOD + light[:, None])
    return colour + noise * np.random.default_rng(seed).normal(size=colour.shape)


def face(time_s: NDArray[np.float64], rgb: NDArray[np.float64]) -> Trace:
    """A face trace of `rgb` (N, 3) or (N, R, 3)."""
    rgb = rgb[:, None] if rgb.ndim == 2 else rgb
    return Trace(time_s, rgb, tuple(f"region{i}" for i in range(rgb.shape[1])))
