"""Pulse waves with their noise and amplitude evened, so that one rate can be compared with another.

What disturbs a skin signal falls off with frequency, so a slow hump of movement outweighs a faster pulse. How steeply
it falls differs between recordings: two views are made of each wave. One takes the noise to fall as one over the
square of frequency, which its slope levels; the other fits the exponent to the wave's own spectrum. The fitted one is
right where the noise is steep, and wrong where the pulse itself is the low end of the spectrum; the fixed one the other
way round.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.filters import PULSE_BAND_HZ, band_pass

Floats = NDArray[np.float64]

LOWEST_HZ = 0.6
AMPLITUDE_S = 1.5  # over which the local amplitude is taken
EDGES_HZ = (0.5, 0.75, 1.0, 1.3, 1.7, 2.2, 2.8, 3.4, 4.0)  # bands of which the median power counts: a line is none
STEEPEST, FLATTEST = 4.0, 1.5  # the exponents that are believed


def level(waves: Floats, fps: float) -> Floats:
    """`waves` (M, N) band-passed, differentiated and divided by their local amplitude; a flat wave stays flat."""
    band = _band(waves, fps)
    return _even(np.gradient(band, axis=1) if band.shape[1] > 1 else band, waves, fps)


def whiten(waves: Floats, fps: float) -> tuple[Floats, Floats]:
    """The same with the noise of each wave levelled by the exponent (M,) that its own spectrum shows, given too."""
    n = waves.shape[1]
    frequency = np.fft.rfftfreq(n, 1 / fps)
    power = np.abs(np.fft.rfft((waves - waves.mean(axis=1, keepdims=True)) * np.hanning(n), axis=1)) ** 2
    bands = [
        (0.5 * np.log(low * high), inside)
        for low, high in itertools.pairwise(EDGES_HZ)
        if (inside := (frequency >= low) & (frequency < high)).any()
    ]
    exponents = _exponents(bands, power)
    gain = np.maximum(frequency, 0.5 * LOWEST_HZ)[None, :] ** (0.5 * exponents[:, None])
    return _even(np.fft.irfft(np.fft.rfft(_band(waves, fps), axis=1) * gain, n, axis=1), waves, fps), exponents


def _exponents(bands: list[tuple[float, NDArray[np.bool_]]], power: Floats) -> Floats:
    """(M,) how steeply the spectra `power` (M, F) fall: the median of the slopes between any two bands (Theil 1950)."""
    if len(bands) < 3:
        return np.full(len(power), 2.0)
    place = np.array([at for at, _ in bands])
    height = np.log(np.stack([np.median(power[:, inside], axis=1) for _, inside in bands], axis=1) + 1e-300)
    one, other = np.triu_indices(len(bands), 1)
    slopes = (height[:, other] - height[:, one]) / (place[other] - place[one])
    exponents: Floats = np.clip(-np.median(slopes, axis=1), FLATTEST, STEEPEST)
    return exponents


def _band(waves: Floats, fps: float) -> Floats:
    return band_pass(waves.T, fps, LOWEST_HZ, PULSE_BAND_HZ[1], order=2).T


def _even(x: Floats, waves: Floats, fps: float) -> Floats:
    """`x` (M, N) made of `waves` (M, N), divided by its local amplitude."""
    from scipy.ndimage import uniform_filter1d

    power = uniform_filter1d(x**2, max(3, round(AMPLITUDE_S * fps)), axis=1, mode="nearest")
    amplitude = np.sqrt(np.maximum(power, 0))
    floor = 1e-6 * amplitude.max(axis=1, initial=0) + 1e-12 * np.abs(waves).max(axis=1, initial=0) + 1e-300
    evened: Floats = x / (amplitude + floor[:, None])
    return evened
