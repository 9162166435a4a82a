"""Pulse-rate variability: mean NN, SDNN, RMSSD, pNN50, LF, HF and LF/HF (Task Force of the ESC and NASPE 1996).

It is taken from the pulse wave, not from an ECG, so it is pulse-rate variability: breathing and vessel tone shift the
pulse's arrival a little from beat to beat.

Artefact rule: an interval is kept when it is 300 to 2000 ms long and within 20 % of the median of the nine around it.
Kept intervals are never altered or replaced; successive differences are taken only between neighbours that were both
kept.

Jitter rule: intervals from upstroke to upstroke and from peak to peak tell the same story on a clear wave and differ on
a noisy one, whose every beat is misplaced a little; that adds to each figure but the mean, so those are then withheld.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.beats import Beats
from vitascope.report.reading import Reading, Status
from vitascope.vitals.observation import Observation

FROM_S = 30.0  # time-domain figures from here on, tentative: ultra-short
SLACK = 0.95  # of that: a camera that starts late or drops frames must not void a half minute
STANDARD_S = 270.0  # the Task Force's five minutes, less what is lost at the ends
SPECTRUM_FROM_S = 118.0  # two minutes of frames end one frame short
LF_HZ, HF_HZ = (0.04, 0.15), (0.15, 0.4)
MOST_REJECTED = 0.1
# Between the two kinds of interval. Contact waves: 2 to 4 ms; fingertips whose RMSSD was right: 4 to 14; faces: 16 to
# 120, with an RMSSD up to three times that of a finger.
MOST_JITTER_MS = 20.0
FIGURES = {"mean_nn": "ms", "sdnn": "ms", "rmssd": "ms", "pnn50": "%", "lf": "ms2", "hf": "ms2", "lf_hf": ""}


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """ibi_ms: (K,) all inter-beat intervals. kept: (K,) bool by the artefact rule. time_s: (K,) when each ended."""

    ibi_ms: NDArray[np.float64]
    kept: NDArray[np.bool_]
    time_s: NDArray[np.float64]

    @property
    def nn_ms(self) -> NDArray[np.float64]:
        """The kept intervals."""
        return self.ibi_ms[self.kept]

    @property
    def rejected(self) -> float:
        """Share (0..1) that was not kept."""
        return float(1 - self.kept.mean()) if len(self.kept) else 1.0


def normal_intervals(beat_s: NDArray[np.float64]) -> Intervals:
    """The intervals between beats at `beat_s` (B,) seconds, judged by the artefact rule."""
    from scipy.ndimage import median_filter

    ibi = np.diff(beat_s) * 1000
    if not len(ibi):
        return Intervals(ibi, np.zeros(0, dtype=bool), np.zeros(0))
    around = median_filter(ibi, size=9, mode="nearest")
    kept = (ibi >= 300) & (ibi <= 2000) & (np.abs(ibi - around) <= 0.2 * around)
    return Intervals(ibi, kept, beat_s[1:])


def time_domain(intervals: Intervals) -> dict[str, float]:
    """mean_nn, sdnn, rmssd in ms and pnn50 in %; needs three kept intervals, two of them neighbours."""
    nn = intervals.nn_ms
    both = intervals.kept[1:] & intervals.kept[:-1]
    step = np.diff(intervals.ibi_ms)[both]
    if len(nn) < 3 or len(step) < 2:
        return {}
    return {
        "mean_nn": float(nn.mean()),
        "sdnn": float(nn.std(ddof=1)),
        "rmssd": float(np.sqrt(np.mean(step**2))),
        "pnn50": float(100 * np.mean(np.abs(step) > 50)),
    }


def frequency_domain(intervals: Intervals) -> dict[str, float]:
    """lf and hf in ms2 and lf_hf, from the kept intervals interpolated at 4 Hz (cubic), detrended, Hann-windowed."""
    from scipy.interpolate import CubicSpline
    from scipy.signal import periodogram

    time_s, nn = intervals.time_s[intervals.kept], intervals.nn_ms
    if len(nn) < 20:
        return {}
    grid = np.arange(time_s[0], time_s[-1], 0.25)
    frequency, density = periodogram(CubicSpline(time_s, nn)(grid), fs=4.0, window="hann", detrend="linear")
    step = frequency[1]
    power = {
        name: float(density[(frequency >= low) & (frequency < high)].sum() * step)
        for name, (low, high) in {"lf": LF_HZ, "hf": HF_HZ}.items()
    }
    return power | ({"lf_hf": power["lf"] / power["hf"]} if power["hf"] > 1e-9 else {})


def obstacle(seen: Observation, intervals: Intervals, needed_s: float) -> str | None:
    """Why variability cannot be given for this recording, or None."""
    if seen.flaw:
        return seen.flaw
    if seen.seconds < SLACK * needed_s:
        return f"This needs {needed_s:.0f} s of recording; {seen.seconds:.0f} s were usable. Record for longer."
    if len(intervals.kept) < 10 or intervals.rejected > MOST_REJECTED:
        return "Too many beats could not be told from noise; hold still in even light and try again."
    covered = float(intervals.ibi_ms.sum()) / 1000
    if covered < 0.8 * seen.seconds:
        return "Parts of the recording carry no clear beats; hold still for the whole time and try again."
    return None


def variability(seen: Observation) -> dict[str, Reading]:
    """All variability readings, each with its window gate; `inputs` say how many beats they rest on."""
    intervals = normal_intervals(seen.beats.upstroke_s)
    inputs = {"beats": float(len(intervals.kept) + 1), "rejected_share": intervals.rejected}
    readings: dict[str, Reading] = {}
    blocked = obstacle(seen, intervals, FROM_S) or noisy(seen)
    figures = {} if blocked else time_domain(intervals)
    unclear = jittery(seen)
    blocked_spectrum = blocked or unclear or obstacle(seen, intervals, SPECTRUM_FROM_S + 2)
    figures |= {} if blocked_spectrum else frequency_domain(intervals)
    inputs["jitter_ms"] = jitter_ms(seen.beats)
    for name, unit in FIGURES.items():
        if name not in figures or (unclear and name != "mean_nn"):
            why = blocked_spectrum if name in {"lf", "hf", "lf_hf"} else blocked or unclear
            why = why or "There were too few clear beats."
            readings[name] = seen.withheld(name, unit, why)
            continue
        status: Status = "ok" if seen.seconds >= STANDARD_S else "tentative"
        reason = None if status == "ok" else "An ultra-short recording: five minutes are the standard for variability."
        readings[name] = seen.reading(name, unit, figures[name], status, reason=reason, inputs=inputs)
    return readings


def jitter_ms(beats: Beats) -> float:
    """Robust spread of the difference between intervals by upstrokes and by peaks, in ms; 0 with fewer than 3 beats."""
    difference = np.diff(beats.upstroke_s) - np.diff(beats.time_s)
    return float(1000 * 1.4826 * np.median(np.abs(difference))) if len(difference) > 1 else 0.0


def jittery(seen: Observation) -> str | None:
    """Why the spread of the intervals would be that of noise, or None."""
    if jitter_ms(seen.beats) <= MOST_JITTER_MS:
        return None
    if seen.kind == "face":
        return "The moment of each beat is not clear enough for variability; a fingertip on the lens shows it better."
    return "The moment of each beat is not clear enough for variability; hold still, with a light touch, and try again."


def noisy(seen: Observation) -> str | None:
    """Beat times need a clearer wave than a mean rate does: noise moves every peak and adds to each figure."""
    if seen.quality.snr_db < 0 or seen.quality.certainty < 0.9:
        return "The single beats are not clear enough for variability; hold still in more even light and try again."
    return None
