"""ICA: independent components (Poh, McDuff & Picard 2010, Optics Express 18:10762; 2011, IEEE TBME 58:7) by JADE
(Cardoso & Souloumiac 1993, IEE Proceedings F 140:362)."""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.detrend import detrend
from vitascope.pulse.filters import PULSE_BAND_HZ
from vitascope.pulse.methods.finite import finite
from vitascope.pulse.methods.windows import overlap_add, windows

WINDOW_S = 30.0
SWEEPS = 30
STILL_ANGLE = 1e-8
RANK = 1e-10  # of the greatest variance: a direction with less is a copy of the others


@finite
def ica(rgb: NDArray[np.float64], fps: float) -> NDArray[np.float64]:
    """`rgb` (N, 3) at `fps` -> bvp (N,).

    In windows of 30 s with half overlap: detrend, z-score, separate by JADE, keep the component whose normalised
    spectrum has the highest peak in 0.7-4 Hz. A component has no sign of its own: it is turned so that green falls
    where it rises. Nothing is drawn at random, so the same input gives the same wave.
    """
    pieces = windows(rgb, round(WINDOW_S * fps))
    return overlap_add(np.stack([_pulse(piece, fps) for piece in pieces]), len(rgb))


def _pulse(rgb: NDArray[np.float64], fps: float) -> NDArray[np.float64]:
    """The pulse component (L,) of one window (L, 3), spread 1, or zeros when nothing moves."""
    flat = detrend(rgb, fps)
    spread = flat.std(axis=0)
    moving = spread > 1e-9 * (np.abs(rgb).max() + 1e-300)
    if not moving.any() or len(rgb) < 8:
        return np.zeros(len(rgb))
    z = (flat[:, moving] - flat[:, moving].mean(axis=0)) / spread[moving]
    components = jade(z)
    frequency = np.fft.rfftfreq(len(z), 1 / fps)
    band = (frequency >= PULSE_BAND_HZ[0]) & (frequency <= min(PULSE_BAND_HZ[1], 0.45 * fps))
    power = np.abs(np.fft.rfft(components, axis=0)) ** 2
    peak = power[band].max(axis=0, initial=0) / power.sum(axis=0)
    best: NDArray[np.float64] = components[:, int(np.argmax(peak))]
    green = z[:, int(moving[:1].sum())] if moving[1] else z.mean(axis=1)
    return -best if best @ green > 0 else best


def jade(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Independent components (N, K), variance 1, of `z` (N, C), centred; K is the rank of `z`, at most C.

    Whiten; take the fourth-order cumulant matrices of the white signals; turn the axes pair by pair (Jacobi) until all
    of the matrices are as diagonal as they can be together.
    """
    n = len(z)
    variance, directions = np.linalg.eigh(z.T @ z / n)
    kept = variance > RANK * variance[-1]
    white = z @ (directions[:, kept] / np.sqrt(variance[kept]))
    k = white.shape[1]
    identity = np.eye(k)
    matrices = []
    for i in range(k):
        for j in range(i + 1):
            pair = white[:, i] * white[:, j]
            cumulant = (white * pair[:, None]).T @ white / n
            cumulant -= (i == j) * identity + np.outer(identity[i], identity[j]) + np.outer(identity[j], identity[i])
            matrices.append(cumulant if i == j else math.sqrt(2) * cumulant)
    stack = np.stack(matrices)
    turn = np.eye(k)
    for _ in range(SWEEPS):
        largest = 0.0
        for p, q in itertools.combinations(range(k), 2):
            on = stack[:, p, p] - stack[:, q, q]
            off = stack[:, p, q] + stack[:, q, p]
            first, second = float(on @ on - off @ off), float(2 * on @ off)
            angle = 0.5 * math.atan2(second, first + math.hypot(first, second))
            if abs(angle) <= STILL_ANGLE:
                continue
            largest = max(largest, abs(angle))
            plane = np.eye(k)
            plane[p, p] = plane[q, q] = math.cos(angle)
            plane[q, p], plane[p, q] = math.sin(angle), -math.sin(angle)
            stack = plane.T @ stack @ plane
            turn = turn @ plane
        if largest == 0.0:
            break
    components: NDArray[np.float64] = white @ turn
    return components
