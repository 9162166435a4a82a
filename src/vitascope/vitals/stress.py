"""Baevsky's stress index with the figures it stands on (Baevsky & Chernikova 2017, Cardiometry 10:66).

SI = AMo / (2 Mo MxDMn) from the histogram of NN intervals in 50 ms bins: AMo the share of intervals in the fullest
bin in percent, Mo its middle in seconds, MxDMn the range in seconds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitascope.report.reading import Reading
from vitascope.vitals.observation import Observation
from vitascope.vitals.variability import (
    FROM_S,
    SPECTRUM_FROM_S,
    frequency_domain,
    jittery,
    noisy,
    normal_intervals,
    obstacle,
    time_domain,
)

BIN_MS = 50.0
STRESSED_SDNN_MS = 35.5  # below this the variability counts as reduced
STRESSED_LF_HF = 2.0


def baevsky(nn_ms: NDArray[np.float64]) -> dict[str, float]:
    """The index and its parts for NN intervals (K,) in ms, at least three."""
    first = np.floor(nn_ms.min() / BIN_MS)
    counts = np.bincount((np.floor(nn_ms / BIN_MS) - first).astype(int))
    fullest = int(counts.argmax())
    mode_s = (first + fullest + 0.5) * BIN_MS / 1000
    share = 100 * counts[fullest] / len(nn_ms)
    # Intervals cannot spread less than a bin is wide: without this floor a metronome has an infinite index.
    spread_s = max(float(np.ptp(nn_ms)), BIN_MS) / 1000
    return {"stress_index": share / (2 * mode_s * spread_s), "mode_s": mode_s, "mode_share": share, "range_s": spread_s}


def stress(seen: Observation) -> dict[str, Reading]:
    """`stress_index`, with SDNN, LF/HF (from two minutes on) and the sign `stressed` (1 when SDNN is low or LF/HF
    high)."""
    name, unit = "stress_index", ""
    intervals = normal_intervals(seen.beats.upstroke_s)
    blocked = obstacle(seen, intervals, FROM_S) or noisy(seen) or jittery(seen)
    figures = {} if blocked else time_domain(intervals)
    if not figures:
        return {name: seen.withheld(name, unit, blocked or "There were too few clear beats.")}
    parts = baevsky(intervals.nn_ms)
    inputs = {"sdnn_ms": figures["sdnn"], **{key: parts[key] for key in ("mode_s", "mode_share", "range_s")}}
    stressed = figures["sdnn"] < STRESSED_SDNN_MS
    if seen.seconds >= SPECTRUM_FROM_S:
        ratio = frequency_domain(intervals).get("lf_hf")
        if ratio is not None:
            inputs["lf_hf"] = ratio
            stressed = stressed or ratio > STRESSED_LF_HF
    inputs["stressed"] = float(stressed)
    reason = "An estimate from few beats: it changes with breathing, posture, coffee and time of day."
    return {name: seen.reading(name, unit, parts["stress_index"], "tentative", reason=reason, inputs=inputs)}
