"""Half-overlapping windows of a signal, and their Hann-weighted sum."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def _hop(length: int) -> int:
    return max(1, length // 2)


def windows(x: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """`x` (N, C) in windows (W, L, C) of at most `length` samples with half overlap; the last ends with the signal."""
    length = max(2, min(length, len(x)))
    pieces: NDArray[np.float64] = x[_starts(len(x), length)[:, None] + np.arange(length)]
    return pieces


def overlap_add(parts: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """The mean (n,) of `parts` (W, L) laid where `windows` cut them, each weighted by a Hann window without zeros."""
    length = parts.shape[1]
    hann = np.hanning(length + 2)[1:-1]
    total, weight = np.zeros(n), np.zeros(n)
    for start, part in zip(_starts(n, length), parts, strict=True):
        total[start : start + length] += hann * part
        weight[start : start + length] += hann
    mean: NDArray[np.float64] = total / weight
    return mean


def _starts(n: int, length: int) -> NDArray[np.intp]:
    starts = np.arange(0, n - length + 1, _hop(length))
    return starts if starts[-1] == n - length else np.append(starts, n - length)
