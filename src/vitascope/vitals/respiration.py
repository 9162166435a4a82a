"""Respiration rate from what breathing does to the pulse wave, fused only when its three traces agree.

RIIV (baseline), RIAV (beat amplitude) and RIFV (beat interval) each give a rate in 0.1-0.5 Hz; Karlen's smart fusion
(2013, IEEE TBME 60:1946) takes their mean and withholds it when they differ by more than 4/min.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.spectrum import parabola
from vitascope.report.reading import Reading
from vitascope.vitals.observation import Observation
from vitascope.vitals.variability import normal_intervals

FROM_S = 25.0
BAND_HZ = (0.1, 0.5)
AGREEMENT = 4.0  # 1/min, standard deviation of the three rates
GRID_HZ = 4.0


def breathing_line(values: NDArray[np.float64], fps: float) -> tuple[float, float]:
    """Rate in 1/min of the strongest line of `values` (N,) in 0.1-0.5 Hz, and its share (0..1) of that band's power."""
    from scipy.signal import detrend

    n = len(values)
    spread = values.std()
    if not spread > 1e-12 * (np.abs(values).max() + 1e-300):
        return 0.0, 0.0
    size = 1 << int(np.ceil(np.log2(max(8 * n, 1024))))
    power = np.abs(np.fft.rfft(detrend(values / spread) * np.hanning(n), size)) ** 2
    frequency = np.fft.rfftfreq(size, 1 / fps)
    band = np.flatnonzero((frequency >= BAND_HZ[0]) & (frequency <= BAND_HZ[1]))
    top = int(band[power[band].argmax()])
    if power[top] <= 0 or top in {int(band[0]), int(band[-1])}:
        return 0.0, 0.0  # the slope of something outside the band
    exact = (top + parabola(*power[top - 1 : top + 2])) * frequency[1]
    near = np.abs(frequency - exact) <= 1.5 * fps / n
    in_band = (frequency >= BAND_HZ[0]) & (frequency <= BAND_HZ[1])
    return 60 * exact, float(power[near & in_band].sum() / power[in_band].sum())


def breathing_traces(seen: Observation) -> dict[str, NDArray[np.float64]]:
    """riiv, riav and rifv, each (K,) at 4 Hz over the span of the beats."""
    time_s = seen.beats.time_s
    intervals = normal_intervals(time_s)
    if intervals.kept.sum() < 8:
        return {}
    grid = np.arange(time_s[0], time_s[-1], 1 / GRID_HZ)
    block = max(1, int(seen.fps // GRID_HZ))
    clock = np.arange(len(seen.baseline)) / seen.fps
    slow = np.convolve(seen.baseline, np.full(block, 1 / block), mode="same")
    height = seen.beats.height
    usual = np.median(height)
    fair = np.abs(height - usual) <= 3 * np.median(np.abs(height - usual)) + 1e-12
    return {
        "riiv": np.interp(grid, clock, slow),
        "riav": np.interp(grid, time_s[fair], height[fair]),
        "rifv": np.interp(grid, intervals.time_s[intervals.kept], intervals.nn_ms),
    }


def respiration(seen: Observation) -> dict[str, Reading]:
    """`respiration_rate`, 1/min; `inputs` hold the three rates."""
    name, unit = "respiration_rate", "/min"
    if seen.flaw:
        return {name: seen.withheld(name, unit, seen.flaw)}
    if seen.seconds < FROM_S - 0.5:
        return {name: seen.withheld(name, unit, f"Breathing needs at least {FROM_S:.0f} s of recording.")}
    lines = {key: breathing_line(trace, GRID_HZ) for key, trace in breathing_traces(seen).items()}
    rates = {key: rate for key, (rate, share) in lines.items() if share > 0}
    if len(rates) < 3:
        reason = "Breathing leaves no clear mark on the pulse wave; sit still, breathe normally and record for longer."
        return {name: seen.withheld(name, unit, reason)}
    weights = np.array([lines[key][1] for key in rates])
    values = np.array(list(rates.values()))
    spread = float(values.std())
    if spread > AGREEMENT:
        reason = (
            "The traces of breathing in the pulse wave disagree; sit still, breathe normally and record for longer."
        )
        return {name: seen.withheld(name, unit, reason)}
    value = float((values * weights).sum() / weights.sum())
    half = max(2.0, 2 * spread)
    return {
        name: seen.reading(
            name,
            unit,
            value,
            "ok" if spread <= AGREEMENT / 2 and weights.mean() > 0.4 else "tentative",
            reason=None
            if spread <= AGREEMENT / 2 and weights.mean() > 0.4
            else "Breathing is only faintly visible in the pulse wave.",
            interval=(max(0.0, value - half), value + half),
            inputs={f"{key}_rate": rate for key, rate in rates.items()},
        )
    }
