"""How much a recording looks like a pulse: the figures that confidence is learned from, and the checks that a rhythm
must pass to be called a pulse at all."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.filters import PULSE_BAND_HZ


@dataclass(frozen=True, slots=True)
class Quality:
    """snr_db: self-SNR (at the estimated rate). certainty, explained: see `RateCourse`. spread: standard error of the
    mean rate in 1/min (`pulse.phase`), at most 10. seconds: recorded."""

    snr_db: float
    certainty: float
    explained: float
    spread: float
    seconds: float

    def features(self) -> dict[str, float]:
        """All figures by name."""
        return asdict(self)


def self_snr_db(bvp: NDArray[np.float64], fps: float, course_hz: NDArray[np.float64]) -> float:
    """de Haan's SNR of `bvp` (N,) at its own estimated course of rate (N,) in Hz.

    Power within 0.1 Hz of the rate and 0.2 Hz of its double against the rest of 0.7-4 Hz, each demodulated along the
    course so that a drifting rate is not counted as noise; within -30..30 dB, -30 for a flat wave.
    """
    n = len(bvp)
    wave = (bvp - bvp.mean()) * np.hanning(n + 2)[1:-1]
    size = 1 << int(np.ceil(np.log2(max(4 * n, 1024))))
    frequency = np.fft.fftfreq(size, 1 / fps)
    centre = float(course_hz.mean())
    turn = 2 * np.pi * np.cumsum(course_hz - centre) / fps
    in_band = (frequency >= PULSE_BAND_HZ[0]) & (frequency <= min(PULSE_BAND_HZ[1], 0.45 * fps))
    total = float((np.abs(np.fft.fft(wave, size)) ** 2)[in_band].sum())
    if total <= 0:
        return -30.0

    def held(order: int) -> float:
        power = np.abs(np.fft.fft(wave * np.exp(-1j * order * turn), size)) ** 2
        return float(power[np.abs(frequency - order * centre) <= 0.1 * order].sum())

    signal = held(1) + (held(2) if 2 * centre < min(PULSE_BAND_HZ[1], 0.45 * fps) else 0.0)
    rest = total - signal
    return (
        float(np.clip(10 * np.log10(signal / rest), -30, 30)) if signal > 0 < rest else (30.0 if signal > 0 else -30.0)
    )
