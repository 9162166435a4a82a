"""A pulse and breathing whose every beat is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


def beat_times(seconds: float, heart_rate: float, respiration_rate: float, rsa: float = 0.03) -> F64:
    """Times of systole (s) over `seconds` for a mean rate (1/min) that breathing speeds up and slows down by `rsa`.

    Integral pulse frequency modulation: a beat falls whenever the integral of the instantaneous rate passes an integer.
    """
    time_s = np.arange(-2.0, seconds + 2.0, 1e-3)
    rate_hz = heart_rate / 60.0 * (1.0 + rsa * np.sin(2 * np.pi * respiration_rate / 60.0 * time_s))
    phase = np.cumsum(rate_hz) * 1e-3
    whole = np.arange(np.ceil(phase[0]), np.floor(phase[-1]) + 1)
    return np.asarray(np.interp(whole, phase, time_s), dtype=np.float64)


def pulse_wave(time_s: F64, beats_s: F64, respiration_rate: float) -> F64:
    """The pulse wave (unit amplitude, systole up) at `time_s`: a systolic and a diastolic bump a beat, breathing on it.

    Breathing shows as it does in a real recording: in the beat spacing (already in `beats_s`), in the amplitude and
    in the baseline.
    """
    phase = np.interp(time_s, beats_s, np.arange(len(beats_s)))
    turn = 2 * np.pi * (phase - np.round(phase))
    beat = np.exp(-0.5 * (turn / 0.75) ** 2) + 0.35 * np.exp(-0.5 * ((np.abs(turn - 1.9)) / 0.8) ** 2)
    beat -= 0.45
    breath = np.sin(2 * np.pi * respiration_rate / 60.0 * time_s)
    return np.asarray((1.0 + 0.12 * breath) * beat + 0.15 * breath, dtype=np.float64)
