"""Heart beats in a pulse wave, at times far below the frame period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.filters import band_pass
from vitascope.pulse.spectrum import parabola

SPACING = 0.6  # of a beat: two maxima closer than this are one beat and its dicrotic wave
PROMINENCE = 0.3  # of the wave's local amplitude


@dataclass(frozen=True, slots=True, eq=False)
class Beats:
    """time_s: (B,) systolic peaks from the wave's first sample. height: (B,) the filtered wave there, arbitrary
    unit."""

    time_s: NDArray[np.float64]
    height: NDArray[np.float64]

    @property
    def ibi_ms(self) -> NDArray[np.float64]:
        """(B-1,) inter-beat intervals in milliseconds."""
        return np.diff(self.time_s) * 1000


def find_beats(bvp: NDArray[np.float64], fps: float, course_hz: NDArray[np.float64]) -> Beats:
    """Systolic peaks of `bvp` (N,) at `fps`, given the course of the pulse rate (N,) in Hz.

    Steps: keep from 0.5 times the slowest to 3 times the fastest rate of the course (the fundamental and one
    harmonic, which fix the time of the peak); take local maxima of at least 0.3 of the local amplitude that are at
    least 0.6 beats apart; move each to the top of the parabola through its three samples.
    """
    from scipy.ndimage import uniform_filter1d
    from scipy.signal import find_peaks

    slow, fast = float(np.percentile(course_hz, 5)), float(np.percentile(course_hz, 95))
    wave = band_pass(bvp, fps, 0.5 * slow, 3.0 * fast)
    amplitude = np.sqrt(np.maximum(uniform_filter1d(wave**2, max(3, round(4 * fps / slow)), mode="nearest"), 0))
    if not amplitude.max(initial=0) > 0:
        return Beats(np.zeros(0), np.zeros(0))
    even = wave / (amplitude + 1e-3 * amplitude.max())
    peaks, _ = find_peaks(even, distance=max(1, int(SPACING * fps / fast)), prominence=PROMINENCE)
    shift = np.array([parabola(*wave[p - 1 : p + 2]) for p in peaks])
    return Beats((peaks + shift) / fps, wave[peaks])
