"""Heart beats in a pulse wave, at times far below the frame period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.filters import band_pass
from vitascope.pulse.spectrum import parabola

SPACING = 0.6  # of a beat: two upstrokes closer than this are one beat and its dicrotic wave
PROMINENCE = 0.3  # of the slope's local amplitude
RISE = 0.6  # of a beat: the systolic peak follows its upstroke within this


@dataclass(frozen=True, slots=True, eq=False)
class Beats:
    """time_s: (B,) systolic peaks from the wave's first sample. height: (B,) the filtered wave there, arbitrary
    unit. upstroke_s: (B,) the steepest rise before each peak, which noise moves less than the round top: intervals
    are taken from there."""

    time_s: NDArray[np.float64]
    height: NDArray[np.float64]
    upstroke_s: NDArray[np.float64]

    @property
    def ibi_ms(self) -> NDArray[np.float64]:
        """(B-1,) inter-beat intervals in milliseconds, from upstroke to upstroke."""
        return np.diff(self.upstroke_s) * 1000


def find_beats(bvp: NDArray[np.float64], fps: float, course_hz: NDArray[np.float64]) -> Beats:
    """Beats of the pulse wave `bvp` (N,) at `fps`, given the course of the pulse rate (N,) in Hz.

    Steps: keep from 0.5 times the slowest to 4 times the fastest rate of the course; take the maxima of the slope that
    stand out by at least 0.3 of its local amplitude; of two closer than 0.6 beats at the rate of that moment keep the
    steeper; the systolic peak is the first maximum of the wave after it, within 0.6 beats. Both are moved to the top
    of the parabola through three samples.
    """
    from scipy.ndimage import uniform_filter1d
    from scipy.signal import find_peaks

    slow, fast = float(np.percentile(course_hz, 5)), float(np.percentile(course_hz, 95))
    wave = band_pass(bvp, fps, 0.5 * slow, 4.0 * fast)
    slope = np.gradient(wave)
    amplitude = np.sqrt(np.maximum(uniform_filter1d(slope**2, max(3, round(4 * fps / slow)), mode="nearest"), 0))
    if not amplitude.max(initial=0) > 0:
        return Beats(np.zeros(0), np.zeros(0), np.zeros(0))
    even = slope / (amplitude + 1e-3 * amplitude.max())
    rises, _ = find_peaks(even, distance=max(1, int(SPACING * fps / fast)), prominence=PROMINENCE)
    beat = fps / np.broadcast_to(course_hz, len(wave))[rises]
    rises = rises[_apart(rises, even[rises], SPACING * beat)]
    tops, _ = find_peaks(wave)
    after = np.searchsorted(tops, rises, side="right")
    known = after < len(tops)
    rises, peaks = rises[known], tops[after[known]]
    near = peaks - rises <= RISE * fps / np.broadcast_to(course_hz, len(wave))[rises]
    rises, peaks = rises[near], peaks[near]
    return Beats(_refined(wave, peaks) / fps, wave[peaks], _refined(slope, rises) / fps)


def _apart(at: NDArray[np.intp], height: NDArray[np.float64], spacing: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of the maxima `at` (B,) to keep so that none has a higher one nearer than its `spacing` (B,)."""
    keep = np.ones(len(at), dtype=bool)
    for i in np.argsort(-height, kind="stable"):
        if keep[i]:
            first, last = np.searchsorted(at, [at[i] - spacing[i], at[i] + spacing[i]], side="right")
            keep[first:i] = False
            keep[i + 1 : last] = False
    return keep


def _refined(wave: NDArray[np.float64], at: NDArray[np.intp]) -> NDArray[np.float64]:
    """The maxima of `wave` at the samples `at` (B,), below the sample period."""
    shift = np.array([parabola(*wave[i - 1 : i + 2]) for i in at], dtype=np.float64)
    refined: NDArray[np.float64] = at + shift
    return refined
