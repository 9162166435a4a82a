"""True values from contact instruments: pulse waves, marked beats, breathing belts, oximeters."""

from __future__ import annotations

import numpy as np

from vitascope.errors import InputError
from vitascope.evaluation.recording import Floats, Truth
from vitascope.vitals.assess import measure_waves, wave_waves

BREATHING_HZ = (0.05, 0.7)
BREATHING_AGREEMENT = 2.0  # 1/min between the spectral peak and the count of breaths, for the reference to be clear
LEAST_BEATS = 4


def contact_rate(time_s: Floats, ppg: Floats) -> Truth:
    """Rate of a contact pulse wave `ppg` (N,) at `time_s` (N,), by the estimator that is evaluated: only the camera
    differs."""

    def rate(start_s: float, stop_s: float) -> float:
        fps = 60.0
        even = np.arange(start_s, stop_s, 1 / fps)
        if time_s[-1] < stop_s - 0.5 or time_s[0] > start_s + 0.5:
            return np.nan
        try:
            return measure_waves(wave_waves(np.interp(even, time_s, ppg), fps), None).course.bpm
        except InputError:
            return np.nan

    return rate


def beat_rate(beats_s: Floats) -> Truth:
    """Mean rate of the marked beats (B,) inside the span; NaN with fewer than four or when they leave it half empty."""

    def rate(start_s: float, stop_s: float) -> float:
        inside = beats_s[(beats_s >= start_s) & (beats_s <= stop_s)]
        if len(inside) < LEAST_BEATS or inside[-1] - inside[0] < 0.7 * (stop_s - start_s):
            return np.nan
        return float(60 * (len(inside) - 1) / (inside[-1] - inside[0]))

    return rate


def mean_of(time_s: Floats, values: Floats) -> Truth:
    """Mean over the span of an instrument's own figures `values` (N,), NaN where it had none."""

    def mean(start_s: float, stop_s: float) -> float:
        inside = values[(time_s >= start_s) & (time_s < stop_s)]
        known = inside[np.isfinite(inside)]
        return float(known.mean()) if len(known) and len(known) >= 0.8 * len(inside) else np.nan

    return mean


def breathing_rate(time_s: Floats, wave: Floats) -> Truth:
    """Breathing rate of a belt, airflow or CO2 `wave` (N,) at `time_s` (N,).

    The spectral peak in 0.05-0.7 Hz, given only where the count of breaths (upward crossings of the band-passed wave)
    agrees within 2/min; NaN elsewhere.
    """
    from scipy.signal import butter, sosfiltfilt

    fps = 10.0
    even = np.arange(time_s[0], time_s[-1], 1 / fps)
    # Means over a tenth of a second: the instruments sample far faster than anyone breathes.
    edges = np.searchsorted(time_s, np.concatenate([even, [even[-1] + 1 / fps]]))
    total = np.concatenate([[0.0], np.cumsum(wave)])
    counts = np.maximum(np.diff(edges), 1)
    means = (total[edges[1:]] - total[edges[:-1]]) / counts
    smooth = np.where(np.diff(edges) > 0, means, np.interp(even, time_s, wave))
    band = sosfiltfilt(butter(2, BREATHING_HZ, btype="bandpass", fs=fps, output="sos"), smooth)

    def rate(start_s: float, stop_s: float) -> float:
        part = band[(even >= start_s) & (even < stop_s)]
        if len(part) < 15 * fps or not part.std() > 0:
            return np.nan
        power = np.abs(np.fft.rfft((part - part.mean()) * np.hanning(len(part)), 1 << 15)) ** 2
        hz = np.fft.rfftfreq(1 << 15, 1 / fps)
        inside = (hz >= BREATHING_HZ[0]) & (hz <= BREATHING_HZ[1])
        peak = 60 * float(hz[inside][power[inside].argmax()])
        upward = np.flatnonzero((part[:-1] <= 0) & (part[1:] > 0)) / fps
        if len(upward) < 3:
            return np.nan
        counted = 60 / float(np.median(np.diff(upward)))
        return peak if abs(peak - counted) <= BREATHING_AGREEMENT else np.nan

    return rate
