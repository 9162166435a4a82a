"""Uneven capture times to a uniform grid, with short gaps bridged and long ones marked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitascope.errors import InputError

MAX_FPS = 60.0  # nothing in a pulse needs more; faster recordings are low-passed first
BRIDGED_GAP_S = 0.6  # shorter than one beat at 100/min: interpolation cannot make up a pulse here


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Samples at a uniform rate.

    values: (N, C), finite. seen: (N,) or (N, C) bool, False inside gaps too long to bridge. Sample i is at start_s +
    i / fps.
    """

    values: NDArray[np.float64]
    seen: NDArray[np.bool_]
    fps: float
    start_s: float

    @property
    def duration_s(self) -> float:
        """Seconds from the first sample to the last."""
        return (len(self.values) - 1) / self.fps


def check_times(time_s: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Return `time_s` as (N,) float64, or raise InputError: it must be finite, of length `n` and never run
    backwards."""
    time_s = np.asarray(time_s, dtype=np.float64)
    if time_s.ndim != 1 or len(time_s) != n:
        raise InputError(f"There must be one time stamp for each of the {n} samples.")
    if not np.isfinite(time_s).all():
        raise InputError("The time stamps contain values that are not finite.")
    if n > 1 and np.diff(time_s).min() < 0:
        raise InputError("The time stamps run backwards.")
    return time_s


def frame_rate(time_s: NDArray[np.float64]) -> float:
    """Frames per second of a recording whose frames may be unevenly spaced or missing.

    The mean rate over the intervals that are no gaps: the median interval alone is wrong for cameras whose stamps
    come in steps (16, 33, 50 ms).
    """
    step = np.diff(time_s)
    step = step[step < max(BRIDGED_GAP_S, 3 * float(np.median(step)))] if len(step) else step
    return float(1 / step.mean()) if len(step) and step.mean() > 0 else 0.0


def resample(time_s: NDArray[np.float64], values: NDArray[np.float64], fps: float | None = None) -> Grid:
    """Resample `values` (N, C) taken at `time_s` (N,) seconds to a uniform grid of `fps` (default: the recording's own
    rate, at most 60).

    Modified Akima interpolation: cubic between even samples, without the overshoot of a spline where two time stamps
    nearly coincide. Samples with equal times are averaged. NaN or infinite values count as not seen; gaps up to 0.6 s
    are bridged, longer ones are filled by a straight line and marked in `seen`, one column for each column of `values`.
    Raises InputError when the times are unusable.
    """
    from scipy.interpolate import Akima1DInterpolator

    values = np.asarray(values, dtype=np.float64)
    values = values[:, None] if values.ndim == 1 else values
    time_s = check_times(time_s, len(values))
    own = frame_rate(time_s)
    if own <= 0:
        raise InputError("The recording has no duration.")
    rate = min(fps or own, MAX_FPS)
    n = int(np.floor((time_s[-1] - time_s[0]) * rate + 1e-6)) + 1
    grid_s = time_s[0] + np.arange(n) / rate
    out = np.zeros((n, values.shape[1]))
    seen = np.zeros(out.shape, dtype=bool)
    finite = np.isfinite(values)
    # Columns with the same holes (all three colours of a region) are interpolated in one go.
    if finite.all():
        patterns, group = finite[:, :1], np.zeros(values.shape[1], dtype=np.intp)
    else:
        patterns, group = np.unique(finite, axis=1, return_inverse=True)
    for g in range(patterns.shape[1]):
        columns = np.flatnonzero(group == g)
        known = patterns[:, g]
        times, block = _merge_equal(time_s[known], values[known][:, columns])
        if len(times) < 2:
            continue
        if own > 1.2 * rate:
            times, block = _low_passed(times, block, own, rate)
        inside = np.clip(grid_s, times[0], times[-1])
        out[:, columns] = (
            Akima1DInterpolator(times, block, axis=0, method="makima")(inside)
            if len(times) > 4
            else np.stack([np.interp(inside, times, column) for column in block.T], axis=1)
        )
        after = np.clip(np.searchsorted(times, grid_s, side="left"), 0, len(times) - 1)
        before = np.clip(np.searchsorted(times, grid_s, side="right") - 1, 0, len(times) - 1)
        outside = (grid_s < times[0] - 0.5 / rate) | (grid_s > times[-1] + 0.5 / rate)
        wide = times[after] - times[before] > max(BRIDGED_GAP_S, 2.5 / own)
        seen[:, columns] = ~(outside | wide)[:, None]
        line = np.stack([np.interp(grid_s, times, column) for column in block.T], axis=1)
        out[:, columns] = np.where((outside | wide)[:, None], line, out[:, columns])
    return Grid(out, seen, rate, float(time_s[0]))


def _merge_equal(
    time_s: NDArray[np.float64], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Average the samples that share a time stamp (some cameras stamp two frames alike)."""
    times, first, counts = np.unique(time_s, return_index=True, return_counts=True)
    if len(times) == len(time_s):
        return time_s, values
    return times, np.add.reduceat(values, first, axis=0) / counts[:, None]


def _low_passed(
    time_s: NDArray[np.float64], values: NDArray[np.float64], own: float, rate: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Remove what lies above the new Nyquist frequency, on a uniform grid at the recording's own rate."""
    from scipy.signal import butter, sosfiltfilt

    n = int((time_s[-1] - time_s[0]) * own) + 1
    even = time_s[0] + np.arange(n) / own
    block = np.stack([np.interp(even, time_s, column) for column in values.T], axis=1)
    low_pass = butter(6, 0.4 * rate, fs=own, output="sos")
    return even, sosfiltfilt(low_pass, block, axis=0, padlen=min(n - 1, 60))
