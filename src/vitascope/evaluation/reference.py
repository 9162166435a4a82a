"""True values from contact instruments: pulse waves, marked beats, breathing belts, oximeters."""

from __future__ import annotations

import numpy as np

from vitascope.errors import InputError
from vitascope.evaluation.recording import Floats, Truth
from vitascope.vitals.assess import measure_waves, wave_waves

BREATHING_HZ = (0.05, 0.7)
BREATH = 0.3  # of the wave's standard deviation: a breath rises above it after having fallen below minus it
LEAST_BEATS, LEAST_BREATHS = 4, 3


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
    """Breathing rate by the count of breaths in a belt, airflow or CO2 `wave` (N,) at `time_s` (N,).

    The wave is band-passed to 0.05-0.7 Hz; in the span a breath begins where it rises above 0.3 standard deviations
    after having been below minus that. Breaths are counted, not looked up in a spectrum, because spontaneous breathing
    is often too uneven to have a line. NaN with fewer than three breaths or when they leave the span half empty.
    """
    from scipy.signal import butter, sosfiltfilt

    known = np.isfinite(wave)
    time_s, wave = time_s[known], wave[known]
    if len(time_s) < 2:
        raise InputError("The breathing reference holds no numbers.")
    fps = 10.0
    even = np.arange(time_s[0], time_s[-1], 1 / fps)
    # Means over a tenth of a second: the instruments sample far faster than anyone breathes.
    edges = np.searchsorted(time_s, np.append(even, even[-1] + 1 / fps))
    total = np.concatenate([[0.0], np.cumsum(wave)])
    count = np.diff(edges)
    means = (total[edges[1:]] - total[edges[:-1]]) / np.maximum(count, 1)
    smooth = np.where(count > 0, means, np.interp(even, time_s, wave))
    band = sosfiltfilt(butter(2, BREATHING_HZ, btype="bandpass", fs=fps, output="sos"), smooth)

    def rate(start_s: float, stop_s: float) -> float:
        begins = breath_starts(band[(even >= start_s) & (even < stop_s)]) / fps
        if len(begins) < LEAST_BREATHS or begins[-1] - begins[0] < 0.5 * (stop_s - start_s):
            return np.nan
        return float(60 * (len(begins) - 1) / (begins[-1] - begins[0]))

    return rate


def breath_starts(band: Floats) -> Floats:
    """Samples (B,) at which a breath of the band-passed wave `band` (N,) begins; see `breathing_rate`."""
    limit = BREATH * band.std() if len(band) else 0.0
    if not limit > 0:
        return np.zeros(0)
    beyond = np.flatnonzero(np.abs(band) > limit)
    up = band[beyond] > 0
    starts: Floats = beyond[1:][up[1:] & ~up[:-1]].astype(np.float64)
    return starts
