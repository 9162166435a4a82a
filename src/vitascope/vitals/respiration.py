"""Respiration rate from what breathing does to the pulse wave, withheld when its traces disagree or are faint.

RIIV (baseline), RIAV (beat amplitude) and RIFV (beat interval) each have a spectrum in 0.1-0.5 Hz (Karlen et al. 2013,
IEEE TBME 60:1946). Their rates are not averaged: the three spectra are, each weighted by the square of how much of it
lies in one line, and the line of the average is the rate. Its share of that average and how many of them have
their own line there make the confidence, P(error at most 2/min), fitted by `training/fit_respiration.py`.

Breathing also moves head and shoulders up and down. Where the camera followed them, their places are further traces.
No recording with a belt had them when the confidence was fitted, so motion never makes a reading surer than tentative
by itself; and where motion and pulse wave each have a clear line but not the same one, the rate is withheld.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.spectrum import parabola
from vitascope.report.reading import Reading
from vitascope.vitals.observation import Observation
from vitascope.vitals.variability import normal_intervals

FROM_S = 25.0
BAND_HZ = (0.1, 0.5)
GRID_HZ = 4.0
STEP_HZ = 0.1 / 60
LINE_HZ = 0.03  # half the width of a line: the main lobe of a Hann window of a minute
DRIFT_S = 10.0  # of motion: the breathing band begins at one breath in ten seconds
OUTLIER = 3.0  # robust standard deviations: a place that jumps further is the finder's, not the breath's
CLEAR = 0.5  # share of a trace's power in its line from which it speaks for itself
TOLERANCE = 2.0  # 1/min: confidence is the probability of being this near
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Breathing:
    """rate in 1/min, 0 when there is no line in the band. share: 0..1, of the fused spectrum in its line. votes: 0..1,
    of the traces with their own line there. rates: of each trace, 1/min."""

    rate: float
    share: float
    votes: float
    rates: dict[str, float]


@lru_cache(maxsize=1)
def card() -> dict[str, Any]:
    """The fitted confidence (`respiration_card.json`)."""
    name = "respiration_card.json"
    figures: dict[str, Any] = json.loads((files("vitascope.vitals") / name).read_text(encoding="utf-8"))
    return figures


def confidence(breathing: Breathing, model: dict[str, Any]) -> float:
    """P(|error| <= 2/min), 0..1, by logistic regression on the share (as log-odds) and the votes."""
    share = min(max(breathing.share, 1e-3), 1 - 1e-3)
    score = model["intercept"] + model["share"] * np.log(share / (1 - share)) + model["votes"] * breathing.votes
    return float(1 / (1 + np.exp(-np.clip(score, -30, 30))))


def band_spectrum(values: Floats, fps: float) -> tuple[Floats, Floats]:
    """Frequencies (F,) of 0.1-0.5 Hz and the power of `values` (N,) there, summing to 1; zeros for a flat trace."""
    from scipy.signal import detrend

    frequency = np.arange(BAND_HZ[0], BAND_HZ[1] + STEP_HZ / 2, STEP_HZ)
    spread = values.std()
    if not spread > 1e-12 * (np.abs(values).max() + 1e-300):
        return frequency, np.zeros(len(frequency))
    size = 1 << int(np.ceil(np.log2(max(16 * len(values), 1 << 12))))
    power = np.abs(np.fft.rfft(detrend(values / spread) * np.hanning(len(values)), size)) ** 2
    power = np.interp(frequency, np.fft.rfftfreq(size, 1 / fps), power)
    total = power.sum()
    return frequency, np.asarray(power / total if total > 0 else power, dtype=np.float64)


def line(frequency: Floats, power: Floats) -> tuple[float, float]:
    """Rate in 1/min of the strongest line and its share (0..1) of the power; zeros when it is the slope of something
    outside the band."""
    top = int(power.argmax())
    if top in {0, len(power) - 1} or power[top] <= 0:
        return 0.0, 0.0
    exact = frequency[top] + STEP_HZ * parabola(*power[top - 1 : top + 2])
    near = np.abs(frequency - exact) < LINE_HZ
    return 60 * float(exact), float(power[near].sum() / power.sum())


def fuse(traces: dict[str, Floats], fps: float) -> Breathing:
    """The breathing that the `traces` (K,) at `fps` show together."""
    spectra = {name: band_spectrum(trace, fps) for name, trace in traces.items()}
    lines = {name: line(*spectrum) for name, spectrum in spectra.items()}
    frequency = np.arange(BAND_HZ[0], BAND_HZ[1] + STEP_HZ / 2, STEP_HZ)
    fused = sum((lines[name][1] ** 2 * power for name, (_, power) in spectra.items()), np.zeros(len(frequency)))
    rate, share = line(frequency, fused)
    rates = {name: found for name, (found, held) in lines.items() if held > 0}
    votes = sum(abs(found - rate) < 60 * LINE_HZ for found in rates.values()) / max(len(traces), 1)
    return Breathing(rate, share, votes if rate else 0.0, rates)


def breathing_traces(seen: Observation) -> dict[str, Floats]:
    """riiv, riav and rifv, each (K,) at 4 Hz over the span of the beats."""
    time_s = seen.beats.time_s
    intervals = normal_intervals(seen.beats.upstroke_s)
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


def motion_traces(seen: Observation) -> dict[str, Floats]:
    """motion_0, motion_1, … (L,) at 4 Hz: the places without their slow changes and jumps."""
    from scipy.ndimage import uniform_filter1d

    traces = {}
    clock = np.arange(len(seen.bvp)) / seen.fps
    grid = np.arange(0, clock[-1], 1 / GRID_HZ)
    block = max(1, int(seen.fps // GRID_HZ))
    for k, place in enumerate(seen.motion):
        smooth = uniform_filter1d(place, block, mode="nearest")
        moved = smooth - uniform_filter1d(smooth, max(1, round(DRIFT_S * seen.fps)), mode="nearest")
        usual = OUTLIER * 1.4826 * float(np.median(np.abs(moved - np.median(moved))))
        traces[f"motion_{k}"] = np.interp(grid, clock, np.clip(moved, -usual, usual))
    return traces


def contradicted(traces: dict[str, Floats], fps: float) -> bool:
    """Whether one of the `traces` (K,) of motion and one of the pulse wave each have a clear line, but none of the
    pulse wave's lies where one of motion's does."""
    lines = {name: line(*band_spectrum(trace, fps)) for name, trace in traces.items()}
    clear = {name: rate for name, (rate, share) in lines.items() if rate and share >= CLEAR}
    moved = [rate for name, rate in clear.items() if name.startswith("motion")]
    beaten = [rate for name, rate in clear.items() if not name.startswith("motion")]
    return bool(moved and beaten) and all(abs(m - b) > 2 * 60 * LINE_HZ for m in moved for b in beaten)


def respiration(seen: Observation) -> dict[str, Reading]:
    """`respiration_rate`, 1/min; `inputs` hold the rates of the three traces."""
    name, unit = "respiration_rate", "/min"
    if seen.flaw:
        return {name: seen.withheld(name, unit, seen.flaw)}
    if seen.seconds < FROM_S - 0.5:
        return {name: seen.withheld(name, unit, f"Breathing needs at least {FROM_S:.0f} s of recording.")}
    model, beaten = card(), breathing_traces(seen)
    traces = beaten | motion_traces(seen)
    found = fuse(traces, GRID_HZ)
    if not found.rate:
        reason = "Breathing leaves no clear mark on the pulse wave; sit still, breathe normally and record for longer."
        return {name: seen.withheld(name, unit, reason)}
    if contradicted(traces, GRID_HZ):
        reason = (
            "Head and shoulders move at another rhythm than breathing shows in the pulse wave; sit still and lean back."
        )
        return {name: seen.withheld(name, unit, reason)}
    sure = confidence(found, model)
    if sure < model["tentative_from"]:
        reason = (
            "The traces of breathing in the pulse wave disagree; sit still, breathe normally and record for longer."
        )
        return {name: seen.withheld(name, unit, reason, confidence=round(sure, 4))}
    half = float(np.interp(sure, model["interval"]["confidence"], model["interval"]["half_width"]))
    ok = sure >= model["ok_from"]
    reason = "Breathing is only faintly visible in the pulse wave."
    if ok and len(traces) > len(beaten):
        ok = confidence(fuse(beaten, GRID_HZ), model) >= model["ok_from"]
        reason = "Breathing shows in the motion of head and shoulders more clearly than in the pulse wave."
    return {
        name: seen.reading(
            name,
            unit,
            found.rate,
            "ok" if ok else "tentative",
            reason=None if ok else reason,
            interval=(max(0.0, found.rate - half), found.rate + half),
            confidence=sure,
            inputs={f"{key}_rate": rate for key, rate in found.rates.items()},
        )
    }
