"""Spectra of a pulse wave, and the frequency of a line far below the width of a Fourier bin."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FINE_HZ = 0.05 / 60  # step of the fine grid; a parabola through the top goes far below it


def spectrum(
    x: NDArray[np.float64], fps: float, highest_hz: float = 6.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hann-windowed, zero-padded power spectrum of `x` (N,): frequencies in Hz up to `highest_hz`, and power, top at
    1."""
    n = len(x)
    size = 1 << int(np.ceil(np.log2(max(8 * n, 4096))))
    power = np.abs(np.fft.rfft((x - x.mean()) * np.hanning(n), size)) ** 2
    frequency = np.fft.rfftfreq(size, 1 / fps)
    keep = frequency <= highest_hz
    power = power[keep]
    top = power.max()
    scaled: NDArray[np.float64] = power / top if top > 0 else power
    return np.asarray(frequency[keep], dtype=np.float64), scaled


def parabola(left: float, top: float, right: float) -> float:
    """Where the maximum of a parabola through three equidistant points lies, in steps from the middle one
    (-0.5..0.5)."""
    bend = left - 2 * top + right
    return float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) if bend < 0 else 0.0


def _taper(n: int, cycles: float) -> NDArray[np.float64]:
    """Tukey window (n,) for a line of `cycles` periods.

    Flat over three quarters where there are many periods: surer than Hann for one line in noise. With few periods
    the line's own harmonic and its mirror image leak in unless the slopes grow into a Hann window.
    """
    slopes = min(max(10 / cycles, 0.25), 1.0)
    ends = np.minimum(np.arange(1, n + 1), np.arange(n, 0, -1)) / (0.5 * slopes * n + 1)
    taper: NDArray[np.float64] = 0.5 - 0.5 * np.cos(np.pi * np.minimum(ends, 1.0))
    return taper


def line_frequency(
    waves: NDArray[np.float64],
    fps: float,
    around_hz: NDArray[np.float64] | float,
    reach_hz: float = 0.12,
) -> tuple[float, float]:
    """The frequency in Hz at which `waves` (M, N) together hold most power, near a known course of frequency.

    `around_hz` is a frequency or its course (N,). The waves are demodulated along it, so a line that wanders with the
    course stays sharp; the result is the mean of the course plus the offset (at most `reach_hz`) where the summed
    power peaks. The second figure is the share (0..1) of the waves' power in that line.
    """
    n = waves.shape[1]
    course = np.broadcast_to(np.asarray(around_hz, dtype=np.float64), (n,))
    phase = 2 * np.pi * np.cumsum(course) / fps
    window = _taper(n, float(course.mean()) * n / fps)
    base = (waves - waves.mean(axis=1, keepdims=True)) * window
    demodulated = base * np.exp(-1j * phase)
    # Demodulated waves are slow around zero: blocks are averaged before the transform, which is cheaper by their
    # length.
    block = max(1, int(fps / (20 * reach_hz)))
    slow = np.pad(demodulated, ((0, 0), (0, (-n) % block))).reshape(len(waves), -1, block).sum(axis=2)
    rate = fps / block
    fine = max(FINE_HZ, 0.02 / (n / fps))  # a fiftieth of a bin is fine enough for the parabola
    size = 1 << math.ceil(math.log2(max(rate / fine, 2 * slow.shape[1])))
    step = rate / size
    half = min(math.ceil(reach_hz / step), size // 2 - 1)
    offsets = np.arange(-half, half + 1)
    power = (np.abs(np.fft.fft(slow, size)[:, offsets]) ** 2).sum(axis=0)
    top = int(np.argmax(power))
    shift = parabola(*power[top - 1 : top + 2]) if 0 < top < len(power) - 1 else 0.0
    energy = float((base**2).sum() * (window**2).sum())
    share = 2 * float(power[top]) / energy if energy > 0 else 0.0
    return float(course.mean() + (offsets[top] + shift) * step), min(share, 1.0)
