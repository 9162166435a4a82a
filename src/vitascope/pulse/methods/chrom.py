"""CHROM: chrominance (de Haan & Jeanne 2013, IEEE TBME 60:2878)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.filters import band_pass
from vitascope.pulse.methods.finite import finite

WINDOW_S = 1.6


@finite
def chrom(rgb: NDArray[np.float64], fps: float) -> NDArray[np.float64]:
    """`rgb` (N, 3) at `fps` -> bvp (N,).

    The channels are divided by their running mean, X = 3R - 2G and Y = 1.5R + G - 1.5B are band-passed, and in
    windows of 1.6 s with half overlap S = X - std(X)/std(Y) Y is Hann-weighted and added up.
    """
    from scipy.ndimage import uniform_filter1d

    n = len(rgb)
    length = min(n, 2 * math.ceil(WINDOW_S * fps / 2))
    if length < 4:
        return np.zeros(n)
    mean = uniform_filter1d(rgb, length, axis=0, mode="nearest")
    normal = np.where(mean > 1e-9, rgb / np.where(mean > 1e-9, mean, 1.0), 1.0) - 1.0
    red, green, blue = normal.T
    axes = band_pass(np.stack([3 * red - 2 * green, 1.5 * red + green - 1.5 * blue], axis=1), fps)
    half = length // 2
    padded = np.concatenate([np.zeros((half, 2)), axes, np.zeros((length + half, 2))])
    windows = np.lib.stride_tricks.sliding_window_view(padded, length, axis=0)[::half]  # (W, 2, length)
    spread = windows.std(axis=2)
    alpha = np.divide(spread[:, 0], spread[:, 1], out=np.zeros(len(spread)), where=spread[:, 1] > 1e-15)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    parts = (windows[:, 0] - alpha[:, None] * windows[:, 1]) * hann
    bvp = np.zeros(len(padded) + length)
    for start, part in zip(range(0, half * len(parts), half), parts, strict=True):
        bvp[start : start + length] += part
    return bvp[half : half + n]
