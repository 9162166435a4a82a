"""PBV: blood volume pulse signature (de Haan & van Leest 2014, Physiological Measurement 35:1913)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.filters import band_pass
from vitascope.pulse.methods.finite import finite
from vitascope.pulse.methods.windows import overlap_add, windows

WINDOW_S = 6.4
RIDGE = 1e-6  # of the mean variance: channels that move alike make the system singular


@finite
def pbv(rgb: NDArray[np.float64], fps: float) -> NDArray[np.float64]:
    """`rgb` (N, 3) at `fps` -> bvp (N,).

    In windows of 6.4 s with half overlap, on band-passed relative colour Cn: the signature is the standard deviation
    of each channel over their root sum of squares; w solves (Cn Cn') w = signature, and the wave is Cn' w over
    signature' w, so that what does not move in the signature's proportions is suppressed most.
    """
    level = rgb.mean(axis=0)
    if level.min() <= 1e-9:
        return np.zeros(len(rgb))
    pieces = windows(band_pass(rgb / level, fps), round(WINDOW_S * fps))  # (W, L, 3)
    covariance = np.einsum("wlc,wld->wcd", pieces, pieces)
    power = np.trace(covariance, axis1=1, axis2=2)
    live = power > 1e-20 * pieces.shape[1]
    covariance[~live] = np.eye(3)
    power[~live] = 3.0
    signature = np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 0))
    signature /= np.sqrt(power)[:, None]
    loaded = covariance + (RIDGE * power / 3)[:, None, None] * np.eye(3)
    weight = np.linalg.solve(loaded, signature[..., None])[..., 0]
    weight /= np.einsum("wc,wc->w", signature, weight)[:, None]  # positive: the loaded matrix is positive definite
    return overlap_add(-np.einsum("wlc,wc->wl", pieces, weight) * live[:, None], len(rgb))
