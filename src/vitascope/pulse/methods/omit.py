"""OMIT: orthogonal matrix image transformation (Álvarez Casado & Bordallo López 2023, IEEE JBHI 27:5530, Face2PPG)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitascope.pulse.methods.finite import finite
from vitascope.pulse.methods.lgi import green_off_axis


@finite
def omit(rgb: NDArray[np.float64], fps: float) -> NDArray[np.float64]:  # noqa: ARG001  every method takes fps
    """`rgb` (N, 3) -> bvp (N,).

    As LGI, with S the first column of Q in C = QR instead of a singular vector. By the Gram-Schmidt rule that column is
    the first column of C scaled to length one: the skin tone at the start. Black frames before it are passed over.
    """
    size = np.linalg.norm(rgb, axis=1)
    lit = np.flatnonzero(size > 1e-9)
    if not len(lit):
        return np.zeros(len(rgb))
    return green_off_axis(rgb, rgb[lit[0]] / size[lit[0]])
