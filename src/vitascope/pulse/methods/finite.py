"""What every pulse method is given: colour that is a number everywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import numpy as np
from numpy.typing import NDArray

Method = Callable[[NDArray[np.float64], float], NDArray[np.float64]]


def finite(method: Method) -> Method:
    """`method`, with NaN and infinite samples of its colour bridged by straight lines first.

    A channel that was never seen counts as black. Recordings of fewer than two samples give zeros.
    """

    @wraps(method)
    def checked(rgb: NDArray[np.float64], fps: float) -> NDArray[np.float64]:
        rgb = np.asarray(rgb, dtype=np.float64)
        if len(rgb) < 2:
            return np.zeros(len(rgb))
        known = np.isfinite(rgb)
        if not known.all():
            clock = np.arange(len(rgb))
            rgb = np.stack(
                [
                    np.interp(clock, clock[seen], column[seen]) if seen.any() else np.zeros(len(rgb))
                    for column, seen in zip(rgb.T, known.T, strict=True)
                ],
                axis=1,
            )
        return method(rgb, fps)

    return checked
