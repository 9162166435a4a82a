"""The mean rate of a pulse from the turns its phase made, and how precisely the recording shows them.

A spectral line says where most power lies. When the rate swings with breathing and slower, that is not the mean rate:
over ten seconds the two can differ by more than 1/min. The mean is the number of turns over the time they took.

Steps
1. The phase is a straight line plus sines that vanish at both ends of the window, one for each cosine of the
   instantaneous rate up to 0.45 Hz; so the slope of the straight line is the mean rate exactly. The cosines have the
   spread that heart rate variability has, falling off with frequency.
2. Each channel is a fundamental and a harmonic of that phase with its own amplitudes, slow drift, and noise that the
   channels share in part. The covariance of that noise is taken from what the fit leaves over near the rate: movement
   moves all channels alike and so counts little (maximum likelihood; the least noisy mix of channels follows by
   itself).
3. Gauss-Newton from the course of the rate and, where the channels support the phase poorly, from a steady rate and
   from courses with one turn more and one less there: the likeliest fit gives the rate.
4. The standard error follows from the curvature there, and from how far the other fits lie that are nearly as likely.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.filters import band_pass
from vitascope.pulse.spectrum import line_frequency

Floats = NDArray[np.float64]

PIECE_S = 60.0  # longer recordings are fitted in pieces: the work grows with the third power of the length
SAMPLES_HZ = 14.0  # two harmonics of the fastest pulse
AMPLITUDE_S = 3.0  # over which the strength of the pulse is taken to be even
FASTEST_HZ = 0.45  # of the changes in rate: breathing at 27/min
# Prior of the changes in rate, as shares of it: their spectral density per Hz, and the frequency from which their
# amplitude falls. Standard deviation 2 % within ten seconds, 3 % within a minute.
SWING = 0.03
CORNER_HZ = 0.03
SLOPE_SPREAD_HZ = 5.0 / 60  # prior standard deviation of the mean rate around that of the course
DRIFT = 0.5  # of the rate: what changes slower than this is drift
NEAR_HZ = 0.6  # of the rate: there the noise is measured
RIDGE = 0.02  # of the noise: channels are never taken to be noisy in exactly the same way
SLIP_S = 3.0  # within which a turn can be missed
MOST_SLIPS = 3
SURE = 40.0  # nats: with more support than this in every such stretch no turn is missed
FLAT = 1e-9  # a channel that changes less than this of its largest value
HARMONICS = 2
STEPS = 12
SMALL = 0.01  # radians: smaller steps are none


def mean_rate(
    channels: Floats, wave: Floats, fps: float, course_hz: Floats, seen: NDArray[np.bool_]
) -> tuple[float, float]:
    """The mean rate in Hz and its standard error, of `channels` (C, N), finite, at `fps`, all showing one pulse.

    wave: (N,) the clearest pulse wave made of them; the channels are divided by its local strength. course_hz: (N,)
    the rate as known so far. seen: (N,) False where nothing was recorded.
    """
    from scipy.ndimage import uniform_filter1d

    strength = np.sqrt(
        np.maximum(uniform_filter1d(band_pass(wave, fps) ** 2, max(3, round(AMPLITUDE_S * fps)), mode="nearest"), 0)
    )
    if not strength.max(initial=0) > 0:
        return float(course_hz.mean()), np.inf
    channels = channels[channels.std(axis=1) > FLAT * np.abs(channels).max(axis=1)]
    even = (channels - channels.mean(axis=1, keepdims=True)) / (strength + 1e-2 * strength.max()) * seen
    block = max(1, int(fps // SAMPLES_HZ))
    even, course = _blocks(even, block), _blocks(course_hz[None], block)[0]
    n, rate = len(course), fps / block
    edges = np.round(np.linspace(0, n, max(1, round(n / rate / PIECE_S)) + 1)).astype(int)
    share = np.diff(edges) / n
    found = np.array([_piece(even[:, a:b], rate, course[a:b]) for a, b in itertools.pairwise(edges)])
    return float(share @ found[:, 0]), float(np.sqrt(np.sum((share * found[:, 1]) ** 2)))


def _blocks(x: Floats, block: int) -> Floats:
    """Means of `x` (C, N) over `block` samples; a rest shorter than that is left out."""
    n = x.shape[1] // block
    means: Floats = x[:, : n * block].reshape(len(x), n, block).mean(axis=2)
    return means


@dataclass(slots=True, eq=False)
class _Fit:
    """figures: (P,) slope and cosines in Hz. cost: minus the log of the posterior. error: standard error of the slope
    in Hz. support: (N,) how far each sample speaks for the phase."""

    figures: Floats
    cost: float
    error: float
    support: Floats


class _Model:
    """The phase model of one piece of `channels` (C, N) at `fps` around `mean_hz`."""

    def __init__(self, channels: Floats, fps: float, mean_hz: float) -> None:
        n = channels.shape[1]
        self.channels = channels / channels.std(axis=1, keepdims=True)
        self.n, self.fps, self.mean_hz, self.seconds = n, fps, mean_hz, n / fps
        time = (np.arange(n) + 0.5) / n  # of the piece
        order = np.arange(1, max(1, int(2 * self.seconds * FASTEST_HZ)) + 1)
        self.cosines = np.cos(np.pi * order * time[:, None])
        step_hz = 1 / (2 * self.seconds)
        spread = mean_hz * np.sqrt(2 * SWING * step_hz) / (1 + order * step_hz / CORNER_HZ)
        self.prior = 1 / np.concatenate([[SLOPE_SPREAD_HZ], spread]) ** 2
        # Radians of phase for each Hz of slope and of each cosine.
        sines = 2 * self.seconds / order * np.sin(np.pi * order * time[:, None])
        self.basis = np.concatenate([2 * np.pi * self.seconds * (time - 0.5)[:, None], sines], axis=1)
        self.straight = 2 * np.pi * mean_hz * self.seconds * time
        slow = np.cos(np.pi * np.arange(int(2 * self.seconds * DRIFT * mean_hz) + 1)[:, None] * time)
        self.drift = slow / np.linalg.norm(slow, axis=1, keepdims=True)  # orthonormal
        self.channels = self._without_drift(self.channels)
        frequency = np.fft.rfftfreq(n, 1 / fps)
        self.near = np.abs(frequency - mean_hz) < NEAR_HZ
        values = 2 * int(self.near.sum())
        # What the phase takes up is missing from what the fit leaves over.
        self.freedom = max(values - 0.7 * len(order) - 3, 0.3 * values) / values

    def begin(self, course_hz: Floats) -> Floats:
        """The figures (P,) of a course of the rate (N,)."""
        change = course_hz - self.mean_hz
        return np.concatenate([[change.mean()], 2 / self.n * (self.cosines.T @ change)])

    def steady(self, whiten: Floats) -> Floats:
        """The figures (P,) of the steady rate that holds most power."""
        figures = np.zeros(self.basis.shape[1])
        figures[0] = line_frequency(whiten @ self.channels, self.fps, self.mean_hz)[0] - self.mean_hz
        return figures

    def fit(self, figures: Floats, whiten: Floats | None = None) -> tuple[_Fit, Floats]:
        """Gauss-Newton from `figures` (P,); `whiten` (C, C) makes the noise white, measured where None."""
        measured = whiten is None
        white = np.eye(len(self.channels)) if whiten is None else whiten
        for _ in range(STEPS):
            turn = np.exp(1j * (self.straight + self.basis @ figures))
            parts = [turn**h for h in range(1, HARMONICS + 1) if h == 1 or h * self.mean_hz < 0.45 * self.fps]
            beat = np.concatenate([[part.real, part.imag] for part in parts])
            slope = np.concatenate([[-h * part.imag, h * part.real] for h, part in enumerate(parts, 1)])
            beat = self._without_drift(beat)
            gram = beat @ beat.T + 1e-9 * self.n * np.eye(len(beat))
            amplitude = np.linalg.solve(gram, beat @ self.channels.T).T
            left = self.channels - amplitude @ beat
            white = self._whiten(left) if measured else white
            amplitude = white @ amplitude
            steep, left = amplitude @ slope, white @ left
            information = (self.basis.T * (steep**2).sum(axis=0)) @ self.basis + np.diag(self.prior)
            gradient = self.basis.T @ (steep * left).sum(axis=0) - self.prior * figures
            step = np.linalg.solve(information, gradient)
            figures = figures + step
            if np.abs(self.basis @ step).max() < SMALL:
                break
        cost = self._power(left) / self.n + 0.5 * float(self.prior @ figures**2)
        line = amplitude[:, :2] @ beat[:2]
        support = np.sum(line * (left + line), axis=0)
        error = float(np.sqrt(np.linalg.inv(information)[0, 0]))
        return _Fit(figures, cost, error, support), white

    def _without_drift(self, x: Floats) -> Floats:
        rest: Floats = x - (x @ self.drift.T) @ self.drift
        return rest

    def _power(self, left: Floats) -> float:
        return float((np.abs(np.fft.rfft(left, axis=1)[:, self.near]) ** 2).sum())

    def _whiten(self, left: Floats) -> Floats:
        """(C, C) from white noise of the density that `left` (C, N) has near the rate."""
        waves = np.fft.rfft(left, axis=1)[:, self.near]
        noise = (waves @ waves.conj().T).real / (self.n * self.near.sum() * self.freedom)
        noise += (RIDGE * np.trace(noise) / len(noise) + 1e-7) * np.eye(len(noise))
        whiten: Floats = np.linalg.inv(np.linalg.cholesky(noise))
        return whiten


def _piece(channels: Floats, fps: float, course_hz: Floats) -> tuple[float, float]:
    """Mean rate and standard error in Hz of one piece."""
    mean_hz = float(course_hz.mean())
    channels = channels[channels.std(axis=1) > FLAT * np.abs(channels).max(axis=1)]
    if not len(channels):
        return mean_hz, np.inf
    model = _Model(channels, fps, mean_hz)
    best, whiten = model.fit(model.begin(course_hz))
    fits = [best]
    for attempt in range(MOST_SLIPS):
        starts = _other_turns(model, best)
        if starts and not attempt:
            starts.append(model.steady(whiten))
        others = [model.fit(figures, whiten)[0] for figures in starts]
        fits += others
        better = min(others, key=lambda fit: fit.cost, default=best)
        if better.cost >= best.cost:
            break
        best = better
    chance = np.exp([best.cost - fit.cost for fit in fits])
    away = np.array([fit.figures[0] - best.figures[0] for fit in fits])
    chance[np.abs(away) < 0.3 / model.seconds] = 0.0  # fits that ended in the same place are one
    spread = float(np.sqrt(chance @ away**2 / (1 + chance.sum())))
    return mean_hz + float(best.figures[0]), float(np.hypot(best.error, spread))


def _other_turns(model: _Model, best: _Fit) -> list[Floats]:
    """Where to look for a turn missed or made up: the course of `best` with one more and one less in the stretch that
    supports it least; none where all of it is well supported."""
    from scipy.ndimage import uniform_filter1d

    width = min(model.n, round(SLIP_S * model.fps))
    support = uniform_filter1d(best.support, width, mode="nearest") * width
    weakest = int(support.argmin())
    if support[weakest] >= SURE:
        return []
    bump = np.exp(-0.5 * ((np.arange(model.n) - weakest) / (0.25 * width)) ** 2)
    bump *= model.fps / bump.sum()
    course = model.mean_hz + best.figures[0] + model.cosines @ best.figures[1:]
    return [model.begin(course + bump), model.begin(course - bump)]
