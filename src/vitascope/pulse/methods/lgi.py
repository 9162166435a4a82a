"""LGI: local group invariance (Pilz, Zaunseder, Krajewski & Blazek 2018, CVPR Workshops, 1335)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.methods.finite import finite


def green_off_axis(rgb: NDArray[np.float64], axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Green of `rgb` (N, 3) after its part along the unit vector `axis` (3,) is taken away, over the mean green,
    turned so that systole is up."""
    off = rgb[:, 1] - (rgb @ axis) * axis[1]
    level = rgb[:, 1].mean()
    wave: NDArray[np.float64] = (off.mean() - off) / level if level > 1e-9 else np.zeros(len(rgb))
    return wave


@finite
def lgi(rgb: NDArray[np.float64], fps: float) -> NDArray[np.float64]:  # noqa: ARG001  every method takes fps
    """`rgb` (N, 3) -> bvp (N,).

    The first left singular vector S of the colour (3, N) is the direction in which light and shade move it; the wave
    is the green row of (I - S S') C. S is found as the leading eigenvector of C C', which takes linear time.
    """
    axis = np.linalg.eigh(rgb.T @ rgb)[1][:, -1]
    return green_off_axis(rgb, axis)
