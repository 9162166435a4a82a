"""The pulse rate over time from one or several pulse waves, and how sure the waves are of it.

Steps
1. The noise of each wave is levelled in two ways (`pulse.level`) and the wave divided by its local amplitude, so that
   one burst of movement does not outweigh half a minute of pulse. Both views count alike: the log-likelihoods that
   follow from them are averaged.
2. In windows of 8 s, one second apart, the likelihood of each rate is that of a sinusoid and its two harmonics in
   noise: -(n/2) log(1 - rho) with rho the share of power they explain. The first harmonic counts at most twice the
   fundamental, so twice the rate is not taken for the rate, and half the rate, which has no power of its own, is not
   taken either. A wide prior of human rates weighs as one more observation: it settles near-ties, as when drift of the
   light holds as much power at 45 as the pulse does at 75.
3. Heart rate changes by a few beats per minute in a second: a hidden Markov model over rates joins the windows. Its
   best path is the course of the rate; the posterior mass near it says how sure the waves are.
4. The rate is the line frequency of the waves demodulated along that course, far finer than the grid; the mean rate
   (`pulse.phase`) starts from there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.filters import PULSE_BAND_HZ
from vitascope.pulse.level import level, whiten
from vitascope.pulse.spectrum import line_frequency

Floats = NDArray[np.float64]

RATES = np.arange(38.0, 241.0)  # 1/min: the searched rates
WINDOW_S = 8.0
HOP_S = 1.0
HARMONIC_LIMIT = 2.0
EXPLAINED_LIMIT = 0.97
CHANGE_PER_HOP = 3.0  # 1/min, standard deviation of the rate's change in one hop
USUAL, SPREAD = 80.0, 30.0  # 1/min: mean and standard deviation of the prior, far wider than adults at rest (70 +- 12)
REACH = 20  # 1/min: more than the rate can change in one hop
NEAR = 5.0  # 1/min: posterior mass this near the course counts for it
OPEN_BELOW = 0.5  # of the posterior mass near the course: with less, a window's rate is not known
WEIGHT_POWER = 4.0  # a wave half as clear counts a sixteenth
MIN_SEEN = 0.7  # share of a window that must have been seen


@dataclass(frozen=True, slots=True, eq=False)
class RateCourse:
    """bpm: the rate over the whole window, 1/min. time_s, course_bpm: (T,) window centres from the first sample, and
    rates. rolling_bpm: (T,) the rate of each window given all others, NaN where it stays open. certainty: 0..1, mean
    posterior mass near the course. explained: 0..1, share of power in the line. weights: (M,) of the waves."""

    bpm: float
    time_s: Floats
    course_bpm: Floats
    rolling_bpm: Floats
    certainty: float
    explained: float
    weights: Floats

    def at(self, n: int, fps: float) -> Floats:
        """The course in Hz at each of `n` samples, scaled so that its mean is `bpm`."""
        course = np.interp(np.arange(n) / fps, self.time_s, self.course_bpm)
        scaled: Floats = course / course.mean() * self.bpm / 60
        return scaled


def log_likelihood(
    evened: Floats, fps: float, seen: NDArray[np.bool_] | None = None, exponents: Floats | float = 2.0
) -> tuple[Floats, Floats]:
    """Step 2 for `evened` (M, N): window centres (T,) in seconds and log-likelihoods (M, T, F) over `RATES`.

    exponents: of the noise that was levelled, (M,) or one for all.
    """
    skip = max(1, int(fps // 12))  # the band ends at 4 Hz; 12 samples a second carry it
    x, rate = evened[:, ::skip], fps / skip
    n = x.shape[1]
    samples = min(n, round(WINDOW_S * rate))
    count = max(1, round((n - samples) / (HOP_S * rate)) + 1)
    starts = np.round(np.linspace(0, n - samples, count)).astype(int)
    pieces = x[:, starts[:, None] + np.arange(samples)]  # (M, T, samples)
    window = np.hanning(samples + 2)[1:-1]
    size = 1 << math.ceil(math.log2(120 * rate))  # bins of at most half a beat per minute
    power = np.abs(np.fft.rfft(pieces * window**2, size)) ** 2 * 2 / (window**2).sum()
    total = ((pieces * window) ** 2).sum(axis=2, keepdims=True)
    share = np.divide(power, total, out=np.zeros_like(power), where=total > 1e-12)
    top_rate = 60 * min(PULSE_BAND_HZ[1], 0.45 * rate)
    first, second, third = (
        np.where(order * RATES < top_rate, _between_bins(share, order * RATES / 60 * size / rate), 0.0)
        for order in (1, 2, 3)
    )
    # What levels steeper noise also lifts the harmonics further.
    lifted = np.broadcast_to(np.asarray(exponents) - 2, len(evened))[:, None, None]
    second = np.minimum(second, HARMONIC_LIMIT * 2**lifted * first)
    third = np.minimum(third, np.minimum(3**lifted * first, second))
    rho = np.minimum(first + second + third, EXPLAINED_LIMIT)
    freedom = samples / rate * (PULSE_BAND_HZ[1] - PULSE_BAND_HZ[0])  # half the independent samples in the band
    result = -freedom * np.log1p(-rho)
    if seen is not None:
        kept = seen[::skip][starts[:, None] + np.arange(samples)].mean(axis=1) >= MIN_SEEN
        result = result * kept[None, :, None]
    return (starts + (samples - 1) / 2) / rate, result


def _between_bins(values: Floats, position: Floats) -> Floats:
    """`values` (..., B) linearly interpolated at the fractional bins `position`, those past the end taken at the
    end."""
    low = np.minimum(position.astype(int), values.shape[-1] - 2)
    part = np.clip(position - low, 0, 1)
    between: Floats = values[..., low] * (1 - part) + values[..., low + 1] * part
    return between


def _change(hop_s: float) -> Floats:
    """Log-probability of a change by -REACH..REACH beats per minute from one window to the next."""
    steps = np.arange(-REACH, REACH + 1) / (CHANGE_PER_HOP * math.sqrt(hop_s / HOP_S))
    log: Floats = -0.5 * steps**2
    return log - math.log(np.exp(log).sum())


def _best_path(evidence: Floats, change: Floats) -> NDArray[np.intp]:
    """Viterbi: the most likely course, as indices into `RATES`, for `evidence` (T, F)."""
    score = evidence[0]
    came_from = np.zeros(evidence.shape, dtype=np.intp)
    rates = np.arange(evidence.shape[1])
    padded = np.full(evidence.shape[1] + 2 * REACH, -np.inf)
    neighbours = np.lib.stride_tricks.sliding_window_view(padded, len(change))  # a view: it follows `padded`
    for t in range(1, len(evidence)):
        padded[REACH:-REACH] = score
        ways = neighbours + change
        best = ways.argmax(axis=1)
        came_from[t] = rates + best - REACH
        score = ways[rates, best] + evidence[t]
    path = np.zeros(len(evidence), dtype=np.intp)
    path[-1] = score.argmax()
    for t in range(len(evidence) - 1, 0, -1):
        path[t - 1] = came_from[t, path[t]]
    return path


def _posterior(evidence: Floats, change: Floats) -> Floats:
    """Forward-backward: the probability of each rate in each window, (T, F)."""
    step = np.exp(change)
    heard = np.exp(evidence - evidence.max(axis=1, keepdims=True)) + 1e-12
    forward, backward = np.ones_like(heard), np.ones_like(heard)
    forward[0] = heard[0] / heard[0].sum()
    for t in range(1, len(heard)):
        forward[t] = np.convolve(forward[t - 1], step, mode="same") * heard[t]
        forward[t] /= forward[t].sum()
    for t in range(len(heard) - 2, -1, -1):
        backward[t] = np.convolve(heard[t + 1] * backward[t + 1], step, mode="same")
        backward[t] /= backward[t].sum()
    mass = forward * backward
    normal: Floats = mass / mass.sum(axis=1, keepdims=True)
    return normal


def _weights(evidence: Floats) -> Floats:
    """How much each wave of `evidence` (M, T, F) counts, (M,), summing to 1: by how far, on average, its best rate
    stands out."""
    clear = np.maximum(evidence.max(axis=2), 0).mean(axis=1) ** WEIGHT_POWER
    total = clear.sum()
    weight: Floats = clear / total if total > 0 else np.full(len(clear), 1 / len(clear))
    return weight


def follow(waves: Floats, fps: float, seen: NDArray[np.bool_] | None = None) -> RateCourse:
    """The course of the rate in `waves` (M, N), finite, at `fps`, at least a few seconds; `seen` (N,) marks real
    samples."""
    evened = level(waves, fps)
    other, exponents = whiten(waves, fps)
    if seen is not None:
        evened, other = evened * seen, other * seen
    time_s, by_slope = log_likelihood(evened, fps, seen)
    by_fit = log_likelihood(other, fps, seen, exponents)[1]
    likelihood = 0.5 * (by_slope + by_fit)
    hop_s = float(np.diff(time_s).mean()) if len(time_s) > 1 else HOP_S
    # Overlapping windows tell the same story several times; two independent ones to a window length.
    heard = likelihood - 0.5 * ((RATES - USUAL) / SPREAD) ** 2
    weight = _weights(heard)
    evidence = np.tensordot(weight, heard, axes=1) * min(1.0, 2 * hop_s / WINDOW_S)
    change = _change(round(hop_s, 2))
    path = _best_path(evidence, change)
    course = RATES[path]
    near = np.abs(RATES[None, :] - course[:, None]) <= NEAR
    posterior = _posterior(evidence, change) * near
    mass = posterior.sum(axis=1)
    rolling = np.where(mass >= OPEN_BELOW, posterior @ RATES / np.maximum(mass, 1e-12), np.nan)
    n = waves.shape[1]
    smooth = np.convolve(np.pad(course, 2, mode="edge"), np.full(5, 0.2), mode="valid")
    wandering = np.interp(np.arange(n) / fps, time_s, smooth) / 60
    # A steady rate is sharper without the wobble of the path's grid, a drifting one only along it.
    evened = evened * np.sqrt(weight)[:, None]
    steady = line_frequency(evened, fps, float(course.mean()) / 60)
    drifting = line_frequency(evened, fps, wandering, reach_hz=0.05)
    # A line right on a steady course is equally strong both ways: rounding must not choose.
    still = steady[1] >= drifting[1] * (1 - 1e-9)
    hz, explained = steady if still else drifting
    return RateCourse(
        bpm=60 * hz,
        time_s=time_s,
        course_bpm=np.full(len(course), 60 * hz) if still else smooth,
        rolling_bpm=rolling,
        certainty=float(mass.mean()),
        explained=explained,
        weights=weight,
    )
