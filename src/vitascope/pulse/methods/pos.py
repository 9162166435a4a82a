"""POS: plane orthogonal to skin (Wang, den Brinker, Stuijk & de Haan 2017, IEEE TBME 64:1479)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.methods.finite import finite

WINDOW_S = 1.6


def _window_sums(x: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    total = np.concatenate([np.zeros((1, x.shape[1])), np.cumsum(x, axis=0)])
    sums: NDArray[np.float64] = total[length:] - total[:-length]
    return sums


@finite
def pos(rgb: NDArray[np.float64], fps: float) -> NDArray[np.float64]:
    """`rgb` (N, 3) at `fps` -> bvp (N,).

    Each window of 1.6 s is divided by its mean, projected on two axes orthogonal to the skin tone and combined so
    that what both axes share in opposite sense cancels; the windows, one frame apart, are added up. Inside a window
    the result is a fixed linear mix of the three channels, so the sum over windows is the channels times running sums
    of the mixing weights and the whole takes linear time. The sign is turned so that systole is up. Windows that are
    black in any channel add nothing.
    """
    n = len(rgb)
    length = min(n, math.ceil(WINDOW_S * fps))
    if length < 2:
        return np.zeros(n)
    level = rgb.mean(axis=0)
    change = rgb - level  # variances from cumulative sums keep their digits only without the level
    sums = _window_sums(change, length)
    mean = sums / length + level
    lit = (mean > 1e-9).all(axis=1)
    gain = np.where(lit[:, None], 1 / np.where(mean > 1e-9, mean, 1.0), 0.0)
    pairs = change[:, [0, 1, 2, 0, 0, 1]] * change[:, [0, 1, 2, 1, 2, 2]]
    moments = (
        _window_sums(pairs, length) / length
        - (sums / length)[:, [0, 1, 2, 0, 0, 1]] * (sums / length)[:, [0, 1, 2, 1, 2, 2]]
    )
    rr, gg, bb, rg, rb, gb = (moments * gain[:, [0, 1, 2, 0, 0, 1]] * gain[:, [0, 1, 2, 1, 2, 2]]).T
    first = np.maximum(gg + bb - 2 * gb, 0.0)
    second = np.maximum(4 * rr + gg + bb - 4 * rg - 4 * rb + 2 * gb, 0.0)
    # Below this the variance is rounding of the cumulative sums, not signal.
    floor = 1e-12 * np.abs(rr + gg + bb) + 1e-24
    alpha = np.sqrt(np.where(second > floor, first / np.where(second > floor, second, 1.0), 0.0))
    weights = np.stack([-2 * alpha, 1 + alpha, alpha - 1], axis=1) * gain
    # Sample t lies in windows t-length+1 .. t.
    padding = np.zeros((length - 1, 3))
    spread = _window_sums(np.concatenate([padding, weights, padding]), length)
    offset = _window_sums(np.concatenate([padding, (weights * sums / length), padding]), length)
    bvp: NDArray[np.float64] = -(spread * change - offset).sum(axis=1)
    return bvp
